// Truth: gradients known to be NaN by arithmetic (0 · ∞), and the line numbers of this file.

import { describe, expect, it } from 'vitest'
import * as torch from './index.ts'
import { native } from './native.ts'

const { nn } = torch

/** The message, and the line that a marker comment stands on. */
function told(body: () => unknown): { message: string; line: number } {
  try {
    torch.detectAnomaly(body)
  } catch (error) {
    const message = (error as Error).message
    return { message, line: Number(/anomaly\.test\.ts:(\d+)/.exec(message)?.[1]) }
  }
  return { message: 'nothing was thrown', line: 0 }
}

function here(): number {
  return Number(/anomaly\.test\.ts:(\d+)/.exec(new Error().stack?.split('\n')[2] ?? '')?.[1])
}

describe('detectAnomaly', () => {
  it('names the line of the forward call whose backward pass makes a NaN', () => {
    let expected = 0
    const { message, line } = told(() => {
      const x = torch.zeros([2], { requiresGrad: true })
      expected = here() + 1
      const root = x.sqrt() // derivative ∞ at 0, times the 0 that comes from above
      root.mul(0).sum().backward()
    })
    expect(message).toMatch(
      /^torch\/anomaly sqrt: expected gradients that are numbers but received NaN in the gradient that sqrt hands to its input 1/,
    )
    expect(line).toBe(expected)
  })

  it('finds the line through layers, scopes and operators made of others', () => {
    const layer = new nn.Linear(3, 3)
    let expected = 0
    const { message, line } = told(() =>
      torch.scope(() => {
        const x = layer.forward(torch.ones([2, 3])).mul(0)
        expected = here() + 1
        const unit = nn.functional.normalize(x, 2, 1, 0) // 0 / 0
        unit.sum().backward()
      }),
    )
    expect(message).toMatch(/^torch\/anomaly (div|linalgVectorNorm|linalg_vector_norm)/)
    expect(line).toBe(expected)
  })

  it('names a function whose gradient is written in TypeScript', () => {
    const bad = torch.customFunction(
      (_, x) => x.mul(2),
      (_, gradient) => [gradient.div(0).mul(0)],
    )
    let expected = 0
    const { message, line } = told(() => {
      const x = torch.ones([2], { requiresGrad: true })
      expected = here() + 1
      const y = bad(x)
      y.sum().backward()
    })
    expect(message).toMatch(/^torch\/anomaly customFunction/)
    expect(line).toBe(expected)
  })

  it('says nothing of sound gradients, gives them to the bit, and ends with its function', () => {
    const gradientOf = (run: (body: () => unknown) => unknown) => {
      const x = torch.tensor([0.3, -1.2, 2], { requiresGrad: true })
      run(() => torch.scope(() => x.exp().sin().mul(x).sum().backward()))
      return x.grad?.tolist()
    }
    expect(gradientOf((body) => torch.detectAnomaly(body))).toEqual(gradientOf((body) => body()))
    const x = torch.zeros([1], { requiresGrad: true })
    expect(() => x.sqrt().mul(0).sum().backward()).not.toThrow()
  })

  it('holds no graph on: its watches end with their tensors', () => {
    const x = torch.ones([2], { requiresGrad: true })
    expect(native.watchGradients(x.mul(2).handle, 0, () => undefined)).toBe(null)
    expect(native.watchGradients(x.handle, 0, () => undefined)).not.toBe(null)
  })

  it('takes synchronous functions', () => {
    expect(() => torch.detectAnomaly(async () => undefined)).toThrow(/torch\/mode-async detectAnomaly/)
  })
})
