// SCP-ECG (EN 1064, ISO 11073-91064): bytes to a Recording. Plain and Huffman-coded samples, differences, reference beat, two rates.
// Source: EN 1064:2005 / ISO 11073-91064.
import type { DeviceFilters, MedianBeat, PrintedMeasurements, Recording } from './recording.ts'
import type { HuffmanTable } from './scp-huffman.ts'
import { type CodedLeads, decodePart, readCodedLeads, readRhythm } from './scp-rhythm.ts'
import {
  type BeatTable,
  fileCrcFits,
  type LeadTable,
  readBeatTable,
  readLeadTable,
  readSections,
  readTables,
  refuse,
  type Section,
  where,
  word,
} from './scp-sections.ts'
import { checkSize, createMedianBeat, createRecording, isoDay, orWarning, tidyStatements } from './waveform.ts'

/**
 * True when a file looks like SCP-ECG: a length that fits and the pointer section behind it.
 *
 * @param bytes  The first bytes.
 */
export function isScpFile(bytes: Uint8Array, sizeBytes: number): boolean {
  if (bytes.length < 32) return false
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isSection0 = view.getUint16(8, true) === 0 && view.getUint32(10, true) >= 16 && view.getUint32(10, true) < sizeBytes
  const hasName = String.fromCharCode(...bytes.subarray(16, 22)) === 'SCPECG'
  return isSection0 && (hasName || (view.getUint32(2, true) === sizeBytes && view.getUint16(22, true) <= 1))
}

/**
 * A resting ECG from an SCP-ECG file.
 *
 * A file whose CRC does not fit is read with a warning, because several makers write another one. Section 1 gives the day and the
 * filters only; names, ids and birth dates are not read.
 *
 * @throws formats/scp-pointers, -section, -huffman, -length; formats/leads, formats/rate, formats/resolution.
 */
export function readScp(bytes: Uint8Array): Recording {
  const sections = readSections(bytes)
  const table = readLeadTable(sections.get(3))
  const tables = readTables(sections.get(2))
  const beats = readBeatTable(sections.get(4))
  const numLeads = table.leads.length
  const coded = readCodedLeads(sections.get(6), numLeads, 6)
  if (coded === undefined) throw refuse('section', 'section 6 (rhythm)', 'none')
  const warnings = fileCrcFits(bytes) ? [] : ['the file’s CRC does not fit its bytes']
  const readBeat = (): ReferenceBeat | undefined => readReference(readCodedLeads(sections.get(5), numLeads, 5), beats, tables)
  const reference = table.isBeatSubtracted ? readBeat() : orWarning('the reference beat', readBeat, warnings)
  if (table.isBeatSubtracted && (beats === undefined || reference === undefined)) {
    throw refuse('section', 'sections 4 and 5, since the reference beat was subtracted', 'none or empty ones')
  }
  const { rateHz, leads } = readRhythm(coded, table, beats, tables, reference)
  const tags = readTags(sections.get(1))
  const common = commonSpan(table.leads)
  return createRecording(
    {
      format: 'SCP-ECG',
      version: versionOf(sections),
      recordedOn: tags.recordedOn,
      filters: tags.filters,
      printed: readPrinted(sections.get(7)),
      statements: tidyStatements(readStatements(sections.get(8))),
      median: reference && orWarning('the reference beat', () => asMedian(reference, table), warnings),
      warnings,
    },
    table.leads.map(({ name, first }, leadIndex) => ({
      name,
      counts_T: leads[leadIndex].subarray(common.first - first, common.last - first + 1),
      resolutionUv: coded.resolutionUv,
    })),
    rateHz,
    where,
  )
}

/** The reference beat of each lead, in its own steps. */
type ReferenceBeat = { resolutionUv: number; rateHz: number; leads: Int32Array[] }

function readReference(
  coded: CodedLeads | undefined,
  beats: BeatTable | undefined,
  tables: readonly HuffmanTable[] | undefined,
): ReferenceBeat | undefined {
  if (coded === undefined || beats === undefined || beats.referenceMs === 0) return undefined
  const numSamples = Math.round((beats.referenceMs * coded.rateHz) / 1000)
  checkSize(coded.parts.length, numSamples, where)
  return { ...coded, leads: coded.parts.map((_, leadIndex) => decodePart(coded, leadIndex, tables, numSamples)) }
}

function asMedian({ resolutionUv, rateHz, leads }: ReferenceBeat, table: LeadTable): MedianBeat {
  return createMedianBeat(
    table.leads.map(({ name }, leadIndex) => ({ name, counts_T: leads[leadIndex], resolutionUv })),
    rateHz,
    where,
  )
}

/** The stretch all leads have; leads recorded one after another have none. */
function commonSpan(spans: readonly { first: number; last: number }[]): { first: number; last: number } {
  const first = Math.max(...spans.map((span) => span.first))
  const last = Math.min(...spans.map((span) => span.last))
  if (last < first) throw refuse('length', 'leads recorded at the same time', 'leads one after another')
  return { first, last }
}

function versionOf(sections: ReadonlyMap<number, Section>): string | undefined {
  const version = sections.get(6)?.version ?? 0
  return version === 0 ? undefined : (version / 10).toFixed(1)
}

/** Section 1: tag, length, value; 25 is the day, 27 to 29 are the filters. */
function readTags(section: Section | undefined): { recordedOn?: string; filters: DeviceFilters } {
  const filters: DeviceFilters = {}
  let recordedOn: string | undefined
  if (section === undefined) return { filters }
  const { data } = section
  for (let at = 0; at + 3 <= data.byteLength; ) {
    const tag = data.getUint8(at)
    const length = word(data, at + 1)
    at += 3
    if (tag === 255 || at + length > data.byteLength) break
    if (tag === 25 && length >= 4) recordedOn = isoDay(word(data, at), data.getUint8(at + 2), data.getUint8(at + 3))
    // 27: high-pass in 1/100 Hz; 28: low-pass in Hz; 29: bits of the notch (1: 60 Hz, 2: 50 Hz).
    if (tag === 27 && length >= 2 && word(data, at) > 0) filters.highPassHz = word(data, at) / 100
    if (tag === 28 && length >= 2 && word(data, at) > 0) filters.lowPassHz = word(data, at)
    if (tag === 29 && length >= 1) {
      const bits = data.getUint8(at)
      filters.notchHz = [...(bits & 2 ? [50] : []), ...(bits & 1 ? [60] : [])]
    }
    at += length
  }
  return { recordedOn, filters }
}

const noTime = 29999 // EN 1064, clause 5.10: a time that was not measured
const noAxis = 999 // and an axis

/** Section 7: means and the first measurement block (the reference beat's). */
function readPrinted(section: Section | undefined): PrintedMeasurements {
  const printed: PrintedMeasurements = {}
  if (section === undefined || section.data.byteLength < 6) return printed
  const { data } = section
  const known = (value: number): boolean => value > 0 && value < noTime
  if (known(word(data, 2))) printed.rrMs = word(data, 2)
  if (known(word(data, 4))) printed.ppMs = word(data, 4)
  if (printed.rrMs !== undefined) printed.heartRateBpm = Math.round(60000 / printed.rrMs)
  if (data.getUint8(0) === 0 || data.byteLength < 22) return printed
  const [pOn, pOff, qrsOn, qrsOff, tOff] = [6, 8, 10, 12, 14].map((at) => word(data, at))
  if (known(pOff) && pOn < pOff) printed.pMs = pOff - pOn
  if (known(qrsOn) && known(pOff) && pOn < qrsOn) printed.prMs = qrsOn - pOn
  if (known(qrsOff) && qrsOn < qrsOff) printed.qrsMs = qrsOff - qrsOn
  if (known(tOff) && qrsOn < tOff) printed.qtMs = tOff - qrsOn
  for (const [key, at] of [
    ['pAxisDeg', 16],
    ['qrsAxisDeg', 18],
    ['tAxisDeg', 20],
  ] as const) {
    const value = data.getInt16(at, true)
    if (Math.abs(value) < noAxis) printed[key] = value
  }
  return printed
}

/** Section 8: confirmed or not, date, and the statements. */
function readStatements(section: Section | undefined): string[] {
  if (section === undefined || section.data.byteLength < 9) return []
  const { data } = section
  const lines: string[] = []
  let at = 9
  for (let index = 0; index < data.getUint8(8) && at + 3 <= data.byteLength; index++) {
    const length = word(data, at + 1)
    at += 3
    if (at + length > data.byteLength) break
    const text = new Uint8Array(data.buffer, data.byteOffset + at, length)
    lines.push(new TextDecoder('latin1').decode(text).replaceAll('\0', ' '))
    at += length
  }
  return lines
}
