// Truth: torch.nn of PyTorch 1.13 (Debian's python3-torch) on inputs without a batch axis and on empty batches; numbers made by
// /usr/bin/python3 of:
//   import torch; nn = torch.nn
//   wave = lambda shape, phase: (torch.arange(0, torch.Size(shape).numel(), dtype=torch.float32) * 0.7 + phase).sin().reshape(shape)
//   def fill(m):
//       for i, p in enumerate(m.parameters()): p.data.copy_(wave(p.shape, i))
//       return m
//   x = wave([2, 4], 5)
//   for y in (nn.InstanceNorm1d(2)(x), fill(nn.LSTM(4, 2))(x)[0], fill(nn.GRU(4, 2, batch_first=True, bidirectional=True))(x)[1]):
//       print([round(v, 5) for v in y.flatten().tolist()])

import { describe, expect, it } from 'vitest'
import { filled, wave } from '../../test/waves.ts'
import * as torch from '../index.ts'

const { nn } = torch

function expectClose(result: torch.Tensor, shape: number[], expected: number[]): void {
  expect(result.shape).toEqual(shape)
  for (const [index, value] of (result.flatten().tolist() as number[]).entries()) expect(value).toBeCloseTo(expected[index], 4)
}

const x = wave([2, 4], 5)

describe('an input without a batch', () => {
  it('is normalised by InstanceNorm per channel', () => {
    const expected = [-1.23173, -0.59755, 0.43896, 1.39032, 1.07326, 0.72008, -0.29606, -1.49727]
    expectClose(new nn.InstanceNorm1d(2).forward(x), [2, 4], expected)
  })

  it('is one sequence to LSTM and GRU, states too', () => {
    const lstm = filled(new nn.LSTM(4, 2))
    const [output, [hidden, cell]] = lstm.forward(x)
    expectClose(output, [2, 2], [0.21178, -0.16437, -0.17405, 0.38876])
    expect([hidden.shape, cell.shape]).toEqual([
      [1, 2],
      [1, 2],
    ])
    const [again] = lstm.forward(x, [torch.zeros([1, 2]), torch.zeros([1, 2])])
    expect(torch.equal(again, output)).toBe(true)
    const gru = filled(new nn.GRU(4, 2, { batchFirst: true, bidirectional: true }))
    expectClose(gru.forward(x)[1], [2, 2], [-0.74903, -0.03281, 0.06371, -0.11123])
    expect(() => gru.forward(torch.ones([4]))).toThrow(/torch\/shape GRU: expected an input of shape \[B, T, D\] or \[T, D\]/)
  })

  it('loses whole channels in Dropout1d and Dropout3d', () => {
    torch.manualSeed(1)
    const rows = new nn.Dropout1d(0.5).forward(torch.ones([64, 5]))
    const means = rows.mean([1]).tolist() as number[]
    expect(new Set(means)).toEqual(new Set([0, 2]))
    const volumes = new nn.Dropout3d(0.5).forward(torch.ones([64, 2, 2, 2]))
    expect(new Set(volumes.mean([1, 2, 3]).tolist() as number[])).toEqual(new Set([0, 2]))
  })
})

describe('layers refuse', () => {
  it('InstanceNorm other ranks and one value a channel', () => {
    expect(() => new nn.InstanceNorm2d(3).forward(torch.ones([2, 3]))).toThrow(/torch\/shape InstanceNorm2d: expected an input of 4 axes/)
    expect(() => new nn.InstanceNorm3d(3).forward(torch.ones([1, 3, 1, 1, 1]))).toThrow(/more than one value a channel/)
  })

  it.each([nn.Dropout, nn.Dropout2d, nn.DropPath])('probabilities that are none (%o)', (Kind) => {
    expect(() => new Kind(1.5)).toThrow(/torch\/argument \w+: expected a probability from 0 to 1 but received 1.5/)
    expect(() => new Kind(-0.3)).toThrow(/a probability/)
    expect(
      new Kind(1)
        .forward(torch.ones([2, 3, 4]))
        .sum()
        .item(),
    ).toBe(0)
  })
})

describe('an empty batch', () => {
  it('passes through attention', () => {
    const attention = new nn.MultiheadAttention(4, 2)
    expect(attention.forward(torch.zeros([0, 3, 4])).shape).toEqual([0, 3, 4])
    expect(attention.forward(torch.zeros([0, 3, 4]), torch.zeros([0, 5, 4])).shape).toEqual([0, 3, 4])
  })
})

describe('Embedding', () => {
  it('gives no gradient to a padding row counted from the end', () => {
    const table = new nn.Embedding(3, 2, { paddingIdx: -1 })
    table
      .forward(torch.tensor([2, 0], { dtype: 'int64' }))
      .sum()
      .backward()
    expect(table.weight.grad?.tolist()).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ])
    const outside = () => torch.nn.functional.embedding(torch.tensor([0], { dtype: 'int64' }), table.weight, 3)
    expect(outside).toThrow(/torch\/argument embedding: expected a paddingIdx from -3 to 2 but received 3/)
  })
})
