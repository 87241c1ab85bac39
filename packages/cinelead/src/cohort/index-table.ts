// The store's index: one row a subject as a Parquet table that pandas, R, DuckDB and this program read.
// Hands on: encodeIndex, decodeIndex. A number that is not known is null in the file and NaN in the program.
//
// Source: Apache Parquet through hyparquet and hyparquet-writer.
import { parquetRead } from 'hyparquet'
import { type BasicType, ByteWriter, parquetWrite } from 'hyparquet-writer'
import { fault } from '../base/errors.ts'
import { outcomeIds, phenotypeIds } from '../base/phenotypes.ts'
import type { Outcome } from './outcomes.ts'
import type { StoreRow } from './store-layout.ts'

type Cell = string | number | boolean

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

type Column = { name: string; type: BasicType; cell: (row: StoreRow) => Cell }

/** Every column of the index with its Parquet type and what of a row it holds, in file order. */
export const indexColumns: readonly Column[] = [
  ...TEXTS.map(plain('STRING')),
  ...WHOLE_NUMBERS.map(plain('INT32')),
  ...FLAGS.map(plain('BOOLEAN')),
  ...NUMBERS.map(plain('DOUBLE')),
  ...SPACING.map((name, axis): Column => ({ name, type: 'DOUBLE', cell: (row) => row.spacingMm[axis] })),
  ...phenotypeIds.map((id): Column => ({ name: id, type: 'DOUBLE', cell: (row) => row.phenotypes[id] })),
  ...phenotypeIds.map((id): Column => ({ name: `measured_${id}`, type: 'DOUBLE', cell: (row) => row.measured[id] })),
  ...outcomeIds.flatMap((id) =>
    Object.entries(OUTCOME_PARTS).map(
      ([part, ending]): Column => ({
        name: `${id}${ending}`,
        type: part === 'firstDays' ? 'DOUBLE' : 'BOOLEAN',
        cell: (row) => row.outcomes[id][part as keyof Outcome],
      }),
    ),
  ),
]

/** Columns that a row has under their own names. */
function plain(type: BasicType): (name: (typeof TEXTS | typeof WHOLE_NUMBERS | typeof FLAGS | typeof NUMBERS)[number]) => Column {
  return (name) => ({ name, type, cell: (row) => row[name] })
}

/**
 * The index as the bytes of a Parquet file; the same rows always give the same bytes.
 *
 * @param rows  In the order of shards and records.
 */
export function encodeIndex(rows: readonly StoreRow[]): Uint8Array {
  const known = (cell: Cell) => (typeof cell === 'number' && Number.isNaN(cell) ? null : cell)
  const writer = new ByteWriter()
  // Into memory the writer is done when it returns.
  void parquetWrite({
    writer,
    columnData: indexColumns.map(({ name, type, cell }) => ({ name, type, data: rows.map((row) => known(cell(row))) })),
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
  const columns = new Map<string, Cell[]>()
  try {
    await parquetRead({
      file: copy.buffer,
      onChunk({ columnName, columnData, rowStart }) {
        const column = columns.get(columnName) ?? []
        columns.set(columnName, column)
        for (let i = 0; i < columnData.length; i++) column[rowStart + i] = columnData[i] ?? Number.NaN
      },
    })
  } catch (cause) {
    throw indexFault('something else', cause)
  }
  const missing = indexColumns.filter(({ name }) => !columns.has(name)).map(({ name }) => name)
  if (missing.length > 0 && columns.size > 0) throw indexFault(`none named ${missing.join(', ')}`)
  return rowsOf(columns)
}

/** Rows from columns. Tens of thousands are built each time a store is opened: plain loops over groups of columns. */
function rowsOf(columns: ReadonlyMap<string, Cell[]>): StoreRow[] {
  const group = (names: readonly string[], keys: readonly string[] = names) => {
    const members = names.map((name, k) => ({ key: keys[k], column: columns.get(name) ?? [] }))
    return (i: number, into: Record<string, unknown> = {}) => {
      for (const { key, column } of members) into[key] = column[i]
      return into
    }
  }
  const fields = group([...TEXTS, ...WHOLE_NUMBERS, ...FLAGS, ...NUMBERS])
  const spacing = SPACING.map((name) => columns.get(name) ?? [])
  const phenotypes = group(phenotypeIds)
  const measured = group(
    phenotypeIds.map((id) => `measured_${id}`),
    phenotypeIds,
  )
  const parts = Object.entries(OUTCOME_PARTS)
  const outcomes = outcomeIds.map((id) =>
    group(
      parts.map(([, ending]) => `${id}${ending}`),
      parts.map(([part]) => part),
    ),
  )
  return Array.from({ length: columns.get('subject')?.length ?? 0 }, (_, i) => {
    const ofOutcomes: Record<string, unknown> = {}
    outcomeIds.forEach((id, k) => void (ofOutcomes[id] = outcomes[k](i)))
    const nested = { spacingMm: spacing.map((column) => column[i]), phenotypes: phenotypes(i), measured: measured(i), outcomes: ofOutcomes }
    return fields(i, nested) as unknown as StoreRow
  })
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
