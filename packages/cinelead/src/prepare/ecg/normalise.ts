// Amplitudes without unit: clipping of outliers and one mean and deviation for each group of leads.
// Source: groups I-III, aVR-aVF, V1-V6 (bounds 3, 6, 12) and ±4 sigma as in MMCL-ECG-CMR's preparation (MedIA 2025, 103451).

/** Group bounds: leads [0, 3), [3, 6), [6, 12). */
export const leadGroups = [3, 6, 12] as const

const smallestDeviation = 1e-6 // mV; a group that does not move at all stays zero instead of becoming noise

/** Mean and population standard deviation, in one pass over differences from the first value. */
export function momentsOf(values: Float64Array, from: number, to: number): { mean: number; deviation: number } {
  const level = values[from]
  let sum = 0
  let squares = 0
  for (let i = from; i < to; i++) {
    const value = values[i] - level
    sum += value
    squares += value * value
  }
  const count = to - from
  const mean = sum / count
  return { mean: mean + level, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) }
}

/** Limits of so many standard deviations around the mean of the whole recording (all leads and samples together). */
export function outlierLimits(ecg_LT: Float64Array, sigma: number): { low: number; high: number } {
  const { mean, deviation } = momentsOf(ecg_LT, 0, ecg_LT.length)
  return { low: mean - sigma * deviation, high: mean + sigma * deviation }
}

const noLimits = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }

/**
 * Limits samples, then takes the mean of each group of leads away and divides by its standard deviation, so that amplitudes keep their
 * ratios within a group.
 *
 * @param ecg_LT  mV, leads in standard order. Shape [12, T].
 * @param bounds  Ends of the groups, rising, the last the number of leads; [12] treats the recording as one.
 * @param limits  Samples beyond are set to the limit.
 * @returns       No unit, same shape; and how many samples were limited.
 */
export function normaliseGroups(
  ecg_LT: Float64Array,
  numSamples: number,
  bounds: readonly number[] = leadGroups,
  { low, high }: { low: number; high: number } = noLimits,
): { ecg_LT: Float32Array; numClipped: number } {
  const out_LT = new Float32Array(ecg_LT.length)
  let numClipped = 0
  let start = 0
  for (const bound of bounds) {
    const [from, to] = [start * numSamples, bound * numSamples]
    let sum = 0
    let squares = 0
    for (let i = from; i < to; i++) {
      let value = ecg_LT[i]
      if (value < low) {
        value = low
        numClipped++
      } else if (value > high) {
        value = high
        numClipped++
      }
      out_LT[i] = value
      sum += value
      squares += value * value
    }
    const mean = sum / (to - from)
    const deviation = Math.sqrt(Math.max(0, squares / (to - from) - mean * mean))
    const scale = deviation > smallestDeviation ? 1 / deviation : 0
    for (let i = from; i < to; i++) out_LT[i] = (out_LT[i] - mean) * scale
    start = bound
  }
  return { ecg_LT: out_LT, numClipped }
}
