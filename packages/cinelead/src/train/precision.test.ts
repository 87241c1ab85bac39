// Truth: the same network in float32, and the rounding of bfloat16 (8 bits: about 0.4 %).
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { inPrecision } from './precision.ts'

describe('inPrecision', () => {
  it('runs matrix products in bfloat16 and hands on float32, with float32 gradients near the wide ones', () => {
    torch.manualSeed(1)
    const layer = torch.scope(() => new torch.nn.Linear(64, 32))
    const input = torch.randn([16, 64])
    const gradientOf = (precision: 'float32' | 'bfloat16') =>
      torch.scope(() => {
        layer.zeroGrad()
        const { output } = inPrecision(precision, 'cpu', () => ({ output: layer.forward(input) }))
        expect(output.dtype).toBe('float32')
        output.square().mean().backward()
        return { output: output.detach(), gradient: (layer.weight.grad as torch.Tensor).clone() }
      })
    const [wide, narrow] = [gradientOf('float32'), gradientOf('bfloat16')]
    expect(narrow.gradient.dtype).toBe('float32')
    for (const part of ['output', 'gradient'] as const) {
      const size = wide[part].abs().max().item()
      const gap = narrow[part].sub(wide[part]).abs().max().item()
      expect(gap).toBeGreaterThan(0) // otherwise nothing was narrow
      expect(gap / size).toBeLessThan(0.02) // rounding of 64 products, not of one
    }
  })
})
