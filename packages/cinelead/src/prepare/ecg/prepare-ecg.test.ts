// Truth: closed forms (sines whose size after the filter is known), invariants (Einthoven's law, shapes), codes of errors and verdicts.
import { describe, expect, test } from 'vitest'
import { type Recording, standardLeads } from '../../formats/recording.ts'
import { prepareEcg } from './prepare-ecg.ts'

/** Leads of sines: 7 Hz with a size of its own for each lead. */
function sines(
  options: { rateHz?: number; seconds?: number; leads?: readonly string[]; offsetMv?: number; mainsMv?: number } = {},
): Recording {
  const rateHz = options.rateHz ?? 500
  const leads = options.leads ?? standardLeads
  const numSamples = Math.round(rateHz * (options.seconds ?? 10))
  const ecg_LT = new Float32Array(leads.length * numSamples)
  for (let l = 0; l < leads.length; l++) {
    for (let t = 0; t < numSamples; t++) {
      const mains = (options.mainsMv ?? 0) * Math.sin((2 * Math.PI * 50 * t) / rateHz)
      ecg_LT[l * numSamples + t] = (0.2 + 0.1 * l) * Math.sin((2 * Math.PI * 7 * t) / rateHz + l) + (options.offsetMv ?? 0) + mains
    }
  }
  return { format: 'made', rateHz, leads, numSamples, ecg_LT, resolutionUv: leads.map(() => 5), filters: {}, printed: {}, statements: [] }
}

const failed = (recording: Recording): string[] =>
  prepareEcg(recording)
    .verdicts.filter((verdict) => !verdict.ok)
    .map(({ criterion }) => criterion)

describe('prepareEcg', () => {
  for (const rateHz of [100, 240, 360, 500, 977, 1000]) {
    test(`gives 12 x 5000 samples from ${rateHz} Hz, with the sine where it was`, () => {
      const { filteredMv_LT, ecg_LT, rateHz: outHz } = prepareEcg(sines({ rateHz }))
      expect([ecg_LT.length, filteredMv_LT.length, outHz]).toEqual([60000, 60000, 500])
      // Away from the edges: 7 Hz passes a 0.5 Hz high-pass with a loss below 1e-9, the resampler ripples by 1e-3 of 0.2 mV, and what the
      // edges leave of a slow tail two seconds on is below 4 µV.
      for (let t = 1500; t < 3500; t++) expect(Math.abs(filteredMv_LT[t] - 0.2 * Math.sin((2 * Math.PI * 7 * t) / 500))).toBeLessThan(4e-3)
    })
  }

  test('takes an offset of 300 mV away', () => {
    const { filteredMv_LT } = prepareEcg(sines({ offsetMv: 300 }))
    expect(Math.abs(filteredMv_LT.slice(1000, 4500).reduce((sum, mv) => sum + mv, 0) / 3500)).toBeLessThan(2e-3) // of 300
  })

  test('gives each group of leads mean 0 and deviation 1', () => {
    const { ecg_LT } = prepareEcg(sines())
    for (const [from, to] of [
      [0, 3],
      [3, 6],
      [6, 12],
    ]) {
      const group = ecg_LT.slice(from * 5000, to * 5000)
      const mean = group.reduce((sum, value) => sum + value, 0) / group.length
      const variance = group.reduce((sum, value) => sum + (value - mean) ** 2, 0) / group.length
      expect(Math.abs(mean)).toBeLessThan(1e-5)
      expect(Math.abs(variance - 1)).toBeLessThan(1e-4)
    }
  })

  test('completes an export of eight leads by Einthoven’s law', () => {
    const made = sines({ leads: ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] })
    const { filteredMv_LT, steps, verdicts } = prepareEcg(made)
    const lead = (index: number, t: number): number => filteredMv_LT[index * 5000 + t]
    for (let t = 0; t < 5000; t += 37) {
      expect(lead(0, t) + lead(2, t)).toBeCloseTo(lead(1, t), 5)
      expect(lead(3, t)).toBeCloseTo(-(lead(0, t) + lead(1, t)) / 2, 5)
      expect(lead(4, t)).toBeCloseTo(lead(0, t) - lead(1, t) / 2, 5)
      expect(lead(5, t)).toBeCloseTo(lead(1, t) - lead(0, t) / 2, 5)
    }
    expect(steps[0].settings.derived).toBe('III aVR aVL aVF')
    expect(verdicts.filter(({ ok, onFail }) => !ok && onFail === 'drop')).toEqual([])
  })

  test('completes the limb leads from aVR and aVF alone', () => {
    const whole = prepareEcg(sines({ leads: ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] }))
    const take = (index: number): Float32Array => whole.filteredMv_LT.slice(index * 5000, (index + 1) * 5000)
    const ecg_LT = new Float32Array(10000)
    ecg_LT.set(take(3))
    ecg_LT.set(take(5), 5000)
    const made: Recording = { ...sines({ leads: ['aVR', 'aVF'] }), ecg_LT }
    const got = prepareEcg(made, { baseline: 'none' }).filteredMv_LT
    for (let i = 0; i < 30000; i += 101) expect(got[i]).toBeCloseTo(whole.filteredMv_LT[i], 4)
  })

  test('reorders leads by their names', () => {
    const made = sines({ leads: [...standardLeads].reverse() })
    const got = prepareEcg(made, { baseline: 'none' }).filteredMv_LT
    expect(Array.from(got.slice(0, 50))).toEqual(Array.from(made.ecg_LT.slice(55000, 55050)))
  })

  test('sets a notch only where the device’s own was off', () => {
    const size = (notchHz: number[] | undefined): number => {
      const { filteredMv_LT, steps } = prepareEcg({ ...sines({ mainsMv: 0.3 }), filters: { notchHz } })
      expect(steps.find(({ step }) => step === 'notch')?.settings.done).toBe(notchHz?.length === 0)
      let sum = 0
      for (let t = 1000; t < 4000; t++) sum += (filteredMv_LT[t] * 2 * Math.sin((2 * Math.PI * 50 * t) / 500)) / 3000
      return sum
    }
    expect(size([])).toBeLessThan(0.003)
    expect(size([50])).toBeCloseTo(0.3, 2)
    expect(size(undefined)).toBeCloseTo(0.3, 2)
  })

  test('says what is wrong with a recording and keeps its shape', () => {
    expect(failed(sines({ seconds: 7 }))).toContain('too-short')
    expect(prepareEcg(sines({ seconds: 7 })).ecg_LT.length).toBe(60000)
    expect(failed(sines({ leads: standardLeads.slice(0, 11) }))).toContain('missing-lead')
    const flat = sines()
    flat.ecg_LT.fill(0, 30000, 35000)
    expect(failed(flat)).toEqual(expect.arrayContaining(['flat-lead', 'flat-run']))
    const gappy = sines()
    gappy.ecg_LT.fill(Number.NaN, 30000, 30200)
    expect(failed(gappy)).toContain('missing-samples')
    expect(prepareEcg(gappy).ecg_LT.some(Number.isNaN)).toBe(false)
    const long = sines({ seconds: 60 })
    long.ecg_LT.fill(Number.NaN, 1000, 1200) // of lead I: a share of 0.04 of the first ten seconds
    expect(prepareEcg(long).verdicts).toContainEqual(expect.objectContaining({ criterion: 'missing-samples', lead: 'I', value: 0.04 }))
    const saturated = sines()
    saturated.ecg_LT.forEach((mv, i) => {
      saturated.ecg_LT[i] = Math.max(-0.3, Math.min(0.3, mv))
    })
    expect(failed(saturated)).toContain('clipped-lead')
  })

  test.each([250, 360, 500, 1000])('finds a clipped lead and one that stands still at %s Hz', (rateHz) => {
    const made = sines({ rateHz })
    const lead_T = (index: number): Float32Array => made.ecg_LT.subarray(index * made.numSamples, (index + 1) * made.numSamples)
    lead_T(7).forEach((mv, t) => {
      lead_T(7)[t] = Math.max(-0.3, Math.min(0.3, mv))
    })
    lead_T(8).fill(0.2, made.numSamples / 2)
    const found = prepareEcg(made).verdicts.filter(({ ok }) => !ok)
    expect(found).toContainEqual(expect.objectContaining({ criterion: 'clipped-lead', lead: 'V2' }))
    expect(found).toContainEqual(expect.objectContaining({ criterion: 'flat-run', lead: 'V3', value: expect.closeTo(0.5, 2) }))
  })

  test('refuses what is no recording at all', () => {
    expect(() => prepareEcg(sines({ seconds: 0.3 }))).toThrow(expect.objectContaining({ code: 'prepare/too-short' }))
    expect(() => prepareEcg(sines(), { lowPassHz: 250 })).toThrow(
      'prepare/cutoff butterworth: expected a lowpass of order 1 to 10 with cut-offs between 0 and 250 Hz (Nyquist)',
    )
  })

  test('gives the same numbers twice and leaves its input alone', () => {
    const made = sines()
    const before = made.ecg_LT.slice()
    expect(prepareEcg(made)).toEqual(prepareEcg(made))
    expect(made.ecg_LT).toEqual(before)
  })
})
