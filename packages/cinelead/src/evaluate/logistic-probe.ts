// The probe for outcomes: logistic regression whose penalty is chosen by stratified cross-validation among the labelled.
// Shapes: scores_NK [N, K], label_N [N] of 0 and 1 -> weights_K [K] and an intercept.
import type { Random } from '../base/seed.ts'
import type { Basis } from './basis.ts'
import { fitLogistic, softplus } from './logistic.ts'
import { predictLinear } from './ridge.ts'

/** Penalties tried, as multiples of the number of rows: decades from 1e-4 to 1e2. A choice of ours. */
export const logisticPenalties: readonly number[] = Array.from({ length: 7 }, (_, i) => 10 ** (-4 + i))

/** Gradient per row at which a fit is good enough to be compared with its neighbours' log loss. */
const FOLD_TOLERANCE = 1e-5

/**
 * Mean log loss over stratified folds at every penalty.
 *
 * @param numFolds  At most this many folds; never more than there are subjects of the rarer class.
 * @returns         One loss a penalty, from the largest, in nats; `blind` is that of the prevalence alone.
 */
export function logisticErrors(
  basis: Basis,
  label_N: ArrayLike<number>,
  random: Random,
  penalties: readonly number[] = logisticPenalties,
  numFolds = 5,
): { errors: number[]; blind: number } {
  const { numRows, numComponents, scores_NK } = basis
  const fold_N = stratifiedFolds(label_N, numFolds, random)
  const multiples = [...penalties].sort((a, b) => b - a)
  const errors = multiples.map(() => 0)
  const numUsed = new Set(fold_N).size
  for (let fold = 0; fold < numUsed; fold++) {
    const inside = rowsWhere(fold_N, (f) => f !== fold)
    const outside = rowsWhere(fold_N, (f) => f === fold)
    const inside_NK = takeRows(scores_NK, numComponents, inside)
    const outside_NK = takeRows(scores_NK, numComponents, outside)
    const insideLabel_N = inside.map((i) => label_N[i])
    let fit: { intercept: number; weights_K: Float64Array } | undefined
    for (const [p, multiple] of multiples.entries()) {
      fit = fitLogistic(inside_NK, numComponents, insideLabel_N, multiple * inside.length, { start: fit, tolerance: FOLD_TOLERANCE })
      const eta_M = predictLinear(fit, outside_NK, outside.length)
      for (const [m, i] of outside.entries()) errors[p] += (softplus(eta_M[m]) - label_N[i] * eta_M[m]) / numRows
    }
  }
  const prevalence = rowsWhere(label_N, (label) => label === 1).length / numRows
  return { errors, blind: -prevalence * Math.log(prevalence) - (1 - prevalence) * Math.log(1 - prevalence) }
}

/** The probe at one of the penalties, fitted on all labelled rows. @param place Counted from the largest penalty. */
export function logisticAt(
  basis: Basis,
  label_N: ArrayLike<number>,
  place: number,
  penalties: readonly number[] = logisticPenalties,
): { intercept: number; weights_K: Float64Array } {
  const multiples = [...penalties].sort((a, b) => b - a)
  return fitLogistic(basis.scores_NK, basis.numComponents, label_N, multiples[place] * basis.numRows)
}

/**
 * A fold number for each row so that every fold holds its share of events.
 *
 * @returns  0 .. folds - 1; the number of folds is at most the size of the rarer class, at least 2. Shape [N].
 */
export function stratifiedFolds(label_N: ArrayLike<number>, numFolds: number, random: Random): number[] {
  const classes = [0, 1].map((label) => rowsWhere(label_N, (value) => value === label))
  const count = Math.max(2, Math.min(numFolds, classes[0].length, classes[1].length))
  const fold_N = new Array<number>(label_N.length).fill(0)
  let place = 0
  for (const rows of classes) for (const row of random.shuffle(rows)) fold_N[row] = place++ % count
  return fold_N
}

function rowsWhere(values: ArrayLike<number>, holds: (value: number) => boolean): number[] {
  const rows: number[] = []
  for (let i = 0; i < values.length; i++) if (holds(values[i])) rows.push(i)
  return rows
}

/** Some rows of a matrix, in the order given. Shape [rows, width]. */
export function takeRows(matrix_NK: Float64Array, width: number, rows: readonly number[]): Float64Array {
  const out = new Float64Array(rows.length * width)
  for (const [r, row] of rows.entries()) out.set(matrix_NK.subarray(row * width, (row + 1) * width), r * width)
  return out
}
