// A made cohort as files, on all cores: UK Biobank's containers and tables, or ACDC's or WFDB's files. The same options, the same bytes.
// Hands on: simulate, SimulateOptions. Killed at any moment, the same command carries on; other options start anew.
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileFault, makeFolder, sweepUnfinished, writeWhole } from '../cohort/atomic.ts'
import { settingsDigest } from '../cohort/digest.ts'
import type { SimulatedMark } from '../cohort/manifest.ts'
import { cohortTables, type Dialect } from '../simulate/cohort-tables.ts'
import { recordsEndOn } from '../simulate/history.ts'
import { drawPerson } from '../simulate/person.ts'
import { scannerProfiles } from '../simulate/scanner.ts'
import { codeDigest } from './code-digest.ts'
import type { Report } from './progress.ts'
import type { PersonJob, PersonMade, SimulateShared } from './simulate-files-worker.ts'
import { isMarkedComplete, openPlace, writeMark } from './simulate-place.ts'
import { type CohortOptions, cohortOf, type FileKind, fileFolders } from './simulate-request.ts'
import { runPool } from './worker-pool.ts'

export type SimulateOptions = CohortOptions & {
  /** The folder that is made. */
  out: string
  /** `ukb` (default), `acdc`: NIfTI volumes with labels, `wfdb`: ECG records. */
  as?: FileKind
  /** `demo` (default): small and quick; `ukb`: UK Biobank's matrix and phases. */
  scanner?: keyof typeof scannerProfiles
  /** Column names of the table; default `basket`. */
  dialect?: Dialect
  /** Long-axis cines too (field 20208); default no. */
  longAxis?: boolean
  numWorkers?: number
}

export type SimulateSummary = { out: string; subjects: number; isReused: boolean; numMade: number; numFiles: number; sizeBytes: number }

const JOURNAL = '.simulated.jsonl' // one line a person whose files are all there
const ownNames: readonly string[] = [...Object.values(fileFolders).flat(), 'tables']
const TRUTH = '.truth' // hidden: no later step looks into it

/**
 * Makes a simulated cohort or completes one.
 *
 * @throws  The codes of `cohortOf`; cli/simulate-place when the folder holds anything that `simulate` did not make;
 *          cohort/disk-full, cohort/no-permission, cohort/write.
 */
export async function simulate(options: SimulateOptions, report: Report): Promise<SimulateSummary> {
  const { out, as = 'ukb', scanner = 'demo', dialect = 'basket', longAxis = false } = options
  const { numSubjects, seed, person, quirks } = cohortOf(options)
  const shared: SimulateShared = { out, seed, person, as, scanner: scannerProfiles[scanner], quirks, hasLongAxis: longAxis }
  const request = settingsDigest({
    ...shared,
    out: '',
    numSubjects,
    dialect,
    code: codeDigest(['cli/simulate-files-worker.ts', 'simulate/cohort-tables.ts']),
  })
  const mark: SimulatedMark = { schema: 'cinelead.simulated/1', seed, numSubjects, recordsEnd: recordsEndOn, request, isComplete: false }
  const old = openFor(out, mark)
  for (const folder of foldersOf(out, as)) sweepUnfinished(folder)
  const made = new Map(old.filter((each) => isWhole(out, each)).map((each) => [each.index, each]))
  const waiting = Array.from({ length: numSubjects }, (_, index): PersonJob => ({ index })).filter(({ index }) => !made.has(index))
  const isReused = waiting.length === 0 && isMarkedComplete(out)
  if (!isReused) {
    if (made.size > 0) report.say(`${made.size} of ${numSubjects} people are already there`)
    await makePeople(waiting, made, options.numWorkers, shared, report)
    const persons = Array.from({ length: numSubjects }, (_, index) => drawPerson(seed, index, person))
    for (const { name, bytes } of cohortTables(persons, { dialect, quirks })) {
      const folder = join(out, name === 'truth.csv' ? TRUTH : 'tables')
      makeFolder(folder, 'simulate', 'the raw folder')
      writeWhole(join(folder, name), bytes, { what: name })
    }
    writeMark(out, { ...mark, isComplete: true })
  }
  const all = [...made.values()].flatMap(({ files }) => files)
  const sizeBytes = all.reduce((sum, file) => sum + file.sizeBytes, 0)
  return { out, subjects: numSubjects, isReused, numMade: waiting.length, numFiles: all.length, sizeBytes }
}

async function makePeople(
  jobs: PersonJob[],
  made: Map<number, PersonMade>,
  numWorkers: number | undefined,
  shared: SimulateShared,
  report: Report,
): Promise<void> {
  if (jobs.length === 0) return
  const step = report.begin('simulating people', made.size + jobs.length)
  await runPool<PersonJob, PersonMade>({
    worker: new URL('./simulate-files-worker.ts', import.meta.url),
    shared,
    jobs,
    numWorkers,
    onResult(person) {
      made.set(person.index, person)
      appendJournal(shared.out, person)
      step.advance(made.size)
    },
  })
  step.done(`${jobs.length} made`)
}

/** Opens the folder for this request and gives back who is there; what an older request left is removed first. */
function openFor(out: string, mark: SimulatedMark): PersonMade[] {
  const { request, isNew } = openPlace(out, (name) => ownNames.includes(name))
  if (request === mark.request) return readJournal(out)
  if (!isNew) for (const name of [...ownNames, TRUTH, JOURNAL]) rmSync(join(out, name), { recursive: true, force: true })
  writeMark(out, mark)
  return []
}

/** The folders that hold files of people: those of the kind, and in ACDC's way one a person below them. */
function foldersOf(out: string, as: FileKind): string[] {
  const folders = fileFolders[as].map((name) => join(out, name)).filter((folder) => existsSync(folder))
  return as === 'acdc' ? folders.flatMap((folder) => [folder, ...readdirSync(folder).map((name) => join(folder, name))]) : folders
}

function appendJournal(out: string, person: PersonMade): void {
  try {
    appendFileSync(join(out, JOURNAL), `${JSON.stringify(person)}\n`)
  } catch (error) {
    throw fileFault(error, 'simulate', 'the journal')
  }
}

/** Everybody in the journal; a last line that a killed run left unfinished counts as nobody. */
function readJournal(out: string): PersonMade[] {
  const path = join(out, JOURNAL)
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as PersonMade]
      } catch (error) {
        if (error instanceof SyntaxError) return []
        throw error
      }
    })
}

function isWhole(out: string, { files }: PersonMade): boolean {
  return files.every(({ path, sizeBytes }) => statSync(join(out, path), { throwIfNoEntry: false })?.size === sizeBytes)
}
