// Wide CSV and TSV tables, read at the speed of the disk: bytes are split, and only the wanted columns ever become text.
// Hands on: readHeader, scanTable.
//
// Source: RFC 4180 (quotes, doubled quotes, line ends). Own, because a basket of 2,000 x 20,001 columns takes general readers
// tens of seconds (libraries.md).
import { closeSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import { type CineLeadError, fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { redact } from '../base/privacy.ts'
import { fileFault } from './atomic.ts'

const CHUNK_BYTES = 4 * 1024 * 1024
const MAX_ROW_BYTES = 256 * 1024 * 1024 // the widest baskets have rows under 1 MB; more means a quote that is never closed
const QUOTE = 0x22
const NEWLINE = 0x0a
const RETURN = 0x0d
const BLANK = 0x20
const BYTE_ORDER_MARK = Buffer.from('\uFEFF')
const DELIMITERS = ['\t', ';', ','] as const

type Delimiter = (typeof DELIMITERS)[number]

/** A table's columns and the byte that parts them. */
export type TableHeader = { path: string; names: readonly string[]; delimiter: Delimiter }

/**
 * The header of a table; of tab, semicolon and comma, the one that parts its first line most often parts its columns.
 *
 * @throws  cohort/table-empty when there is no first line; cohort/not-found, cohort/no-permission.
 */
export function readHeader(path: string): TableHeader {
  const headers = DELIMITERS.flatMap((delimiter): TableHeader[] => {
    let header: TableHeader | undefined
    splitRows(path, delimiter, undefined, (values) => {
      header = { path, names: values.map((name) => name.trim()), delimiter }
      return false
    })
    return header === undefined ? [] : [header]
  })
  if (headers.length > 0) return headers.reduce((best, header) => (header.names.length > best.names.length ? header : best))
  throw tableFault('cohort/table-empty', path, 'a table with a header line', 'an empty file', 'Is the export complete? Make it again.')
}

/**
 * Gives the wanted cells of every row after the header.
 *
 * @param header   From `readHeader`.
 * @param columns  Zero-based columns, ascending.
 * @param onRow    Gets their texts, and the row's number counted from 1 with the header as 1.
 * @throws         cohort/table-row when a row has another number of columns than the header (a truncated file);
 *                 cohort/table-quote when a quote is never closed.
 */
export function scanTable(header: TableHeader, columns: readonly number[], onRow: (values: string[], rowNumber: number) => void): void {
  let rowNumber = 0
  splitRows(header.path, header.delimiter, columns, (values, numColumns) => {
    rowNumber++
    if (rowNumber === 1) return true
    if (numColumns !== header.names.length) {
      if (numColumns === 1 && (values[0] ?? '') === '') return true
      throw tableFault(
        'cohort/table-row',
        header.path,
        `${header.names.length} columns in row ${rowNumber}`,
        `${numColumns}`,
        'Was the file cut off, or a line edited by hand? Export it again.',
      )
    }
    onRow(values, rowNumber)
    return true
  })
}

type RowTaker = (values: string[], numColumns: number) => boolean

/** Splits a file into rows; `columns` undefined takes all. The taker returns false to stop. */
function splitRows(path: string, delimiter: Delimiter, columns: readonly number[] | undefined, take: RowTaker): void {
  let descriptor: number
  try {
    descriptor = openSync(path, 'r')
  } catch (error) {
    throw fileFault(error, 'scanTable', `the table ${basename(path)}`)
  }
  try {
    let buffer: Buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    let filled = readSync(descriptor, buffer, 0, BYTE_ORDER_MARK.length, null)
    if (buffer.subarray(0, filled).equals(BYTE_ORDER_MARK)) filled = 0
    for (;;) {
      if (filled === buffer.length) buffer = grown(buffer, path)
      const count = readSync(descriptor, buffer, filled, buffer.length - filled, null)
      filled += count
      const isLast = count === 0
      let start = 0
      while (start < filled) {
        const row = splitRow(buffer, start, filled, delimiter.charCodeAt(0), columns, isLast)
        if (row === undefined) break
        if (!take(row.values, row.numColumns)) return
        start = row.end
      }
      if (isLast) {
        if (start < filled)
          throw tableFault(
            'cohort/table-quote',
            path,
            'every quote closed',
            'a quote open at the end',
            'Was the file cut off? Export it again.',
          )
        return
      }
      buffer.copyWithin(0, start, filled)
      filled -= start
    }
  } finally {
    closeSync(descriptor)
  }
}

function grown(buffer: Buffer, path: string): Buffer {
  if (buffer.length * 2 > MAX_ROW_BYTES) {
    throw tableFault(
      'cohort/table-quote',
      path,
      `rows under ${inBytes(MAX_ROW_BYTES)}`,
      'a longer one',
      'A quote is probably never closed: export the table again.',
    )
  }
  const larger = Buffer.allocUnsafe(buffer.length * 2)
  buffer.copy(larger)
  return larger
}

type Row = { values: string[]; numColumns: number; end: number }

/** One row from `start`, or `undefined` when its end is not in the buffer yet. */
function splitRow(
  buffer: Buffer,
  start: number,
  filled: number,
  delimiter: number,
  columns: readonly number[] | undefined,
  isLast: boolean,
): Row | undefined {
  const values: string[] = []
  let column = 0
  let next = 0
  let from = start
  for (;;) {
    let to = from
    const isQuoted = buffer[from] === QUOTE && from < filled
    if (isQuoted) {
      to = closingQuote(buffer, from + 1, filled)
      if (to < 0) return undefined
      to++
    }
    while (to < filled && buffer[to] !== delimiter && buffer[to] !== NEWLINE) to++
    if (to === filled && !isLast) return undefined
    if (columns === undefined || columns[next] === column) {
      values.push(cellText(buffer, from, to, isQuoted))
      next++
    }
    column++
    if (to === filled || buffer[to] === NEWLINE) return { values, numColumns: column, end: Math.min(to + 1, filled) }
    from = to + 1
  }
}

/** Place of the quote that closes, -1 when it is not in the buffer. */
function closingQuote(buffer: Buffer, from: number, filled: number): number {
  for (let i = from; i < filled; i++) {
    if (buffer[i] !== QUOTE) continue
    if (buffer[i + 1] === QUOTE && i + 1 < filled) i++
    else return i
  }
  return -1
}

function cellText(buffer: Buffer, from: number, to: number, isQuoted: boolean): string {
  let end = to
  while (end > from && (buffer[end - 1] === RETURN || (isQuoted && buffer[end - 1] === BLANK))) end--
  if (!isQuoted) return end === from ? '' : buffer.toString('utf8', from, end)
  if (buffer[end - 1] === QUOTE) end--
  if (end <= from + 1) return ''
  const text = buffer.toString('utf8', from + 1, end)
  return text.includes('""') ? text.replaceAll('""', '"') : text
}

function tableFault(code: string, path: string, expected: string, received: string, hint: string): CineLeadError {
  return fault({ code, where: 'scanTable', expected, received, hint, at: redact(basename(path)) })
}
