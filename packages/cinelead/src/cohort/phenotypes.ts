// UK Biobank tables -> one person's values: sex, visit measurements, the ten phenotypes, medical history.
// Hands on: readPersons, Person, VisitValues.
//
// Source: field numbers of field.md section 15; percent becomes fraction by `perUnit` of base/phenotypes.
import { fault } from '../base/errors.ts'
import { type PhenotypeValues, phenotypeIds, phenotypes } from '../base/phenotypes.ts'
import { type FieldColumn, isEmptyCell, listValues, parseColumn } from './fields.ts'
import { type History, outcomeDateFields } from './outcomes.ts'
import { dayNumber } from './pair.ts'
import { readHeader, scanTable, type TableHeader } from './tables.ts'

/** What was measured at one visit; NaN where the table has nothing. */
export type VisitValues = {
  /** `YYYY-MM-DD`, field 53. */
  date?: string
  ageYears: number
  bmi: number
  heightCm: number
  weightKg: number
  heartRateBpm: number
  phenotypes: PhenotypeValues
}

export type Person = { sex: 'female' | 'male' | 'unknown'; visits: Map<number, VisitValues>; history: Omit<History, 'indexDate'> }

/** What was read; cells that cannot be read, by field, which count as missing; rows of those who had one in the same table already. */
export type Persons = { persons: Map<string, Person>; badCells: Map<number, number>; numRepeated: number }

const FIELD = {
  sex: 31,
  visitDate: 53,
  age: 21003,
  bmi: 21001,
  height: 50,
  weight: 21002,
  heartRate: 22426,
  diagnoses: 41270,
  diagnosisDates: 41280,
  icd9: 41271,
  icd9Dates: 41281,
  deathDate: 40000,
  deathCause: 40001,
  deathCauses: 40002,
  lost: 191,
} as const

const VISIT_NUMBERS: Record<number, (values: VisitValues, value: number) => void> = {
  [FIELD.age]: (values, value) => void (values.ageYears = value),
  [FIELD.bmi]: (values, value) => void (values.bmi = value),
  [FIELD.height]: (values, value) => void (values.heightCm = value),
  [FIELD.weight]: (values, value) => void (values.weightKg = value),
  [FIELD.heartRate]: (values, value) => void (values.heartRateBpm = value),
}
for (const { id, field, perUnit } of phenotypes) VISIT_NUMBERS[field] = (values, value) => void (values.phenotypes[id] = value * perUnit)

/** Fields without which there is nothing to learn or to group by. */
const REQUIRED = [FIELD.sex, FIELD.visitDate, FIELD.age, FIELD.diagnoses, FIELD.diagnosisDates, ...phenotypes.map(({ field }) => field)]

/** Fields with one value a person, and fields that are lists. */
const SINGLE = new Set<number>([FIELD.sex, FIELD.deathDate, FIELD.lost, ...outcomeDateFields])
const LISTS = new Set<number>([FIELD.diagnoses, FIELD.diagnosisDates, FIELD.icd9, FIELD.icd9Dates, FIELD.deathCause, FIELD.deathCauses])

const MAX_ITEMS = 1000 // room for one instance's items: 41270 has at most 243 (field.md 14.4)

type WantedColumn = FieldColumn & { column: number }

/**
 * Reads the wanted fields of the wanted participants from one or several tables; a person's fields may lie in different tables.
 *
 * @param paths  CSV or TSV files, any of the three dialects.
 * @param keep   Whether a participant number is wanted.
 * @throws       cohort/table-fields with every missing field at once; the codes of `scanTable`.
 */
export function readPersons(paths: readonly string[], keep: (eid: string) => boolean): Persons {
  const tables = paths.map(readHeader).map((header) => ({ header, ...wantedColumns(header) }))
  expectFields(tables)
  const drafts = new Map<string, Draft>()
  const badCells = new Map<number, number>()
  const onBad = (field: number) => badCells.set(field, (badCells.get(field) ?? 0) + 1)
  let numRepeated = 0
  for (const { header, eidColumn, wanted } of tables) {
    if (eidColumn === undefined || wanted.length === 0) continue
    const columns = [...wanted, { field: 0, column: eidColumn }].sort((a, b) => a.column - b.column)
    const eidPlace = columns.findIndex(({ column }) => column === eidColumn)
    const places = columns.map(({ column }) => column)
    const seen = new Set<string>()
    scanTable(header, places, (cells) => {
      const eid = cells[eidPlace].trim()
      if (!keep(eid)) return
      if (seen.has(eid)) numRepeated++
      seen.add(eid)
      const draft = drafts.get(eid) ?? emptyDraft()
      drafts.set(eid, draft)
      columns.forEach((column, place) => {
        if (place !== eidPlace) takeCell(draft, column, cells[place].trim(), onBad)
      })
    })
  }
  const persons = new Map<string, Person>()
  for (const [eid, draft] of drafts) persons.set(eid, finishPerson(draft, onBad))
  return { persons, badCells, numRepeated }
}

function wantedColumns(header: TableHeader): { eidColumn?: number; wanted: WantedColumn[] } {
  const wanted: WantedColumn[] = []
  let eidColumn: number | undefined
  header.names.forEach((name, column) => {
    const parsed = parseColumn(name)
    if (parsed === 'eid') eidColumn ??= column
    else if (parsed !== undefined && isWanted(parsed)) wanted.push({ ...parsed, column })
  })
  return { eidColumn, wanted }
}

function isWanted({ field }: FieldColumn): boolean {
  return SINGLE.has(field) || LISTS.has(field) || field === FIELD.visitDate || field in VISIT_NUMBERS
}

function expectFields(tables: readonly { eidColumn?: number; wanted: WantedColumn[] }[]): void {
  const found = new Set(tables.flatMap(({ eidColumn, wanted }) => (eidColumn === undefined ? [] : wanted.map(({ field }) => field))))
  const missing: string[] = REQUIRED.filter((field) => !found.has(field)).map(String)
  if (tables.every(({ eidColumn }) => eidColumn === undefined)) missing.unshift('eid')
  if (missing.length === 0) return
  throw fault({
    code: 'cohort/table-fields',
    where: 'readPersons',
    expected: `the fields eid, ${REQUIRED.join(', ')} in the tables`,
    received: `${tables.length} ${tables.length === 1 ? 'table' : 'tables'} without ${missing.join(', ')}`,
    hint: 'Add these fields to the export; columns may be named f.24100.2.0, 24100-2.0 or participant.p24100_i2.',
  })
}

/** A person while tables are being read: array fields are kept apart until codes and dates are both there. */
type Draft = { person: Person; lists: Map<number, string[]> }

function emptyDraft(): Draft {
  const history = { diagnoses: [], deathCauses: [], firstDates: {} }
  return { person: { sex: 'unknown', visits: new Map(), history }, lists: new Map() }
}

function emptyVisit(): VisitValues {
  const missing = Object.fromEntries(phenotypeIds.map((id) => [id, Number.NaN])) as PhenotypeValues
  const nothing = Number.NaN
  return { ageYears: nothing, bmi: nothing, heightCm: nothing, weightKg: nothing, heartRateBpm: nothing, phenotypes: missing }
}

function takeCell({ person, lists }: Draft, column: FieldColumn, text: string, onBad: (field: number) => void): void {
  if (isEmptyCell(text)) return
  if (LISTS.has(column.field)) addItems(lists, column, text)
  else takeValue(person, column, text, onBad)
}

/** A cell of an array field: one item at its index, or the whole list in one cell. */
function addItems(lists: Map<number, string[]>, { field, instance = 0, array }: FieldColumn, text: string): void {
  const list = lists.get(field) ?? []
  lists.set(field, list)
  const items = listValues(text)
  if (array === undefined) items.forEach((item, place) => void (list[place] = item))
  else list[instance * MAX_ITEMS + array] = items[0]
}

function finishPerson({ person, lists }: Draft, onBad: (field: number) => void): Person {
  const list = (field: number) => lists.get(field) ?? []
  const dates = (field: number) => list(field).map((text) => (text === '' ? text : (readDate(text, field, onBad) ?? '')))
  const icd9 = zipCodes(list(FIELD.icd9), dates(FIELD.icd9Dates)).map(({ code, date }) => ({ code: `ICD9:${code}`, date }))
  person.history.diagnoses = [...zipCodes(list(FIELD.diagnoses), dates(FIELD.diagnosisDates)), ...icd9]
  person.history.deathCauses = [...list(FIELD.deathCause), ...list(FIELD.deathCauses)].filter((code) => code !== undefined && code !== '')
  return person
}

function zipCodes(codes: readonly string[] = [], dates: readonly string[] = []): { code: string; date?: string }[] {
  const pairs: { code: string; date?: string }[] = []
  codes.forEach((code, place) => {
    if (code !== '') pairs.push({ code: code.split(/\s/, 1)[0], date: dates[place] || undefined })
  })
  return pairs
}

function takeValue(person: Person, { field, instance }: FieldColumn, text: string, onBad: (field: number) => void): void {
  const { history } = person
  if (field === FIELD.sex) {
    person.sex = parseSex(text)
    if (person.sex === 'unknown') onBad(field)
  } else if (field === FIELD.deathDate) history.deathDate = readDate(text, field, onBad)
  else if (field === FIELD.lost) history.lostDate = readDate(text, field, onBad)
  else if (outcomeDateFields.includes(field)) {
    // An event whose date cannot be read has happened all the same.
    history.firstDates = { ...history.firstDates, [field]: readDate(text, field, onBad) ?? '' }
  } else {
    const visit = instance ?? 0
    const values = person.visits.get(visit) ?? emptyVisit()
    person.visits.set(visit, values)
    if (field === FIELD.visitDate) values.date = readDate(text, field, onBad)
    else {
      const value = Number(text)
      if (Number.isFinite(value)) VISIT_NUMBERS[field](values, value)
      else onBad(field)
    }
  }
}

/** The day that a cell begins with, or nothing where it is written otherwise than `YYYY-MM-DD`. */
function readDate(text: string, field: number, onBad: (field: number) => void): string | undefined {
  if (!Number.isNaN(dayNumber(text))) return text.slice(0, 10)
  onBad(field)
  return undefined
}

/**
 * The visit whose values belong to recordings that do not say their visit: the first with a CMR phenotype, else the first of all.
 */
export function imagingVisit({ visits }: Person): number | undefined {
  const numbers = [...visits.keys()].sort((a, b) => a - b)
  const hasPhenotype = (visit: number) => Object.values(visits.get(visit)?.phenotypes ?? {}).some(Number.isFinite)
  return numbers.find(hasPhenotype) ?? numbers[0]
}

/** Field 31, data-coding 9: 0 female, 1 male; the Research Analysis Platform may write the words. */
function parseSex(text: string): Person['sex'] {
  const word = text.toLowerCase()
  if (word === '0' || word === 'female') return 'female'
  if (word === '1' || word === 'male') return 'male'
  return 'unknown'
}
