// Truth: the sentences, and values worked by hand.

import { describe, expect, it } from 'vitest'
import * as torch from './index.ts'
import { native } from './native.ts'

// TypeScript's library for this target does not know these options yet.
const resizable = new (ArrayBuffer as new (bytes: number, options: object) => ArrayBuffer)(16, { maxByteLength: 64 })
const growable = new (SharedArrayBuffer as new (bytes: number, options: object) => SharedArrayBuffer)(16, { maxByteLength: 64 })

describe('fromArray', () => {
  it('refuses memory that can be resized away from under the tensor', () => {
    expect(() => torch.fromArray(new Float32Array(resizable))).toThrow(
      /torch\/array fromArray: expected a typed array over a buffer of fixed length but received one that can be resized\. Copy it first/,
    )
    expect(() => torch.fromArray(new Float32Array(growable))).toThrow(/one that can be grown/)
    expect(() => native.fromTypedArray(new Float32Array(resizable), [4], 6)).toThrow(/a buffer whose length is fixed/)
  })

  it('takes a copy of it, as tensor does of all values', () => {
    new Float32Array(resizable).fill(2)
    expect(torch.fromArray(new Float32Array(resizable).slice()).sum().item()).toBe(8)
  })
})

describe('creation', () => {
  it.each([
    ['arange', () => torch.arange(1, 2, 0.25), 'float32', [1, 1.25, 1.5, 1.75]],
    ['arange of whole numbers', () => torch.arange(3), 'int64', [0, 1, 2]],
    ['linspace', () => torch.linspace(0, 1, 5), 'float32', [0, 0.25, 0.5, 0.75, 1]],
    ['logspace', () => torch.logspace(0, 3, 4, 2), 'float32', [1, 2, 4, 8]],
    ['eye', () => torch.eye(2, 3, { dtype: 'int32' }), 'int32', [1, 0, 0, 0, 1, 0]],
    ['full', () => torch.full([2], true), 'bool', [1, 1]],
    ['zeros', () => torch.zeros([2], { dtype: 'int16' }), 'int16', [0, 0]],
    ['fullLike', () => torch.fullLike(torch.ones([2], { dtype: 'int8' }), 3), 'int8', [3, 3]],
    ['zerosLike', () => torch.zerosLike(torch.ones([1, 2], { dtype: 'float64' })), 'float64', [0, 0]],
    ['onesLike', () => torch.onesLike(torch.zeros([1, 2]), { dtype: 'bfloat16' }), 'bfloat16', [1, 1]],
    ['emptyLike', () => torch.emptyLike(torch.ones([2])).fill_(4), 'float32', [4, 4]],
  ] as const)('%s has its values and dtype', (_name, make, dtype, values) => {
    const made = make()
    expect(made.dtype).toBe(dtype)
    expect(made.flatten().tolist()).toEqual([...values])
  })

  it('draws from the distributions that the names say', () => {
    torch.manualSeed(11)
    const model = torch.zeros([10_000])
    // A mean of 10,000 uniform numbers lies within 0.01 (three deviations), of normal ones of deviation d within 0.03 d.
    for (const uniform of [torch.rand([10_000]), torch.randLike(model)]) {
      expect(Math.abs(uniform.mean().item() - 0.5)).toBeLessThan(0.01)
      expect(uniform.min().item()).toBeGreaterThanOrEqual(0)
      expect(uniform.max().item()).toBeLessThan(1)
    }
    for (const [normal, mean, deviation] of [
      [torch.randn([10_000]), 0, 1],
      [torch.randnLike(model), 0, 1],
      [torch.normal(5, 2, [10_000]), 5, 2],
    ] as const) {
      expect(Math.abs(normal.mean().item() - mean)).toBeLessThan(0.03 * deviation)
      expect(normal.std().item() / deviation).toBeCloseTo(1, 1)
    }
    const [low, high] = [torch.randint(2, 5, [1000]).min().item(), torch.randint(2, 5, [1000]).max().item()]
    expect([low, high]).toEqual([2, 4])
    expect(torch.randperm(50).sort()[0].tolist()).toEqual(Array.from({ length: 50 }, (_, index) => index))
  })
})
