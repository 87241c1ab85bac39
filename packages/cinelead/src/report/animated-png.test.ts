// Truth: fast-png's own reader of animations gives back the indices that went in, and the order of chunks is that of the standard.
import { decodeApng } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { animatedPng } from './animated-png.ts'
import { paintTiles, palette } from './slice-picture.ts'

const options = { numRows: 6, numColumns: 5, zoom: 2, tilesAcross: 1 }
const frames = [0, 1, 2].map((shift) =>
  paintTiles([{ slice_YX: Array.from({ length: 30 }, (_, at) => (at * 7 + shift * 13) % 31) }], options),
)

describe('animatedPng', () => {
  it('gives every frame back with its duration', () => {
    const { width, height, numberOfFrames, frames: read, palette: colours } = decodeApng(animatedPng(frames, palette, [40, 41.4, 90]))
    expect([width, height, numberOfFrames]).toEqual([10, 12, 3])
    expect(read.map(({ delayNumber, delayDenominator }) => (1000 * delayNumber) / delayDenominator)).toEqual([40, 41, 90])
    for (const [index, { data }] of read.entries()) expect([...data]).toEqual([...frames[index].indices])
    expect(colours?.slice(0, 2)).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ])
  })

  it('keeps the first frame where viewers that know no animation look for it', () => {
    const kinds = Buffer.from(animatedPng(frames, palette, [40, 40, 40]))
      .toString('latin1')
      .match(/IHDR|acTL|PLTE|fcTL|IDAT|fdAT|IEND/g)
    expect(kinds).toEqual(['IHDR', 'acTL', 'PLTE', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'fcTL', 'fdAT', 'IEND'])
  })

  it('refuses pictures of two sizes, and a duration too few', () => {
    const other = paintTiles([{ slice_YX: new Array<number>(30).fill(0) }], { ...options, zoom: 1 })
    expect(() => animatedPng([frames[0], other], palette, [40, 40])).toThrow(expect.objectContaining({ code: 'report/animation' }))
    expect(() => animatedPng(frames, palette, [40, 40])).toThrow(expect.objectContaining({ code: 'report/animation' }))
    expect(() => animatedPng([], palette, [])).toThrow(expect.objectContaining({ code: 'report/animation' }))
  })
})
