// EDF and EDF+ (16 bits) and BDF (24 bits): bytes to a Recording.
// Source: Kemp et al. 1992 (doi 10.1016/0013-4694(92)90009-7), EDF+ specification 2003; BDF as BioSemi describes it.
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { isStandardLead, leadName } from './lead-names.ts'
import type { DeviceFilters, Recording } from './recording.ts'
import { checkSize, createRecording, isoDay, type LeadCounts } from './waveform.ts'

const where = 'readEdf'
const maxSignals = 512

/** True for the first bytes of an EDF or BDF file. */
export function isEdfFile(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 256 &&
    (ascii(bytes, 0, 8) === '0' || (bytes[0] === 0xff && ascii(bytes, 1, 7) === 'BIOSEMI')) &&
    /^\d+$/.test(ascii(bytes, 184, 8))
  )
}

type EdfSignal = {
  label: string
  unitUv: number | undefined
  low: number
  high: number
  digitalLow: number
  digitalHigh: number
  perRecord: number
  filters: string
}

/**
 * An ECG from an EDF, EDF+ (continuous) or BDF file.
 *
 * Signals named like a standard lead are taken, else those labelled ECG or EKG, else all in a unit of voltage; they must share one rate.
 * The person's fields of the header are not read.
 *
 * @throws formats/edf-header, -discontinuous, -mixed-rates, -short; formats/leads.
 */
export function readEdf(bytes: Uint8Array): Recording {
  if (!isEdfFile(bytes)) throw refuse('header', 'an EDF header', `${inBytes(bytes.length)} of another kind`)
  const width = bytes[0] === 0xff ? 3 : 2
  const kind = ascii(bytes, 192, 44)
  if (/^(EDF|BDF)\+D/.test(kind)) {
    throw refuse(
      'discontinuous',
      'one uninterrupted recording',
      'an EDF+ with interruptions (EDF+D)',
      'Export the stretch you need as EDF+C.',
    )
  }
  const headerBytes = numberAt(bytes, 184, 8, 'header size')
  const numSignals = numberAt(bytes, 252, 4, 'number of signals')
  const recordSec = numberAt(bytes, 244, 8, 'record duration')
  if (!(numSignals >= 1 && numSignals <= maxSignals) || headerBytes !== 256 * (numSignals + 1) || headerBytes > bytes.length) {
    throw refuse('header', `a header of 256 bytes and 256 a signal`, `${numSignals} signals in ${headerBytes} bytes`)
  }
  const signals = readSignals(bytes, numSignals)
  const recordBytes = signals.reduce((sum, { perRecord }) => sum + perRecord * width, 0)
  if (recordBytes === 0 || !(recordSec > 0))
    throw refuse('header', 'records of some duration with samples', `${recordBytes} bytes in ${recordSec} s`)
  const announced = numberAt(bytes, 236, 8, 'number of records')
  const held = Math.floor((bytes.length - headerBytes) / recordBytes)
  if (announced > held)
    throw refuse('short', `${announced} records of ${recordBytes} bytes`, `${held} records`, 'The file is cut short: copy it again.')
  const numRecords = announced < 0 ? held : announced // -1: still recording when the header was written
  const chosen = chooseSignals(signals)
  const perRecord = chosen[0]?.perRecord ?? 0
  if (chosen.some((signal) => signal.perRecord !== perRecord)) {
    throw refuse('mixed-rates', 'one sampling rate for all leads', 'several', 'Bring the leads to one rate first.')
  }
  checkSize(Math.max(1, chosen.length), numRecords * perRecord, where)
  return createRecording(
    {
      format: bytes[0] === 0xff ? 'BDF' : 'EDF',
      version: /^(EDF|BDF)\+/.exec(kind)?.[0] ?? (bytes[0] === 0xff ? 'BDF' : 'EDF'),
      recordedOn: dayOf(bytes),
      filters: readFilters(chosen[0]?.filters ?? ''),
    },
    chosen.map((signal) => readLead(bytes, signal, signals, { headerBytes, recordBytes, numRecords, width })),
    Number((perRecord / recordSec).toPrecision(12)),
    where,
  )
}

function readSignals(bytes: Uint8Array, count: number): EdfSignal[] {
  let at = 256
  const column = (size: number): string[] => {
    const texts = Array.from({ length: count }, (_, index) => ascii(bytes, at + index * size, size))
    at += count * size
    return texts
  }
  const labels = column(16)
  column(80) // transducer
  const units = column(8)
  const [lows, highs, digitalLows, digitalHighs] = [column(8), column(8), column(8), column(8)]
  const filters = column(80)
  const perRecord = column(8)
  const unitUv: Readonly<Record<string, number>> = { uv: 1, µv: 1, mv: 1000, v: 1e6, nv: 1e-3 }
  return labels.map((label, index) => ({
    label,
    unitUv: unitUv[units[index].toLowerCase()],
    low: Number(lows[index]),
    high: Number(highs[index]),
    digitalLow: Number(digitalLows[index]),
    digitalHigh: Number(digitalHighs[index]),
    perRecord: /^\d{1,7}$/.test(perRecord[index]) ? Number(perRecord[index]) : 0,
    filters: filters[index],
  }))
}

function chooseSignals(signals: readonly EdfSignal[]): EdfSignal[] {
  const electric = signals.filter(({ unitUv, label }) => unitUv !== undefined && !/annotations/i.test(label))
  const standard = electric.filter(({ label }) => isStandardLead(leadName(label)))
  if (standard.length > 0) return standard
  const named = electric.filter(({ label }) => /^(ECG|EKG)/i.test(label))
  return named.length > 0 ? named : electric
}

type Layout = { headerBytes: number; recordBytes: number; numRecords: number; width: number }

function readLead(bytes: Uint8Array, signal: EdfSignal, signals: readonly EdfSignal[], layout: Layout): LeadCounts {
  const { headerBytes, recordBytes, numRecords, width } = layout
  const offset = signals.slice(0, signals.indexOf(signal)).reduce((sum, { perRecord }) => sum + perRecord * width, 0)
  const counts_T = new Int32Array(numRecords * signal.perRecord)
  let t = 0
  for (let record = 0; record < numRecords; record++) {
    let at = headerBytes + record * recordBytes + offset
    for (let k = 0; k < signal.perRecord; k++) {
      const value = width === 2 ? bytes[at] | (bytes[at + 1] << 8) : bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)
      counts_T[t++] = (value << (32 - 8 * width)) >> (32 - 8 * width)
      at += width
    }
  }
  const span = signal.digitalHigh - signal.digitalLow
  const perStep = ((signal.high - signal.low) / span) * (signal.unitUv ?? Number.NaN)
  const baseline = signal.digitalLow - signal.low / ((signal.high - signal.low) / span)
  if (perStep >= 0) return { name: signal.label, counts_T, resolutionUv: perStep, baseline }
  // Physical limits the other way round turn the signal over.
  return { name: signal.label, counts_T: counts_T.map((count) => -count), resolutionUv: -perStep, baseline: -baseline }
}

/** EDF's prefiltering text: `HP:0.05Hz LP:150Hz N:50Hz`. */
function readFilters(text: string): DeviceFilters {
  const filters: DeviceFilters = {}
  const find = (pattern: RegExp): number | undefined => {
    const found = pattern.exec(text)
    return found === null ? undefined : Number(found[1])
  }
  const [high, low, mains] = [find(/HP:?\s*([\d.]+)\s*Hz/i), find(/LP:?\s*([\d.]+)\s*Hz/i), find(/(?:^|\s)N(?:otch)?:?\s*([\d.]+)\s*Hz/i)]
  if (high !== undefined && high > 0) filters.highPassHz = high
  if (low !== undefined && low > 0) filters.lowPassHz = low
  if (mains !== undefined && mains > 0) filters.notchHz = [mains]
  return filters
}

/** Day of `dd.mm.yy`; years from 85 on are of the last century, as EDF has it. */
function dayOf(bytes: Uint8Array): string | undefined {
  const found = /^(\d\d)\.(\d\d)\.(\d\d)$/.exec(ascii(bytes, 168, 8))
  if (found === null) return undefined
  const year = Number(found[3])
  return isoDay(year >= 85 ? 1900 + year : 2000 + year, Number(found[2]), Number(found[1]))
}

function ascii(bytes: Uint8Array, at: number, size: number): string {
  return new TextDecoder('latin1').decode(bytes.subarray(at, at + size)).trim()
}

function numberAt(bytes: Uint8Array, at: number, size: number, what: string): number {
  const text = ascii(bytes, at, size)
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw refuse('header', `a number as ${what}`, 'another word')
  return Number(text)
}

function refuse(what: string, expected: string, received: string, hint = 'The file is damaged or not EDF: export it again.') {
  return fault({ code: `formats/edf-${what}`, where, expected, received, hint })
}
