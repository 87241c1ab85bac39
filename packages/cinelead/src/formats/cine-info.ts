// Side files of public cine sets that name the frames of end-diastole and end-systole. Hands on: readCineInfo, readCineTable, CineInfo.
// Source, read in public loaders of the sets, which themselves ask for registration and could not be looked at:
// ACDC has an `Info.cfg` beside each patient's images, with lines such as `ED: 1` and `ES: 12`, counted from one; M&Ms has one table for all
// (`..._Dataset_information_..._opendataset.csv`) with columns `External code`, `ED` and `ES`, by which loaders index frames, so counted from zero.
import { parse } from 'csv-parse/sync'
import { type CineLeadError, fault } from '../base/errors.ts'

/** Frames count from zero here. */
export type CineInfo = { edFrame: number; esFrame: number; numFrames?: number }

const MAX_BYTES = 64 * 1024
const MAX_TABLE_BYTES = 4 * 1024 * 1024

function infoFault(where: string, expected: string, received: string, hint: string, cause?: unknown): CineLeadError {
  return fault({ code: 'formats/cine-info', where, expected, received, hint, cause })
}

/**
 * Reads an `Info.cfg`.
 *
 * @throws  formats/cine-info when ED or ES is missing, is no whole number from 1 on, or lies beyond the number of frames.
 */
export function readCineInfo(bytes: Uint8Array): CineInfo {
  const lines = new TextDecoder().decode(bytes.subarray(0, MAX_BYTES)).split(/\r?\n/)
  const value = (key: string) => {
    const line = lines.find((one) => new RegExp(`^\\s*${key}\\s*[:=]`, 'i').test(one))
    return line === undefined ? undefined : Number(line.replace(/^[^:=]*[:=]/, ''))
  }
  const [ed, es, numFrames] = [value('ED'), value('ES'), value('NbFrame')]
  const isFrame = (number: number | undefined) =>
    Number.isInteger(number) && Number(number) >= 1 && Number(number) <= (numFrames ?? Infinity)
  if (!isFrame(ed) || !isFrame(es))
    throw infoFault(
      'readCineInfo',
      'lines ED and ES with frame numbers from 1 on',
      `ED ${ed ?? 'missing'}, ES ${es ?? 'missing'}${numFrames === undefined ? '' : ` of ${numFrames} frames`}`,
      'Is this the Info.cfg that lies beside a patient of ACDC?',
    )
  return { edFrame: Number(ed) - 1, esFrame: Number(es) - 1, numFrames }
}

const tableColumns = { code: ['external code', 'external_code'], ed: ['ed'], es: ['es'] }

/**
 * Reads one subject's line of M&Ms' table.
 *
 * @param code  The subject as its folder and files are called, such as `A0S9V9`.
 * @returns     Undefined when the table has other columns or no such subject.
 * @throws      formats/cine-info when the table cannot be parsed or the line has no whole frame numbers.
 */
export function readCineTable(bytes: Uint8Array, code: string): CineInfo | undefined {
  if (bytes.length > MAX_TABLE_BYTES) return undefined
  let table: string[][]
  try {
    table = parse(Buffer.from(bytes), { bom: true, delimiter: [',', ';'], skip_empty_lines: true, relax_column_count: true, trim: true })
  } catch (error) {
    throw infoFault('readCineTable', 'comma separated values', 'a quote that is not closed', 'Is the table whole?', error)
  }
  const header = (table[0] ?? []).map((name) => name.toLowerCase())
  const at = (names: readonly string[]) => header.findIndex((name) => names.includes(name))
  const [codeAt, edAt, esAt] = [at(tableColumns.code), at(tableColumns.ed), at(tableColumns.es)]
  if (codeAt < 0 || edAt < 0 || esAt < 0) return undefined
  const line = table.slice(1).find((row) => row[codeAt]?.toLowerCase() === code.toLowerCase())
  if (line === undefined) return undefined
  const [edFrame, esFrame] = [edAt, esAt].map((column) => (line[column] === '' ? Number.NaN : Number(line[column])))
  if (![edFrame, esFrame].every((frame) => Number.isInteger(frame) && frame >= 0))
    throw infoFault(
      'readCineTable',
      'frame numbers from 0 on in ED and ES',
      `ED ${line[edAt]}, ES ${line[esAt]}`,
      'Give the frames with --ed and --es, or leave the table away.',
    )
  return { edFrame, esFrame }
}
