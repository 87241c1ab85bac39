// The manifest of a UK Biobank imaging zip (fields 20207 to 20214): which DICOM file belongs to which series.
// Hands on: readUkbManifest, writeUkbManifest, isUkbManifest, UkbManifestRow.
// Source: the quirks were read in public converters of field 20209 (baiwenjia/ukbb_cardiac, mathpluscode/CineMA): the file is called
// `manifest.csv` or `manifest.cvs`, the date `Aug 30, 2015` stands without quotes, and a column is called `series discription`.
import { parse } from 'csv-parse/sync'
import { fault } from '../base/errors.ts'

/** One DICOM file of the archive. `patientId` is the participant's number: keep it out of messages, logs and stores. */
export type UkbManifestRow = {
  filename: string
  patientId: string
  seriesId: string
  seriesDescription: string
  /** `YYYY-MM-DD`; absent where the field is empty. */
  date?: string
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const BROKEN_DATE = /"?\b([A-Z][a-z]{2})[a-z]* (\d{1,2}), ((?:19|20)\d{2})\b"?/g
const columns = {
  filename: ['filename', 'file name', 'file'],
  patientId: ['patientid', 'patient id'],
  seriesId: ['seriesid', 'series id', 'seriesinstanceuid'],
  seriesDescription: ['series discription', 'series description', 'seriesdescription'],
  date: ['date', 'acquisition date', 'study date'],
} as const

/** Whether an archive's entry is its manifest, by name: either spelling, in any folder. */
export function isUkbManifest(name: string): boolean {
  return /(^|\/)manifest\.(csv|cvs)$/i.test(name)
}

function isoDate(text: string): string | undefined {
  const named = /^(\d{1,2})-([A-Z][a-z]{2})-(\d{4})$/.exec(text)
  if (named !== null) {
    const month = months.indexOf(named[2]) + 1
    return month === 0 ? undefined : `${named[3]}-${String(month).padStart(2, '0')}-${named[1].padStart(2, '0')}`
  }
  const plain = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(text)
  return plain === null ? undefined : `${plain[1]}-${plain[2]}-${plain[3]}`
}

/**
 * Reads a manifest in either spelling, with its date repaired.
 *
 * @param bytes  `manifest.csv` or `manifest.cvs`.
 * @returns      A row for each file, in the file's order.
 * @throws       formats/manifest-parse, formats/manifest-columns.
 */
export function readUkbManifest(bytes: Uint8Array): UkbManifestRow[] {
  const text = new TextDecoder()
    .decode(bytes)
    .replace(/^\uFEFF/, '')
    .replace(BROKEN_DATE, '$2-$1-$3')
  let table: string[][]
  try {
    table = parse(text, { skip_empty_lines: true, relax_column_count: true, trim: true, max_record_size: 100_000 })
  } catch (error) {
    throw fault({
      code: 'formats/manifest-parse',
      where: 'readUkbManifest',
      expected: 'comma separated values',
      received: 'an unclosed quote or an endless line',
      hint: 'Is this the manifest of a UK Biobank imaging zip?',
      cause: error,
    })
  }
  const header = (table[0] ?? []).map((name) => name.toLowerCase())
  const indexOf = (names: readonly string[]) => header.findIndex((name) => names.includes(name))
  const at = {
    filename: indexOf(columns.filename),
    patientId: indexOf(columns.patientId),
    seriesId: indexOf(columns.seriesId),
    seriesDescription: indexOf(columns.seriesDescription),
    date: indexOf(columns.date),
  }
  const missing = (['filename', 'seriesDescription'] as const).filter((key) => at[key] < 0)
  if (missing.length > 0)
    throw fault({
      code: 'formats/manifest-columns',
      where: 'readUkbManifest',
      expected: 'columns filename and series discription',
      received: `none for ${missing.join(', ')} among ${header.length} columns`,
      hint: 'Is this the manifest of a UK Biobank imaging zip?',
    })
  const cell = (row: readonly string[], index: number) => (index < 0 ? '' : (row[index] ?? ''))
  return table.slice(1).map((row) => ({
    filename: cell(row, at.filename),
    patientId: cell(row, at.patientId),
    seriesId: cell(row, at.seriesId),
    seriesDescription: cell(row, at.seriesDescription),
    date: isoDate(cell(row, at.date)),
  }))
}

/** Writes a manifest with UK Biobank's own quirks: the unquoted date and the misspelt column. */
export function writeUkbManifest(rows: readonly UkbManifestRow[]): Uint8Array {
  const day = (date: string | undefined) => {
    if (date === undefined) return ''
    const [year, month, dayOfMonth] = date.split('-').map(Number)
    return `${months[month - 1]} ${dayOfMonth}, ${year}`
  }
  const lines = rows.map((row) => [row.filename, row.patientId, row.seriesId, row.seriesDescription, day(row.date)].join(','))
  return new TextEncoder().encode(`${['filename,patientid,seriesid,series discription,date', ...lines].join('\n')}\n`)
}
