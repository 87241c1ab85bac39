// A wandering baseline by asymmetric least squares: smooth, and drawn to the lower side of the signal.
// Source: Eilers & Boelens, Baseline correction with asymmetric least squares smoothing (2005, Leiden University Medical Centre report);
// lambda 1e7, p 0.3, 5 rounds as MMCL-ECG-CMR prepares its ECGs (at 500 Hz).
import { fault } from '../../base/errors.ts'

export type BaselineOptions = {
  /** Weight of smoothness. */
  lambda: number
  /** Weight of samples above the baseline; those below weigh 1 - p. */
  p: number
  rounds: number
}

export const alsDefaults: BaselineOptions = { lambda: 1e7, p: 0.3, rounds: 5 }

/**
 * The baseline of a signal: minimises the weighted squared distance plus lambda times the squared second difference.
 *
 * Each round solves one pentadiagonal symmetric system by L D Lᵀ, in place, in time proportional to T.
 *
 * @param signal_T  Any unit, no NaN; 5 samples at least.
 * @returns         The baseline. Shape [T].
 * @throws          prepare/too-short below 5 samples.
 *
 * Checked: scipy.sparse.linalg.spsolve 1.10.1 within 1e-6 relative, filters.parity.test.ts.
 */
export function alsBaseline(signal_T: ArrayLike<number>, options: BaselineOptions = alsDefaults): Float64Array {
  const { lambda, p, rounds } = options
  const n = signal_T.length
  if (n < 5) {
    throw fault({
      code: 'prepare/too-short',
      where: 'alsBaseline',
      expected: '5 samples at least',
      received: String(n),
      hint: 'The recording is too short for a baseline.',
    })
  }
  const weight_T = new Float64Array(n).fill(1)
  const base_T = new Float64Array(n)
  const diagonal_T = new Float64Array(n)
  const below1_T = new Float64Array(n)
  const below2_T = new Float64Array(n)
  for (let round = 0; round < rounds; round++) {
    // Of the two columns before: d of the diagonal, l of the factor's first and m of its second sub-diagonal, z of the solution.
    let d1 = 0
    let d2 = 0
    let l1 = 0
    let m1 = 0
    let m2 = 0
    let z1 = 0
    let z2 = 0
    for (let t = 0; t < n; t++) {
      const own = t === 0 || t === n - 1 ? 1 : t === 1 || t === n - 2 ? 5 : 6
      const next = t === n - 1 ? 0 : t === 0 || t === n - 2 ? -2 : -4
      const d = weight_T[t] + lambda * own - l1 * l1 * d1 - m2 * m2 * d2
      const l = (lambda * next - m1 * l1 * d1) / d
      const m = t < n - 2 ? lambda / d : 0
      const z = weight_T[t] * signal_T[t] - l1 * z1 - m2 * z2
      diagonal_T[t] = d
      below1_T[t] = l
      below2_T[t] = m
      base_T[t] = z
      d2 = d1
      d1 = d
      l1 = l
      m2 = m1
      m1 = m
      z2 = z1
      z1 = z
    }
    for (let t = 0; t < n; t++) base_T[t] /= diagonal_T[t]
    for (let t = n - 2; t >= 0; t--) base_T[t] -= below1_T[t] * base_T[t + 1] + (t < n - 2 ? below2_T[t] * base_T[t + 2] : 0)
    for (let t = 0; t < n; t++) weight_T[t] = signal_T[t] > base_T[t] ? p : 1 - p
  }
  return base_T
}
