// One ECG and one cine of one person, close in time: which visit, which files, how many days apart.
// Hands on: pairByVisit (from file names), daysApart (from the dates inside the files).
//
// Source: UK Biobank names `{eid}_{field}_{instance}_{array}`, instance 2 = imaging visit, 3 = repeat imaging (field.md 14.1).

/** What exists of one subject: the files by visit, as discovered. */
export type VisitFiles = {
  visit: number
  ecgPaths: readonly string[]
  /** Short-axis cines: zip files, or a folder of images. */
  cinePaths: readonly string[]
  longAxisPaths: readonly string[]
}

/** One subject's pair of raw files. */
export type Pair = {
  subject: string
  visit: number
  ecgPath: string
  cinePaths: readonly string[]
  longAxisPaths: readonly string[]
}

/** Which of several complete visits is taken. */
export type VisitChoice = 'first' | 'last' | number

/**
 * The visit with both an ECG and a short-axis cine, and its files; where the visit has several ECGs the last array counts, as it
 * replaces the earlier ones.
 *
 * @returns  The pair, or in a few words why there is none.
 */
export function pairByVisit(subject: string, visits: readonly VisitFiles[], choice: VisitChoice = 'first'): Pair | { missing: string } {
  const wanted = typeof choice === 'number' ? visits.filter(({ visit }) => visit === choice) : visits
  const complete = wanted.filter(({ ecgPaths, cinePaths }) => ecgPaths.length > 0 && cinePaths.length > 0)
  if (complete.length === 0) return { missing: missingPart(wanted) }
  complete.sort((a, b) => a.visit - b.visit)
  const chosen = choice === 'last' ? complete[complete.length - 1] : complete[0]
  const ecgPath = chosen.ecgPaths[chosen.ecgPaths.length - 1]
  return { subject, visit: chosen.visit, ecgPath, cinePaths: chosen.cinePaths, longAxisPaths: chosen.longAxisPaths }
}

function missingPart(visits: readonly VisitFiles[]): string {
  const hasEcg = visits.some(({ ecgPaths }) => ecgPaths.length > 0)
  const hasCine = visits.some(({ cinePaths }) => cinePaths.length > 0)
  if (hasEcg && hasCine) return 'ECG and cine at different visits'
  if (hasEcg) return 'no short-axis cine'
  if (hasCine) return 'no ECG'
  return 'no ECG and no short-axis cine'
}

/**
 * Whole days between two dates.
 *
 * @param first   `YYYY-MM-DD`, or `undefined` where the file is silent.
 * @param second  The same.
 * @returns       Days, never negative; NaN where a date is missing or no date at all.
 */
export function daysApart(first: string | undefined, second: string | undefined): number {
  return Math.abs(dayNumber(second) - dayNumber(first))
}

/**
 * A date as a count of days since 1970-01-01, for arithmetic.
 *
 * @returns  NaN where the text is no date of the form `YYYY-MM-DD`.
 */
export function dayNumber(date: string | undefined): number {
  const parts = date === undefined ? null : /^(\d{4})-(\d\d)-(\d\d)/.exec(date)
  if (parts === null) return Number.NaN
  const [year, month, day] = parts.slice(1).map(Number)
  const time = Date.UTC(year, month - 1, day)
  const isReal = new Date(time).toISOString().startsWith(`${parts[1]}-${parts[2]}-${parts[3]}`)
  return isReal ? time / 86_400_000 : Number.NaN // milliseconds of a day
}
