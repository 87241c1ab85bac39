// What lies in a raw folder: whose ECGs and cines of which visit, which tables, which lists of withdrawn participants.
// Hands on: discover, readWithdrawn, RawFolder. Files are known by name; nothing is opened here but the small lists.
//
// Source: UK Biobank bulk names `{eid}_{field}_{instance}_{array}` with 20205 (resting ECG), 20209 (short axis), 20208 (long
// axis); withdrawal lists `w{application}_{date}.csv` (field.md 14.1, 14.2, 14.4).
import { opendirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { fault } from '../base/errors.ts'
import { fileFault } from './atomic.ts'
import { type LooseFile, looseKind, looseSubjects } from './loose-folder.ts'
import type { VisitFiles } from './pair.ts'

/** What `simulate` writes beside the files it made, so that nobody takes them for people. */
export type SimulatedMark = {
  schema: 'cinelead.simulated/1'
  seed: number | string
  numSubjects: number
  /** Last day of the made hospital records, `YYYY-MM-DD`. */
  recordsEnd: string
  /** Digest of what was asked for. */
  request: string
  /** False while people are being made. */
  isComplete: boolean
}

export const simulatedMarkName = 'simulated.json'

/** A raw folder's content. The keys of `subjects` are participant numbers: they stay inside this program. */
export type RawFolder = {
  layout: 'uk-biobank' | 'folder-per-subject' | 'one-study'
  subjects: Map<string, VisitFiles[]>
  tables: string[]
  withdrawnLists: string[]
  /** Present when the folder was made by `simulate`. */
  simulated?: SimulatedMark
  /** Files that say nothing to this program. */
  numOther: number
}

const BULK = /^(?<eid>\d{7})_(?<field>20205|20208|20209)_(?<instance>\d+)_(?<array>\d+)\.(?<type>xml|zip)$/i
const WITHDRAWN = /^(w\d+[_-]\d+|withdraw[a-z]*[^.]*)\.(csv|txt)$/i
const TABLE = /\.(csv|tsv|tab)$/i
const LAYOUTS = 'files such as {eid}_20209_2_0.zip and {eid}_20205_2_0.xml, or a folder for each subject, or one folder of DICOM images'

/**
 * Walks a folder tree and sorts its files by subject and visit; links are followed, hidden and unfinished files are not.
 *
 * @param root  The raw folder.
 * @throws      cohort/no-subjects when nothing in it is an ECG or a cine; cohort/not-found, cohort/no-permission.
 */
export function discover(root: string): RawFolder {
  const folder: RawFolder = { layout: 'uk-biobank', subjects: new Map(), tables: [], withdrawnLists: [], numOther: 0 }
  const loose: LooseFile[] = []
  for (const path of filesUnder(root)) sortFile(folder, loose, root, path)
  if (folder.subjects.size === 0) {
    const { layout, subjects } = looseSubjects(root, loose)
    folder.layout = layout
    folder.subjects = subjects
  } else folder.numOther += loose.length
  if (folder.subjects.size === 0) {
    throw fault({
      code: 'cohort/no-subjects',
      where: 'discover',
      expected: LAYOUTS,
      received: `a folder with ${folder.tables.length} tables and ${folder.numOther} other files`,
      hint: 'Check the path; `cinelead inspect` says what a file is.',
    })
  }
  for (const visits of folder.subjects.values()) sortVisits(visits)
  folder.tables.sort()
  folder.withdrawnLists.sort()
  return folder
}

function sortFile(folder: RawFolder, loose: LooseFile[], root: string, path: string): void {
  const name = basename(path)
  const groups = BULK.exec(name)?.groups
  if (groups !== undefined) {
    const visit = visitOf(folder.subjects, groups.eid, Number(groups.instance))
    const isEcg = groups.field === '20205'
    if (isEcg !== (groups.type.toLowerCase() === 'xml')) folder.numOther++
    else if (isEcg) visit.ecgPaths.push(path)
    else if (groups.field === '20209') visit.cinePaths.push(path)
    else visit.longAxisPaths.push(path)
    return
  }
  if (name === simulatedMarkName) folder.simulated = readMark(path)
  else if (WITHDRAWN.test(name)) folder.withdrawnLists.push(path)
  else if (TABLE.test(name)) folder.tables.push(path)
  else {
    const kind = looseKind(name)
    if (kind === undefined) folder.numOther++
    else loose.push({ kind, path, parts: relative(root, path).split(sep) })
  }
}

type OpenVisit = { visit: number; ecgPaths: string[]; cinePaths: string[]; longAxisPaths: string[] }

function visitOf(subjects: Map<string, VisitFiles[]>, eid: string, visit: number): OpenVisit {
  const visits = (subjects.get(eid) ?? []) as OpenVisit[]
  subjects.set(eid, visits)
  const known = visits.find((one) => one.visit === visit)
  if (known !== undefined) return known
  const made: OpenVisit = { visit, ecgPaths: [], cinePaths: [], longAxisPaths: [] }
  visits.push(made)
  return made
}

function sortVisits(visits: VisitFiles[]): void {
  visits.sort((a, b) => a.visit - b.visit)
  for (const { ecgPaths, cinePaths, longAxisPaths } of visits as OpenVisit[])
    for (const paths of [ecgPaths, cinePaths, longAxisPaths]) paths.sort()
}

/** Every file below a folder, one at a time. */
function* filesUnder(root: string): Generator<string> {
  const seen = new Set<string>()
  const waiting = [root]
  while (waiting.length > 0) {
    const folder = waiting.pop() as string
    try {
      const real = realpathSync(folder)
      if (seen.has(real)) continue
      seen.add(real)
      const entries = opendirSync(folder)
      try {
        for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
          if (entry.name.startsWith('.') || entry.name.endsWith('.tmp')) continue
          const path = join(folder, entry.name)
          const target = entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry
          if (target?.isDirectory()) waiting.push(path)
          else if (target?.isFile()) yield path
        }
      } finally {
        entries.closeSync()
      }
    } catch (error) {
      throw fileFault(error, 'discover', folder === root ? 'the raw folder' : 'a folder below the raw folder')
    }
  }
}

function readMark(path: string): SimulatedMark {
  const text = readText(path, 'the mark of a simulated cohort')
  const hint = 'Run `cinelead simulate` again: it carries on where it was.'
  const expected = `${simulatedMarkName} of a finished cohort, schema cinelead.simulated/1`
  let mark: SimulatedMark
  try {
    mark = JSON.parse(text) as SimulatedMark
  } catch (cause) {
    throw fault({ code: 'cohort/simulated-mark', where: 'discover', expected, received: 'something else', hint, cause })
  }
  if (mark.schema === 'cinelead.simulated/1' && mark.seed !== undefined && mark.isComplete) return mark
  const received = mark.isComplete === false ? 'one that is not finished' : 'something else'
  throw fault({ code: 'cohort/simulated-mark', where: 'discover', expected, received, hint })
}

/**
 * The participants who withdrew: one a line, other columns, quotes and a header allowed.
 *
 * @param subjects  Who is in the raw folder, for studies whose participants have no numbers.
 * @throws          cohort/withdrawn when a line beside the header names nobody, or the header is all there is: passing over it would
 *                  keep people who left.
 */
export function readWithdrawn(paths: readonly string[], subjects: { has(eid: string): boolean }): Set<string> {
  const withdrawn = new Set<string>()
  for (const path of paths) {
    const lines = readText(path, 'the list of withdrawn participants')
      .split(/[\r\n]+/)
      .map((line) => line.split(/[,;\t]/).map((cell) => cell.replace(/["'\s\uFEFF]/g, '')))
      .filter((cells) => cells.some((cell) => cell !== ''))
    const named = lines.map((cells) => cells.filter((cell) => /^-?\d+$/.test(cell) || subjects.has(cell)))
    const numEmpty = named.filter(
      (cells, place) => cells.length === 0 && (place > 0 || lines.length === 1 || /^\d/.test(lines[0][0])),
    ).length
    if (numEmpty > 0) {
      throw fault({
        code: 'cohort/withdrawn',
        where: 'readWithdrawn',
        expected: 'one participant number a line',
        received: `${numEmpty} of ${lines.length} lines without one`,
        hint: 'Mend the list or download it again; rename the file if it is no list of withdrawn participants.',
      })
    }
    for (const eid of named.flat()) withdrawn.add(eid)
  }
  return withdrawn
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw fileFault(error, 'discover', what)
  }
}
