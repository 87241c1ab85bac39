// Everything CineLead can say about one ECG: what the file holds, what preparation did, beats, intervals, axis and the judgement.
// Hands on: describeEcg, the object that `cinelead inspect FILE --json` prints, and analyseBeats.
import type { Verdict } from '../../base/verdict.ts'
import type { DeviceFilters, PrintedMeasurements, Recording } from '../../formats/recording.ts'
import { findRPeaks, heartRateBpm } from './beats.ts'
import { withoutCalibration } from './calibration.ts'
import { type MedianOfBeats, medianBeat } from './median-beat.ts'
import { findPacing } from './pacing.ts'
import { lengthVerdict, preparedRateHz, prepareEcg } from './prepare-ecg.ts'
import type { PreparationStep, PreparedEcg } from './prepared-ecg.ts'
import { armReversalScore, armReversalThreshold, pacedReversalThreshold } from './reversal.ts'
import { type BeatMeasures, measureBeat } from './waves.ts'

export type EcgDescription = {
  format: string
  version: string | null
  recordedOn: string | null
  rateHz: number
  leads: readonly string[]
  samples: number
  /** One number where all leads share it, else one a lead. */
  resolutionUv: number | readonly number[]
  heartRateBpm: number | null
  rPeaksMs: readonly number[]
  prMs: number | null
  qrsMs: number | null
  qtMs: number | null
  axisDeg: number | null
  verdicts: readonly { criterion: string; lead: string | null; value: number; threshold: number; ok: boolean; onFail: 'drop' | 'flag' }[]
  /** What the recorder itself says. */
  device: { filters: DeviceFilters; printed: PrintedMeasurements; statements: readonly string[] }
  /** What the reader had to assume or found amiss. */
  warnings: readonly string[]
  steps: readonly PreparationStep[]
}

export type BeatAnalysis = {
  /** Sample indices at 500 Hz. */
  rPeaks: readonly number[]
  median: MedianOfBeats | undefined
  measures: BeatMeasures | undefined
  verdicts: readonly Verdict[]
}

const longestSec = 600 // a description looks at ten minutes at most
const fewestSpikes = 5 // single narrow artefacts are no pacemaker. Own, set on LUDB 1-100 and PhysioNet/CinC 2021.
const fewestBeats = 3 // in a recording: fewer leave no rate to judge. Own.
const slowestBpm = 30 // flagged below. Own.
const fastestBpm = 200 // flagged above. Own.

/**
 * Beats, median beat, intervals and the verdicts that need them.
 *
 * @param prepared  With all twelve leads; its mV are used.
 */
export function analyseBeats(prepared: PreparedEcg): BeatAnalysis {
  const { filteredMv_LT, rateHz } = prepared
  const pacing = findPacing(filteredMv_LT, 12, rateHz)
  const isPaced = pacing.spikes.length >= fewestSpikes
  const mv_LT = isPaced ? pacing.cleaned_LT : new Float64Array(filteredMv_LT)
  const rPeaks = findRPeaks(mv_LT, 12, rateHz, isPaced ? { spikes: pacing.spikes, withSpikes: filteredMv_LT } : undefined)
  const bpm = heartRateBpm(rPeaks, rateHz)
  const median = medianBeat(mv_LT, 12, rateHz, rPeaks)
  const measures = median === undefined || bpm === undefined ? undefined : measureBeat(median, medianRrMs(rPeaks, rateHz))
  const verdicts: Verdict[] = [
    { criterion: 'beats', value: rPeaks.length, threshold: fewestBeats, ok: rPeaks.length >= fewestBeats, onFail: 'drop' },
    { criterion: 'pacing-spikes', value: pacing.spikes.length, threshold: fewestSpikes - 1, ok: !isPaced, onFail: 'flag' },
  ]
  if (bpm !== undefined) {
    verdicts.push({ criterion: 'slow-heart', value: bpm, threshold: slowestBpm, ok: bpm >= slowestBpm, onFail: 'flag' })
    verdicts.push({ criterion: 'fast-heart', value: bpm, threshold: fastestBpm, ok: bpm <= fastestBpm, onFail: 'flag' })
  }
  const score = median === undefined ? undefined : armReversalScore(median)
  const highest = isPaced ? pacedReversalThreshold : armReversalThreshold
  if (score !== undefined) {
    verdicts.push({
      criterion: 'arm-leads-swapped',
      value: score,
      threshold: highest,
      ok: score <= highest,
      onFail: 'flag',
    })
  }
  return { rPeaks, median, measures, verdicts }
}

/**
 * Describes a recording: the whole of it, at most its first ten minutes.
 *
 * Intervals are of the median beat of the dominant kind; they are null where no such wave was seen.
 */
export function describeEcg(recording: Recording): EcgDescription {
  const signal = withoutCalibration(recording, Math.floor(recording.numSamples / 2))
  const wholeSec = Math.min(longestSec, signal.numSamples / signal.rateHz)
  const prepared = prepareEcg(signal, { numSamples: Math.max(1, Math.floor(wholeSec * preparedRateHz)) })
  const { rPeaks, measures, verdicts } = analyseBeats(prepared)
  const warnings = recording.warnings?.length ?? 0
  const warned: Verdict = { criterion: 'file-warnings', value: warnings, threshold: 0, ok: warnings === 0, onFail: 'flag' }
  const judged = [warned, lengthVerdict(recording), ...prepared.verdicts.filter(({ criterion }) => criterion !== 'too-short'), ...verdicts]
  const resolutions = new Set(recording.resolutionUv)
  return {
    format: recording.format,
    version: recording.version ?? null,
    recordedOn: recording.recordedOn ?? null,
    rateHz: recording.rateHz,
    leads: recording.leads,
    samples: recording.numSamples,
    resolutionUv: resolutions.size === 1 ? recording.resolutionUv[0] : recording.resolutionUv,
    heartRateBpm: orNull(heartRateBpm(rPeaks, preparedRateHz)),
    rPeaksMs: rPeaks.map((r) => (r * 1000) / preparedRateHz),
    prMs: orNull(measures?.prMs),
    qrsMs: orNull(measures?.qrsMs),
    qtMs: orNull(measures?.qtMs),
    axisDeg: orNull(measures?.axisDeg),
    verdicts: judged.map(({ criterion, lead, value, threshold, ok, onFail }) => ({
      criterion,
      lead: lead ?? null,
      value: Number(value.toPrecision(6)),
      threshold,
      ok,
      onFail,
    })),
    device: { filters: recording.filters, printed: recording.printed, statements: recording.statements },
    warnings: recording.warnings ?? [],
    steps: prepared.steps,
  }
}

function medianRrMs(rPeaks: readonly number[], rateHz: number): number {
  const distances = rPeaks.slice(1).map((r, index) => ((r - rPeaks[index]) * 1000) / rateHz)
  return distances.sort((p, q) => p - q)[distances.length >> 1]
}

/** Tenths are enough for milliseconds, beats per minute and degrees. */
function orNull(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 10) / 10
}
