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
