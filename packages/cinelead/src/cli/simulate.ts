// `cinelead simulate`: a made cohort in UK Biobank's real containers, on all cores. The same options give the same bytes.
// Hands on: run, simulate, SimulateOptions. Killed at any moment, the same command carries on; other options start anew.
import { appendFileSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '../base/errors.ts'
import { fileFault, makeFolder, sweepUnfinished, writeWhole } from '../cohort/atomic.ts'
import { settingsDigest } from '../cohort/digest.ts'
import { type SimulatedMark, simulatedMarkName } from '../cohort/manifest.ts'
import { cohortTables, type Dialect } from '../simulate/cohort-tables.ts'
import { recordsEndOn } from '../simulate/history.ts'
import { drawPerson } from '../simulate/person.ts'
import { noQuirks, usualQuirkRates } from '../simulate/quirks.ts'
import { scannerProfiles } from '../simulate/scanner.ts'
import { codeDigest } from './code-digest.ts'
import { filesUnder } from './files-under.ts'
import type { Report } from './progress.ts'
import { explainCohort } from './simulate-explain.ts'
import type { PersonJob, PersonMade, SimulateShared } from './simulate-worker.ts'
import { runPool } from './worker-pool.ts'

export type SimulateOptions = {
  /** The raw folder that is made. */
  out: string
  /** How many people. */
  subjects: number
  /** Default 1. */
  seed?: number | string
  /** `demo` (default): small and quick; `ukb`: UK Biobank's matrix and phases. */
  scanner?: keyof typeof scannerProfiles
  /** Column names of the table; default `basket`. */
  dialect?: Dialect
  /** Real files' oddities and faults; default yes. */
  hasQuirks?: boolean
  numWorkers?: number
}

export type SimulateSummary = { out: string; subjects: number; isReused: boolean; numMade: number; numFiles: number; sizeBytes: number }

const JOURNAL = '.simulated.jsonl' // one line a person whose files are all there
const BULK_FOLDERS = ['20205', '20209'] // by UK Biobank field: ECG, short-axis cine
const TRUTH = '.truth' // hidden: no later step looks into it

/** What the verb takes: a folder to make, or the wish to be told how much these people's ECGs can tell at all. */
export type SimulateVerbOptions = Omit<SimulateOptions, 'out'> & { out?: string; explain?: boolean }

/**
 * The verb.
 *
 * @throws  cli/simulate-out when there is no folder to make; the codes of `simulate`.
 */
export async function run(options: SimulateVerbOptions, report: Report): Promise<void> {
  expectCount(options.subjects)
  if (options.explain === true) return explainCohort(options, report)
  if (options.out === undefined) {
    throw fault({
      code: 'cli/simulate-out',
      where: 'simulate',
      expected: 'a folder to make, or --explain',
      received: 'neither',
      hint: 'Name one: cinelead simulate --out raw.',
    })
  }
  const summary = await simulate({ ...options, out: options.out }, report)
  const { out, subjects, isReused, numFiles, sizeBytes } = summary
  report.answer(
    summary,
    `${out}: ${subjects} simulated people, ${numFiles} files, ${(sizeBytes / 2 ** 20).toFixed(0)} MiB${isReused ? '; nothing to do' : ''}`,
  )
}

/**
 * Makes a simulated cohort or completes one.
 *
 * @throws  cli/subjects for a count that is none; cli/simulate-place when the folder holds anything that `simulate` did not make;
 *          cohort/disk-full, cohort/no-permission, cohort/write.
 */
export async function simulate(options: SimulateOptions, report: Report): Promise<SimulateSummary> {
  const { out, subjects: numSubjects, seed = 1, scanner = 'demo', dialect = 'basket', hasQuirks = true } = options
  expectCount(numSubjects)
  const quirks = hasQuirks ? usualQuirkRates : noQuirks
  const request = settingsDigest({
    numSubjects,
    seed,
    scanner: scannerProfiles[scanner],
    dialect,
    quirks,
    code: codeDigest(['cli/simulate-worker.ts', 'simulate/cohort-tables.ts']),
  })
  const mark: SimulatedMark = { schema: 'cinelead.simulated/1', seed, numSubjects, recordsEnd: recordsEndOn, request, isComplete: false }
  const old = openPlace(out, mark)
  for (const folder of BULK_FOLDERS) sweepUnfinished(join(out, folder))
  const made = new Map(old.filter((person) => isWhole(out, person)).map((person) => [person.index, person]))
  const waiting = Array.from({ length: numSubjects }, (_, index): PersonJob => ({ index })).filter(({ index }) => !made.has(index))
  const isReused = waiting.length === 0 && isMarkedComplete(out)
  if (!isReused) {
    if (made.size > 0) report.say(`${made.size} of ${numSubjects} people are already there`)
    await makePeople(waiting, made, options, { out, seed, scanner: scannerProfiles[scanner], quirks }, report)
    const persons = Array.from({ length: numSubjects }, (_, index) => drawPerson(seed, index))
    for (const { name, bytes } of cohortTables(persons, { dialect, quirks })) {
      const folder = join(out, name === 'truth.csv' ? TRUTH : 'tables')
      makeFolder(folder, 'simulate', 'the raw folder')
      writeWhole(join(folder, name), bytes, { what: name })
    }
    writeMark(out, { ...mark, isComplete: true })
  }
  const files = [...made.values()].flatMap((person) => person.files)
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  return { out, subjects: numSubjects, isReused, numMade: waiting.length, numFiles: files.length, sizeBytes }
}

async function makePeople(
  jobs: PersonJob[],
  made: Map<number, PersonMade>,
  options: SimulateOptions,
  shared: SimulateShared,
  report: Report,
): Promise<void> {
  if (jobs.length === 0) return
  const step = report.begin('simulating people', made.size + jobs.length)
  await runPool<PersonJob, PersonMade>({
    worker: new URL('./simulate-worker.ts', import.meta.url),
    shared,
    jobs,
    numWorkers: options.numWorkers,
    onResult(person) {
      made.set(person.index, person)
      appendJournal(shared.out, person)
      step.advance(made.size)
    },
  })
  step.done(`${jobs.length} made`)
}

function expectCount(numSubjects: number): void {
  const most = 999_999 // seven digits that start with 9
  if (Number.isInteger(numSubjects) && numSubjects >= 1 && numSubjects <= most) return
  throw fault({
    code: 'cli/subjects',
    where: 'simulate',
    expected: `1 to ${most} subjects`,
    received: String(numSubjects),
    hint: 'Give a whole number: --subjects 240.',
  })
}

/** Opens the folder for this request and gives back who is there; what an older request left is removed first. */
function openPlace(out: string, mark: SimulatedMark): PersonMade[] {
  makeFolder(out, 'simulate', 'the raw folder')
  const markPath = join(out, simulatedMarkName)
  if (!existsSync(markPath)) {
    if (filesUnder(out).length > 0) {
      throw fault({
        code: 'cli/simulate-place',
        where: 'simulate',
        expected: 'an empty folder or one that simulate made',
        received: 'a folder with other files',
        hint: 'Simulated people must never lie among real ones: name another folder.',
      })
    }
  } else if (readMark(markPath)?.request === mark.request) return readJournal(out)
  else for (const name of [...BULK_FOLDERS, 'tables', TRUTH, JOURNAL]) rmSync(join(out, name), { recursive: true, force: true })
  for (const folder of BULK_FOLDERS) makeFolder(join(out, folder), 'simulate', 'the raw folder')
  writeMark(out, mark)
  return []
}

function writeMark(out: string, mark: SimulatedMark): void {
  writeWhole(join(out, simulatedMarkName), `${JSON.stringify(mark, null, 2)}\n`, { what: simulatedMarkName })
}

function readMark(path: string): SimulatedMark | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SimulatedMark
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw fileFault(error, 'simulate', simulatedMarkName)
  }
}

function isMarkedComplete(out: string): boolean {
  return readMark(join(out, simulatedMarkName))?.isComplete === true
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
