// Truth: the format's own description (8-byte length, JSON, raw bytes) and heads written by hand here.

import { describe, expect, it } from 'vitest'
import { encodeSafetensorsHeader, parseSafetensorsHeader } from './safetensors-header.ts'

function headOf(json: string): Uint8Array {
  const text = new TextEncoder().encode(json)
  const bytes = new Uint8Array(8 + text.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

describe('encodeSafetensorsHeader', () => {
  it('ends on a 64-byte boundary and reads back as it was given', () => {
    const bytes = encodeSafetensorsHeader(
      [
        { name: 'ecg', dtype: 'F32', shape: [3, 12, 5] },
        { name: 'n', dtype: 'U8', shape: [] },
      ],
      { rateHz: '500' },
    )
    expect(bytes.length % 64).toBe(0)
    expect(parseSafetensorsHeader(bytes)).toEqual({
      metadata: { rateHz: '500' },
      tensors: [
        { name: 'ecg', dtype: 'F32', shape: [3, 12, 5], begin: 0, end: 720 },
        { name: 'n', dtype: 'U8', shape: [], begin: 720, end: 721 },
      ],
      dataStart: bytes.length,
    })
  })

  it('refuses a name that comes twice', () => {
    const entry = { name: 'a', dtype: 'F32', shape: [1] } as const
    expect(() => encodeSafetensorsHeader([entry, entry])).toThrow(/each array once/)
  })

  it('keeps an array named like an object property', () => {
    const bytes = encodeSafetensorsHeader([{ name: 'constructor', dtype: 'F32', shape: [1] }])
    expect(parseSafetensorsHeader(bytes).tensors[0].name).toBe('constructor')
  })
})

describe('parseSafetensorsHeader', () => {
  it('sorts the arrays by where they lie', () => {
    const head = headOf('{"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]},"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}')
    expect(parseSafetensorsHeader(head).tensors.map((entry) => entry.name)).toEqual(['a', 'b'])
  })

  it.each([
    ['an overlap', '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}'],
    ['a hole', '{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}'],
    ['a wrong byte count', '{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}}'],
    ['an unknown dtype', '{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}'],
    ['a negative size', '{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}'],
    ['metadata that is no text', '{"__metadata__":{"a":1}}'],
    ['no object', '[]'],
    ['no JSON', '{"a"'],
  ])('refuses %s', (_what, json) => {
    expect(() => parseSafetensorsHeader(headOf(json))).toThrow(/torch\/safetensors/)
  })

  it('refuses a length beyond the bytes given, without reading them', () => {
    const head = headOf('{}')
    new DataView(head.buffer).setBigUint64(0, 2n ** 63n, true)
    expect(() => parseSafetensorsHeader(head)).toThrow(/a head of at most/)
    new DataView(head.buffer).setBigUint64(0, 50n, true)
    expect(() => parseSafetensorsHeader(head)).toThrow(/the 58 bytes/)
  })
})
