// The frozen embeddings as every linear probe sees them: standardised by the labelled training rows and turned onto their
// principal axes, where ridge and logistic regression need one decomposition for all targets and all penalties.
// Shapes: features_SE [S, E] -> scores_NK [N, K] of the N chosen rows on K axes, K at most min(N - 1, E).
import { EigenvalueDecomposition, Matrix } from 'ml-matrix'
import { fault } from '../base/errors.ts'

/** A column whose spread is below this share of its size carries nothing but rounding. Float32 has 24 bits: 6e-8. */
const FLAT_FRACTION = 1e-7
/** Axes with less than this share of the first one's variance are rounding of the eigenvalue solver (float64, squared). */
const RANK_FRACTION = 1e-10

export type Basis = {
  numRows: number
  numComponents: number
  /** The chosen rows on the principal axes; columns are orthogonal and have mean zero. Shape [N, K]. */
  scores_NK: Float64Array
  /** Squared singular values, descending. Shape [K]. */
  variance_K: Float64Array
  /** Any rows of the same features on the same axes. Shape [rows, K]. */
  project(rows: ArrayLike<number>): Float64Array
}

/**
 * Standardises features by some rows (mean 0, standard deviation 1 over them) and finds those rows' principal axes.
 *
 * A penalty on the squared length of the weights does not change under rotation, so a probe fitted on the axes is the probe
 * on the features. Columns that do not vary over the rows are left out.
 *
 * @param features_SE  Embeddings, all subjects. Shape [S, E].
 * @param numFeatures  E.
 * @param rows         The labelled training subjects: row numbers of `features_SE`. Shape [N].
 * @throws             evaluate/shape when the array is not a whole number of rows; evaluate/finite when a chosen row is not finite.
 *
 * Source:  Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed.), 3.4.1 and 18.3.5 (N < E).
 */
export function createBasis(features_SE: Float32Array | Float64Array, numFeatures: number, rows: ArrayLike<number>): Basis {
  if (numFeatures < 1 || features_SE.length % numFeatures !== 0) {
    throw fault({
      code: 'evaluate/shape',
      where: 'createBasis',
      expected: `embeddings_SE of whole rows of ${numFeatures} values`,
      received: `${features_SE.length} values`,
      hint: 'The embedding file and the number of features do not belong together.',
    })
  }
  const numRows = rows.length
  const { mean_E, scale_E } = columnStatistics(features_SE, numFeatures, rows)
  const standardised = (chosen: ArrayLike<number>): Matrix => {
    const out = new Matrix(chosen.length, numFeatures)
    for (let i = 0; i < chosen.length; i++) {
      const start = chosen[i] * numFeatures
      for (let e = 0; e < numFeatures; e++) out.set(i, e, (features_SE[start + e] - mean_E[e]) * scale_E[e])
    }
    return out
  }
  const train_NE = standardised(rows)
  const isWide = numRows <= numFeatures
  const gram = isWide ? train_NE.mmul(train_NE.transpose()) : train_NE.transpose().mmul(train_NE)
  const solved = new EigenvalueDecomposition(gram, { assumeSymmetric: true })
  const order = solved.realEigenvalues.map((_, k) => k).sort((a, b) => solved.realEigenvalues[b] - solved.realEigenvalues[a])
  const largest = Math.max(0, solved.realEigenvalues[order[0]] ?? 0)
  const kept = order.filter((k) => solved.realEigenvalues[k] > RANK_FRACTION * largest && solved.realEigenvalues[k] > 0)
  const variance_K = Float64Array.from(kept, (k) => solved.realEigenvalues[k])
  const vectors = kept.length === 0 ? undefined : solved.eigenvectorMatrix.subMatrixColumn(kept)
  const axes_EK = vectors === undefined || !isWide ? vectors : unitColumns(train_NE.transpose().mmul(vectors), variance_K)
  const project = (chosen: ArrayLike<number>) =>
    axes_EK === undefined ? new Float64Array(0) : Float64Array.from(standardised(chosen).mmul(axes_EK).to1DArray())
  return { numRows, numComponents: kept.length, scores_NK: project(rows), variance_K, project }
}

function columnStatistics(features_SE: ArrayLike<number>, numFeatures: number, rows: ArrayLike<number>) {
  const mean_E = new Float64Array(numFeatures)
  const scale_E = new Float64Array(numFeatures)
  const numRows = rows.length
  for (let i = 0; i < numRows; i++) {
    for (let e = 0; e < numFeatures; e++) mean_E[e] += features_SE[rows[i] * numFeatures + e] / numRows
  }
  for (let i = 0; i < numRows; i++) {
    for (let e = 0; e < numFeatures; e++) scale_E[e] += (features_SE[rows[i] * numFeatures + e] - mean_E[e]) ** 2 / numRows
  }
  for (let e = 0; e < numFeatures; e++) {
    if (!Number.isFinite(scale_E[e])) {
      throw fault({
        code: 'evaluate/finite',
        where: 'createBasis',
        expected: 'finite embeddings for every labelled training subject',
        received: `NaN or infinity in feature ${e}`,
        hint: 'The encoder diverged or the store has a broken record: look at the learning curve of this arm.',
      })
    }
    const deviation = Math.sqrt(scale_E[e])
    scale_E[e] = deviation > FLAT_FRACTION * Math.max(Math.abs(mean_E[e]), Number.MIN_VALUE) ? 1 / deviation : 0
  }
  return { mean_E, scale_E }
}

function unitColumns(axes_EK: Matrix, variance_K: Float64Array): Matrix {
  for (let k = 0; k < variance_K.length; k++) axes_EK.mulColumn(k, 1 / Math.sqrt(variance_K[k]))
  return axes_EK
}
