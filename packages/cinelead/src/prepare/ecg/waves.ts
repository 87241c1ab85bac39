// Where the waves of a median beat begin and end, and the intervals and axis that follow.
// Hands on: measureBeat. Values are estimates of this project, not a device's.
//
// Method: QRS edges from each lead's smoothed slope, T end and P onset by the tangent at the steepest place (Lepeschkin & Surawicz 1952,
// doi 10.1161/01.CIR.6.3.378), each then the middle over the leads. Numbers without another source are this project's own, set on LUDB 1-100.
import type { MedianOfBeats } from './median-beat.ts'

/** Times from R, ms; a wave that is not seen is undefined. */
export type BeatMeasures = {
  qrsOnsetMs: number
  qrsOffsetMs: number
  pOnsetMs?: number
  tEndMs?: number
  qrsMs: number
  prMs?: number
  qtMs?: number
  /** Frontal QRS axis, degrees, clockwise from lead I; undefined without limb leads or without a net deflection. */
  axisDeg?: number
}

const qrsSmoothMs = 7 // standard deviation of the Gaussian. Own.
const qrsEdgeFraction = 0.1 // of a lead's steepest slope. Own.
const overNoise = 1.5 // an edge stands out of the slope of a quiet stretch by this factor. Own.
const quietShare = 0.4 // of a beat is quiet at least: between its waves. Own.
const qrsQuietMs = 12 // the slope stays below for so long. Own.
const edgeQuantile = 0.35 // leads' onsets are counted from the early side, offsets from the late one. Own.
const waveSmoothMs = 10 // for P and T. Own.
const tEndQuantile = 0.7 // of the leads: people mark the later ones. Own.
const smallestTMv = 0.04 // of a T wave above the level before QRS. Own.
const smallestPMv = 0.025 // of a P wave above its surroundings. Own.

/**
 * Intervals and axis of a median beat.
 *
 * @param beat    Leads in standard order, 12 of them.
 * @param rrMs    Mean distance of beats: waves are looked for within it.
 * @returns       Undefined when no QRS complex stands out.
 *
 * Checked: manual marks of LUDB 1-100 (lead II), ludb.test.ts.
 */
export function measureBeat(beat: MedianOfBeats, rrMs: number): BeatMeasures | undefined {
  const numLeads = Math.round(beat.beat_LT.length / beat.numSamples)
  const lead = (l: number): Float64Array => beat.beat_LT.subarray(l * beat.numSamples, (l + 1) * beat.numSamples)
  const leads = Array.from({ length: numLeads }, (_, l) => lead(l))
  const perMs = beat.rateHz / 1000
  const qrs = qrsEdges(leads, beat.rIndex, perMs)
  if (qrs === undefined) return undefined
  const smooth = leads.map((lead_T) => gaussian(lead_T, waveSmoothMs * perMs))
  const tEnd = findTEnd(smooth, qrs.onset, qrs.offset, beat.rIndex, rrMs, perMs)
  const pOnset = findPOnset(smooth, qrs.onset, tEnd, beat.rIndex, rrMs, perMs)
  const msOf = (index: number): number => (index - beat.rIndex) / perMs
  return {
    qrsOnsetMs: msOf(qrs.onset),
    qrsOffsetMs: msOf(qrs.offset),
    qrsMs: (qrs.offset - qrs.onset) / perMs,
    pOnsetMs: pOnset === undefined ? undefined : msOf(pOnset),
    prMs: pOnset === undefined ? undefined : (qrs.onset - pOnset) / perMs,
    tEndMs: tEnd === undefined ? undefined : msOf(tEnd),
    qtMs: tEnd === undefined ? undefined : (tEnd - qrs.onset) / perMs,
    axisDeg: numLeads === 12 ? frontalAxis(leads, qrs) : undefined,
  }
}

type Edges = { onset: number; offset: number }

function qrsEdges(leads: readonly Float64Array[], r: number, perMs: number): Edges | undefined {
  const onsets: number[] = []
  const offsets: number[] = []
  const quiet = Math.max(2, Math.round(qrsQuietMs * perMs))
  const first = Math.max(1, Math.round(r - 190 * perMs))
  for (const lead_T of leads) {
    const last = Math.min(lead_T.length - 2, Math.round(r + 230 * perMs))
    const smoothed_T = gaussian(lead_T, qrsSmoothMs * perMs)
    const slope_T = gaussian(
      smoothed_T.map((_, t) => Math.abs((smoothed_T[Math.min(t + 1, lead_T.length - 1)] - smoothed_T[Math.max(t - 1, 0)]) / 2)),
      qrsSmoothMs * perMs,
    )
    let steepest = Math.round(r - 80 * perMs)
    for (let t = steepest; t <= Math.round(r + 90 * perMs); t++) if (slope_T[t] > slope_T[steepest]) steepest = t
    const limit = Math.max(qrsEdgeFraction * slope_T[steepest], overNoise * quantile(Array.from(slope_T), quietShare))
    if (limit > 0.5 * slope_T[steepest]) continue // noise hides this lead's edges
    if (!(slope_T[steepest] > 1e-4)) continue
    onsets.push(quietPlace(slope_T, steepest, -1, first, limit, quiet))
    offsets.push(quietPlace(slope_T, steepest, 1, last, limit, quiet))
  }
  if (onsets.length === 0) return undefined
  return { onset: quantile(onsets, edgeQuantile), offset: quantile(offsets, 1 - edgeQuantile) }
}

/** Walks from a place until the slope stays below the limit for a while; the last loud sample. */
function quietPlace(slope_T: Float64Array, from: number, direction: 1 | -1, end: number, limit: number, quiet: number): number {
  let run = 0
  for (let t = from; t !== end; t += direction) {
    run = slope_T[t] < limit ? run + 1 : 0
    if (run === quiet) return t - direction * quiet
  }
  return end
}

/** End of T: where the tangent at its steepest later flank meets the level before QRS; the middle over the leads that show a T wave. */
function findTEnd(
  smooth: readonly Float64Array[],
  onset: number,
  offset: number,
  r: number,
  rrMs: number,
  perMs: number,
): number | undefined {
  const ends: number[] = []
  const from = Math.round(offset + 60 * perMs)
  for (const lead_T of smooth) {
    const to = Math.min(lead_T.length - 3, Math.round(r + latestTPeakMs(rrMs) * perMs))
    if (to - from < 40 * perMs) continue
    const level = lead_T[Math.max(0, Math.round(onset - 10 * perMs))]
    let peak = from
    for (let t = from; t <= to; t++) if (Math.abs(lead_T[t] - level) > Math.abs(lead_T[peak] - level)) peak = t
    if (peak === from || Math.abs(lead_T[peak] - level) < smallestTMv) continue
    const sign = Math.sign(lead_T[peak] - level)
    const last = Math.min(lead_T.length - 2, Math.round(peak + 180 * perMs), Math.round(r + Math.min(0.9 * rrMs, 690) * perMs))
    const foot = tangentFoot(lead_T, peak, last, level, sign)
    if (foot !== undefined) ends.push(foot)
  }
  return ends.length < 3 ? undefined : quantile(ends, tEndQuantile)
}

/** From R: beyond it rises the next beat's P wave, some 200 ms before its R, which a flat T must not be taken for. Own. */
function latestTPeakMs(rrMs: number): number {
  return Math.min(620, 0.72 * rrMs, Math.max(0.55 * rrMs, rrMs - 230))
}

/** Where the tangent at the steepest fall between a peak and a limit meets a level. */
function tangentFoot(lead_T: Float64Array, peak: number, last: number, level: number, sign: number): number | undefined {
  let steepest = peak
  let fall = 0
  for (let t = peak + 1; t < last; t++) {
    const slope = (-sign * (lead_T[t + 1] - lead_T[t - 1])) / 2
    if (slope > fall) {
      fall = slope
      steepest = t
    }
  }
  if (fall <= 0) return undefined
  const foot = steepest + (sign * (lead_T[steepest] - level)) / fall
  return foot > peak && foot < last + (last - peak) ? foot : undefined
}

/** Begin of P, by the same tangent looking backward; undefined where too few leads show a P wave. */
function findPOnset(
  smooth: readonly Float64Array[],
  onset: number,
  tEnd: number | undefined,
  r: number,
  rrMs: number,
  perMs: number,
): number | undefined {
  // The T wave before this beat ends one RR earlier; the P wave lies behind it.
  const previousT = tEnd === undefined ? 0 : tEnd - rrMs * perMs
  const from = Math.max(2, Math.round(previousT), Math.round(onset - 300 * perMs), Math.round(r - 390 * perMs))
  const to = Math.round(onset - 24 * perMs)
  if (to - from < 50 * perMs) return undefined
  const starts: number[] = []
  for (const lead_T of smooth) {
    // Against the straight line between the ends of the search window.
    const flat_T = new Float64Array(to - from + 1)
    for (let t = from; t <= to; t++) flat_T[t - from] = lead_T[t] - lead_T[from] - ((lead_T[to] - lead_T[from]) * (t - from)) / (to - from)
    let peak = 0
    for (let t = 0; t < flat_T.length; t++) if (Math.abs(flat_T[t]) > Math.abs(flat_T[peak])) peak = t
    const height = Math.abs(flat_T[peak])
    if (height < smallestPMv || peak < 10 * perMs || peak > flat_T.length - 6 * perMs) continue
    const sign = Math.sign(flat_T[peak])
    const backward_T = flat_T.slice(0, peak + 1).reverse()
    const foot = tangentFoot(backward_T, 0, backward_T.length - 1, 0, sign)
    if (foot !== undefined) starts.push(from + peak - foot)
  }
  return starts.length < 4 ? undefined : quantile(starts, 0.5)
}

/** Direction of the net area of QRS in the frontal plane. */
function frontalAxis(leads: readonly Float64Array[], { onset, offset }: Edges): number | undefined {
  const area = (lead_T: Float64Array): number => {
    let sum = 0
    for (let t = Math.round(onset); t <= Math.round(offset); t++) sum += lead_T[t] - lead_T[Math.round(onset)]
    return sum
  }
  const x = area(leads[0])
  const y = (2 / Math.sqrt(3)) * area(leads[5]) // aVF is smaller than a true lead of its direction by this factor
  return Math.hypot(x, y) < 1e-6 ? undefined : (Math.atan2(y, x) * 180) / Math.PI
}

/** Gaussian smoothing; edges repeat the last value. */
function gaussian(signal_T: Float64Array, deviation: number): Float64Array {
  const half = Math.max(1, Math.ceil(3 * deviation))
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, k) => Math.exp(-0.5 * ((k - half) / deviation) ** 2))
  const sum = taps.reduce((total, tap) => total + tap, 0)
  const out_T = new Float64Array(signal_T.length)
  for (let t = 0; t < signal_T.length; t++) {
    let value = 0
    for (let k = -half; k <= half; k++) value += taps[k + half] * signal_T[Math.min(signal_T.length - 1, Math.max(0, t + k))]
    out_T[t] = value / sum
  }
  return out_T
}

/** A quantile with linear interpolation. */
function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((p, q) => p - q)
  const place = fraction * (sorted.length - 1)
  const low = Math.floor(place)
  return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low])
}
