// Pacemaker spikes: found by being far narrower than anything a heart does, and taken out so that beats can be looked for.
// Numbers without another source are this project's own, set on the nine paced records of LUDB 1-100.
import { summariseLead } from './lead-summary.ts'

const halfWindowMs = 8 // of the median: spikes at diagnostic bandwidth last 2-4 ms, a QRS complex 60 and more. Own.
const smallestMv = 0.12 // of a spike above its surroundings in a lead. Own.
const smallestToNoise = 8 // of a spike over the lead's own noise. Own.
const smallestRatio = 1.2 // spike to what its surroundings move by within ±12 ms. Own.
const smallestJump = 0.7 // of a spike's height within two samples. Own.
const crowdMs = 300 // a pacemaker gives an atrial and two ventricular spikes a beat; noise gives many
const mostInCrowd = 3
const surroundMs = 12
const fewestLeads = 3 // that show it at the same time. Own.

export type Pacing = {
  /** Sample indices of the spikes, rising. */
  spikes: number[]
  /** The leads without them, mV. Shape [L, T]. */
  cleaned_LT: Float64Array
}

/**
 * Pacing spikes of a recording.
 *
 * @param mv_LT  Leads without low-pass below 100 Hz, mV. Shape [L, T].
 */
export function findPacing(mv_LT: ArrayLike<number>, numLeads: number, rateHz: number): Pacing {
  const numSamples = mv_LT.length / numLeads
  const half = Math.max(2, Math.round((halfWindowMs / 1000) * rateHz))
  const surround = Math.max(3, Math.round((surroundMs / 1000) * rateHz))
  const cleaned_LT = new Float64Array(mv_LT)
  const votes_T = new Uint8Array(numSamples)
  for (let l = 0; l < numLeads; l++) {
    for (const t of narrowPeaks(cleaned_LT.subarray(l * numSamples, (l + 1) * numSamples), half, surround)) {
      for (let k = Math.max(0, t - 1); k <= Math.min(numSamples - 1, t + 1); k++) votes_T[k]++
    }
  }
  const spikes: number[] = []
  for (let t = 0; t < numSamples; t++) {
    if (votes_T[t] < Math.min(fewestLeads, numLeads)) continue
    let best = t
    let end = t
    while (end < numSamples && votes_T[end] >= Math.min(fewestLeads, numLeads)) {
      if (votes_T[end] > votes_T[best]) best = end
      end++
    }
    spikes.push(best)
    t = end + half
  }
  const alone = spikes.filter(
    (spike) => spikes.filter((other) => Math.abs(other - spike) < (crowdMs / 1000) * rateHz).length <= mostInCrowd,
  )
  for (const spike of alone) {
    for (let l = 0; l < numLeads; l++) bridge(cleaned_LT.subarray(l * numSamples, (l + 1) * numSamples), spike, half)
  }
  return { spikes: alone, cleaned_LT }
}

/** Places where a lead leaves its running median far and at once. */
function narrowPeaks(lead_T: Float64Array, half: number, surround: number): number[] {
  const smallest = Math.max(smallestMv, smallestToNoise * summariseLead(lead_T).noise)
  const found: number[] = []
  const window = new Float64Array(2 * half + 1)
  for (let t = surround + half; t < lead_T.length - surround - half; t++) {
    const size = Math.abs(lead_T[t] - (lead_T[t - half] + lead_T[t + half]) / 2)
    if (size < smallest) continue
    window.set(lead_T.subarray(t - half, t + half + 1))
    const level = window.sort()[half]
    const height = Math.abs(lead_T[t] - level)
    if (height < smallest) continue
    // A spike's one side is a jump between two samples or three.
    const jump = Math.max(Math.abs(lead_T[t] - lead_T[t - 2]), Math.abs(lead_T[t] - lead_T[t + 2]))
    if (jump < smallestJump * height) continue
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (let k = -surround; k <= surround; k++) {
      if (Math.abs(k) < 3) continue
      const value = lead_T[t + k]
      if (value < low) low = value
      if (value > high) high = value
    }
    if (height > smallestRatio * (high - low)) found.push(t)
  }
  return found
}

/** A straight line over a spike, from half a window before to half a window after. */
function bridge(lead_T: Float64Array, spike: number, half: number): void {
  const from = Math.max(0, spike - half)
  const to = Math.min(lead_T.length - 1, spike + half)
  const [left, right] = [lead_T[from], lead_T[to]]
  for (let t = from; t <= to; t++) lead_T[t] = left + ((right - left) * (t - from)) / Math.max(1, to - from)
}
