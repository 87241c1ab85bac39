// How well predicted phenotypes agree with measured ones. Each score takes how often a subject counts, so that a bootstrap
// resample costs one pass and no copy.
// Shapes: truth_N, predicted_N, count_N [N] -> a number; NaN where the score has no value (the caller gives the reason).

/**
 * Coefficient of determination: one minus squared error over squared distance from the mean of these very subjects.
 *
 * Below zero when the prediction is worse than that mean; NaN when the truth does not vary.
 *
 * @param count_N  How often each subject counts; absent: once.
 *
 * Checked: scikit-learn 1.2.1 r2_score with sample_weight, 1e-12; scores.test.ts.
 */
export function rSquared(truth_N: ArrayLike<number>, predicted_N: ArrayLike<number>, count_N?: ArrayLike<number>): number {
  const { total, meanTruth } = means(truth_N, predicted_N, count_N)
  let residual = 0
  let spread = 0
  for (let i = 0; i < truth_N.length; i++) {
    const count = count_N === undefined ? 1 : count_N[i]
    if (count === 0) continue
    residual += count * (truth_N[i] - predicted_N[i]) ** 2
    spread += count * (truth_N[i] - meanTruth) ** 2
  }
  return isVaried(spread, meanTruth, total) ? 1 - residual / spread : Number.NaN
}

/**
 * Pearson correlation; NaN when either side does not vary.
 *
 * Checked: SciPy 1.10.1 pearsonr, 1e-12; scores.test.ts.
 */
export function pearson(truth_N: ArrayLike<number>, predicted_N: ArrayLike<number>, count_N?: ArrayLike<number>): number {
  const { total, meanTruth, meanPredicted } = means(truth_N, predicted_N, count_N)
  let both = 0
  let spreadTruth = 0
  let spreadPredicted = 0
  for (let i = 0; i < truth_N.length; i++) {
    const count = count_N === undefined ? 1 : count_N[i]
    const t = truth_N[i] - meanTruth
    const p = predicted_N[i] - meanPredicted
    both += count * t * p
    spreadTruth += count * t * t
    spreadPredicted += count * p * p
  }
  const isScored = isVaried(spreadTruth, meanTruth, total) && isVaried(spreadPredicted, meanPredicted, total)
  return isScored ? both / (Math.sqrt(spreadTruth) * Math.sqrt(spreadPredicted)) : Number.NaN
}

/** Mean absolute error, in the unit of the truth. */
export function meanAbsoluteError(truth_N: ArrayLike<number>, predicted_N: ArrayLike<number>, count_N?: ArrayLike<number>): number {
  let total = 0
  let error = 0
  for (let i = 0; i < truth_N.length; i++) {
    const count = count_N === undefined ? 1 : count_N[i]
    total += count
    error += count * Math.abs(truth_N[i] - predicted_N[i])
  }
  return total > 0 ? error / total : Number.NaN
}

/** Values that are one constant up to rounding (float64 epsilon, squared) do not vary: the mean of equal ones is off by a bit. */
function isVaried(spread: number, mean: number, total: number): boolean {
  return spread > total * (1e-14 * Math.abs(mean)) ** 2
}

function means(truth_N: ArrayLike<number>, predicted_N: ArrayLike<number>, count_N: ArrayLike<number> | undefined) {
  let total = 0
  let sumTruth = 0
  let sumPredicted = 0
  for (let i = 0; i < truth_N.length; i++) {
    const count = count_N === undefined ? 1 : count_N[i]
    total += count
    sumTruth += count * truth_N[i]
    sumPredicted += count * predicted_N[i]
  }
  return { total, meanTruth: sumTruth / total, meanPredicted: sumPredicted / total }
}
