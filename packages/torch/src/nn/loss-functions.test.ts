// Truth: PyTorch 1.13 (Debian's python3-torch). Made by /usr/bin/python3 of:
//   import torch, torch.nn.functional as F
//   wave = lambda shape, phase: (torch.arange(0, torch.Size(shape).numel(), dtype=torch.float32) * 0.7 + phase).sin().reshape(shape)
//   y = wave([2, 3], 1)
//   for loss in (lambda p: F.mse_loss(p, y), lambda p: F.smooth_l1_loss(y, p, beta=0.5), lambda p: F.huber_loss(y, p, delta=0.5)):
//       p = wave([3], 0).requires_grad_(); loss(p).backward(); print([round(v, 5) for v in p.grad.tolist()])

import { describe, expect, it } from 'vitest'
import * as torch from '../index.ts'

const F = torch.nn.functional

function wave(shape: readonly number[], phase: number): torch.Tensor {
  const count = shape.reduce((product, size) => product * size, 1)
  return torch.arange(0, count, { dtype: 'float32' }).mul(0.7).add(phase).sin().reshape(shape)
}

describe('losses of unequal shapes', () => {
  const y = wave([2, 3], 1)

  it.each([
    ['mseLoss', (p: torch.Tensor) => F.mseLoss(p, y), [-0.29435, 0.30288, 0.75766]],
    ['smoothL1Loss', (p: torch.Tensor) => F.smoothL1Loss(y, p, { beta: 0.5 }), [-0.18053, 0.05085, 0.27]],
    ['huberLoss', (p: torch.Tensor) => F.huberLoss(y, p, { delta: 0.5 }), [-0.09026, 0.02543, 0.135]],
  ] as const)('%s gives the smaller one its gradient of the mean', (_name, loss, expected) => {
    const p = wave([3], 0).requiresGrad_()
    loss(p).backward()
    const gradient = p.grad?.tolist() as number[]
    for (const [index, value] of expected.entries()) expect(gradient[index]).toBeCloseTo(value, 4)
  })

  it('binaryCrossEntropy refuses them', () => {
    expect(() => F.binaryCrossEntropy(torch.rand([2, 3]), torch.rand([3]))).toThrow(/torch\/shape binaryCrossEntropy: .*\[2, 3\] .*\[3\]/)
  })
})

describe('interpolate', () => {
  it('refuses corners for nearest, and neither size nor factor', () => {
    const x = torch.ones([1, 1, 2, 2])
    expect(() => F.interpolate(x, { size: 3, alignCorners: true })).toThrow(/torch\/argument interpolate: expected no alignCorners/)
    expect(() => F.interpolate(x)).toThrow(/size or scaleFactor but received neither/)
  })
})
