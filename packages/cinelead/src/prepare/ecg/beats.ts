// R peaks of a 12-lead ECG, heart rate and the median beat.
// Hands on: findRPeaks, heartRateBpm, medianBeat.
// Source: the idea of band-passed, squared and smoothed slopes with an adaptive threshold is Pan & Tompkins 1985
// (doi 10.1109/TBME.1985.325532); here on all leads at once and without delay. Numbers without another source are this project's own,
// set on LUDB 1-100.
import { filtfilt } from './filtfilt.ts'
import { butterworth } from './sections.ts'

const band: readonly [number, number] = [5, 25] // Hz: where QRS complexes are and T and P waves hardly are. Own.
const smoothMs = 100 // about one QRS. Own.
const refractoryMs = 240 // two ventricular beats are not closer: 250 bpm. Own.
const envelopeMs = 1500 // of the local QRS height. Own.
const widestMs = 200 // of a complex and its surroundings. Own.
const wideMs = 110 // wider complexes are of abnormal conduction: AHA/ACCF/HRS 2009, part III (clause not checked here)
const answerMs = 300 // from an atrial spike to its conducted complex at most. Own.
const edgeFraction = 0.15 // of the steepest slope: where a complex begins and ends for finding its R peak. Own.

type Samples = ArrayLike<number> & { subarray: (from: number, to: number) => ArrayLike<number> }

/**
 * Sample indices of the R peaks (of the largest deflection of each QRS over all leads).
 *
 * @param mv_LT     Filtered leads, mV, without pacing spikes. Shape [L, T].
 * @param rateHz    Of the samples.
 * @param paced     Where a pacemaker works: its spikes and the leads with them. A beat is marked near its spike, and a spike
 *                  without any complex near it counts as a beat that was too small to be seen.
 * @returns         Rising indices; empty where nothing beats.
 */
export function findRPeaks(
  mv_LT: Samples,
  numLeads: number,
  rateHz: number,
  paced?: { spikes: readonly number[]; withSpikes: Samples },
): number[] {
  const { height_T, slope_T } = activityOf(mv_LT, numLeads, rateHz)
  const energy_T = smooth(slope_T, Math.max(1, Math.round((smoothMs / 1000) * rateHz)))
  const places = pickPeaks(energy_T, rateHz)
  const seen = paced === undefined ? { height_T, slope_T } : activityOf(paced.withSpikes, numLeads, rateHz)
  const spikes = paced?.spikes ?? []
  // A spike that follows a beat within its refractory time has no beat of its own.
  const isAnswered = (spike: number): boolean =>
    places.some((t) => t > spike - (refractoryMs / 1000) * rateHz && t < spike + (answerMs / 1000) * rateHz)
  const unanswered = spikes.filter((spike) => !isAnswered(spike))
  if (unanswered.length <= 0.75 * spikes.length) places.push(...unanswered.map((spike) => spike + Math.round(0.03 * rateHz)))
  places.sort((p, q) => p - q)
  return places.map((t) => placeR(t, seen.height_T, seen.slope_T, rateHz))
}

/** Size and slope of what is in the QRS band, summed over the leads. */
function activityOf(mv_LT: Samples, numLeads: number, rateHz: number): { height_T: Float64Array; slope_T: Float64Array } {
  const numSamples = mv_LT.length / numLeads
  const sections = butterworth('bandpass', 2, band, rateHz)
  const height_T = new Float64Array(numSamples)
  const slope_T = new Float64Array(numSamples)
  for (let leadIndex = 0; leadIndex < numLeads; leadIndex++) {
    const lead_T = filtfilt(sections, mv_LT.subarray(leadIndex * numSamples, (leadIndex + 1) * numSamples))
    // Leads weigh alike: each is divided by its own typical QRS height, so a huge chest lead does not hide the others.
    const weight = 1 / (highQuantile(lead_T) + 0.02)
    for (let t = 1; t < numSamples - 1; t++) {
      height_T[t] += Math.abs(lead_T[t]) * weight
      slope_T[t] += Math.abs(lead_T[t + 1] - lead_T[t - 1]) * weight
    }
  }
  return { height_T, slope_T }
}

/** The size that one sample in fifty exceeds, from every fourth sample (a QRS complex has forty). */
function highQuantile(signal_T: Float64Array): number {
  const sizes = Float64Array.from({ length: Math.ceil(signal_T.length / 4) }, (_, index) => Math.abs(signal_T[4 * index])).sort()
  return sizes[Math.floor(sizes.length * 0.98)]
}

/** Centred moving mean. */
function smooth(signal_T: Float64Array, width: number): Float64Array {
  const half = Math.floor(width / 2)
  const out_T = new Float64Array(signal_T.length)
  let sum = 0
  let count = 0
  for (let t = -half; t < signal_T.length; t++) {
    if (t + half < signal_T.length) {
      sum += signal_T[t + half]
      count++
    }
    if (t - half - 1 >= 0) {
      sum -= signal_T[t - half - 1]
      count--
    }
    if (t >= 0) out_T[t] = sum / count
  }
  return out_T
}

function pickPeaks(energy_T: Float64Array, rateHz: number): number[] {
  const numSamples = energy_T.length
  const refractory = Math.round((refractoryMs / 1000) * rateHz)
  const candidates: number[] = []
  for (let t = 1; t < numSamples - 1; t++) {
    if (energy_T[t] > energy_T[t - 1] && energy_T[t] >= energy_T[t + 1]) candidates.push(t)
  }
  const floor = quantile(energy_T, 0.3)
  const kept: number[] = []
  // Largest first: a smaller one within the refractory time of a larger one is its shoulder or its T wave.
  for (const t of [...candidates].sort((p, q) => energy_T[q] - energy_T[p])) {
    if (kept.every((other) => Math.abs(other - t) > refractory)) kept.push(t)
  }
  kept.sort((p, q) => p - q)
  const heights = kept.map((t) => energy_T[t] - floor)
  const typical = quantile(Float64Array.from(heights.filter((height) => height > 0.3 * Math.max(...heights))), 0.5)
  const reach = (envelopeMs / 1000) * rateHz
  return kept.filter((t, index) => {
    const local = kept.filter((other) => Math.abs(other - t) <= reach).map((other) => energy_T[other] - floor)
    const reference = Math.min(Math.max(...local), 1.5 * typical)
    return heights[index] > 0.35 * Math.max(reference, 0.5 * typical)
  })
}

/**
 * The R peak of a beat: the largest deflection over all leads, but in wide complexes no later than 35 % of their width, because in
 * bundle-branch block and pacing the first peak is the R wave that people mark. Own, set on LUDB 1-100.
 */
function placeR(centre: number, height_T: Float64Array, slope_T: Float64Array, rateHz: number): number {
  const reach = Math.round((widestMs / 2000) * rateHz)
  const from = Math.max(1, centre - reach)
  const to = Math.min(slope_T.length - 2, centre + reach)
  const activity = (t: number): number => slope_T[t - 1] + slope_T[t] + slope_T[t + 1]
  let most = 0
  for (let t = from; t <= to; t++) most = Math.max(most, activity(t))
  let onset = from
  while (onset < centre && activity(onset) < edgeFraction * most) onset++
  let offset = to
  while (offset > centre && activity(offset) < edgeFraction * most) offset--
  let best = onset
  for (let t = onset; t <= offset; t++) if (height_T[t] > height_T[best]) best = t
  const isWide = offset - onset > (wideMs / 1000) * rateHz
  return isWide ? Math.min(best, Math.round(onset + 0.35 * (offset - onset))) : best
}

/** A quantile by sorting a copy; NaN of nothing. */
function quantile(values: Float64Array, fraction: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = values.slice().sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))]
}

/** Mean ventricular rate from R peaks, beats per minute; undefined below two peaks. */
export function heartRateBpm(rPeaks: readonly number[], rateHz: number): number | undefined {
  if (rPeaks.length < 2) return undefined
  return (60 * rateHz * (rPeaks.length - 1)) / (rPeaks[rPeaks.length - 1] - rPeaks[0])
}
