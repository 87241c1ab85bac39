// Samples a file marks as missing (NaN), filled so that filters can run; how much was filled is told.

/** How many samples of a lead were missing and the longest stretch of them. */
export type Gaps = { numMissing: number; longest: number }

/**
 * Fills NaN in place by the straight line between the neighbours; at the ends by the nearest value; an empty lead becomes zero.
 *
 * @param signal_T  Changed in place. Shape [T].
 */
export function fillGaps(signal_T: Float64Array): Gaps {
  const n = signal_T.length
  let numMissing = 0
  let longest = 0
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
    numMissing += t - start
    longest = Math.max(longest, t - start)
  }
  return { numMissing, longest }
}
