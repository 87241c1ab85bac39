// Truth: counting all pairs, as the definition says; closed cases.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { createConcordance } from './concordance.ts'

const concordance = (risk: readonly number[], days: readonly number[], isEvent: readonly number[], count?: readonly number[]) =>
  createConcordance(risk, days, isEvent)(count)

function byPairs(risk: readonly number[], days: readonly number[], isEvent: readonly number[], count: readonly number[]): number {
  let pairs = 0
  let right = 0
  for (const i of risk.keys()) {
    for (const j of risk.keys()) {
      const isPair = isEvent[i] === 1 && (days[i] < days[j] || (days[i] === days[j] && isEvent[j] === 0))
      if (!isPair) continue
      pairs += count[i] * count[j]
      right += count[i] * count[j] * (risk[i] > risk[j] ? 1 : risk[i] === risk[j] ? 0.5 : 0)
    }
  }
  return right / pairs
}

describe('createConcordance', () => {
  it('counts as the definition does, with ties in risk and in time, and with repeated subjects', () => {
    const subject = fc.tuple(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 1 }),
      fc.integer({ min: 0, max: 3 }),
    )
    fc.assert(
      fc.property(fc.array(subject, { minLength: 1, maxLength: 25 }), (rows) => {
        const column = (c: number) => rows.map((row) => row[c])
        const [risk, days, isEvent, count] = [0, 1, 2, 3].map(column)
        const slow = byPairs(risk, days, isEvent, count)
        const fast = concordance(risk, days, isEvent, count)
        if (Number.isNaN(slow)) expect(fast).toBeNaN()
        else expect(fast).toBeCloseTo(slow, 12)
      }),
      { numRuns: 300 },
    )
  })

  it('is 1 for the right order, 0 for the wrong one, one half for equal risks', () => {
    expect(concordance([3, 2, 1], [10, 20, 30], [1, 1, 0])).toBe(1)
    expect(concordance([1, 2, 3], [10, 20, 30], [1, 1, 0])).toBe(0)
    expect(concordance([2, 2, 2], [10, 20, 30], [1, 1, 0])).toBe(0.5)
  })

  it('does not change when time or risk is stretched', () => {
    const random = createRandom(2)
    const risk = Array.from({ length: 60 }, () => random.normal())
    const days = risk.map((r) => Math.exp(random.normal() - r))
    const isEvent = risk.map(() => random.integer(2))
    const value = concordance(risk, days, isEvent)
    expect(value).toBeGreaterThan(0.6)
    expect(
      concordance(
        risk.map((r) => Math.exp(3 * r)),
        days.map((d) => d ** 2 + 7),
        isEvent,
      ),
    ).toBeCloseTo(value, 12)
  })

  it('has no value without an event', () => {
    expect(concordance([1, 2], [3, 4], [0, 0])).toBeNaN()
  })
})
