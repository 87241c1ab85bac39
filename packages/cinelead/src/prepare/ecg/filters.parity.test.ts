// Truth: SciPy 1.10.1. Golden file: /usr/bin/python3 scripts/make-golden/ecg.py
// The signal is a closed form that the script computes the same way; results agree within 1e-6 of the largest value.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alsBaseline } from './baseline.ts'
import { rateRatio, resample } from './resample.ts'
import { filtfilt, filtfiltLeads } from './filtfilt.ts'
import { butterworth, notch } from './sections.ts'

const golden = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../../test/golden/prepare/ecg-filters.json'), 'utf8'))
const made = (size: number): Float64Array =>
  Float64Array.from({ length: size }, (_, t) => Math.sin(t / 7) + 0.3 * Math.sin(t / 1.7) + 0.002 * t + (t % 97 < 5 ? 2 : 0) + 1.5)

function expectEqual(got: ArrayLike<number>, wanted: readonly number[]): void {
  expect(got.length).toBe(wanted.length)
  const largest = Math.max(...wanted.map(Math.abs))
  for (let t = 0; t < wanted.length; t++) expect(Math.abs(got[t] - wanted[t]) / largest).toBeLessThan(1e-6)
}

describe('butterworth with filtfilt', () => {
  const cases = [
    ['highpass', 4, 0.5],
    ['highpass', 3, 2],
    ['lowpass', 4, 40],
    ['lowpass', 1, 40],
    ['bandpass', 2, [5, 25]],
    ['bandpass', 3, [0.5, 40]],
  ] as const
  for (const [kind, order, cutoffHz] of cases) {
    const name = `${kind} ${order} ${[cutoffHz].flat().join(' ')}`
    test(`equals scipy.signal.butter + sosfiltfilt: ${name}`, () => {
      expectEqual(filtfilt(butterworth(kind, order, cutoffHz, 500), made(400)), golden[name])
    })
  }

  for (const kind of ['even', 'odd'] as const) {
    test(`equals scipy.signal.sosfiltfilt with ${kind} edges of 300 samples, several leads at once`, () => {
      const leads = Float64Array.from({ length: 2000 }, (_, i) => made(400)[i % 400] * (1 + Math.floor(i / 400)))
      const got = filtfiltLeads(butterworth('highpass', 4, 0.5, 500), leads, 5, undefined, { kind, samples: 300 })
      for (let lead = 0; lead < 5; lead++) {
        expectEqual(
          got.subarray(lead * 400, lead * 400 + 400).map((value) => value / (1 + lead)),
          golden[`highpass ${kind} 300`],
        )
      }
    })
  }

  test('does not move a peak', () => {
    const bump = Float64Array.from({ length: 1000 }, (_, t) => Math.exp(-(((t - 400) / 8) ** 2)))
    const filtered = filtfilt(butterworth('highpass', 4, 0.5, 500), bump)
    expect(filtered.indexOf(Math.max(...filtered))).toBe(400)
  })

  test('refuses a band above Nyquist', () => {
    expect(() => butterworth('bandpass', 2, [0.5, 300], 500)).toThrow(expect.objectContaining({ code: 'prepare/cutoff' }))
    expect(() => filtfilt(butterworth('lowpass', 4, 40, 500), made(10))).toThrow(expect.objectContaining({ code: 'prepare/too-short' }))
  })
})

describe('notch with filtfilt', () => {
  for (const mainsHz of [50, 60]) {
    test(`equals scipy.signal.iirnotch + filtfilt at ${mainsHz} Hz`, () => {
      expectEqual(filtfilt(notch(mainsHz, 30, 500), made(400)), golden[`notch ${mainsHz}`])
    })
  }
})

describe('resample', () => {
  for (const [up, down] of [
    [1, 2],
    [25, 18],
    [5, 1],
    [500, 977],
  ]) {
    test(`equals scipy.signal.resample_poly by ${up}/${down}`, () => {
      expectEqual(resample(made(400), up, down), golden[`resample ${up} ${down}`])
    })
  }

  test('finds the fraction of two rates', () => {
    expect(rateRatio(360, 500)).toEqual({ up: 25, down: 18 })
    expect(rateRatio(1000, 500)).toEqual({ up: 1, down: 2 })
    const { up, down } = rateRatio(499.87, 500)
    expect(Math.abs(up / down / (500 / 499.87) - 1)).toBeLessThan(1e-6)
    expect(() => rateRatio(0, 500)).toThrow(expect.objectContaining({ code: 'prepare/rate' }))
  })
})

describe('alsBaseline', () => {
  test('equals scipy.sparse.linalg.spsolve', () => {
    const baseline = alsBaseline(made(1500))
    expectEqual(
      Array.from({ length: 300 }, (_, index) => baseline[index * 5]),
      golden['als 1e7 0.3 5'],
    )
  })

  test('refuses what is too short', () => {
    expect(() => alsBaseline(made(4))).toThrow(expect.objectContaining({ code: 'prepare/too-short' }))
  })
})
