// Whether a recording's leads can be trusted: named criteria with thresholds. Verdicts are data; nothing is thrown here.
//
// Thresholds without another source are this project's own, set on LUDB and PhysioNet/CinC 2021 so that good recordings pass
// (docs/formats.md shows the counts).
import type { Verdict } from '../../base/verdict.ts'
import { standardLeads } from '../../formats/recording.ts'
import type { LeadSummary } from './lead-summary.ts'
import type { Standstill } from './standstill.ts'

export const thresholds = {
  /** Standard deviation of a lead; the finest common step is 1-5 µV, a QRS is 100 µV and more. Own. */
  flatMv: 0.01,
  /** Share of a lead's samples in its longest constant stretch: a second in ten. Own; PhysioNet/CinC 2011 entries used similar runs. */
  flatRunFraction: 0.1,
  /** Share of samples that stand still at a lead's largest or smallest value. Own. */
  clippedFraction: 0.005,
  /** Share of missing samples in a lead. Own. */
  missingFraction: 0.02,
  /** Root mean square of what moves faster than QRS complexes (differences of second order), mV. Own. */
  noiseMv: 0.05,
  /** What Einthoven's or Goldberger's law leaves over, as a share of the three leads' own size (root mean squares). Own. */
  lawFraction: 0.5,
  /** Largest amplitude an ECG of the body surface has, mV. Own: QRS complexes above 10 mV are not known from skin electrodes. */
  amplitudeMv: 10,
} as const

export type QualityInput = {
  /** Of the samples as recorded, a lead each. */
  standstills_L: readonly Standstill[]
  /** After baseline and notch, mV. Shape [12, T]. */
  filtered_LT: Float64Array
  /** Of those. */
  summaries_L: readonly LeadSummary[]
  numSamples: number
  missing: readonly string[]
  present: readonly string[]
  /** Of each lead, before they were filled. */
  missingFraction_L: readonly number[]
}

/** Judges each lead and the laws between them. Criteria that fail with `drop` take the recording out. */
export function judgeQuality(input: QualityInput): Verdict[] {
  const { standstills_L, summaries_L, missing, missingFraction_L } = input
  const verdicts: Verdict[] = []
  const judge = (criterion: string, lead: string, value: number, threshold: number, onFail: 'drop' | 'flag'): void => {
    verdicts.push({ criterion, lead, value, threshold, ok: value <= threshold, onFail })
  }
  for (const [leadIndex, lead] of standardLeads.entries()) {
    judge('missing-lead', lead, missing.includes(lead) ? 1 : 0, 0, 'drop')
    if (missing.includes(lead)) continue
    const { deviation, lowest, highest, noise } = summaries_L[leadIndex]
    verdicts.push({
      criterion: 'flat-lead',
      lead,
      value: deviation,
      threshold: thresholds.flatMv,
      ok: deviation >= thresholds.flatMv,
      onFail: 'drop',
    })
    const { longestFraction, clippedFraction } = standstills_L[leadIndex]
    judge('flat-run', lead, longestFraction, thresholds.flatRunFraction, 'flag')
    judge('clipped-lead', lead, clippedFraction, thresholds.clippedFraction, 'flag')
    judge('amplitude', lead, Math.max(-lowest, highest), thresholds.amplitudeMv, 'flag')
    judge('missing-samples', lead, missingFraction_L[leadIndex], thresholds.missingFraction, 'drop')
    judge('noisy-lead', lead, noise, thresholds.noiseMv, 'flag')
  }
  for (const [criterion, law] of laws(input)) {
    verdicts.push({ criterion, value: law, threshold: thresholds.lawFraction, ok: law <= thresholds.lawFraction, onFail: 'flag' })
  }
  return verdicts
}

/** What Einthoven's and Goldberger's laws leave over, for limb leads the file itself has. */
function laws({ filtered_LT, summaries_L, numSamples, present }: QualityInput): [string, number][] {
  const has = (...names: string[]): boolean => names.every((name) => present.includes(name))
  const lead = (index: number): Float64Array => filtered_LT.subarray(index * numSamples, (index + 1) * numSamples)
  const power = (index: number, weight: number): number => weight ** 2 * (summaries_L[index].deviation ** 2 + summaries_L[index].mean ** 2)
  const rest = (p: number, wp: number, q: number, wq: number, r: number, wr: number): number => {
    const whole = (power(p, wp) + power(q, wq) + power(r, wr)) * numSamples
    return whole > 0 ? Math.sqrt(squaresOfSum(lead(p), wp, lead(q), wq, lead(r), wr) / whole) : 0
  }
  const found: [string, number][] = []
  if (has('I', 'II', 'III')) found.push(['einthoven', rest(0, 1, 1, -1, 2, 1)])
  if (has('aVR', 'aVL', 'aVF')) found.push(['goldberger', rest(3, 1, 4, 1, 5, 1)])
  if (has('I', 'II', 'aVR')) found.push(['goldberger-avr', rest(0, 0.5, 1, 0.5, 3, 1)])
  return found
}

function squaresOfSum(p_T: Float64Array, wp: number, q_T: Float64Array, wq: number, r_T: Float64Array, wr: number): number {
  let squares = 0
  for (let t = 0; t < p_T.length; t++) {
    const sum = wp * p_T[t] + wq * q_T[t] + wr * r_T[t]
    squares += sum * sum
  }
  return squares
}
