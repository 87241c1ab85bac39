// Samples a file marks as missing (NaN), filled so that filters can run; how much was filled is told.

/**
 * Fills NaN in place by the straight line between the neighbours; at the ends by the nearest value; an empty lead becomes zero.
 *
 * @param signal_T  Changed in place. Shape [T].
 * @param numUsed   Samples of the beginning that are used later.
 * @returns         How many of those were missing.
 */
export function fillGaps(signal_T: Float64Array, numUsed: number): number {
  const n = signal_T.length
  if (isWhole(signal_T)) return 0
  let numMissing = 0
  let t = 0
  while (t < n) {
    if (Number.isFinite(signal_T[t])) {
      t++
      continue
    }
    const start = t
    while (t < n && !Number.isFinite(signal_T[t])) t++
    const before = start > 0 ? signal_T[start - 1] : undefined
    const after = t < n ? signal_T[t] : undefined
    const left = before ?? after ?? 0
    const right = after ?? before ?? 0
    for (let k = start; k < t; k++) signal_T[k] = left + ((right - left) * (k - start + 1)) / (t - start + 1)
    numMissing += Math.max(0, Math.min(t, numUsed) - start)
  }
  return numMissing
}

const nothing = 0 // times a number it is itself, times NaN or infinity it is NaN

/** Whether every sample is a number: each times zero, summed in four sums that do not wait for one another. */
function isWhole(signal_T: Float64Array): boolean {
  const whole = signal_T.length & ~3
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let t = 0; t < whole; t += 4) {
    a += signal_T[t] * nothing
    b += signal_T[t + 1] * nothing
    c += signal_T[t + 2] * nothing
    d += signal_T[t + 3] * nothing
  }
  for (let t = whole; t < signal_T.length; t++) a += signal_T[t] * nothing
  return a + b + c + d === 0
}
