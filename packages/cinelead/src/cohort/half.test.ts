// Truth: the engine's own Float16Array where Node has it (24 and newer), and values written out from IEEE 754.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { fromHalf, toHalf, toHalfByBits } from './half.ts'

type HalfArray = new (values: ArrayLike<number>) => { buffer: ArrayBuffer; length: number; [place: number]: number }
const Half = (globalThis as unknown as { Float16Array?: HalfArray }).Float16Array

describe('toHalf', () => {
  it('writes known values as IEEE 754 has them', () => {
    for (const half of [toHalf, toHalfByBits])
      expect([...half(Float32Array.of(1, -2, 0.5, 65504, 65520, 2 ** -24, 0, Number.NaN))]).toEqual([
        0x3c00, 0xc000, 0x3800, 0x7bff, 0x7c00, 0x0001, 0, 0x7e00,
      ])
  })

  it.skipIf(Half === undefined)('rounds a hundred thousand values as the engine does', () => {
    const random = createRandom('half')
    const values = Float32Array.from({ length: 100_000 }, () => random.normal() * 2 ** random.between(-28, 17))
    const truth = new Uint16Array(new (Half as HalfArray)(values).buffer)
    expect(toHalf(values)).toEqual(truth)
    expect(toHalfByBits(values)).toEqual(truth)
  })
})

describe('fromHalf', () => {
  it('gives every finite half back unchanged', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, code) => code).filter((code) => (code & 0x7c00) !== 0x7c00)
    expect(toHalf(fromHalf(halves))).toEqual(halves)
    expect(toHalfByBits(fromHalf(halves))).toEqual(halves)
  })

  it('reads NaN and infinities', () => {
    expect([...fromHalf(Uint16Array.of(0x7e00, 0x7c00, 0xfc00))]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
  })
})
