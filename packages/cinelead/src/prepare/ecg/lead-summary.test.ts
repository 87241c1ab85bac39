// Truth: slow plain versions of the same numbers, and white noise of a known deviation.
import { describe, expect, test } from 'vitest'
import { createRandom } from '../../base/seed.ts'
import { pool, summariseLead, summariseLeads } from './lead-summary.ts'
import { normaliseGroups, outlierLimits } from './normalise.ts'
import { findStandstills } from './standstill.ts'

const random = createRandom(4)
const noise = (size: number, deviation: number, offset = 0): Float64Array =>
  Float64Array.from({ length: size }, () => offset + deviation * random.normal())

function plainMoments(values: ArrayLike<number>): { mean: number; deviation: number } {
  const mean = Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
  return { mean, deviation: Math.sqrt(Array.from(values).reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
}

describe('summariseLead', () => {
  test('gives mean, deviation and extremes, also far from zero', () => {
    const lead_T = noise(5000, 0.2, 300)
    const { mean, deviation, lowest, highest } = summariseLead(lead_T)
    expect(mean).toBeCloseTo(plainMoments(lead_T).mean, 9)
    expect(deviation).toBeCloseTo(plainMoments(lead_T).deviation, 9)
    expect([lowest, highest]).toEqual([Math.min(...lead_T), Math.max(...lead_T)])
  })

  test('finds the deviation of white noise under beats ten times as large', () => {
    const lead_T = noise(5000, 0.03)
    for (let t = 0; t < 5000; t += 400) for (let k = 0; k < 40; k++) lead_T[t + k] += 1.5 * Math.sin((Math.PI * k) / 40)
    expect(summariseLead(lead_T).noise).toBeCloseTo(0.03, 2)
  })

  test('pools leads as if they were one', () => {
    const whole = Float64Array.from([...noise(700, 0.1, 2), ...noise(700, 1, -1), ...noise(700, 0.5, 0.2)])
    const pooled = pool(summariseLeads(whole, 3))
    expect(pooled.mean).toBeCloseTo(plainMoments(whole).mean, 9)
    expect(pooled.deviation).toBeCloseTo(plainMoments(whole).deviation, 9)
  })
})

describe('normaliseGroups', () => {
  test('equals clipping first and measuring afterwards', () => {
    const leads = Float64Array.from([...noise(400, 0.2, 0.1), ...noise(400, 1), ...noise(400, 0.1)])
    leads[20] = 9
    leads[700] = -9
    const summaries_L = summariseLeads(leads, 3)
    const limits = outlierLimits(summaries_L, 2)
    const { ecg_LT, numClipped } = normaliseGroups(leads, summaries_L, [2, 3], limits)
    const clipped = leads.map((value) => Math.min(limits.high, Math.max(limits.low, value)))
    expect(numClipped).toBe(clipped.filter((value, i) => value !== leads[i]).length)
    for (const [from, to] of [
      [0, 800],
      [800, 1200],
    ]) {
      const group = clipped.slice(from, to)
      const { mean, deviation } = plainMoments(group)
      group.forEach((value, i) => {
        expect(ecg_LT[from + i]).toBeCloseTo((value - mean) / deviation, 5)
      })
    }
  })
})

describe('findStandstills', () => {
  /** Runs of three and more, one by one. */
  function plain(raw_T: readonly number[]): { longestFraction: number; clippedFraction: number } {
    const runs: { value: number; size: number }[] = []
    for (const value of raw_T) {
      const last = runs[runs.length - 1]
      if (last?.value === value) last.size++
      else runs.push({ value, size: 1 })
    }
    const long = runs.filter(({ size }) => size >= 3)
    const extremes = [Math.min(...raw_T), Math.max(...raw_T)]
    const still = long.filter(({ value }) => extremes.includes(value)).reduce((sum, { size }) => sum + size, 0)
    return { longestFraction: Math.max(1, ...long.map(({ size }) => size)) / raw_T.length, clippedFraction: still / raw_T.length }
  }

  test('finds the runs that a plain walk finds', () => {
    for (let round = 0; round < 2000; round++) {
      const raw = Array.from({ length: 30 }, () => Math.floor(random.between(0, 3)))
      expect(findStandstills(Float64Array.from(raw), 1)).toEqual([plain(raw)])
    }
    expect(findStandstills(new Float64Array(60), 2)).toEqual([plain(Array(30).fill(0)), plain(Array(30).fill(0))])
  })
})
