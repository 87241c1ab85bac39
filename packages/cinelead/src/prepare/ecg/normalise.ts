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

/**
 * Limits every sample to mean ± so many standard deviations of the whole recording (all leads and samples together).
 *
 * @returns  A new array and how many samples were limited. Same shape.
 */
export function clipOutliers(ecg_LT: Float64Array, sigma: number): { ecg_LT: Float64Array; numClipped: number } {
  const { mean, deviation } = momentsOf(ecg_LT, 0, ecg_LT.length)
  const low = mean - sigma * deviation
  const high = mean + sigma * deviation
  const clipped_LT = new Float64Array(ecg_LT.length)
  let numClipped = 0
  for (let i = 0; i < ecg_LT.length; i++) {
    const value = ecg_LT[i]
    const limited = value < low ? low : value > high ? high : value
    if (limited !== value) numClipped++
    clipped_LT[i] = limited
  }
  return { ecg_LT: clipped_LT, numClipped }
}

/**
 * Takes the mean of each group of leads away and divides by its standard deviation, so that amplitudes keep their ratios within a group.
 *
 * @param ecg_LT  mV, leads in standard order. Shape [12, T].
 * @param bounds  Ends of the groups, rising, the last the number of leads; [12] treats the recording as one.
 * @returns       No unit. Same shape.
 */
export function normaliseGroups(ecg_LT: Float64Array, numSamples: number, bounds: readonly number[] = leadGroups): Float32Array {
  const out_LT = new Float32Array(ecg_LT.length)
  let start = 0
  for (const bound of bounds) {
    const [from, to] = [start * numSamples, bound * numSamples]
    const { mean, deviation } = momentsOf(ecg_LT, from, to)
    const scale = deviation > smallestDeviation ? 1 / deviation : 0
    for (let i = from; i < to; i++) out_LT[i] = (ecg_LT[i] - mean) * scale
    start = bound
  }
  return out_LT
}
