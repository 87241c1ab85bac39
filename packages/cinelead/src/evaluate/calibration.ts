// Whether a risk of 20 % means that 20 of 100 have the disease.
import { fitLogistic } from './logistic.ts'

/** How predicted probabilities compare with what happened. */
export type Calibration = {
  /** Events seen over events predicted; 1 is perfect, below 1 the risks are too high. */
  observedToExpected: number
  /** Slope of the log odds seen on the log odds predicted; 1 is perfect, below 1 the risks are too extreme. Null where the risks separate the classes, or are all alike. */
  slope: number | null
}

/** Probabilities are kept this far from 0 and 1, where log odds end. */
const EDGE = 1e-9

/**
 * Calibration of probabilities.
 *
 * @param probability_N  Predicted. Shape [N].
 * @param label_N        0 or 1, both present. Shape [N].
 *
 * Source:  Cox 1958, Biometrika 45:562 (slope by logistic regression on the log odds); Van Calster 2019, BMC Medicine 17:230.
 * Checked: scikit-learn 1.2.1 LogisticRegression(penalty=None) on the log odds, 1e-6; scores.test.ts.
 */
export function calibration(probability_N: ArrayLike<number>, label_N: ArrayLike<number>): Calibration {
  let expected = 0
  let observed = 0
  for (let i = 0; i < label_N.length; i++) {
    expected += probability_N[i]
    observed += label_N[i]
  }
  const logOdds_N = Float64Array.from(probability_N, (p) => {
    const inside = Math.min(1 - EDGE, Math.max(EDGE, p))
    return Math.log(inside / (1 - inside))
  })
  // Risks that separate the classes, if only up to one shared risk, fit ever better with an ever steeper slope.
  const [events, others] = [1, 0].map((label) => logOdds_N.filter((_, i) => label_N[i] === label))
  const isSeparate = Math.min(...events) >= Math.max(...others) || Math.max(...events) <= Math.min(...others)
  const slope = isSeparate ? null : fitLogistic(logOdds_N, 1, label_N, 0).weights_K[0]
  return { observedToExpected: observed / expected, slope }
}
