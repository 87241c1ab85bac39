// Logistic regression with an L2 penalty, fitted by iteratively re-weighted least squares.
// Shapes: scores_NK [N, K], label_N [N] of 0 and 1 -> weights_K [K] and an intercept.
import { type LinearModel, predictLinear } from './ridge.ts'

const NEWTON_STEPS = 50
const CONJUGATE_STEPS = 200
/** Gradient length, per row, at which the fit has converged. */
const TOLERANCE = 1e-9

/**
 * Fits an L2-penalised logistic regression by iteratively re-weighted least squares; the intercept is not penalised.
 *
 * Each Newton step is solved by conjugate gradients preconditioned on the axes, where the Hessian is almost diagonal, so no
 * K x K matrix is formed; steps are halved until the loss falls.
 *
 * @param scores_NK  Rows on the principal axes. Shape [N, K].
 * @param label_N    0 or 1. Shape [N].
 * @param penalty    Lambda in: sum of log losses + lambda / 2 x squared length of the weights.
 * @param start      A neighbouring fit to start from.
 *
 * Source:  Hastie, Tibshirani, Friedman, ESL 2nd ed., 4.4.1 (IRLS); Nocedal and Wright, Numerical Optimization 2nd ed., alg. 7.1.
 * Checked: scikit-learn 1.2.1 LogisticRegression(C = 1 / penalty), 1e-8; probes-golden.test.ts.
 */
export function fitLogistic(
  scores_NK: Float64Array,
  numComponents: number,
  label_N: ArrayLike<number>,
  penalty: number,
  start?: Pick<LinearModel, 'intercept' | 'weights_K'>,
): { intercept: number; weights_K: Float64Array } {
  const numRows = label_N.length
  const size = numComponents + 1
  // Parameters: weights, then the intercept.
  let theta = new Float64Array(size)
  if (start !== undefined) theta.set([...start.weights_K, start.intercept])
  else theta[numComponents] = logit(clampProbability(sum(label_N) / numRows))
  const linear = (parameters: Float64Array): Float64Array =>
    predictLinear({ weights_K: parameters.subarray(0, numComponents), intercept: parameters[numComponents] }, scores_NK, numRows)
  const loss = (eta_N: Float64Array, parameters: Float64Array): number => {
    let total = 0
    for (let i = 0; i < numRows; i++) total += softplus(eta_N[i]) - label_N[i] * eta_N[i]
    for (let k = 0; k < numComponents; k++) total += (penalty / 2) * parameters[k] ** 2
    return total
  }
  const transposed = (residual_N: Float64Array): Float64Array => {
    const out = new Float64Array(size)
    for (let i = 0; i < numRows; i++) {
      for (let k = 0; k < numComponents; k++) out[k] += scores_NK[i * numComponents + k] * residual_N[i]
      out[numComponents] += residual_N[i]
    }
    return out
  }
  let eta_N = linear(theta)
  let current = loss(eta_N, theta)
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const residual_N = eta_N.map((eta, i) => sigmoid(eta) - label_N[i])
    const weight_N = eta_N.map((eta) => sigmoid(eta) * sigmoid(-eta))
    const gradient = transposed(residual_N).map((g, k) => (k < numComponents ? g + penalty * theta[k] : g))
    if (length(gradient) <= TOLERANCE * numRows) break
    const hessianTimes = (direction: Float64Array): Float64Array => {
      const along_N = linear(direction)
      for (let i = 0; i < numRows; i++) along_N[i] *= weight_N[i]
      return transposed(along_N).map((h, k) => (k < numComponents ? h + penalty * direction[k] : h))
    }
    const diagonal = diagonalOf(scores_NK, numComponents, weight_N, penalty)
    const direction = conjugateGradients(hessianTimes, gradient, diagonal)
    let stride = 1
    let moved = false
    while (stride > 1e-8) {
      const next = theta.map((value, k) => value - stride * direction[k])
      const nextEta = linear(next)
      const nextLoss = loss(nextEta, next)
      if (nextLoss <= current) {
        moved = nextLoss < current
        theta = next
        eta_N = nextEta
        current = nextLoss
        break
      }
      stride /= 2
    }
    if (!moved) break
  }
  return { weights_K: theta.slice(0, numComponents), intercept: theta[numComponents] }
}

/** The logistic function, without overflow on either side. */
export function sigmoid(eta: number): number {
  return eta >= 0 ? 1 / (1 + Math.exp(-eta)) : Math.exp(eta) / (1 + Math.exp(eta))
}

/** log(1 + exp(eta)), without overflow: the log loss of a non-event at this linear score. */
export const softplus = (eta: number): number => Math.max(eta, 0) + Math.log1p(Math.exp(-Math.abs(eta)))
const logit = (probability: number): number => Math.log(probability / (1 - probability))
const clampProbability = (probability: number): number => Math.min(1 - 1e-6, Math.max(1e-6, probability))
const length = (vector: Float64Array): number => Math.sqrt(dot(vector, vector))

function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i] * b[i]
  return total
}

function diagonalOf(scores_NK: Float64Array, numComponents: number, weight_N: Float64Array, penalty: number): Float64Array {
  const diagonal = new Float64Array(numComponents + 1).fill(penalty)
  diagonal[numComponents] = Number.EPSILON
  for (let i = 0; i < weight_N.length; i++) {
    for (let k = 0; k < numComponents; k++) diagonal[k] += weight_N[i] * scores_NK[i * numComponents + k] ** 2
    diagonal[numComponents] += weight_N[i]
  }
  return diagonal
}

function conjugateGradients(times: (v: Float64Array) => Float64Array, target: Float64Array, diagonal: Float64Array): Float64Array {
  const solution = new Float64Array(target.length)
  const residual = target.slice()
  const goal = length(target) * 1e-6
  let preconditioned = residual.map((r, k) => r / diagonal[k])
  let direction = preconditioned.slice()
  let energy = dot(residual, preconditioned)
  for (let step = 0; step < CONJUGATE_STEPS && length(residual) > goal; step++) {
    const image = times(direction)
    const stride = energy / dot(direction, image)
    if (!Number.isFinite(stride)) break
    for (let k = 0; k < solution.length; k++) {
      solution[k] += stride * direction[k]
      residual[k] -= stride * image[k]
    }
    preconditioned = residual.map((r, k) => r / diagonal[k])
    const next = dot(residual, preconditioned)
    direction = preconditioned.map((p, k) => p + (next / energy) * direction[k])
    energy = next
  }
  return solution
}
