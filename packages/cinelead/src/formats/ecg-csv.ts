// ECGs as comma-separated text: one column a lead, one row a sample, a header row of lead names; reader and writer.
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { isStandardLead, leadName } from './lead-names.ts'
import type { Recording } from './recording.ts'
import { checkSize, createRecording, type LeadCounts, limits } from './waveform.ts'

const where = 'readEcgCsv'
const assumedRateHz = 500 // UK Biobank field 20205; taken with a warning where a file has no column of times
const unitUv: Readonly<Record<string, number>> = { uv: 1, µv: 1, microvolt: 1, mv: 1000, millivolt: 1000, v: 1e6, nv: 1e-3 }
export const maxCsvBytes = 24 * 1024 * 1024 // nine minutes of twelve leads at 500 Hz
const timeName = /^(time|t|seconds?|sec|s|ms|milliseconds?|zeit)$/i

// Leads beyond the twelve that a column may be named after: further chest leads, Frank's, a turned aVR.
const isLead = (name: string): boolean => isStandardLead(leadName(name)) || /^(V\d{1,2}R?|[XYZ]|-aVR|CC5|CM5)$/.test(leadName(name))

type Column = { name: string; unit: string; values: Float64Array }

/** True for text whose first line names two columns or more, a standard lead among them, and whose second line is numbers. */
export function isEcgCsv(head: string): boolean {
  const lines = head.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '' && !line.startsWith('#'))
  if (lines.length < 2) return false
  const names = splitLine(lines[0], separatorOf(lines[0]))
  // A unit in brackets may hold a micro sign in an encoding that is not known yet.
  const bare = names.map((name) => parseName(name.replace(/\s*[[(].*$/, '')).name)
  return bare.some((name) => isStandardLead(leadName(name))) && /^[\s\d.,;+\-eEnNaA\t"]+$/.test(lines[1])
}

/**
 * An ECG from text with a header row of lead names.
 *
 * Columns are separated by comma, semicolon or tab. A unit may stand in brackets behind a name (`V1 [uV]`), else values are mV.
 * A column of times (`time`, `time (ms)`) gives the rate; without one a line `# rateHz: 250` does, else 500 Hz are assumed and a warning
 * says so. Empty and NaN cells are missing samples. Lines beginning with # are skipped.
 *
 * @throws formats/csv-header, -cell, -times, -size; formats/leads, formats/length.
 */
export function readEcgCsv(bytes: Uint8Array): Recording {
  if (bytes.length > maxCsvBytes) throw refuse('size', `at most ${inBytes(maxCsvBytes)}`, inBytes(bytes.length))
  const text = textOf(bytes)
  const columns = readColumns(text)
  const times = columns.find(({ name }) => timeName.test(name))
  const named = columns.filter(({ name, unit }) => !timeName.test(name) && (isLead(name) || unitUv[unit] !== undefined))
  if (!named.some(({ name }) => isStandardLead(leadName(name)))) {
    throw refuse('header', 'a header row with names of leads (I, II, V1, …)', `${columns.length} columns of other names`)
  }
  const told = /^#\s*rateHz\s*[:=]\s*([\d.]+)/im.exec(text.slice(0, 2000))
  const rateHz = times === undefined ? (told === null ? assumedRateHz : Number(told[1])) : rateOf(times)
  const leads = named.map(({ name, unit, values }): LeadCounts => {
    const perUnitUv = unitUv[unit === '' ? 'mv' : unit] ?? Number.NaN
    const step = finestStep(values) // of the cells' own unit
    return { name, counts_T: values.map((value) => toCount(value / step)), resolutionUv: step * perUnitUv }
  })
  const warnings = times === undefined && told === null ? [`the file does not tell its sampling rate: ${assumedRateHz} Hz assumed`] : []
  return createRecording({ format: 'CSV', warnings }, leads, rateHz, where)
}

/** UTF-16 where a byte-order mark says so (Excel's "Unicode text"), else UTF-8, else windows-1252. */
function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  const utf8 = new TextDecoder('utf-8').decode(bytes)
  return utf8.includes('\ufffd') ? new TextDecoder('windows-1252').decode(bytes) : utf8
}

function readColumns(text: string): Column[] {
  let columns: Column[] | undefined
  let separator = ','
  let numRows = 0
  let capacity = 0
  let at = 0
  while (at < text.length) {
    let end = text.indexOf('\n', at)
    if (end < 0) end = text.length
    const line = text.slice(at, end).trim()
    at = end + 1
    if (line === '' || line.startsWith('#')) continue
    if (columns === undefined) {
      separator = separatorOf(line)
      const names = splitLine(line, separator)
      if (names.length > limits.maxLeads + 1) throw refuse('header', `at most ${limits.maxLeads + 1} columns`, String(names.length))
      // A row takes two bytes a cell at least.
      capacity = Math.floor((text.length - at) / Math.max(1, 2 * names.length - 1)) + 1
      checkSize(names.length, Math.max(1, capacity), where)
      columns = names.map((name) => ({ ...parseName(name), values: new Float64Array(capacity) }))
      continue
    }
    const cells = splitLine(line, separator)
    if (cells.length !== columns.length)
      throw refuse('cell', `${columns.length} cells in each row`, `${cells.length} in row ${numRows + 1}`)
    for (const [index, cell] of cells.entries()) columns[index].values[numRows] = parseCell(cell, separator, numRows)
    numRows++
  }
  if (columns === undefined || numRows === 0) throw refuse('header', 'a header row and rows of numbers', 'an empty file')
  return columns.map((column) => ({ ...column, values: column.values.subarray(0, numRows) }))
}

function separatorOf(line: string): string {
  return line.includes('\t') ? '\t' : line.includes(';') ? ';' : ','
}

function splitLine(line: string, separator: string): string[] {
  return line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
}

/** `V1 [uV]`, `V1 (mV)`, `V1_uV` or `V1`. */
function parseName(text: string): { name: string; unit: string } {
  const plain = text.replaceAll('\u03bc', '\u00b5') // the Greek letter for the micro sign
  const found = /^(.*?)[\s_]*[[(]\s*([\wµ]+)\s*[\])]\s*$/.exec(plain) ?? /^(.*)_([µumn]?V|ms|s)$/i.exec(plain)
  return found === null ? { name: text.trim(), unit: '' } : { name: found[1].trim(), unit: found[2].toLowerCase() }
}

function parseCell(cell: string, separator: string, row: number): number {
  if (cell === '' || /^nan$/i.test(cell)) return Number.NaN
  const plain = separator === ',' ? cell : cell.replace(',', '.')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(plain)) throw refuse('cell', 'a number in each cell', `a word in row ${row + 1}`)
  return Number(plain)
}

function rateOf({ name, unit, values }: Column): number {
  const perSec = /^(ms|milli)/i.test(name) || unit === 'ms' ? 1000 : 1
  const span = values[values.length - 1] - values[0]
  const rateHz = (perSec * (values.length - 1)) / span
  const step = span / (values.length - 1)
  for (let t = 1; t < values.length; t++) {
    if (!(Math.abs(values[t] - values[t - 1] - step) <= 0.51 * step))
      throw refuse('times', 'times that rise evenly', `a step of another size at row ${t + 1}`)
  }
  // Times are rounded, so that 360 Hz over ten seconds of milliseconds may read 360.003: a whole rate that they leave room for is meant.
  const whole = Math.round(rateHz)
  const room = finestStep(values) / span
  return Math.abs(whole - rateHz) <= room * rateHz ? whole : Number(rateHz.toPrecision(9))
}

/** Cells are decimals, so counts of their finest place are whole; cells of more places than that keep their value. */
function toCount(value: number): number {
  const whole = Math.round(value)
  return Math.abs(value - whole) < 1e-5 ? whole : value
}

/** The finest decimal place used, down to a billionth of the unit. */
function finestStep(values: Float64Array): number {
  for (let places = 0; places <= 6; places++) {
    const scale = 10 ** places
    if (
      values.every(
        (value) => Number.isNaN(value) || Math.abs(value * scale - Math.round(value * scale)) < 1e-6 * Math.max(1, Math.abs(value)),
      )
    )
      return 1 / scale
  }
  return 1e-6
}

/**
 * A recording as text: header row of lead names, one row a sample, mV.
 *
 * Numbers have as many digits as bring the same 32-bit number back; a missing sample is an empty cell.
 */
export function writeEcgCsv(recording: Recording): Uint8Array {
  const { leads, numSamples, ecg_LT } = recording
  const lines: string[] = [leads.map((name) => name.replace(/[,"\r\n]/g, ' ')).join(',')]
  for (let t = 0; t < numSamples; t++) {
    lines.push(leads.map((_, leadIndex) => shortest(ecg_LT[leadIndex * numSamples + t])).join(','))
  }
  return new TextEncoder().encode(`${lines.join('\n')}\n`)
}

/** The shortest decimal that is this 32-bit number again. */
function shortest(value: number): string {
  if (Number.isNaN(value)) return ''
  for (let digits = 3; digits <= 9; digits++) {
    const text = value.toPrecision(digits)
    if (Math.fround(Number(text)) === value) return String(Number(text))
  }
  return String(value)
}

function refuse(what: string, expected: string, received: string) {
  return fault({
    code: `formats/csv-${what}`,
    where,
    expected,
    received,
    hint: 'Write one column a lead in mV with a header row, such as I,II,III,…',
  })
}
