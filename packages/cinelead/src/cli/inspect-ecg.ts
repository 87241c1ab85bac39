// What an ECG file is: format, leads, rate, length, beats, verdicts. Hands on: describeEcg, ecgAsText.
import type { Verdict } from '../base/verdict.ts'
import type { Recording } from '../formats/recording.ts'
import { findRPeaks, heartRateBpm } from '../prepare/ecg/beats.ts'
import { prepareEcg } from '../prepare/ecg/prepare-ecg.ts'
import { verdictLine } from './inspect-study.ts'

/** The facts that `inspect --json` prints of a recording; null where they cannot be told. */
export type EcgFacts = {
  kind: 'ecg'
  format: string
  version: string | null
  rateHz: number
  leads: readonly string[]
  samples: number
  durationSec: number
  resolutionUv: readonly number[]
  recordedOn: string | null
  heartRateBpm: number | null
  rPeaksMs: number[]
  /** What the recorder printed, where the file has it. */
  printed: Recording['printed']
  statements: readonly string[]
  steps: readonly { step: string; settings: Record<string, number | string | boolean> }[]
  verdicts: readonly Verdict[]
}

const rounded = (value: number, digits: number) => Number(value.toFixed(digits))

/**
 * The facts of a recording, beats found on its prepared form.
 *
 * @returns  `facts` for printing; `filteredMv_LT` (12 leads at 500 Hz) and `rPeaks` (its sample indices) for drawing.
 */
export function describeEcg(recording: Recording): { facts: EcgFacts; filteredMv_LT: Float32Array; rateHz: number; rPeaks: number[] } {
  const { format, version, rateHz, leads, numSamples, resolutionUv, recordedOn, printed, statements } = recording
  const prepared = prepareEcg(recording)
  const rPeaks = findRPeaks(prepared.filteredMv_LT, 12, prepared.rateHz)
  const rate = heartRateBpm(rPeaks, prepared.rateHz)
  return {
    facts: {
      kind: 'ecg',
      format,
      version: version ?? null,
      rateHz,
      leads,
      samples: numSamples,
      durationSec: rounded(numSamples / rateHz, 3),
      resolutionUv: resolutionUv.map((microvolts) => rounded(microvolts, 6)),
      recordedOn: recordedOn ?? null,
      heartRateBpm: rate === undefined ? null : rounded(rate, 1),
      rPeaksMs: rPeaks.map((t) => rounded((t / prepared.rateHz) * 1000, 1)),
      printed,
      statements,
      steps: prepared.steps,
      verdicts: prepared.verdicts,
    },
    filteredMv_LT: prepared.filteredMv_LT,
    rateHz: prepared.rateHz,
    rPeaks,
  }
}

/** The facts as lines for a person. */
export function ecgAsText(facts: EcgFacts): string {
  const failed = facts.verdicts.filter(({ ok }) => !ok)
  const resolutions = [...new Set(facts.resolutionUv)]
  const printed = Object.entries(facts.printed).filter(([, value]) => value !== undefined)
  return [
    `ECG: ${facts.format}${facts.version === null ? '' : ` ${facts.version}`}`,
    `  leads       ${facts.leads.length}: ${facts.leads.join(', ')}`,
    `  rate        ${facts.rateHz} Hz`,
    `  length      ${facts.durationSec} s (${facts.samples} samples a lead)`,
    `  resolution  ${resolutions.join(', ')} µV`,
    `  heart rate  ${facts.heartRateBpm === null ? 'no beats found' : `${facts.heartRateBpm} beats/min from ${facts.rPeaksMs.length} R peaks`}`,
    ...(facts.recordedOn === null ? [] : [`  recorded    ${facts.recordedOn}`]),
    ...(printed.length === 0 ? [] : [`  printed     ${printed.map(([name, value]) => `${name} ${value}`).join(', ')}`]),
    ...facts.statements.map((statement) => `  statement   ${statement}`),
    ...(failed.length === 0 ? [`  quality     all ${facts.verdicts.length} criteria met`] : failed.map(verdictLine)),
  ].join('\n')
}
