// A recording as it came from a file becomes 12 leads at 500 Hz for a network, with a record of every step and a judgement.
// Steps and their order: docs/formats.md; settings from the field's published preparations (deep_risk, MMCL-ECG-CMR).
import { fault } from '../../base/errors.ts'
import type { Verdict } from '../../base/verdict.ts'
import type { Recording } from '../../formats/recording.ts'
import { alsBaseline, alsDefaults } from './baseline.ts'
import { withoutCalibration } from './calibration.ts'
import { fillGaps } from './gaps.ts'
import { summariseLeads } from './lead-summary.ts'
import { completeLeads } from './leads.ts'
import { leadGroups, normaliseGroups, outlierLimits } from './normalise.ts'
import type { PreparationStep, PreparedEcg } from './prepared-ecg.ts'
import { judgeQuality } from './quality.ts'
import { rateRatio, resample } from './resample.ts'
import { type Edges, filtfiltLeads } from './filtfilt.ts'
import { butterworth, notch, type Section } from './sections.ts'
import { findStandstills } from './standstill.ts'

export type PrepareEcgOptions = {
  /** Length of the result at 500 Hz. Longer recordings keep their first part; shorter ones are padded with zeros and fail `too-short`. */
  numSamples?: number
  /** `highpass`: zero-phase Butterworth of order 4 at 0.5 Hz; `als`: asymmetric least squares; `none`: left as it is. */
  baseline?: 'highpass' | 'als' | 'none'
  /** Frequency of the mains where the recording was made. */
  mainsHz?: 50 | 60
  /** `device-off`: only where the file says that the device's own notch was off. */
  notch?: 'device-off' | 'always' | 'never'
  /** A zero-phase Butterworth low-pass of order 4, where wanted. */
  lowPassHz?: number
  /** Limit of the clip in standard deviations of the whole recording; 0 leaves it out. */
  clipSigma?: number
  /** `groups`: I-III, aVR-aVF, V1-V6; `record`: all leads as one. */
  normalise?: 'groups' | 'record'
}

/** Rate and length of every prepared ECG. */
export const preparedRateHz = 500
export const preparedSamples = 5000

const highPassHz = 0.5 // deep_risk: Butterworth, order 4, sosfiltfilt
const filterOrder = 4 // deep_risk, as above
// SciPy's default continues an end by 15 samples turned about the last one. A recording that ends within a QRS complex then drifts by up to
// 2 mV over its last second; two mirrored seconds leave 0.09 mV at worst (docs/formats.md has the comparison).
const highPassEdges: Edges = { kind: 'even', samples: 1000 }
const notchQuality = 30 // between the field's 30 and 40: takes 1.7 Hz around 50 Hz
const clipSigma = 4 // MMCL-ECG-CMR

/**
 * Twelve leads, 500 Hz, 5000 samples, filtered and normalised; steps and verdicts say what was done and what is wrong.
 *
 * Never guesses silently: a lead that is missing is zero and fails `missing-lead`, a short recording is padded and fails `too-short`;
 * such verdicts are `drop`, so the record keeps its shape and the cohort leaves it out with a reason.
 *
 * @param whole      As a reader handed it on; any rate of 50 to 100,000 Hz, any leads.
 * @returns          Shapes [12, numSamples].
 * @throws           prepare/too-short below half a second; prepare/rate; prepare/cutoff.
 * @example          prepareEcg(readEcg(name, bytes))
 *
 * Source: deep_risk and MMCL-ECG-CMR (see the constants).
 */
export function prepareEcg(whole: Recording, options: PrepareEcgOptions = {}): PreparedEcg {
  const length = options.numSamples ?? preparedSamples
  const recording = withoutCalibration(whole, Math.ceil((length * whole.rateHz) / preparedRateHz))
  const steps: PreparationStep[] = []
  const note = (step: string, settings: PreparationStep['settings']): void => {
    steps.push({ step, settings })
  }
  if (recording.numSamples < recording.rateHz * 0.5) {
    throw fault({
      code: 'prepare/too-short',
      where: 'prepareEcg',
      expected: 'half a second of samples at least',
      received: `${recording.numSamples} samples at ${recording.rateHz} Hz`,
      hint: 'A resting ECG lasts ten seconds: the file is cut short.',
    })
  }
  if (recording.numSamples < whole.numSamples) note('trim', { samples: whole.numSamples - recording.numSamples, reason: 'all leads alike' })
  const completed = completeLeads(recording.leads, recording.ecg_LT, recording.numSamples, workspace(12 * recording.numSamples))
  note('leads', { present: completed.present.length, derived: completed.derived.join(' '), missing: completed.missing.join(' ') })
  const numUsed = Math.min(recording.numSamples, Math.ceil((length * recording.rateHz) / preparedRateHz))
  const numMissing_L = fillLeads(completed.mv_LT, recording.numSamples, numUsed)
  note('fill', { samples: numMissing_L.reduce((sum, numMissing) => sum + numMissing, 0) })
  const standstills_L = findStandstills(fitLength(completed.mv_LT, recording.numSamples, numUsed), 12)

  const { up, down } = rateRatio(recording.rateHz, preparedRateHz)
  const given = { mv_LT: completed.mv_LT, numSamples: recording.numSamples }
  const atRate = up === down ? given : eachLead(given, (lead_T) => resample(lead_T, up, down))
  note('resample', { fromHz: recording.rateHz, toHz: preparedRateHz, up, down })

  let signal: Signal = atRate
  for (const { name, sections, edges, settings } of filterSteps(recording, options)) {
    if (sections !== undefined) signal = { ...signal, mv_LT: filtfiltLeads(sections, signal.mv_LT, 12, signal.mv_LT, edges) }
    note(name, settings)
  }
  if (options.baseline === 'als') {
    signal = eachLead(signal, (lead_T) => {
      const base_T = alsBaseline(lead_T)
      return Float64Array.from(lead_T, (value, t) => value - base_T[t])
    })
    note('baseline-als', { ...alsDefaults })
  }

  const filtered_LT = fitLength(signal.mv_LT, signal.numSamples, length)
  note('length', { policy: 'first samples kept, zeros behind', from: signal.numSamples, to: length })
  const sigma = options.clipSigma ?? clipSigma
  const bounds = options.normalise === 'record' ? [12] : leadGroups
  const summaries_L = summariseLeads(filtered_LT, 12)
  const normalised = normaliseGroups(filtered_LT, summaries_L, bounds, sigma > 0 ? outlierLimits(summaries_L, sigma) : undefined)
  note('clip', { sigma, samples: normalised.numClipped })
  note('normalise', { groupBounds: bounds.join(' ') })

  const judged = judgeQuality({
    standstills_L,
    filtered_LT,
    summaries_L,
    numSamples: length,
    missing: completed.missing,
    present: completed.present,
    missingFraction_L: numMissing_L.map((numMissing) => numMissing / numUsed),
  })
  return {
    rateHz: preparedRateHz,
    numSamples: length,
    ecg_LT: normalised.ecg_LT,
    filteredMv_LT: new Float32Array(filtered_LT),
    steps,
    verdicts: [lengthVerdict(recording, length), ...judged],
  }
}

/** Whether a recording fills the length that is wanted of it, in seconds. */
export function lengthVerdict(recording: Recording, length: number = preparedSamples): Verdict {
  const seconds = recording.numSamples / recording.rateHz
  const needed = length / preparedRateHz
  return { criterion: 'too-short', value: seconds, threshold: needed, ok: seconds >= needed - 1e-9, onFail: 'drop' }
}

/** The filters that apply, in order; a step that does not apply says so. */
function filterSteps(recording: Recording, options: PrepareEcgOptions) {
  const wanted: { name: string; sections?: Section[]; edges?: Edges; settings: PreparationStep['settings'] }[] = []
  const mainsHz = options.mainsHz ?? 50
  const { notchHz } = recording.filters
  // A notch at the other mains frequency was on because that is the mains there.
  const device = notchHz === undefined ? 'not told' : notchHz.length > 0 ? 'on' : 'off'
  const rule = options.notch ?? 'device-off'
  if (rule === 'always' || (rule === 'device-off' && device === 'off')) {
    wanted.push({
      name: 'notch',
      sections: notch(mainsHz, notchQuality, preparedRateHz),
      settings: { mainsHz, quality: notchQuality, device, done: true },
    })
  } else wanted.push({ name: 'notch', settings: { mainsHz, device, done: false } })
  if (options.lowPassHz !== undefined) {
    const sections = butterworth('lowpass', filterOrder, options.lowPassHz, preparedRateHz)
    wanted.push({ name: 'low-pass', sections, settings: { cutoffHz: options.lowPassHz, order: filterOrder } })
  }
  if ((options.baseline ?? 'highpass') === 'highpass') {
    const sections = butterworth('highpass', filterOrder, highPassHz, preparedRateHz)
    const settings = { cutoffHz: highPassHz, order: filterOrder, edges: highPassEdges.kind, edgeSamples: highPassEdges.samples }
    wanted.push({ name: 'high-pass', sections, edges: highPassEdges, settings })
  }
  return wanted
}

let kept = new Float64Array(0)
const largestKept = 12 * 10_000 // twice a resting ECG; longer recordings get memory of their own that is given back

/** Memory for the samples while they are worked on; kept from call to call, because only copies of it leave. */
function workspace(size: number): Float64Array {
  if (size > largestKept) return new Float64Array(size)
  if (kept.length < size) kept = new Float64Array(largestKept)
  return kept.subarray(0, size)
}

function fillLeads(mv_LT: Float64Array, numSamples: number, numUsed: number): number[] {
  return Array.from({ length: 12 }, (_, leadIndex) =>
    fillGaps(mv_LT.subarray(leadIndex * numSamples, (leadIndex + 1) * numSamples), numUsed),
  )
}

type Signal = { mv_LT: Float64Array; numSamples: number }

function eachLead({ mv_LT, numSamples }: Signal, change: (lead_T: Float64Array) => Float64Array): Signal {
  const leads = Array.from({ length: 12 }, (_, leadIndex) => change(mv_LT.subarray(leadIndex * numSamples, (leadIndex + 1) * numSamples)))
  const numOut = leads[0].length
  const out_LT = new Float64Array(12 * numOut)
  for (const [leadIndex, lead_T] of leads.entries()) out_LT.set(lead_T, leadIndex * numOut)
  return { mv_LT: out_LT, numSamples: numOut }
}

/** The first samples of each lead, zeros behind where there are too few. */
function fitLength(mv_LT: Float64Array, numSamples: number, length: number): Float64Array {
  if (numSamples === length) return mv_LT
  const out_LT = new Float64Array(12 * length)
  const kept = Math.min(numSamples, length)
  for (let leadIndex = 0; leadIndex < 12; leadIndex++) {
    out_LT.set(mv_LT.subarray(leadIndex * numSamples, leadIndex * numSamples + kept), leadIndex * length)
  }
  return out_LT
}
