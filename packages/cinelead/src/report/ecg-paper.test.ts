// Truth: millimetres computed by hand from 25 mm/s and 10 mm/mV.
import { describe, expect, test } from 'vitest'
import { ecgPaper } from './ecg-paper.ts'

const flat = (mv: number): Float32Array => new Float32Array(12 * 5000).fill(mv)
const paths = (svg: string): string[] =>
  Array.from(svg.matchAll(/<path d="(M[^"]+)" fill="none" stroke="#111" stroke-width="0.22" stroke-linejoin/g), (found) => found[1])

describe('ecgPaper', () => {
  test('draws ten seconds 250 mm wide and a millivolt 10 mm high', () => {
    const at = (mv: number) => paths(ecgPaper(flat(mv), 500))[0]
    const [first, last] = [/^M([\d.]+) ([\d.]+)/.exec(at(0)), /L([\d.]+) ([\d.]+)$/.exec(at(0))]
    expect(Number(last?.[1]) - Number(first?.[1])).toBeCloseTo(250 * (4999 / 5000), 1)
    const raised = /^M([\d.]+) ([\d.]+)/.exec(at(1))
    expect(Number(first?.[2]) - Number(raised?.[2])).toBeCloseTo(10, 5)
  })

  test('draws twelve leads in rows, or a grid with lead II below', () => {
    expect(paths(ecgPaper(flat(0), 500)).length).toBe(12)
    expect(paths(ecgPaper(flat(0), 500, { layout: 'grid' })).length).toBe(13)
  })

  test('lifts the pen where a sample is missing', () => {
    const gap = flat(0)
    gap.fill(Number.NaN, 100, 200)
    expect((paths(ecgPaper(gap, 500))[0].match(/M/g) ?? []).length).toBe(2)
  })

  test('makes a title safe and marks R peaks', () => {
    const svg = ecgPaper(flat(0), 500, { title: '<b>&', rPeaks: [500, 99999] })
    expect(svg).toContain('&lt;b&gt;&amp;')
    expect((svg.match(/#0a58a5/g) ?? []).length).toBe(1)
  })
})
