// Diagnoses with dates -> the six outcomes, before or after the imaging visit.
// Hands on: outcomeCodes (the versioned lists), codeOutcomes, normaliseCode.
//
// Source: field.md section 16, column "Recommended": clinical coding practice of ICD-10, to be reviewed by a clinician before use;
// UK Biobank fields 41270/41280 (hospital diagnoses and dates), 40000-40002 (death), 42000 (algorithmically defined MI).
import { type OutcomeId, outcomeIds } from '../base/phenotypes.ts'
import { dayNumber } from './pair.ts'

/** Version of the lists below; it goes into the store's settings digest, so another list is another store. */
export const outcomeCodesVersion = 'cinelead.outcomes/1'

type OutcomeCodes = {
  /** ICD-10 prefixes, normalised, that count wherever they are coded. */
  icd10: readonly string[]
  /** ICD-10 prefixes that count only as a cause of death. */
  deathOnly: readonly string[]
  /** UK Biobank fields whose value is the date of the first event. */
  dateFields: readonly number[]
}

export const outcomeCodes: Record<OutcomeId, OutcomeCodes> = {
  cad: { icd10: ['I20', 'I21', 'I22', 'I23', 'I24', 'I25'], deathOnly: [], dateFields: [] },
  af: { icd10: ['I48'], deathOnly: [], dateFields: [] },
  scd: { icd10: ['I46'], deathOnly: ['I490', 'R96'], dateFields: [] },
  hf: { icd10: ['I50', 'I110', 'I130', 'I132'], deathOnly: [], dateFields: [] },
  mi: { icd10: ['I21', 'I22', 'I23', 'I252'], deathOnly: [], dateFields: [42000] },
  cmp: { icd10: ['I42'], deathOnly: [], dateFields: [] },
}

/** Every date field that some list names. */
export const outcomeDateFields: readonly number[] = outcomeIds.flatMap((id) => outcomeCodes[id].dateFields)

/** One person's medical history as the tables have it. Dates `YYYY-MM-DD`. */
export type History = {
  /** Imaging visit, field 53-2.0. */
  indexDate?: string
  diagnoses: readonly { code: string; date?: string }[]
  deathDate?: string
  deathCauses: readonly string[]
  /** Lost to follow-up, field 191. */
  lostDate?: string
  /** First dates of algorithmically defined outcomes, by field. */
  firstDates: Readonly<Record<number, string>>
}

/** One outcome of one person. Flags are all false where no code is found. */
export type Outcome = {
  /** Coded at any time: the label of the demo's classifiers. */
  ever: boolean
  /** First coded on or before the index date. */
  prevalent: boolean
  /** First coded after the index date. */
  incident: boolean
  /** Days from the index date to the first code; negative before; NaN without a code or a date. */
  firstDays: number
}

/** An ICD code without dot and blanks, in capitals, so that `I48`, `I480` and `i48.0` compare. */
export function normaliseCode(code: string): string {
  return code.replace(/[\s.]/g, '').toUpperCase()
}

/**
 * The six outcomes of one person.
 *
 * A coded event without a date, or a person without an index date, counts as `ever` alone: its time is not known.
 */
export function codeOutcomes(history: History): Record<OutcomeId, Outcome> {
  const index = dayNumber(history.indexDate)
  return Object.fromEntries(outcomeIds.map((id) => [id, codeOne(history, outcomeCodes[id], index)])) as Record<OutcomeId, Outcome>
}

/** Dates that say "not known" (UK Biobank data-coding 819): without a date, at or near birth, in the future. */
const PLACEHOLDER_DATES = new Set(['1900-01-01', '1901-01-01', '1902-02-02', '1903-03-03', '1909-09-09', '2037-07-07'])

function eventDay(date: string | undefined): number {
  return date !== undefined && PLACEHOLDER_DATES.has(date) ? Number.NaN : dayNumber(date)
}

function codeOne(history: History, codes: OutcomeCodes, index: number): Outcome {
  const days: number[] = []
  for (const { code, date } of history.diagnoses) if (hasPrefix(code, codes.icd10)) days.push(eventDay(date))
  const deadly = [...codes.icd10, ...codes.deathOnly]
  for (const code of history.deathCauses) if (hasPrefix(code, deadly)) days.push(eventDay(history.deathDate))
  for (const field of codes.dateFields) {
    const date = history.firstDates[field]
    if (date !== undefined) days.push(eventDay(date))
  }
  const dated = days.filter((day) => !Number.isNaN(day))
  const firstDays = dated.length > 0 ? Math.min(...dated) - index : Number.NaN
  return { ever: days.length > 0, prevalent: firstDays <= 0, incident: firstDays > 0, firstDays }
}

function hasPrefix(code: string, prefixes: readonly string[]): boolean {
  const plain = normaliseCode(code)
  return prefixes.some((prefix) => plain.startsWith(prefix))
}

/**
 * Days from the index date to the end of observation: death, loss, or the end of hospital records, whichever is first.
 *
 * @param censorDate  Last day that the hospital records cover, `YYYY-MM-DD`. Without it the time is known of the dead and the lost
 *                    alone, who are not like the others: then it is known of nobody.
 * @returns           NaN where it is not known.
 */
export function followUpDays(history: History, censorDate?: string): number {
  const ends = [history.deathDate, history.lostDate].map(dayNumber).filter((day) => !Number.isNaN(day))
  return Math.min(...ends, dayNumber(censorDate)) - dayNumber(history.indexDate)
}
