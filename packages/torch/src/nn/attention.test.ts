// Truth: PyTorch 1.13's modules (Debian's python3-torch) with the same weights and masks. Made by /usr/bin/python3 of:
//   import torch
//   wave = lambda shape, phase: (torch.arange(0, torch.Size(shape).numel(), dtype=torch.float32) * 0.7 + phase).sin().reshape(shape)
//   def fill(m):
//       for i, p in enumerate(m.parameters()): p.data.copy_(wave(p.shape, i))
//       return m
//   x, mask = wave([2, 3, 4], 5), torch.triu(torch.ones(3, 3, dtype=torch.bool), 1)
//   off = ~torch.eye(3, dtype=torch.bool)
//   each = torch.stack([mask, mask.roll(1, 1) & off, ~mask & off, torch.zeros(3, 3, dtype=torch.bool)])
//   a = fill(torch.nn.MultiheadAttention(4, 2, batch_first=True))
//   b = fill(torch.nn.TransformerEncoderLayer(4, 2, 6, 0.0, "gelu", batch_first=True))
//   for y in (a(x, x, x, attn_mask=mask)[0], a(x, x, x, attn_mask=each)[0], b(x, mask)):
//       print([round(v, 5) for v in y.flatten().tolist()])

import { describe, expect, it } from 'vitest'
import { filled, wave } from '../../test/waves.ts'
import * as torch from '../index.ts'

const { nn } = torch

const MASKED = [
  -0.4528, -0.8282, 0.20456, -2.80618, 0.2737, -1.36062, 0.48138, -2.79541, -1.13512, -0.22286, -0.25385, -2.54767, -1.22569, 0.06736,
  -0.71017, -1.97797, -1.09808, -0.22124, -0.29394, -2.47373, 1.42715, -2.55339, 1.57565, -3.66473,
]
const MASKED_EACH = [
  -0.45194, -0.82896, 0.20514, -2.80651, 0.32716, -1.41143, 0.52368, -2.8243, -1.13512, -0.22286, -0.25385, -2.54767, 0.62183, -1.61885,
  0.61988, -2.79818, -1.2517, -0.10961, -0.35067, -2.47847, -0.64832, -1.22146, 1.14116, -4.17789,
]
const LAYER_MASKED = [
  -1.59842, -0.49731, 1.21456, 0.20383, -1.64106, -0.74555, 1.27287, 0.32724, -1.40497, -1.19003, 1.41733, 0.27036, -1.37447, -1.45762,
  1.40336, 0.37776, -1.486, -1.18538, 1.39357, 0.34678, -1.67175, -0.4243, 1.15025, 0.26158,
]

const x = wave([2, 3, 4], 5)
const later = torch.ones([3, 3]).triu(1).ne(0)
const attention = filled(new nn.MultiheadAttention(4, 2))

/** Five decimals, as the golden numbers have. */
function expectClose(result: torch.Tensor, expected: number[]): void {
  for (const [index, value] of Array.from(result.toArray() as Float32Array).entries()) expect(value).toBeCloseTo(expected[index], 4)
}

describe('a boolean mask of MultiheadAttention', () => {
  it('is true where not to look, as in PyTorch', () => {
    expectClose(attention.forward(x, x, x, { attnMask: later }), MASKED)
    expectClose(attention.forward(x, x, x, { isCausal: true }), MASKED)
    expectClose(attention.forward(x, x, x, { attnMask: torch.zeros([3, 3]).maskedFill(later, Number.NEGATIVE_INFINITY) }), MASKED)
  })

  it('may stand for each sample and head, [B · H, N, M]', () => {
    const off = torch.eye(3).eq(0)
    const each = torch.stack([later, later.roll([1], [1]).logicalAnd(off), later.logicalNot().logicalAnd(off), torch.zeros([3, 3]).ne(0)])
    expectClose(attention.forward(x, x, x, { attnMask: each }), MASKED_EACH)
    expectClose(attention.forward(x, x, x, { attnMask: each.view([2, 2, 3, 3]) }), MASKED_EACH)
  })

  it('is the same in TransformerEncoderLayer', () => {
    const layer = filled(new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 6, dropout: 0, activation: 'gelu' }))
    expectClose(layer.forward(x, { attnMask: later }), LAYER_MASKED)
  })

  it('is true where to look in scaledDotProductAttention, also as in PyTorch', () => {
    const value = wave([1, 3, 4], 2)
    const masked = nn.functional.scaledDotProductAttention(value, value, value, { attnMask: later.logicalNot() })
    expectClose(masked, nn.functional.scaledDotProductAttention(value, value, value, { isCausal: true }).flatten().tolist() as number[])
  })
})
