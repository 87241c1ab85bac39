// Logistic regression with an L2 penalty, fitted by iteratively re-weighted least squares.
// Shapes: scores_NK [N, K], label_N [N] of 0 and 1 -> weights_K [K] and an intercept.
import type { LinearModel } from './ridge.ts'

const NEWTON_STEPS = 50
const CONJUGATE_STEPS = 200

/**
 * Fits an L2-penalised logistic regression by iteratively re-weighted least squares; the intercept is not penalised.
 *
 * Each Newton step is solved by conjugate gradients preconditioned on the axes, where the Hessian is almost diagonal, so no
 * K x K matrix is formed; early steps are solved roughly, later ones ever more exactly; steps are halved until the loss falls.
 *
 * @param scores_NK  Rows on the principal axes. Shape [N, K].
 * @param label_N    0 or 1. Shape [N].
 * @param penalty    Lambda in: sum of log losses + lambda / 2 x squared length of the weights.
 * @param start      A neighbouring fit to start from.
 * @param tolerance  Gradient length, per row, at which the fit has converged.
 *
 * Source:  Hastie, Tibshirani, Friedman, ESL 2nd ed., 4.4.1 (IRLS); Nocedal and Wright, Numerical Optimization 2nd ed., alg. 7.1.
 * Checked: scikit-learn 1.2.1 LogisticRegression(C = 1 / penalty), 1e-8; probes-golden.test.ts.
 */
export function fitLogistic(
  scores_NK: Float64Array,
  numComponents: number,
  label_N: ArrayLike<number>,
  penalty: number,
  { start, tolerance = 1e-9 }: { start?: Pick<LinearModel, 'intercept' | 'weights_K'>; tolerance?: number } = {},
): { intercept: number; weights_K: Float64Array } {
  const numRows = label_N.length
  // Parameters: weights, then the intercept.
  let theta = new Float64Array(numComponents + 1)
  if (start === undefined) theta[numComponents] = logit(clampProbability(mean(label_N)))
  else {
    theta.set(start.weights_K)
    theta[numComponents] = start.intercept
  }
  const linear = (parameters: Float64Array): Float64Array => linearScores(parameters, scores_NK, numRows)
  const loss = (eta_N: Float64Array, parameters: Float64Array): number => {
    let total = 0
    for (let i = 0; i < numRows; i++) total += softplus(eta_N[i]) - label_N[i] * eta_N[i]
    for (let k = 0; k < numComponents; k++) total += (penalty / 2) * parameters[k] ** 2
    return total
  }
  let eta_N = linear(theta)
  let current = loss(eta_N, theta)
  const residual_N = new Float64Array(numRows)
  const weight_N = new Float64Array(numRows)
  for (let step = 0; step < NEWTON_STEPS; step++) {
    for (let i = 0; i < numRows; i++) {
      const risk = sigmoid(eta_N[i])
      residual_N[i] = risk - label_N[i]
      weight_N[i] = risk * (1 - risk)
    }
    const gradient = transposedTimes(scores_NK, residual_N, penalty, theta)
    const size = length(gradient)
    if (size <= tolerance * numRows) break
    const hessianTimes = (direction: Float64Array): Float64Array => {
      const along_N = linear(direction)
      for (let i = 0; i < numRows; i++) along_N[i] *= weight_N[i]
      return transposedTimes(scores_NK, along_N, penalty, direction)
    }
    const diagonal = diagonalOf(scores_NK, numComponents, weight_N, penalty)
    // Solving to this share of the gradient keeps Newton's fast end (Nocedal and Wright, theorem 7.2).
    const exactness = Math.min(0.1, Math.sqrt(size / numRows))
    const direction = conjugateGradients(hessianTimes, gradient, diagonal, size * exactness)
    const next = searchDownhill(theta, direction, current, linear, loss)
    if (next === undefined) break
    ;({ theta, eta_N, loss: current } = next)
  }
  return { weights_K: theta.slice(0, numComponents), intercept: theta[numComponents] }
}

type Point = { theta: Float64Array<ArrayBuffer>; eta_N: Float64Array; loss: number }

/** The first of ever shorter steps that lowers the loss; none when rounding is all that is left. */
function searchDownhill(
  theta: Float64Array,
  direction: Float64Array,
  current: number,
  linear: (parameters: Float64Array) => Float64Array,
  lossOf: (eta_N: Float64Array, parameters: Float64Array) => number,
): Point | undefined {
  for (let stride = 1; stride > 1e-8; stride /= 2) {
    const next = new Float64Array(theta.length)
    for (let k = 0; k < theta.length; k++) next[k] = theta[k] - stride * direction[k]
    const eta_N = linear(next)
    const loss = lossOf(eta_N, next)
    if (loss < current) return { theta: next, eta_N, loss }
  }
  return undefined
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

function mean(values: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]
  return total / values.length
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0
  for (let i = 0; i < a.length; i++) total += a[i] * b[i]
  return total
}

function linearScores(theta: Float64Array, scores_NK: Float64Array, numRows: number): Float64Array {
  const numComponents = theta.length - 1
  const out = new Float64Array(numRows)
  for (let i = 0; i < numRows; i++) {
    let total = theta[numComponents]
    for (let k = 0; k < numComponents; k++) total += scores_NK[i * numComponents + k] * theta[k]
    out[i] = total
  }
  return out
}

/** Scores and a column of ones, transposed, times a vector; plus the penalty's share of the weights. */
function transposedTimes(scores_NK: Float64Array, vector_N: Float64Array, penalty: number, theta: Float64Array): Float64Array {
  const numComponents = theta.length - 1
  const out = new Float64Array(theta.length)
  for (let k = 0; k < numComponents; k++) out[k] = penalty * theta[k]
  for (let i = 0; i < vector_N.length; i++) {
    const value = vector_N[i]
    for (let k = 0; k < numComponents; k++) out[k] += scores_NK[i * numComponents + k] * value
    out[numComponents] += value
  }
  return out
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

function conjugateGradients(
  times: (v: Float64Array) => Float64Array,
  target: Float64Array,
  diagonal: Float64Array,
  goal: number,
): Float64Array {
  const size = target.length
  const solution = new Float64Array(size)
  const residual = target.slice()
  const preconditioned = new Float64Array(size)
  for (let k = 0; k < size; k++) preconditioned[k] = residual[k] / diagonal[k]
  const direction = preconditioned.slice()
  let energy = dot(residual, preconditioned)
  for (let step = 0; step < CONJUGATE_STEPS && length(residual) > goal; step++) {
    const image = times(direction)
    const stride = energy / dot(direction, image)
    if (!Number.isFinite(stride)) break
    for (let k = 0; k < size; k++) {
      solution[k] += stride * direction[k]
      residual[k] -= stride * image[k]
      preconditioned[k] = residual[k] / diagonal[k]
    }
    const next = dot(residual, preconditioned)
    for (let k = 0; k < size; k++) direction[k] = preconditioned[k] + (next / energy) * direction[k]
    energy = next
  }
  return solution
}
