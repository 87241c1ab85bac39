// What ingest will do, before any recording is opened: who is there, who withdrew, whose visit is complete, what the tables say.
// Hands on: planIngest, IngestPlan. After this file a participant number is nowhere but in paths.
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fault } from '../base/errors.ts'
import { type PhenotypeValues, phenotypeIds } from '../base/phenotypes.ts'
import { settingsDigest } from '../cohort/digest.ts'
import type { Drop, IngestStep } from '../cohort/flow.ts'
import { discover, type RawFolder, readWithdrawn } from '../cohort/manifest.ts'
import { codeOutcomes, followUpDays, type History, outcomeCodesVersion } from '../cohort/outcomes.ts'
import { dayNumber, pairByVisit, type VisitChoice, type VisitFiles } from '../cohort/pair.ts'
import { imagingVisit, type Person, type Persons, readPersons } from '../cohort/phenotypes.ts'
import type { SubjectLabels } from '../cohort/store-layout.ts'
import { openSalt, saltFromSeed, subjectKey } from '../cohort/subject.ts'
import type { SubjectJob } from './ingest-subject.ts'

export type PlanOptions = {
  /** The raw folder. */
  raw: string
  /** Where the secret lies that turns participant numbers into keys; default `cinelead-salt` beside the raw folder, else one in the home folder. */
  salt?: string
  /** Which of several complete visits: `first` (default), `last`, or a number. */
  visit?: VisitChoice
  /** Keep subjects with an ECG or a cine alone; they take part in nothing. Default: only where nobody has both. */
  keepUnpaired?: boolean
  /** Last day that the hospital records cover, `YYYY-MM-DD`. */
  recordsEnd?: string
}

export type IngestPlan = {
  isSimulated: boolean
  numFound: number
  /** Subjects in the order of their keys. */
  jobs: SubjectJob[]
  drops: Drop[]
  notes: string[]
  labelsOf(job: SubjectJob): SubjectLabels
  /** Everything that decides on the store beside files and settings: another request is another store. */
  request: unknown
}

/**
 * Plans an ingest.
 *
 * @param storeDir  Where the salt may not lie.
 * @throws          The codes of `discover`, `readWithdrawn`, `readPersons`, `openSalt`; cohort/key-clash when two participants get one key; cli/visit, cli/records-end.
 */
export function planIngest(options: PlanOptions, storeDir: string): IngestPlan {
  expectOptions(options)
  const folder = discover(options.raw)
  const { simulated } = folder
  const salt =
    simulated === undefined || options.salt !== undefined
      ? openSalt(options.salt ?? defaultSalt(options.raw), [storeDir])
      : saltFromSeed(simulated.seed)
  const keyOf = new Map([...folder.subjects.keys()].map((eid) => [eid, subjectKey(eid, salt)]))
  expectDistinct(keyOf)
  const tables = readTables(folder)
  const persons = tables?.persons
  const withdrawn = readWithdrawn(folder.withdrawnLists, folder.subjects)
  const recordsEnd = options.recordsEnd ?? simulated?.recordsEnd
  const notes = notesOn(folder, tables, recordsEnd)
  const keepUnpaired = options.keepUnpaired ?? !hasAnyPair(folder)
  if (keepUnpaired && options.keepUnpaired === undefined)
    notes.push('no subject has both an ECG and a cine: subjects are kept for looking at, not for learning')
  const drops: Drop[] = []
  const jobs: SubjectJob[] = []
  const people = new Map<string, Person>()
  const drop = (step: IngestStep, reason: string) => void drops.push({ step, reason })
  for (const [eid, visits] of [...folder.subjects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const subject = keyOf.get(eid) as string
    const person = persons?.get(eid)
    const job = jobOf(subject, visits, options.visit, keepUnpaired)
    if (withdrawn.has(eid)) drop('not withdrawn', 'withdrawn')
    else if ('missing' in job) drop('ECG and short-axis cine of one visit', job.missing)
    else if (persons !== undefined && person === undefined) drop('in the table', 'not in the table')
    else {
      jobs.push(job)
      if (person !== undefined) people.set(subject, person)
    }
  }
  jobs.sort((a, b) => (a.subject < b.subject ? -1 : 1))
  const labelsOf = ({ subject, visit }: SubjectJob) => {
    const person = people.get(subject)
    const isNamed = folder.layout === 'uk-biobank' || person === undefined // its files say their visit; those of other layouts do not
    return labelsFor(person, isNamed ? visit : imagingVisit(person), recordsEnd)
  }
  const subjects = jobs.map((job) => settingsDigest([job.subject, job.visit, labelsOf(job)]))
  const request = { outcomeCodesVersion, drops, notes, simulated: simulated?.seed, subjects }
  return { isSimulated: simulated !== undefined, numFound: folder.subjects.size, jobs, drops, notes, labelsOf, request }
}

/**
 * A team's salt lies beside the raw folder, whose readers know the participant numbers anyway; where there is none, everybody has an
 * own one in the home folder, so that raw data may be read-only.
 */
function defaultSalt(raw: string): string {
  const ofTeam = join(dirname(resolve(raw)), 'cinelead-salt')
  return existsSync(ofTeam) ? ofTeam : join(homedir(), '.config', 'cinelead', 'salt')
}

function expectOptions({ visit, recordsEnd }: PlanOptions): void {
  const isVisit = visit === undefined || visit === 'first' || visit === 'last' || Number.isInteger(visit)
  const hint = 'Visits are first, last or an instance such as 2; dates are written 2022-10-31.'
  if (!isVisit)
    throw fault({ code: 'cli/visit', where: 'ingest', expected: 'first, last or a whole number', received: String(visit), hint })
  if (recordsEnd === undefined || !Number.isNaN(dayNumber(recordsEnd))) return
  throw fault({ code: 'cli/records-end', where: 'ingest', expected: 'a date YYYY-MM-DD', received: recordsEnd, hint })
}

function readTables(folder: RawFolder): Persons | undefined {
  return folder.tables.length === 0 ? undefined : readPersons(folder.tables, (eid) => folder.subjects.has(eid))
}

function notesOn({ simulated, layout }: RawFolder, tables: Persons | undefined, recordsEnd: string | undefined): string[] {
  const notes: string[] = []
  if (tables === undefined) notes.push('no table: subjects have no labels')
  else if (recordsEnd === undefined) notes.push('no end of the hospital records (--records-end): disease to come is not scored')
  if (simulated !== undefined) notes.push(`simulated cohort, seed ${simulated.seed}`)
  if (layout !== 'uk-biobank') notes.push(`layout: ${layout}`)
  for (const [field, count] of [...(tables?.badCells ?? [])].sort(([a], [b]) => a - b))
    notes.push(`field ${field}: ${count} cells cannot be read and count as missing`)
  const numRepeated = tables?.numRepeated ?? 0
  if (numRepeated > 0) notes.push(`tables: rows of participants who had one already: ${numRepeated}; the later one counts`)
  return notes
}

function hasAnyPair({ subjects }: RawFolder): boolean {
  for (const visits of subjects.values()) if (!('missing' in pairByVisit('', visits))) return true
  return false
}

/** The last of several arrays counts, as it replaces the earlier ones. */
function cinesOf({ cinePaths, longAxisPaths }: Pick<VisitFiles, 'cinePaths' | 'longAxisPaths'>) {
  return { cinePath: cinePaths.at(-1), longAxisPath: longAxisPaths.at(-1) }
}

function jobOf(
  subject: string,
  visits: readonly VisitFiles[],
  choice: VisitChoice | undefined,
  keepUnpaired: boolean,
): SubjectJob | { missing: string } {
  const pair = pairByVisit(subject, visits, choice)
  if (!('missing' in pair)) return { subject, visit: pair.visit, ecgPath: pair.ecgPath, ...cinesOf(pair) }
  const single = visits.find(({ cinePaths, ecgPaths }) => cinePaths.length > 0 || ecgPaths.length > 0)
  if (!keepUnpaired || single === undefined) return pair
  return { subject, visit: single.visit, ecgPath: single.ecgPaths.at(-1), ...cinesOf(single) }
}

/** What the tables say about a person at one visit; everything NaN and false where they say nothing. */
export function labelsFor(person: Person | undefined, visit: number | undefined, recordsEnd: string | undefined): SubjectLabels {
  const values = visit === undefined ? undefined : person?.visits.get(visit)
  const nothing = Number.NaN
  const missing = Object.fromEntries(phenotypeIds.map((id) => [id, nothing])) as PhenotypeValues
  const history: History = { indexDate: values?.date, diagnoses: [], deathCauses: [], firstDates: {}, ...person?.history }
  return {
    ageYears: values?.ageYears ?? nothing,
    sex: person?.sex ?? 'unknown',
    bmi: values?.bmi ?? nothing,
    heightCm: values?.heightCm ?? nothing,
    weightKg: values?.weightKg ?? nothing,
    tableHeartRateBpm: values?.heartRateBpm ?? nothing,
    phenotypes: values?.phenotypes ?? missing,
    outcomes: codeOutcomes(history),
    followUpDays: followUpDays(history, recordsEnd),
  }
}

function expectDistinct(keyOf: ReadonlyMap<string, string>): void {
  const numClashes = keyOf.size - new Set(keyOf.values()).size
  if (numClashes === 0) return
  throw fault({
    code: 'cohort/key-clash',
    where: 'planIngest',
    expected: 'another key for each participant',
    received: `${numClashes} keys that stand for two`,
    hint: 'This happens by chance once in many cohorts: give another salt file with --salt.',
  })
}
