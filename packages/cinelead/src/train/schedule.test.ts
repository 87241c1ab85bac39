// Truth: the curve's closed form at its ends and corner.
import { describe, expect, it } from 'vitest'
import { rateFactor } from './schedule.ts'

describe('rateFactor', () => {
  const schedule = { warmupFraction: 0.1, finalFraction: 0.01 }
  it('rises straight to 1 over the warm-up, beginning above 0', () => {
    expect([0, 4, 9].map((step) => rateFactor(step, 100, schedule))).toEqual([0.1, 0.5, 1])
  })
  it('ends at the final share, half-way at the mean', () => {
    expect(rateFactor(10, 100, schedule)).toBeCloseTo(1, 12)
    expect(rateFactor(99, 100, schedule)).toBeCloseTo(0.01, 12)
    expect(rateFactor(10 + 89 / 2, 100, schedule)).toBeCloseTo((1 + 0.01) / 2, 12)
  })
  it('is defined for one step and without warm-up', () => {
    expect(rateFactor(0, 1, { warmupFraction: 0, finalFraction: 0 })).toBe(1)
  })
})
