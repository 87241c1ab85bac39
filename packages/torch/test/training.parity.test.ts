// Truth: PyTorch's own training curves (Debian python3-torch 1.13) from the same starting weights and inputs.
// Made by: /usr/bin/python3 packages/torch/test/make-golden.py

import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as torch from '../src/index.ts'
import { MaskedAutoencoder, ResNet } from './networks.ts'

const { nn, optim } = torch

// Float32 sums in another order differ by about 1e-7 a step; 50 steps of AdamW let that grow, a wrong formula shows at 1e-2.
const RELATIVE_TOLERANCE = 1e-4

function read(name: string) {
  const all = torch.loadSafetensors(fileURLToPath(new URL(`./golden/${name}.safetensors`, import.meta.url)))
  const part = (prefix: string) =>
    Object.fromEntries(Object.entries(all).flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [])))
  return { weights: part('weight.'), inputs: part('input.'), losses: Array.from(all.losses.toArray() as Float64Array) }
}

function train(model: torch.nn.Module, lossOf: () => torch.Tensor): number[] {
  const optimiser = new optim.AdamW(model.parameters(), { lr: 2e-3, weightDecay: 0.05 })
  return Array.from({ length: 50 }, () =>
    torch.scope(() => {
      optimiser.zeroGrad()
      const loss = lossOf()
      loss.backward()
      nn.utils.clipGradNorm_(model.parameters(), 1)
      optimiser.step()
      return loss.item()
    }),
  )
}

function worstDifference(ours: number[], theirs: number[]): number {
  return Math.max(...ours.map((loss, step) => Math.abs(loss - theirs[step]) / Math.abs(theirs[step])))
}

describe('a whole training', () => {
  it("of a masked-autoencoder ViT follows PyTorch's loss curve over 50 steps", () => {
    const { weights, inputs, losses } = read('vit')
    const model = new MaskedAutoencoder({ numTokens: 8, patchWidth: 20, width: 16, depth: 2, numHeads: 2 })
    model.loadStateDict(weights)
    const ours = train(model, () => model.forward(inputs.tokens, inputs.noise))
    expect(losses[49]).toBeLessThan(0.8 * losses[0])
    expect(worstDifference(ours, losses)).toBeLessThan(RELATIVE_TOLERANCE)
  })

  it("of a 3-D ResNet follows PyTorch's loss curve over 50 steps", () => {
    const { weights, inputs, losses } = read('resnet3d')
    const model = new ResNet(3, 1, [4, 8], 3)
    model.loadStateDict(weights)
    const ours = train(model, () => nn.functional.mseLoss(model.forward(inputs.volumes), inputs.target))
    expect(losses[49]).toBeLessThan(0.8 * losses[0])
    expect(worstDifference(ours, losses)).toBeLessThan(RELATIVE_TOLERANCE)
  })
})
