// Resampling subjects: how often each counts in a resample, and the interval that the resampled scores give.
import type { Random } from '../base/seed.ts'

/**
 * One bootstrap resample as counts: how often each of N things was drawn in N draws with replacement.
 *
 * @returns  Counts that sum to N. Shape [N].
 */
export function resampleCounts(random: Random, size: number): Uint16Array {
  const counts = new Uint16Array(size)
  for (let i = 0; i < size; i++) counts[random.integer(size)]++
  return counts
}

/**
 * The value below which a share of the sorted values lies, interpolated linearly.
 *
 * Source:  Hyndman, Fan 1996, American Statistician 50:361, definition 7.
 * Checked: NumPy quantile, 1e-12; bootstrap.test.ts.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (place - below) * (sorted[above] - sorted[below])
}

/**
 * Percentile interval of resampled scores; resamples without a value (NaN) are left out.
 *
 * @param level  Share the interval covers, 0.95 for 95 %.
 *
 * Source:  Efron, Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.
 */
export function percentileInterval(values: ArrayLike<number>, level: number): { ciLow: number; ciHigh: number } {
  const sorted = Float64Array.from(Array.prototype.filter.call(values, Number.isFinite) as number[]).sort()
  return { ciLow: quantile(sorted, (1 - level) / 2), ciHigh: quantile(sorted, (1 + level) / 2) }
}
