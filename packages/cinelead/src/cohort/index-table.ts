// The store's index: one row a subject as a Parquet table that pandas, R, DuckDB and this program read.
// Hands on: encodeIndex, decodeIndex. A number that is not known is null in the file and NaN in the program.
//
// Source: Apache Parquet through hyparquet and hyparquet-writer.
import { parquetReadObjects } from 'hyparquet'
import { type BasicType, ByteWriter, parquetWrite } from 'hyparquet-writer'
import { fault } from '../base/errors.ts'
import { outcomeIds, type PhenotypeValues, phenotypeIds } from '../base/phenotypes.ts'
import type { Outcome } from './outcomes.ts'
import type { StoreRow } from './store-layout.ts'

type Cell = string | number | boolean
type FlatRow = Record<string, Cell | null>

const TEXTS = ['subject', 'split', 'sex', 'flags', 'digest'] as const
const WHOLE_NUMBERS = ['shard', 'row', 'visit', 'edFrame', 'esFrame', 'stackFrames', 'stackSlices'] as const
const FLAGS = ['hasEcg', 'hasCine'] as const
const NUMBERS = [
  'daysApart',
  'ageYears',
  'bmi',
  'heightCm',
  'weightKg',
  'tableHeartRateBpm',
  'ecgHeartRateBpm',
  'cineHeartRateBpm',
  'followUpDays',
] as const
const SPACING = ['sliceMm', 'rowMm', 'columnMm'] as const
const OUTCOME_PARTS = { ever: '', prevalent: '_prevalent', incident: '_incident', firstDays: '_days' } as const

/** Every column of the index with its Parquet type, in file order. */
export const indexColumns: readonly { name: string; type: BasicType }[] = [
  ...typed('STRING', TEXTS),
  ...typed('INT32', WHOLE_NUMBERS),
  ...typed('BOOLEAN', FLAGS),
  ...typed('DOUBLE', NUMBERS),
  ...typed('DOUBLE', SPACING),
  ...typed('DOUBLE', phenotypeIds),
  ...typed(
    'DOUBLE',
    phenotypeIds.map((id) => `measured_${id}`),
  ),
  ...outcomeIds.flatMap((id) => [...typed('BOOLEAN', [id, `${id}_prevalent`, `${id}_incident`]), ...typed('DOUBLE', [`${id}_days`])]),
]

function typed(type: BasicType, names: readonly string[]): { name: string; type: BasicType }[] {
  return names.map((name) => ({ name, type }))
}

/**
 * The index as the bytes of a Parquet file; the same rows always give the same bytes.
 *
 * @param rows  In the order of shards and records.
 */
export function encodeIndex(rows: readonly StoreRow[]): Uint8Array {
  const flat = rows.map(flatten)
  const writer = new ByteWriter()
  // Into memory the writer is done when it returns.
  void parquetWrite({
    writer,
    columnData: indexColumns.map(({ name, type }) => ({ name, type, data: flat.map((row) => row[name]) })),
    createdBy: 'cinelead',
  })
  return new Uint8Array(writer.getBuffer())
}

/**
 * Reads the index back.
 *
 * @throws  cohort/index when a column is missing: the file is from another version or not an index.
 */
export async function decodeIndex(bytes: Uint8Array): Promise<StoreRow[]> {
  const copy = new Uint8Array(bytes)
  let flat: FlatRow[]
  try {
    flat = (await parquetReadObjects({ file: copy.buffer })) as FlatRow[]
  } catch (cause) {
    throw indexFault('something else', cause)
  }
  const missing = flat.length === 0 ? [] : indexColumns.filter(({ name }) => !(name in flat[0])).map(({ name }) => name)
  if (missing.length > 0) throw indexFault(`none named ${missing.join(', ')}`)
  return flat.map(unflatten)
}

function flatten(row: StoreRow): FlatRow {
  const flat: FlatRow = {}
  for (const name of [...TEXTS, ...WHOLE_NUMBERS, ...FLAGS, ...NUMBERS]) flat[name] = row[name]
  SPACING.forEach((name, axis) => void (flat[name] = row.spacingMm[axis]))
  for (const id of phenotypeIds) {
    flat[id] = row.phenotypes[id]
    flat[`measured_${id}`] = row.measured[id]
  }
  for (const id of outcomeIds) {
    for (const [part, ending] of Object.entries(OUTCOME_PARTS)) flat[`${id}${ending}`] = row.outcomes[id][part as keyof Outcome]
  }
  for (const [name, value] of Object.entries(flat)) if (typeof value === 'number' && Number.isNaN(value)) flat[name] = null
  return flat
}

function unflatten(flat: FlatRow): StoreRow {
  const value = (name: string) => flat[name] ?? Number.NaN
  const fields: Record<string, Cell> = {}
  for (const name of [...TEXTS, ...WHOLE_NUMBERS, ...FLAGS, ...NUMBERS]) fields[name] = value(name)
  const values = (prefix: string) => Object.fromEntries(phenotypeIds.map((id) => [id, value(prefix + id)])) as PhenotypeValues
  const outcomes = Object.fromEntries(
    outcomeIds.map((id) => [
      id,
      Object.fromEntries(Object.entries(OUTCOME_PARTS).map(([part, ending]) => [part, value(`${id}${ending}`)])),
    ]),
  )
  return {
    ...fields,
    spacingMm: SPACING.map(value),
    phenotypes: values(''),
    measured: values('measured_'),
    outcomes,
  } as unknown as StoreRow
}

function indexFault(received: string, cause?: unknown) {
  return fault({
    code: 'cohort/index',
    where: 'decodeIndex',
    expected: `a Parquet table with ${indexColumns.length} known columns`,
    received,
    hint: 'The store is damaged or from another version: ingest again.',
    cause,
  })
}
