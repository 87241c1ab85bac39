// Truth: one curve run through faster and slower, by factors that are known.
import { describe, expect, it } from 'vitest'
import { ejectionEnd } from './beat.ts'
import { commonCurve } from './beat-alignment.ts'

const ease = (x: number) => Math.min(1, Math.max(0, x)) ** 2 * (3 - 2 * Math.min(1, Math.max(0, x)))
const cavity = (share: number) => 1 - 0.6 * (ease(share / 0.4) - ease((share - 0.46) / 0.3))
const shares = Array.from({ length: 36 }, (_, at) => 0.02 * at)

describe('commonCurve', () => {
  it('is the curve of the geometric mean of the lengths, whatever the size of the slices', () => {
    const factors = [0.85, 0.9, 1, 1.1, 1.25]
    const areas_ZS = factors.map((factor, z) => shares.map((share) => 100 * (z + 1) * cavity(share / factor)))
    const common = commonCurve(areas_ZS, shares)
    const mean = Math.exp(factors.reduce((sum, factor) => sum + Math.log(factor), 0) / factors.length)
    const least = common.shares[common.values.indexOf(Math.min(...common.values))]
    expect(least).toBeGreaterThan(0.38 * mean)
    expect(least).toBeLessThan(0.48 * mean)
    const near = common.shares.map((_, at) => at).filter((at) => Math.abs(common.shares[at] - least) < 0.17)
    const end = ejectionEnd({ shares: near.map((at) => common.shares[at]), values: near.map((at) => common.values[at]) }, 0.05)
    expect(end).toBeDefined()
    expect(Math.abs((end ?? 0) - 0.4 * mean)).toBeLessThan(0.02)
  })

  it('is empty where nothing empties', () => {
    expect(commonCurve([[5, 5, 5]], [0, 0.1, 0.2])).toEqual({ shares: [], values: [] })
  })
})
