// Truth: the plain step over the whole batch, in float64 and with dropout on.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { chunkedStep, chunksOf } from './accumulate.ts'

class Tower extends torch.nn.Module {
  readonly first = new torch.nn.Linear(5, 7)
  readonly out = new torch.nn.Linear(7, 3)
  readonly logScale = new torch.nn.Parameter(torch.tensor(1, { dtype: 'float32' }))
  forward(input: torch.Tensor): torch.Tensor {
    return torch.nn.functional.normalize(this.out.forward(torch.nn.functional.dropout(this.first.forward(input).tanh(), 0.3, true)), 2, 1)
  }
}

const gradients = (tower: Tower) => tower.parameters().map((parameter) => (parameter.grad as torch.Tensor).clone())

describe('chunkedStep', () => {
  for (const size of [1, 3, 8]) {
    it(`has loss and gradients of the plain step, with chunks of ${size} of 8 rows and dropout on`, () => {
      torch.manualSeed(1)
      const tower = new Tower().to({ dtype: 'float64' })
      const [ecg, cmr] = [torch.randn([8, 5], { dtype: 'float64' }), torch.randn([8, 5], { dtype: 'float64' })]
      const embed = (rows: readonly number[]) => {
        const index = torch.tensor([...rows], { dtype: 'int64' })
        return { ecg: tower.forward(ecg.indexSelect(0, index)), cmr: tower.forward(cmr.indexSelect(0, index)) }
      }
      const lossOf = (embeddings: Record<string, torch.Tensor>) => {
        const logits = embeddings.ecg.matmul(embeddings.cmr.transpose(0, 1)).mul(tower.logScale.exp())
        const loss = logits.logsumexp([1]).sub(logits.diagonal()).mean()
        return { loss, parts: { pair: loss } }
      }
      const chunks = chunksOf([0, 1, 2, 3, 4, 5, 6, 7], size)

      torch.manualSeed(2)
      const step = chunkedStep({ chunks, embed, lossOf })
      step.backward?.()
      const chunked = { loss: step.loss.item(), gradients: gradients(tower) }
      tower.zeroGrad()

      torch.manualSeed(2)
      const seeds = chunks.map(() => torch.randint(0, 2 ** 31 - 1, [1]).item())
      const parts = chunks.map((rows, i) => {
        torch.manualSeed(seeds[i])
        return embed(rows)
      })
      const whole = Object.fromEntries(
        (['ecg', 'cmr'] as const).map((name) => [
          name,
          torch.cat(
            parts.map((part) => part[name]),
            0,
          ),
        ]),
      )
      const plain = lossOf(whole)
      plain.loss.backward()

      expect(chunked.loss).toBeCloseTo(plain.loss.item(), 12)
      for (const [i, gradient] of gradients(tower).entries())
        expect(gradient.sub(chunked.gradients[i]).abs().max().item()).toBeLessThan(1e-12)
    })
  }
})
