// Truth: millimetres computed by hand from 25 mm/s and 10 mm/mV.
import { decode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { type Drawing, type Line, toSvg } from './drawing.ts'
import { toPng } from './drawing-png.ts'
import { type EcgPaperOptions, ecgPaper } from './ecg-paper.ts'
import { strokesOf, wordWidthMm } from './stroke-font.ts'

const flat = (mv: number): Float32Array => new Float32Array(12 * 5000).fill(mv)
/** The lines of samples: longer than a calibration pulse. */
const traces = (mv_LT: Float32Array, options?: EcgPaperOptions): Line[] =>
  ecgPaper(mv_LT, 500, options).shapes.filter((shape): shape is Line => shape.kind === 'line' && shape.pointsMm.length > 12)

describe('ecgPaper', () => {
  test('draws ten seconds 250 mm wide and a millivolt 10 mm high', () => {
    const [{ pointsMm }] = traces(flat(0))
    expect(pointsMm[pointsMm.length - 2] - pointsMm[0]).toBeCloseTo(250 * (4999 / 5000), 6)
    expect(pointsMm[1] - traces(flat(1))[0].pointsMm[1]).toBeCloseTo(10, 6)
  })

  test('draws twelve leads in rows, or a grid with lead II below', () => {
    expect(traces(flat(0)).length).toBe(12)
    expect(traces(flat(0), { layout: 'grid' }).length).toBe(13)
  })
})

describe('toSvg', () => {
  test('lifts the pen where a sample is missing', () => {
    const gap = flat(0)
    gap.fill(Number.NaN, 100, 200)
    const [path] = toSvg({ ...ecgPaper(gap, 500), shapes: traces(gap) }).match(/<path d="M[\d.]+ [\d.]+L[^"]+"/g) ?? []
    expect(path?.match(/M/g)?.length).toBe(2)
  })

  test('makes a title safe and marks R peaks', () => {
    const svg = toSvg(ecgPaper(flat(0), 500, { title: '<b>&', rPeaks: [500, 99999] }))
    expect(svg).toContain('&lt;b&gt;&amp;')
    expect((svg.match(/#0a58a5/g) ?? []).length).toBe(1)
  })
})

describe('toPng', () => {
  const picture = (shapes: Drawing['shapes'], rulings: Drawing['rulings'] = []) =>
    decode(toPng({ widthMm: 4, heightMm: 3, paper: '#ffffff', rulings, shapes }))
  const black = (pointsMm: number[], widthMm: number): Line => ({ kind: 'line', pointsMm, widthMm, colour: '#000000' })
  /** How much ink a picture holds, in squares of one millimetre. */
  const inkOf = ({ data }: { data: ArrayLike<number> }): number => {
    let sum = 0
    for (let at = 0; at < data.length; at += 3) sum += 1 - data[at] / 255
    return sum / 64
  }

  test('has eight pixels a millimetre', () => {
    const { width, height, channels } = picture([])
    expect([width, height, channels]).toEqual([32, 24, 3])
  })

  test.each([
    ['level', [1, 1.5, 3, 1.5]],
    ['upright', [2, 0.5, 2, 2.5]],
    ['slanting', [1, 0.5, 3, 2.5]],
  ])('lays as much ink on a %s line as its length times its width', (_name, pointsMm) => {
    const length = Math.hypot(pointsMm[2] - pointsMm[0], pointsMm[3] - pointsMm[1])
    // Round ends add a disc of the line's width.
    const disc = (Math.PI * 0.5 * 0.5) / 4
    expect(inkOf(picture([black(pointsMm, 0.5)]))).toBeCloseTo(length * 0.5 + disc, 1)
  })

  test('lays ink on once where a line crosses itself', () => {
    const one = inkOf(picture([black([0.5, 1.5, 3.5, 1.5], 0.5)]))
    expect(inkOf(picture([black([0.5, 1.5, 3.5, 1.5, 0.5, 1.5], 0.5)]))).toBeCloseTo(one, 6)
  })

  test('makes a line thinner than a pixel paler', () => {
    const thin = inkOf(picture([black([0.5, 1.5, 3.5, 1.5], 0.04)]))
    expect(thin).toBeGreaterThan(0.08)
    expect(thin).toBeLessThan(0.2)
  })

  test('rules the paper every step', () => {
    const { data } = picture([], [{ stepMm: 1, widthMm: 0.25, colour: '#000000' }])
    const dark = (x: number, y: number): boolean => data[(y * 32 + x) * 3] < 100
    for (let x = 0; x < 32; x++) expect(dark(x, 12)).toBe(x % 8 === 0 || x % 8 === 7)
  })
})

describe('strokesOf', () => {
  const known = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,·:/-+()_°µ'

  test('has a shape of its own for each character', () => {
    const shapes = Array.from(known, (character) => JSON.stringify(strokesOf(character, 3)))
    const twins = shapes.filter((shape, at) => shapes.indexOf(shape) !== at)
    // O and 0, I and l are alike in this font, as in many.
    expect(twins.length).toBe(2)
    expect(shapes).not.toContain(JSON.stringify(strokesOf('☃', 3)))
  })

  test('sets words as wide as it says, capitals 0.7 of the size high', () => {
    const points = strokesOf('HEH', 10).flat()
    const [xs, ys] = [0, 1].map((axis) => points.filter((_, at) => at % 2 === axis))
    expect(Math.max(...xs) - Math.min(...xs)).toBeCloseTo(wordWidthMm('HEH', 10), 9)
    expect([Math.min(...ys), Math.max(...ys)].map((mm) => mm + 0)).toEqual([-7, 0])
  })
})
