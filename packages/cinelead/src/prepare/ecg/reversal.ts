// Are the arm electrodes swapped? Left and right arm exchanged turn lead I over, swap II with III and aVR with aVL.
// In a normal heart lead I looks like V6 and aVR like V6 turned over, and lead I has an upright P wave.
// The weights were fitted (logistic regression, three features) on the 100 recordings of LUDB 1-100 and the same 100 with leads swapped.
import { summariseLead } from './lead-summary.ts'
import type { MedianOfBeats } from './median-beat.ts'

const weights = { iLikeV6: -2.5, avrLikeV6: 2, pOfI: -1, constant: 1 } // own fit on LUDB 1-100, cross-validated area under curve 0.988
const cycleMs: readonly [number, number] = [-240, 440] // around R: P to T. Own.
const pMs: readonly [number, number] = [-240, -60] // around R: the P wave. Own.
const pScaleMv = 0.14 // mean of a P wave that counts fully. Own.

/** Above this the arm electrodes are judged swapped. */
export const armReversalThreshold = 0.5

/** The same for a paced heart, whose axis is often odd: LUDB's paced recordings reach 1.4 as they are. */
export const pacedReversalThreshold = 2

const smallestMoveMv = 0.02 // standard deviation of a lead that can be compared. Own.

/**
 * Evidence that the arm electrodes were swapped: positive for, negative against (log odds).
 *
 * @param beat  Median beat of 12 leads in standard order.
 * @returns     Undefined where lead I or both chest leads do not move.
 *
 * Checked: LUDB 1-100 as they are and swapped, ludb.test.ts; fitted on one half and judged on the other, bench/ecg-reversal.ts.
 */
export function armReversalScore(beat: MedianOfBeats): number | undefined {
  const signs = armReversalSigns(beat)
  if (signs === undefined) return undefined
  const { constant, ...of } = weights
  return constant + of.iLikeV6 * signs.iLikeV6 + of.avrLikeV6 * signs.avrLikeV6 + of.pOfI * signs.pOfI
}

/**
 * What lead I and aVR look like: their correlation with V6 (V5 where V6 does not move) from P to T, and the mean of lead I's P wave, -1 to 1.
 *
 * @returns  Undefined where lead I or both chest leads do not move.
 */
export function armReversalSigns(beat: MedianOfBeats): { iLikeV6: number; avrLikeV6: number; pOfI: number } | undefined {
  const perMs = beat.rateHz / 1000
  const piece = (leadIndex: number, [fromMs, toMs]: readonly [number, number]): Float64Array => {
    const at = leadIndex * beat.numSamples + beat.rIndex
    return beat.beat_LT.subarray(at + Math.round(fromMs * perMs), at + Math.round(toMs * perMs))
  }
  const [leadI, v6] = [[0], [11, 10]].map((indices) =>
    indices.map((leadIndex) => piece(leadIndex, cycleMs)).find((lead_T) => summariseLead(lead_T).deviation > smallestMoveMv),
  )
  if (leadI === undefined || v6 === undefined) return undefined
  const p = piece(0, pMs)
  let area = 0
  for (let t = 0; t < p.length; t++) area += p[t] - p[0] - ((p[p.length - 1] - p[0]) * t) / (p.length - 1)
  return {
    iLikeV6: likeness(leadI, v6),
    avrLikeV6: likeness(piece(3, cycleMs), v6),
    pOfI: Math.tanh(area / p.length / pScaleMv),
  }
}

/** Pearson correlation; 0 where one of the two does not move. */
function likeness(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [summariseLead(a).mean, summariseLead(b).mean]
  let ab = 0
  let aa = 0
  let bb = 0
  for (let t = 0; t < a.length; t++) {
    ab += (a[t] - meanA) * (b[t] - meanB)
    aa += (a[t] - meanA) ** 2
    bb += (b[t] - meanB) ** 2
  }
  return aa * bb === 0 ? 0 : ab / Math.sqrt(aa * bb)
}
