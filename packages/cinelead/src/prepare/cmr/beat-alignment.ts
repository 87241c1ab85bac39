// One curve from slices that were seen in beats of different length, as in atrial fibrillation: each runs faster or slower by a factor,
// and all but that factor is the same. Hands on: commonCurve.
import type { SystolePart } from './beat.ts'

const MOST_STRETCH = 0.4 // logarithm of the factor: beats from two thirds to one and a half of the usual (project's own choice)
const STRETCH_STEP = 0.01 // of the logarithm
const LEAST_SHARED = 0.5 // of the moments, at which two curves must both be known to be compared, and of the curves to tell their mean

/** Cavity at the moments of a part of the beat, 1 at its beginning, 0 where it is least. */
function normalised(areas: readonly number[]): number[] {
  const least = Math.min(...areas)
  return areas.map((area) => (area - least) / (areas[0] - least))
}

/** A curve between its moments; undefined beyond them. */
function valueAt(curve: readonly number[], shares: readonly number[], share: number): number | undefined {
  const after = shares.findIndex((one) => one >= share)
  if (after < 0 || share < shares[0]) return undefined
  if (after === 0) return curve[0]
  const weight = (share - shares[after - 1]) / (shares[after] - shares[after - 1])
  return curve[after - 1] + weight * (curve[after] - curve[after - 1])
}

/** Logarithm of how much earlier a curve runs than a reference, by least squares. */
function stretchTo(reference: readonly number[], curve: readonly number[], shares: readonly number[]): number {
  let best = { error: Number.POSITIVE_INFINITY, stretch: 0 }
  for (let stretch = -MOST_STRETCH; stretch <= MOST_STRETCH; stretch += STRETCH_STEP) {
    let [sum, count] = [0, 0]
    for (const [index, share] of shares.entries()) {
      const value = valueAt(curve, shares, share * Math.exp(-stretch))
      if (value === undefined) continue
      sum += (value - reference[index]) ** 2
      count++
    }
    if (count >= LEAST_SHARED * shares.length && sum / count < best.error) best = { error: sum / count, stretch }
  }
  return best.stretch
}

/**
 * The mean of curves after each was brought to the geometric mean of their lengths.
 *
 * @param areas_ZS  Cavity of some slices at the same moments, above zero throughout. Shape [Z, S].
 * @param shares    The moments since end-diastole, shares of the beat, rising.
 * @returns         The moments that most slices know, and the mean there; empty without slices that empty.
 */
export function commonCurve(areas_ZS: readonly (readonly number[])[], shares: readonly number[]): SystolePart {
  const range = (areas: readonly number[]) => areas[0] - Math.min(...areas)
  const emptying = areas_ZS.filter((areas) => range(areas) > 0)
  if (emptying.length === 0) return { shares: [], values: [] }
  const reference = normalised(emptying.reduce((best, areas) => (range(areas) > range(best) ? areas : best)))
  const curves = emptying.map(normalised)
  const stretches = curves.map((curve) => stretchTo(reference, curve, shares))
  const mean = stretches.reduce((sum, stretch) => sum + stretch, 0) / stretches.length
  const common: { shares: number[]; values: number[] } = { shares: [], values: [] }
  for (const share of shares) {
    const known = curves
      .map((curve, index) => valueAt(curve, shares, share * Math.exp(mean - stretches[index])))
      .filter((value) => value !== undefined)
    if (known.length < LEAST_SHARED * curves.length) continue
    common.shares.push(share)
    common.values.push(known.reduce((sum, value) => sum + value, 0) / known.length)
  }
  return common
}
