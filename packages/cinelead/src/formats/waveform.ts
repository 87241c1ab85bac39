// What every ECG reader does at its end: integers of named leads become one Recording, with the checks no format is spared.
// Hands on: createRecording, createMedianBeat, orWarning, isoDay, checkSize.
import { CineLeadError, fault } from '../base/errors.ts'
import { leadName } from './lead-names.ts'
import { type MedianBeat, type Recording, standardLeads } from './recording.ts'

/** One lead as a file holds it: integers, the µV of one step and the integer that means 0 mV. NaN marks a missing sample. */
export type LeadCounts = { name: string; counts_T: ArrayLike<number>; resolutionUv: number; baseline?: number }

export const limits = {
  /** Leads of one recording: a body-surface map has 256. */
  maxLeads: 256,
  /** Samples of one lead: a day at 1000 Hz. */
  maxSamples: 86_400_000,
  /** Samples of all leads together: three hours of twelve leads at 500 Hz, 256 MiB as 32-bit numbers. */
  maxTotalSamples: 67_108_864,
  minRateHz: 1,
  /** Research amplifiers go to 32 kHz. */
  maxRateHz: 100_000,
  /** µV of one step: from a picovolt, which no recorder resolves but a rescaled file may claim, to a volt. */
  minResolutionUv: 1e-6,
  maxResolutionUv: 1e6,
} as const

/**
 * A recording from the leads a file holds.
 *
 * @param head    Everything but the samples.
 * @param leads   In the file's order; names in any spelling.
 * @param rateHz  Of all leads.
 * @returns       Samples in mV.
 * @throws        formats/rate, formats/resolution, formats/leads, formats/length when the file contradicts itself or sense.
 */
export function createRecording(
  head: Partial<Recording> & { format: string },
  leads: readonly LeadCounts[],
  rateHz: number,
  where: string,
): Recording {
  checkRate(rateHz, where)
  if (leads.length === 0 || leads.length > limits.maxLeads) {
    throw fault({
      code: 'formats/leads',
      where,
      expected: `1 to ${limits.maxLeads} leads with samples`,
      received: `${leads.length}`,
      hint: 'The file holds no ECG waveform: was it exported without its samples?',
    })
  }
  const numSamples = leads[0].counts_T.length
  checkSize(leads.length, numSamples, where)
  const ecg_LT = new Float32Array(leads.length * numSamples)
  const names: string[] = []
  for (const [leadIndex, lead] of leads.entries()) {
    if (lead.counts_T.length !== numSamples) {
      throw fault({
        code: 'formats/length',
        where,
        expected: `${numSamples} samples in every lead`,
        received: `${lead.counts_T.length} in lead ${leadIndex + 1} of ${leads.length}`,
        hint: 'The leads are of unequal length, so the file is cut short or damaged.',
      })
    }
    checkResolution(lead.resolutionUv, where)
    const name = leadName(lead.name) || `lead ${leadIndex + 1}`
    names.push(uniqueName(name, names))
    const perCountMv = lead.resolutionUv / 1000
    const baseline = lead.baseline ?? 0
    const counts_T = lead.counts_T
    const at = leadIndex * numSamples
    for (let t = 0; t < numSamples; t++) ecg_LT[at + t] = (counts_T[t] - baseline) * perCountMv + 0 // never a negative zero
  }
  return {
    filters: {},
    printed: {},
    statements: [],
    ...head,
    rateHz,
    leads: names,
    numSamples,
    ecg_LT,
    resolutionUv: leads.map((lead) => lead.resolutionUv),
  }
}

/** A median beat, by the same rules as a recording. */
export function createMedianBeat(leads: readonly LeadCounts[], rateHz: number, where: string): MedianBeat {
  const beat = createRecording({ format: 'median' }, leads, rateHz, where)
  return { rateHz, leads: beat.leads, numSamples: beat.numSamples, beat_LT: beat.ecg_LT }
}

/**
 * What a file has beside its rhythm, such as a median beat: where it cannot be read, the recording is worth having without it, and says so.
 *
 * @param warnings  Gets a sentence with the error's code.
 */
export function orWarning<Part>(what: string, read: () => Part, warnings: string[]): Part | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof CineLeadError)) throw error
    warnings.push(`${what} could not be read (${error.code})`)
    return undefined
  }
}

/** Throws formats/length or formats/size when samples are none or beyond what memory should pay for. */
export function checkSize(numLeads: number, numSamples: number, where: string): void {
  if (!Number.isInteger(numSamples) || numSamples < 1 || numSamples > limits.maxSamples) {
    throw fault({
      code: 'formats/length',
      where,
      expected: `1 to ${limits.maxSamples} samples in a lead`,
      received: String(numSamples),
      hint: 'The file holds no samples or announces more than a recording can have.',
    })
  }
  if (numLeads * numSamples > limits.maxTotalSamples) {
    throw fault({
      code: 'formats/size',
      where,
      expected: `at most ${limits.maxTotalSamples} samples in all leads`,
      received: `${numLeads} x ${numSamples}`,
      hint: 'Cut the recording into shorter pieces first.',
    })
  }
}

export function checkRate(rateHz: number, where: string): void {
  if (rateHz >= limits.minRateHz && rateHz <= limits.maxRateHz) return
  throw fault({
    code: 'formats/rate',
    where,
    expected: `a sampling rate of ${limits.minRateHz} to ${limits.maxRateHz} Hz`,
    received: String(rateHz),
    hint: 'The file does not say how fast it was sampled, so it cannot be read.',
  })
}

export function checkResolution(resolutionUv: number, where: string): void {
  if (resolutionUv >= limits.minResolutionUv && resolutionUv <= limits.maxResolutionUv) return
  throw fault({
    code: 'formats/resolution',
    where,
    expected: `an amplitude of one step of ${limits.minResolutionUv} to ${limits.maxResolutionUv} µV`,
    received: String(resolutionUv),
    hint: 'The file does not say how large one step is, so it cannot be read.',
  })
}

function uniqueName(name: string, taken: readonly string[]): string {
  let candidate = name
  for (let copy = 2; taken.includes(candidate); copy++) candidate = `${name} (${copy})`
  return candidate
}

/** `YYYY-MM-DD` where the three are a real calendar day from 1900 on, else undefined. */
export function isoDay(year: number | undefined, month: number | undefined, day: number | undefined): string | undefined {
  if (year === undefined || month === undefined || day === undefined) return undefined
  if (!(year >= 1900 && year <= 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31)) return undefined
  const date = new Date(Date.UTC(year, month - 1, day))
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The day of a text that begins `YYYYMMDD` or `YYYY-MM-DD`. */
export function isoDayOf(text: string | undefined): string | undefined {
  const found = /^\s*(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})/.exec(text ?? '')
  return found === null ? undefined : isoDay(Number(found[1]), Number(found[2]), Number(found[3]))
}

// A statement that says by whom it was confirmed or ordered, or who somebody is, names a person.
const personal =
  /\b(confirmed|reviewed|signed|over-?read|validated|approved|referring|befundet|bestätigt|validiert)\b|\b(read|edited|interpreted|verified|ordered|referred|requested)\b.*\bby\b|\b(dr|prof|md)\b|\bm\.d\b|\b(by|name|patient|dob|born|birth|geboren|reader|tech|technician|physician|cardiologist|operator|arzt|untersucher)\s*:/i

/** Statements a recorder printed: trimmed, empty and personal ones out, at most 200 of 500 characters. */
export function tidyStatements(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.replace(/\s+/g, ' ').trim().slice(0, 500))
    .filter((line) => line !== '' && !personal.test(line))
    .slice(0, 200)
}

/** Names of channels in files that give none: the standard order. */
export const standardOrder: readonly string[] = standardLeads
