// The variance of areas under ROC curves and of their differences, without resampling.
// Shapes: risk_N per model, label_N [N] -> areas [M] and their covariance [M][M].
import { createRanking } from './ranking-scores.ts'

/** Areas under ROC curves of M risks on the same subjects, with their covariance. */
export type DelongResult = { areas: number[]; covariance: number[][] }

/**
 * DeLong's covariance of correlated ROC areas, by mid-ranks in N log N.
 *
 * A model may be several risks (seeds, label draws): its area is then their mean, and so are its structural components.
 *
 * @param models   For each model, one or more risks. Each of shape [N].
 * @param label_N  0 or 1; at least two of each. Shape [N].
 *
 * Source:  DeLong, DeLong, Clarke-Pearson 1988, Biometrics 44:837; mid-ranks: Sun, Xu 2014, IEEE Signal Processing Letters 21:1389.
 * Checked: the definition over all pairs, 1e-12; delong.test.ts.
 */
export function delong(models: readonly (readonly ArrayLike<number>[])[], label_N: ArrayLike<number>): DelongResult {
  const rows = Array.from({ length: label_N.length }, (_, i) => i)
  const events = rows.filter((i) => label_N[i] === 1)
  const nonEvents = rows.filter((i) => label_N[i] !== 1)
  const components = models.map((risks) => averageComponents(risks.map((risk_N) => structuralComponents(risk_N, events, nonEvents))))
  const areas = components.map(({ event }) => mean(event))
  const covariance = components.map((a) =>
    components.map((b) => covarianceOf(a.event, b.event) / events.length + covarianceOf(a.nonEvent, b.nonEvent) / nonEvents.length),
  )
  return { areas, covariance }
}

/**
 * The two-sided test that two areas are equal.
 *
 * @returns  `difference` is first minus second; `z` and `p` are NaN where the difference has no variance: the two rank alike, or
 *           each puts all pairs right, all wrong or all alike. That is no test, however few the events.
 */
export function delongDifference(
  result: DelongResult,
  first: number,
  second: number,
): { difference: number; standardError: number; z: number; p: number } {
  const { areas, covariance } = result
  const variance = covariance[first][first] + covariance[second][second] - 2 * covariance[first][second]
  const difference = areas[first] - areas[second]
  const standardError = Math.sqrt(Math.max(0, variance))
  const z = standardError > 1e-12 ? difference / standardError : Number.NaN
  return { difference, standardError, z, p: 2 * normalTail(Math.abs(z)) }
}

/**
 * The share of a standard normal above z.
 *
 * Continued fraction beyond 3, series below; relative error under 1e-12.
 *
 * Source:  Abramowitz, Stegun 1964, 26.2.11 (series) and 26.2.14 (continued fraction).
 * Checked: SciPy 1.10.1 norm.sf; delong.test.ts.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z)
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z > 3) {
    let fraction = 0
    for (let k = 300; k >= 1; k--) fraction = k / (z + fraction)
    return density / (z + fraction)
  }
  let term = z
  let total = z
  for (let k = 1; k < 200 && term > total * 1e-17; k++) {
    term *= (z * z) / (2 * k + 1)
    total += term
  }
  return 0.5 - density * total
}

type Components = { event: Float64Array; nonEvent: Float64Array }

function structuralComponents(risk_N: ArrayLike<number>, events: readonly number[], nonEvents: readonly number[]): Components {
  const all = midRanks([...events, ...nonEvents].map((i) => risk_N[i]))
  const amongEvents = midRanks(events.map((i) => risk_N[i]))
  const amongNonEvents = midRanks(nonEvents.map((i) => risk_N[i]))
  return {
    event: amongEvents.map((rank, i) => (all[i] - rank) / nonEvents.length),
    nonEvent: amongNonEvents.map((rank, j) => 1 - (all[events.length + j] - rank) / events.length),
  }
}

/** Rank from the smallest, one for the first; equal values share the mean of their ranks. */
function midRanks(values: readonly number[]): Float64Array {
  const { order_N, tie_N } = createRanking(values)
  const ranks = new Float64Array(values.length)
  for (let start = 0; start < order_N.length; ) {
    let end = start
    while (end < order_N.length && tie_N[end] === tie_N[start]) end++
    for (let place = start; place < end; place++) ranks[order_N[place]] = values.length - (start + end - 1) / 2
    start = end
  }
  return ranks
}

function averageComponents(parts: readonly Components[]): Components {
  const average = (pick: (part: Components) => Float64Array) => pick(parts[0]).map((_, i) => mean(parts.map((part) => pick(part)[i])))
  return { event: average((part) => part.event), nonEvent: average((part) => part.nonEvent) }
}

function mean(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total / values.length
}

function covarianceOf(a: Float64Array, b: Float64Array): number {
  const meanA = mean(a)
  const meanB = mean(b)
  let total = 0
  for (let i = 0; i < a.length; i++) total += (a[i] - meanA) * (b[i] - meanB)
  return total / (a.length - 1)
}
