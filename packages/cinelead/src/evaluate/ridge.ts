// The probe for phenotypes: linear regression with an L2 penalty that leave-one-out cross-validation chooses,
// one for all phenotypes of an embedding.
// Shapes: scores_NK [N, K], target_N [N] -> weights_K [K] and an intercept.
import type { Basis } from './basis.ts'

/** A linear score: intercept plus weights on the basis' axes. */
export type LinearModel = { penalty: number; intercept: number; weights_K: Float64Array; cvError: number }

/** Penalties tried, as multiples of the number of rows: half decades from 1e-4 to 1e4. A choice of ours, wide enough that its ends mean "none" and "the mean". */
export const ridgePenalties: readonly number[] = Array.from({ length: 17 }, (_, i) => 10 ** (-4 + i / 2))

/**
 * Ridge regression with an intercept that is not penalised, at every penalty, each with its leave-one-out squared error.
 *
 * Leave-one-out errors come in closed form from one decomposition (residual over one minus leverage). Standardisation and axes
 * are those of all labelled rows; they see no label.
 *
 * @param basis      Axes of the labelled training rows.
 * @param target_N   Their labels, any unit, all finite. Shape [N].
 * @param penalties  Multiples of N; the penalty on the summed squares is N times these.
 * @returns          One model a penalty, from the largest; `cvError` is the mean squared error in squared label units.
 *
 * Source:  Golub, Heath, Wahba 1979, Technometrics 21:215 (leave-one-out by leverage); Hastie et al., ESL 2nd ed., eq. 7.64.
 * Checked: scikit-learn 1.2.1 Ridge (1e-8) and its leave-one-out error (1e-8); probes-golden.test.ts.
 */
export function ridgePath(basis: Basis, target_N: ArrayLike<number>, penalties: readonly number[] = ridgePenalties): LinearModel[] {
  const { numRows, numComponents, scores_NK, variance_K } = basis
  let mean = 0
  for (let i = 0; i < numRows; i++) mean += target_N[i] / numRows
  const moment_K = new Float64Array(numComponents)
  for (let i = 0; i < numRows; i++) {
    for (let k = 0; k < numComponents; k++) moment_K[k] += scores_NK[i * numComponents + k] * (target_N[i] - mean)
  }
  return [...penalties]
    .sort((a, b) => b - a)
    .map((multiple) => {
      const penalty = multiple * numRows
      const weights_K = moment_K.map((moment, k) => moment / (variance_K[k] + penalty))
      let cvError = 0
      for (let i = 0; i < numRows; i++) {
        let fitted = mean
        let leverage = 1 / numRows
        for (let k = 0; k < numComponents; k++) {
          const score = scores_NK[i * numComponents + k]
          fitted += score * weights_K[k]
          leverage += (score * score) / (variance_K[k] + penalty)
        }
        cvError += ((target_N[i] - fitted) / (1 - leverage)) ** 2 / numRows
      }
      return { penalty, intercept: mean, weights_K, cvError }
    })
}

/** One target's ridge probe: the model of the path with the smallest leave-one-out error; of equal ones the most penalised. */
export function ridgeProbe(basis: Basis, target_N: ArrayLike<number>, penalties: readonly number[] = ridgePenalties): LinearModel {
  return ridgePath(basis, target_N, penalties).reduce((best, model) => (model.cvError < best.cvError ? model : best))
}

/**
 * The place of the one penalty that serves several targets best: the smallest mean of cross-validation errors, each as a share of
 * what knowing nothing would cost.
 *
 * With few labels the error of one target is too noisy to choose by; their mean is steadier.
 *
 * @param errors  A list a target, one error a penalty, the same penalties in the same order.
 * @param blind   For each target, the error without features (variance, or log loss of the prevalence); above 0.
 */
export function sharedPenalty(errors: readonly (readonly number[])[], blind: readonly number[]): number {
  const totals = errors[0].map((_, p) => errors.reduce((sum, list, t) => sum + list[p] / blind[t], 0))
  return totals.indexOf(Math.min(...totals))
}

/**
 * A linear model's value for rows already on the axes.
 *
 * @param scores_MK  From `basis.project`. Shape [M, K].
 * @returns          Shape [M].
 */
export function predictLinear(model: Pick<LinearModel, 'intercept' | 'weights_K'>, scores_MK: Float64Array, numRows: number): Float64Array {
  const numComponents = model.weights_K.length
  const out = new Float64Array(numRows).fill(model.intercept)
  for (let i = 0; i < numRows; i++) {
    for (let k = 0; k < numComponents; k++) out[i] += scores_MK[i * numComponents + k] * model.weights_K[k]
  }
  return out
}
