// Truth: a made ECG of known rate, intervals, axis and spikes (Gaussian waves in closed form), and invariants of the description.
import { describe, expect, test } from 'vitest'
import { createRandom, type Random } from '../../base/seed.ts'
import { type Recording, standardLeads } from '../../formats/recording.ts'
import { findRPeaks } from './beats.ts'
import { describeEcg } from './describe.ts'

// Size of P, Q, R, S, T in each lead, mV, for a heart with its axis near +50 degrees.
const heart: Record<string, readonly number[]> = {
  I: [0.08, -0.05, 0.7, -0.1, 0.2], II: [0.12, -0.08, 1.0, -0.15, 0.3], V1: [0.05, 0, 0.2, -1.0, -0.05], V2: [0.06, 0, 0.4, -1.2, 0.4],
  V3: [0.06, 0, 0.8, -0.8, 0.4], V4: [0.06, -0.05, 1.4, -0.4, 0.4], V5: [0.06, -0.1, 1.3, -0.2, 0.35], V6: [0.06, -0.1, 1.0, -0.1, 0.3],
} // biome-ignore format: one table
// Centre and standard deviation of each wave, ms from R. QRS from about -45 to +50, P from about -205, T to about +360.
const waves = [[-160, 18], [-25, 7], [0, 9], [28, 8], [270, 36]] as const // biome-ignore format: one table

function madeEcg(options: { rrMs?: number; rateHz?: number; seconds?: number; spikeMv?: number; firstMs?: number } = {}): Recording {
  const { rrMs = 800, rateHz = 500, seconds = 10, spikeMv = 0, firstMs = 400 } = options
  const numSamples = seconds * rateHz
  const leads = Object.keys(heart)
  const ecg_LT = new Float32Array(leads.length * numSamples)
  for (const [index, lead] of leads.entries()) {
    for (let t = 0; t < numSamples; t++) {
      const ms = (t * 1000) / rateHz
      for (let beat = firstMs; beat < seconds * 1000 + 500; beat += rrMs) {
        for (const [wave, [centre, deviation]] of waves.entries()) {
          ecg_LT[index * numSamples + t] += heart[lead][wave] * Math.exp(-0.5 * ((ms - beat - centre) / deviation) ** 2)
        }
        if (Math.abs(ms - (beat - 80)) < 0.5) ecg_LT[index * numSamples + t] += spikeMv
      }
    }
  }
  return { format: 'made', rateHz, leads, numSamples, ecg_LT, resolutionUv: leads.map(() => 5), filters: {}, printed: {}, statements: [] }
}

describe('describeEcg', () => {
  for (const rrMs of [420, 800, 1500]) {
    test(`finds rate, R peaks and intervals of a heart that beats every ${rrMs} ms`, () => {
      const got = describeEcg(madeEcg({ rrMs }))
      expect(got.heartRateBpm).toBeCloseTo(60000 / rrMs, 0)
      const wanted = Array.from({ length: Math.ceil((10000 - 400) / rrMs) }, (_, beat) => 400 + beat * rrMs)
      expect(got.rPeaksMs.length).toBe(wanted.length)
      for (const [beat, ms] of wanted.entries()) expect(Math.abs(got.rPeaksMs[beat] - ms)).toBeLessThanOrEqual(30) // R or S, whichever is larger over all leads
      expect(Math.abs((got.qrsMs ?? Number.NaN) - 85)).toBeLessThan(20)
      if (rrMs > 500) {
        expect(Math.abs((got.prMs ?? Number.NaN) - 160)).toBeLessThan(20)
        expect(Math.abs((got.qtMs ?? Number.NaN) - 385)).toBeLessThan(30)
      }
      expect(Math.abs((got.axisDeg ?? Number.NaN) - 46)).toBeLessThan(8) // atan2 of the net areas of the made waves
      expect(got.verdicts.filter(({ ok }) => !ok)).toEqual([])
    })
  }

  test.each([
    ['white noise of 0.2 mV', (random: Random) => 0.2 * random.normal()],
    ['mains of 0.3 mV', (_random: Random, t: number) => 0.3 * Math.sin((2 * Math.PI * 50 * t) / 500)],
  ])('keeps beats and QRS duration under %s', (_name, noiseMv) => {
    const made = madeEcg({ rrMs: 790 })
    const random = createRandom(3)
    const clean = describeEcg(made)
    const noisy = describeEcg({ ...made, ecg_LT: made.ecg_LT.map((mv, i) => mv + noiseMv(random, i % made.numSamples)) })
    expect(noisy.rPeaksMs.length).toBe(clean.rPeaksMs.length)
    expect(Math.abs((noisy.qrsMs ?? Number.NaN) - (clean.qrsMs ?? Number.NaN))).toBeLessThan(15)
  })

  test('gives the same answers from 250 and 1000 Hz', () => {
    const [slow, fast] = [describeEcg(madeEcg({ rateHz: 250 })), describeEcg(madeEcg({ rateHz: 1000 }))]
    expect(slow.rPeaksMs.length).toBe(fast.rPeaksMs.length)
    for (const [beat, ms] of slow.rPeaksMs.entries()) expect(Math.abs(ms - fast.rPeaksMs[beat])).toBeLessThanOrEqual(4)
    expect(Math.abs((slow.qrsMs ?? 0) - (fast.qrsMs ?? 0))).toBeLessThan(6)
  })

  test('moves its R peaks with the recording', () => {
    const [early, late] = [describeEcg(madeEcg({ firstMs: 400 })), describeEcg(madeEcg({ firstMs: 500 }))]
    for (let beat = 0; beat < 10; beat++) expect(late.rPeaksMs[beat] - early.rPeaksMs[beat]).toBeCloseTo(100, -1)
  })

  test('finds pacing spikes and still the beats', () => {
    const got = describeEcg(madeEcg({ spikeMv: 2 }))
    expect(got.verdicts.find(({ criterion }) => criterion === 'pacing-spikes')).toMatchObject({ ok: false, value: 13 })
    expect(got.rPeaksMs.length).toBe(13) // the last spike, at 9920 ms, answers for a beat beyond the end
  })

  test('makes no beat of a spike that follows one within its refractory time', () => {
    const { ecg_LT, leads } = madeEcg()
    const beats = findRPeaks(ecg_LT, leads.length, 500)
    const spikes = beats.flatMap((r) => [r - 20, r + 60])
    expect(findRPeaks(ecg_LT, leads.length, 500, { spikes, withSpikes: ecg_LT })).toEqual(beats)
  })

  test('finds swapped arm leads', () => {
    const made = madeEcg()
    const n = made.numSamples
    const swapped = made.ecg_LT.slice()
    for (let t = 0; t < n; t++) {
      swapped[t] = -made.ecg_LT[t]
      swapped[n + t] = made.ecg_LT[n + t] - made.ecg_LT[t] // III takes the place of II
    }
    const verdict = (recording: Recording) => describeEcg(recording).verdicts.find(({ criterion }) => criterion === 'arm-leads-swapped')?.ok
    expect([verdict(made), verdict({ ...made, ecg_LT: swapped })]).toEqual([true, false])
  })

  test('says nothing of arm leads where none was recorded', () => {
    const made = madeEcg()
    const chest = { ...made, leads: made.leads.slice(2), ecg_LT: made.ecg_LT.slice(2 * made.numSamples) }
    const criteria = describeEcg(chest).verdicts.map(({ criterion }) => criterion)
    expect(criteria).not.toContain('arm-leads-swapped')
    expect(criteria).toContain('beats')
  })

  test('says null where nothing beats, and drops the recording', () => {
    const made = madeEcg()
    const got = describeEcg({ ...made, ecg_LT: made.ecg_LT.map((_, i) => 0.0004 * ((i * 7919) % 13)) })
    expect([got.heartRateBpm === null || got.verdicts.some(({ onFail, ok }) => onFail === 'drop' && !ok)]).toEqual([true])
    expect(JSON.parse(JSON.stringify(got))).toEqual(got)
  })

  test('tells warnings, device settings and steps', () => {
    const got = describeEcg({ ...madeEcg(), warnings: ['odd'], statements: ['Sinus rhythm'], filters: { notchHz: [] } })
    expect(got.warnings).toEqual(['odd'])
    expect(got.device.statements).toEqual(['Sinus rhythm'])
    expect(got.verdicts.find(({ criterion }) => criterion === 'file-warnings')?.ok).toBe(false)
    expect(got.steps.find(({ step }) => step === 'notch')?.settings.done).toBe(true)
    expect(got.leads.length + standardLeads.length).toBe(20)
    expect(got.resolutionUv).toBe(5)
  })

  test('cuts the calibration pulse some recorders append', () => {
    const made = madeEcg({ seconds: 11 })
    for (let l = 0; l < 8; l++) for (let t = 5100; t < 5500; t++) made.ecg_LT[l * 5500 + t] = t > 5300 && t < 5400 ? 1 : 0
    const got = describeEcg(made)
    expect(got.steps.find(({ step }) => step === 'length')?.settings.from).toBe(5100)
    expect(got.samples).toBe(5500)
    expect(got.rPeaksMs.every((ms) => ms < 10200)).toBe(true)
  })
})
