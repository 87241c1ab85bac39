// The cohort's tables beside the bulk files: phenotypes and outcomes in UK Biobank's column dialects, the withdrawn list, the truth.
// Hands on: cohortTables. Field numbers: UK Biobank showcase as read in public code of the field.
import { phenotypes } from '../base/phenotypes.ts'
import type { PrintedMeasurements } from '../formats/recording.ts'
import { recorderPrintout } from './ecg.ts'
import { type History, historyOf } from './history.ts'
import type { Person } from './person.ts'
import { drawQuirks, type QuirkRates } from './quirks.ts'
import type { MadeFile } from './study-zip.ts'
import { measuredPhenotypes } from './table-measurements.ts'
import { truthTable } from './truth-table.ts'

/** How columns are called: `31-0.0` (basket CSV), `f.31.0.0` (basket for R), `p31`, `p53_i2`, `p41280_a0` (Research Analysis Platform). */
export type Dialect = 'basket' | 'r' | 'rap'

export type TableOptions = {
  dialect?: Dialect
  quirks?: Partial<QuirkRates>
  /** Relative measurement error of the table's volumes, as an automated analysis would have; default 0.03. */
  measurementError?: number
  applicationId?: number
  /** Name of the main table; default `participants.csv`. */
  tableName?: string
}

type Column = { field: number; instance: number; array?: number; value: (row: Row) => string }
type Row = { person: Person; history: History; measured: Map<number, string>; printed: PrintedMeasurements }

function columnName(column: Column, dialect: Dialect): string {
  const { field, instance, array } = column
  if (dialect === 'basket') return `${field}-${instance}.${array ?? 0}`
  if (dialect === 'r') return `f.${field}.${instance}.${array ?? 0}`
  const visit = instance > 0 ? `_i${instance}` : ''
  return `p${field}${visit}${array === undefined ? '' : `_a${array}`}`
}

/** Fields that the imaging visit measures, with what of a person they hold. */
const visitColumns: Column[] = [
  { field: 31, instance: 0, value: ({ person }) => (person.isMale ? '1' : '0') },
  { field: 53, instance: 2, value: ({ person }) => person.visitOn },
  { field: 21003, instance: 2, value: ({ person }) => String(Math.floor(person.ageYears)) },
  { field: 50, instance: 2, value: ({ person }) => person.heightCm.toFixed(0) },
  { field: 21002, instance: 2, value: ({ person }) => person.weightKg.toFixed(1) },
  { field: 21001, instance: 2, value: ({ person }) => person.bmi.toFixed(4) },
  { field: 4080, instance: 2, array: 0, value: ({ person }) => person.systolicMmhg.toFixed(0) },
  { field: 4079, instance: 2, array: 0, value: ({ person }) => person.diastolicMmhg.toFixed(0) },
  ...phenotypes.map(({ field }): Column => ({ field, instance: 2, value: ({ measured }) => measured.get(field) ?? '' })),
  ...regionalColumns(),
  { field: 12336, instance: 2, value: ({ printed }) => text(printed.heartRateBpm) },
  { field: 12338, instance: 2, value: ({ printed }) => text(printed.pMs) },
  { field: 12340, instance: 2, value: ({ printed }) => text(printed.qrsMs) },
  { field: 22330, instance: 2, value: ({ printed }) => text(printed.prMs) },
  { field: 22331, instance: 2, value: ({ printed }) => text(printed.qtMs) },
  { field: 22332, instance: 2, value: ({ printed }) => text(printed.qtcMs) },
  { field: 22333, instance: 2, value: ({ printed }) => text(printed.rrMs) },
  { field: 22334, instance: 2, value: ({ printed }) => text(printed.ppMs) },
  { field: 22335, instance: 2, value: ({ printed }) => text(printed.pAxisDeg) },
  { field: 22336, instance: 2, value: ({ printed }) => text(printed.qrsAxisDeg) },
  { field: 22337, instance: 2, value: ({ printed }) => text(printed.tAxisDeg) },
  { field: 22421, instance: 2, value: ({ measured }) => measured.get(22421) ?? '' },
  { field: 22420, instance: 2, value: ({ measured }) => measured.get(22420) ?? '' },
]

/** Atria, wall thickness and strain of category 157; the numbers are those that public code of the field reads. */
function regionalColumns(): Column[] {
  const fields = [
    ...[24110, 24111, 24112, 24113, 24114, 24115, 24116, 24117], // left then right atrium: largest, smallest, stroke volume, EF
    ...Array.from({ length: 17 }, (_, k) => 24124 + k), // wall thickness, segments 1-16 and global
    ...Array.from({ length: 17 }, (_, k) => 24141 + k), // circumferential strain
    ...Array.from({ length: 17 }, (_, k) => 24158 + k), // radial strain
    24181, // longitudinal strain, global
  ]
  return fields.map((field): Column => ({ field, instance: 2, value: ({ measured }) => measured.get(field) ?? '' }))
}

function text(value: number | undefined): string {
  return value === undefined ? '' : String(value)
}

/**
 * Tables of a cohort.
 *
 * @param persons  Everyone, in any order; those whose quirks say so stand in the withdrawn list as well.
 * @returns        The participants' table, `w<application>_<date>.csv`, and `truth.csv`, which no later step may read.
 */
export function cohortTables(persons: readonly Person[], options: TableOptions = {}): MadeFile[] {
  const dialect = options.dialect ?? 'basket'
  const rows = persons.map((person): Row => {
    const history = historyOf(person)
    return {
      person,
      history,
      measured: measuredPhenotypes(person, options.quirks, options.measurementError),
      printed: recorderPrintout(person),
    }
  })
  const widest = Math.max(1, ...rows.map(({ history }) => history.diagnoses.length))
  const columns = [...visitColumns, ...outcomeColumns(widest, dialect)]
  const head = [dialect === 'r' ? 'f.eid' : 'eid', ...columns.map((column) => columnName(column, dialect))]
  const lines = rows.map((row) => [row.person.eid, ...columns.map((column) => column.value(row))].map(quoted).join(','))
  const withdrawn = persons.filter((person) => drawQuirks(person, options.quirks).withdrawn).map(({ eid }) => eid)
  return [
    { name: options.tableName ?? 'participants.csv', bytes: encode([head.join(','), ...lines]) },
    { name: `w${options.applicationId ?? 90000}_20240131.csv`, bytes: encode(withdrawn) },
    { name: 'truth.csv', bytes: truthTable(persons) },
  ]
}

function encode(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(lines.length > 0 ? `${lines.join('\n')}\n` : '')
}

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function outcomeColumns(widest: number, dialect: Dialect): Column[] {
  const columns: Column[] = []
  if (dialect === 'rap') {
    // The platform puts all codes into one cell, in the order of the dates' array index.
    columns.push({
      field: 41270,
      instance: 0,
      value: ({ history }) => (history.diagnoses.length > 0 ? JSON.stringify(history.diagnoses.map(({ code }) => code)) : ''),
    })
  } else {
    for (let k = 0; k < widest; k++)
      columns.push({ field: 41270, instance: 0, array: k, value: ({ history }) => history.diagnoses[k]?.code ?? '' })
  }
  for (let k = 0; k < widest; k++)
    columns.push({ field: 41280, instance: 0, array: k, value: ({ history }) => history.diagnoses[k]?.on ?? '' })
  return [
    ...columns,
    { field: 40000, instance: 0, ...(dialect === 'rap' ? { array: undefined } : {}), value: ({ history }) => history.death?.on ?? '' },
    { field: 40001, instance: 0, value: ({ history }) => history.death?.cause ?? '' },
    { field: 42000, instance: 0, value: ({ history }) => history.infarctionOn ?? '' },
    { field: 191, instance: 0, value: () => '' },
  ]
}
