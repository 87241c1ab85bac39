// Truth: the README's rules of ownership.

import { describe, expect, it } from 'vitest'
import * as torch from '../index.ts'

const { nn } = torch

class From extends nn.Module {
  readonly #give: (x: torch.Tensor) => torch.Tensor
  constructor(give: (x: torch.Tensor) => torch.Tensor) {
    super()
    this.#give = give
  }
  forward(x: torch.Tensor): torch.Tensor {
    return this.#give(x)
  }
}

describe('Sequential', () => {
  it('frees neither parameters nor kept tensors nor those of others that a layer hands on', () => {
    torch.scope(() => {
      const parameter = new nn.Parameter(torch.ones([2]))
      const outside = torch.ones([2])
      let kept: torch.Tensor | undefined
      const keeping = new From((x) => {
        kept = torch.keep(x.mul(2))
        return kept
      })
      for (const layer of [new From(() => parameter), new From(() => outside), keeping]) {
        expect(new nn.Sequential(new nn.ReLU(), layer, new nn.Identity(), new nn.ReLU()).forward(torch.ones([2])).shape).toEqual([2])
      }
      expect([parameter, outside, kept].map((tensor) => tensor?.isFreed)).toEqual([false, false, false])
      kept?.free()
      parameter.free()
    })
  })

  it('frees on the way what one layer makes for the next', () => {
    torch.scope(() => {
      const seen: torch.Tensor[] = []
      const watch = () => new From((x) => (seen.push(x), torch.scope(() => x.mul(1).add(1))))
      const x = torch.ones([2])
      const y = new nn.Sequential(watch(), watch(), new nn.Identity(), watch()).forward(x)
      expect([x, ...seen.slice(1), y].map((tensor) => tensor.isFreed)).toEqual([false, true, true, false])
    })
  })
})
