// Truth: files encoded from the clauses of EN 1064 by scp-fixture.ts; the same recording in DICOM and aECG; biosig's decoding of the real file
// (digest in test/golden/formats/ecg-digests.json, made by scripts/make-golden/ecg.py).
import { describe, expect, test } from 'vitest'
import { readScp } from './scp.ts'
import { readTables } from './scp-sections.ts'
import { encodeScp, type ScpPlan, wanderingCounts } from './scp-fixture.ts'

const lead = (seed: number, numSamples = 600): number[] => wanderingCounts(seed, numSamples)
const counts = (plan: ScpPlan, leadIndex: number): number[] => {
  const { ecg_LT, numSamples } = readScp(encodeScp(plan))
  return Array.from(ecg_LT.slice(leadIndex * numSamples, (leadIndex + 1) * numSamples), (mv) => Math.round(mv * 400))
}

describe('readScp', () => {
  for (const coding of ['plain', 'default', 'own'] as const) {
    for (const differences of [0, 1, 2] as const) {
      test(`reads ${coding} coding with differences of order ${differences}`, () => {
        const leads = [
          { id: 1, counts_T: lead(1) },
          { id: 2, counts_T: lead(2) },
        ]
        for (const leadIndex of [0, 1]) expect(counts({ leads, coding, differences }, leadIndex)).toEqual(leads[leadIndex].counts_T)
      })
    }
  }

  test('adds the reference beat where it was taken away', () => {
    const leads = [{ id: 1, counts_T: lead(3) }]
    const beat = { leads: [Array.from({ length: 50 }, (_, k) => Math.round(900 * Math.sin(k / 5)))], fiducial: 20, at: [60, 300, 590] }
    const plan: ScpPlan = { leads, coding: 'default', differences: 2, beat }
    expect(counts(plan, 0)).toEqual(leads[0].counts_T)
    const read = readScp(encodeScp(plan))
    expect(Array.from(read.median?.beat_LT ?? [], (mv) => Math.round(mv * 400))).toEqual(beat.leads[0])
  })

  test('brings two rates back: exactly around QRS, by straight lines between', () => {
    // A straight ramp comes back within rounding; the kept stretch holds a spike that must not be smoothed.
    const counts_T = Array.from({ length: 400 }, (_, t) => 4 * t)
    for (let t = 100; t < 140; t++) counts_T[t] += 3000 * ((t * 7) % 5)
    const kept = [{ from: 101, to: 140 }]
    const got = counts({ leads: [{ id: 1, counts_T }], coding: 'default', differences: 2, kept }, 0)
    expect(got.slice(100, 140)).toEqual(counts_T.slice(100, 140))
    for (let t = 0; t < 400; t++) expect(Math.abs(got[t] - counts_T[t])).toBeLessThanOrEqual(6) // half a group at the ends of a ramp
  })

  test('names leads and keeps day, filters and version', () => {
    const leads = [1, 2, 3, 8, 61, 62, 63, 64, 16].map((id) => ({ id, counts_T: lead(id, 60) }))
    const read = readScp(encodeScp({ leads, coding: 'default', differences: 1 }))
    expect(read.leads).toEqual(['I', 'II', 'V1', 'V6', 'III', 'aVR', 'aVL', 'aVF', 'X'])
    expect(read.recordedOn).toBe('2002-11-22')
    expect(read.filters).toEqual({ highPassHz: 0.05, lowPassHz: 150, notchHz: [50] })
    expect(read.rateHz).toBe(500)
    expect(read.version).toBe('2.0')
    expect(read.warnings).toEqual([])
  })

  test('warns of a CRC that does not fit', () => {
    expect(
      readScp(encodeScp({ leads: [{ id: 1, counts_T: lead(1) }], coding: 'plain', differences: 0, isCrcWrong: true })).warnings,
    ).toHaveLength(1)
  })

  test('refuses Huffman tables of more codes than any recorder has', () => {
    const data = new DataView(new ArrayBuffer(4 + 5000 * 9))
    data.setUint16(0, 1, true)
    data.setUint16(2, 5000, true)
    expect(() => readTables({ version: 20, data })).toThrow(expect.objectContaining({ code: 'formats/scp-section' }))
  })

  test('refuses a lead that holds fewer samples than announced', () => {
    const whole = encodeScp({ leads: [{ id: 1, counts_T: lead(1) }], coding: 'plain', differences: 0 })
    // Lead 1's last sample number, 4 bytes behind its first one in section 3.
    const at = whole.findIndex((_, index) => whole[index] === 1 && whole[index + 4] === (600 & 0xff) && whole[index + 5] === 600 >> 8)
    whole[at + 5] = 9
    expect(() => readScp(whole)).toThrow(expect.objectContaining({ code: 'formats/scp-length' }))
  })

  test('passes over a pointer to statements that are not there, not over one to samples', () => {
    const whole = encodeScp({ leads: [{ id: 1, counts_T: lead(1) }], coding: 'plain', differences: 0 })
    const view = new DataView(whole.buffer)
    const pointerOf = (id: number): number =>
      [...Array(12).keys()].map((index) => 22 + 10 * index).find((at) => view.getUint16(at, true) === id) ?? 0
    const spare = pointerOf(1)
    view.setUint16(spare, 8, true)
    view.setUint32(spare + 6, whole.length + 9, true)
    expect(readScp(whole).leads).toEqual(['I'])
    view.setUint32(pointerOf(6) + 6, whole.length + 9, true)
    expect(() => readScp(whole)).toThrow(expect.objectContaining({ code: 'formats/scp-pointers' }))
  })

  test('refuses a file cut short', () => {
    const whole = encodeScp({ leads: [{ id: 1, counts_T: lead(1) }], coding: 'default', differences: 2 })
    expect(() => readScp(whole.subarray(0, whole.length - 40))).toThrow(expect.objectContaining({ code: 'formats/scp-pointers' }))
    expect(() => readScp(whole.subarray(0, 20))).toThrow(expect.objectContaining({ code: 'formats/scp-pointers' }))
  })
})
