// Amplitudes without unit: clipping of outliers and one mean and deviation for each group of leads.
// Source: groups I-III, aVR-aVF, V1-V6 (bounds 3, 6, 12) and ±4 sigma as in MMCL-ECG-CMR's preparation (MedIA 2025, 103451).
import { type LeadSummary, pool } from './lead-summary.ts'

/** Group bounds: leads [0, 3), [3, 6), [6, 12). */
export const leadGroups = [3, 6, 12] as const

const smallestDeviation = 1e-6 // mV; a group that does not move at all stays zero instead of becoming noise

/** Limits of so many standard deviations around the mean of the whole recording (all leads and samples together). */
export function outlierLimits(summaries_L: readonly LeadSummary[], sigma: number): { low: number; high: number } {
  const { mean, deviation } = pool(summaries_L)
  return { low: mean - sigma * deviation, high: mean + sigma * deviation }
}

const noLimits = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }

/**
 * Limits samples, then takes the mean of each group of leads away and divides by its standard deviation, so that amplitudes keep their
 * ratios within a group.
 *
 * @param ecg_LT       mV, leads in standard order. Shape [12, T].
 * @param summaries_L  Of those leads: what the limits take away is taken from these means and deviations.
 * @param bounds       Ends of the groups, rising, the last the number of leads; [12] treats the recording as one.
 * @param limits       Samples beyond are set to the limit.
 * @returns            No unit, same shape; and how many samples were limited.
 */
export function normaliseGroups(
  ecg_LT: Float64Array,
  summaries_L: readonly LeadSummary[],
  bounds: readonly number[] = leadGroups,
  { low, high }: { low: number; high: number } = noLimits,
): { ecg_LT: Float32Array; numClipped: number } {
  const numSamples = ecg_LT.length / summaries_L.length
  const out_LT = new Float32Array(ecg_LT.length)
  let numClipped = 0
  let start = 0
  for (const bound of bounds) {
    const leads = summaries_L.slice(start, bound)
    const whole = pool(leads)
    const beyond = leads.flatMap(({ lowest, highest }, index) =>
      lowest >= low && highest <= high
        ? []
        : placesBeyond(ecg_LT, (start + index) * numSamples, (start + index + 1) * numSamples, low, high),
    )
    // What limiting changes of the sums of x and of x squared, x counted from the group's mean.
    let sum = 0
    let squares = 0
    for (const i of beyond) {
      const from = ecg_LT[i] - whole.mean
      const to = limited(ecg_LT[i], low, high) - whole.mean
      sum += to - from
      squares += to * to - from * from
    }
    numClipped += beyond.length
    const count = leads.length * numSamples
    const shift = sum / count
    const mean = whole.mean + shift
    const deviation = Math.sqrt(Math.max(0, whole.deviation ** 2 + squares / count - shift * shift))
    const scale = deviation > smallestDeviation ? 1 / deviation : 0
    for (let i = start * numSamples; i < bound * numSamples; i++) out_LT[i] = (ecg_LT[i] - mean) * scale
    for (const i of beyond) out_LT[i] = (limited(ecg_LT[i], low, high) - mean) * scale
    start = bound
  }
  return { ecg_LT: out_LT, numClipped }
}

/** Few samples lie beyond the limits; the passes over all need not ask. */
function placesBeyond(ecg_LT: Float64Array, from: number, to: number, low: number, high: number): number[] {
  const places: number[] = []
  for (let i = from; i < to; i++) if (ecg_LT[i] < low || ecg_LT[i] > high) places.push(i)
  return places
}

function limited(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
