// WFDB records (PhysioNet): header and signal files to a Recording, and a Recording to both.
// Source: header(5) and signal(5) of the WFDB Applications Guide (Moody, PhysioNet).
import { fault } from '../base/errors.ts'
import type { Recording } from './recording.ts'
import { partsOfStep } from './step-parts.ts'
import { checkSize, createRecording, type LeadCounts } from './waveform.ts'
import { parseWfdbHeader, type WfdbSignal } from './wfdb-header.ts'
import { decodeWfdb, encodeWfdb, wfdbChecksum, wfdbFormats, wfdbSamples } from './wfdb-signal.ts'

const where = 'readWfdb'
// mV in one of a header's units; signals in other units (mmHg, bpm) are no leads and stay out.
const unitMv: Readonly<Record<string, number>> = { mv: 1, uv: 1e-3, '\u00b5v': 1e-3, '\u03bcv': 1e-3, v: 1000, nv: 1e-6 }

/**
 * An ECG from a WFDB record. Formats 8, 16, 24, 32, 61, 80, 160, 212, 310 and 311, also as MATLAB v4 files (16+24).
 *
 * Signals in a unit of voltage become leads; others are left out. Sums of samples are checked against the header's, except where the
 * header has zero for every sum and every initial value (not filled in). The format's mark for a missing sample becomes NaN.
 *
 * @param header      Bytes of the `.hea` file.
 * @param signalFile  Gives the bytes of a signal file by the plain name the header says.
 * @throws            formats/wfdb-header, -format, -segments, -file-name, -short, -checksum, -mixed-rates, formats/leads.
 */
export function readWfdb(header: Uint8Array, signalFile: (name: string) => Uint8Array): Recording {
  const { frameRateHz, numFrames, signals, recordedOn, statements } = parseWfdbHeader(header)
  const isFilledIn = signals.some((signal) => signal.checksum !== undefined && (signal.checksum !== 0 || signal.initialValue !== 0))
  const leads: LeadCounts[] = []
  const ratesPerFrame = new Set<number>()
  for (const group of groupByFile(signals)) {
    const raw = readGroup(group, numFrames, signalFile(group[0].fileName))
    for (const [index, signal] of group.entries()) {
      const mvPerUnit = unitMv[signal.units.toLowerCase()]
      if (isFilledIn) checkSum(signal, raw[index], signals.indexOf(signal))
      if (mvPerUnit === undefined) continue
      ratesPerFrame.add(signal.samplesPerFrame)
      leads.push({
        name: signal.description,
        counts_T: withMissing(raw[index], signal),
        resolutionUv: Math.abs((1000 * mvPerUnit) / signal.gain),
        baseline: signal.baseline,
      })
      if (signal.gain < 0) negate(leads[leads.length - 1])
    }
  }
  if (ratesPerFrame.size > 1) {
    throw fault({
      code: 'formats/wfdb-mixed-rates',
      where,
      expected: 'one sampling rate for all leads',
      received: `${[...ratesPerFrame].join(' and ')} samples per frame`,
      hint: 'Bring the leads to one rate with xform first.',
    })
  }
  const rateHz = frameRateHz * ([...ratesPerFrame][0] ?? 1)
  return createRecording({ format: 'WFDB', version: formatNames(signals), recordedOn, statements }, leads, rateHz, where)
}

function formatNames(signals: readonly WfdbSignal[]): string {
  const names = signals.map(({ fileName, format }) => (/\.mat$/i.test(fileName) ? `${format} (MATLAB v4)` : String(format)))
  return [...new Set(names)].join(', ')
}

/** Consecutive signals of one file share its frames. */
function groupByFile(signals: readonly WfdbSignal[]): WfdbSignal[][] {
  const groups: WfdbSignal[][] = []
  for (const signal of signals) {
    const last = groups[groups.length - 1]
    if (last !== undefined && last[0].fileName === signal.fileName) last.push(signal)
    else groups.push([signal])
  }
  return groups
}

/** The samples of each signal of a file, as stored (differences summed up). */
function readGroup(group: readonly WfdbSignal[], numFrames: number, file: Uint8Array): Int32Array[] {
  const { format, byteOffset } = group[0]
  if (group.some((signal) => signal.format !== format)) {
    throw fault({
      code: 'formats/wfdb-header',
      where,
      expected: 'one storage format for the signals of one file',
      received: [...new Set(group.map((signal) => signal.format))].join(' and '),
      hint: 'The header is damaged.',
    })
  }
  const perFrame = group.reduce((sum, signal) => sum + signal.samplesPerFrame, 0)
  const bytes = file.subarray(Math.min(byteOffset, file.length))
  const frames = numFrames > 0 ? numFrames : Math.floor(wfdbSamples(format, bytes.length) / perFrame)
  checkSize(perFrame, frames, where)
  const interleaved_T = decodeWfdb(format, bytes, frames * perFrame)
  const raw = group.map((signal) => new Int32Array(frames * signal.samplesPerFrame))
  let at = 0
  for (let frame = 0; frame < frames; frame++) {
    for (const [index, { samplesPerFrame }] of group.entries()) {
      for (let k = 0; k < samplesPerFrame; k++) raw[index][frame * samplesPerFrame + k] = interleaved_T[at++]
    }
  }
  if (format === 8) {
    for (const [index, signal] of group.entries()) {
      let value = signal.initialValue
      for (let t = 0; t < raw[index].length; t++) {
        value += raw[index][t]
        raw[index][t] = value
      }
    }
  }
  return raw
}

function checkSum(signal: WfdbSignal, raw_T: Int32Array, signalIndex: number): void {
  if (signal.checksum === undefined) return
  const sum = wfdbChecksum(raw_T)
  if (((sum - signal.checksum) & 0xffff) === 0) return
  throw fault({
    code: 'formats/wfdb-checksum',
    where,
    expected: `samples of signal ${signalIndex + 1} that sum to ${signal.checksum}`,
    received: String(sum),
    hint: 'The signal file is not the one the header was written for, or it is damaged: copy both again.',
  })
}

/** Missing samples as NaN; the skew of the signal taken back, its end filled with NaN. */
function withMissing(raw_T: Int32Array, signal: WfdbSignal): ArrayLike<number> {
  const missing = wfdbFormats[signal.format].missing
  const skew = signal.skewFrames * signal.samplesPerFrame
  if (skew === 0 && (missing === undefined || !raw_T.includes(missing))) return raw_T
  const counts_T = new Float64Array(raw_T.length).fill(Number.NaN)
  for (let t = skew; t < raw_T.length; t++) if (raw_T[t] !== missing) counts_T[t - skew] = raw_T[t]
  return counts_T
}

/** A negative gain turns the lead over; the resolution stays positive. */
function negate(lead: LeadCounts): void {
  lead.counts_T = Float64Array.from(lead.counts_T, (count) => -count)
  lead.baseline = -(lead.baseline ?? 0)
}

/**
 * A recording as WFDB header and one signal file, format 16 (24 or 32 where the amplitudes need it).
 *
 * Each lead keeps its own resolution, in parts where samples lie between (partsOfStep), so integers come back as they were. NaN is written
 * as the format's mark.
 *
 * @param name  Record name: letters, digits, `_` and `-`.
 * @returns     `header` for `<name>.hea`, `signal` for `<name>.dat`.
 * @throws      formats/wfdb-name, formats/wfdb-range when a sample needs more than 32 bits.
 */
export function writeWfdb(recording: Recording, name: string): { header: Uint8Array; signal: Uint8Array; signalFileName: string } {
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(name)) {
    throw fault({
      code: 'formats/wfdb-name',
      where: 'writeWfdb',
      expected: 'a record name of letters, digits, _ and -',
      received: 'other characters',
      hint: 'Choose another output name.',
    })
  }
  const { leads, numSamples, ecg_LT } = recording
  const gains = leads.map((_, leadIndex) => {
    const lead_T = ecg_LT.subarray(leadIndex * numSamples, (leadIndex + 1) * numSamples)
    const resolutionUv = recording.resolutionUv[leadIndex]
    return Number(((1000 / resolutionUv) * partsOfStep(lead_T, resolutionUv)).toPrecision(12))
  })
  const counts_LT = new Float64Array(ecg_LT.length)
  let largest = 0
  for (let i = 0; i < ecg_LT.length; i++) {
    counts_LT[i] = Math.round(ecg_LT[i] * gains[Math.floor(i / numSamples)])
    if (Math.abs(counts_LT[i]) > largest) largest = Math.abs(counts_LT[i])
  }
  if (largest > 2147483647) {
    throw fault({
      code: 'formats/wfdb-range',
      where: 'writeWfdb',
      expected: 'samples that fit 32 bits at the recording’s resolution',
      received: `${largest} steps`,
      hint: 'The amplitudes are not of an ECG: check the recording with inspect.',
    })
  }
  const format = largest <= 32767 ? 16 : largest <= 8388607 ? 24 : 32
  const missing = wfdbFormats[format].missing ?? 0
  const numLeads = leads.length
  const raw_T = new Int32Array(numLeads * numSamples)
  const lines: string[] = []
  const [year, month, day] = (recording.recordedOn ?? '').split('-')
  const date = day === undefined ? '' : ` 00:00:00 ${day}/${month}/${year}`
  lines.push(`${name} ${numLeads} ${recording.rateHz} ${numSamples}${date}`)
  for (const [leadIndex, lead] of leads.entries()) {
    const raw_1T = Int32Array.from(counts_LT.subarray(leadIndex * numSamples, (leadIndex + 1) * numSamples), (count) =>
      Number.isNaN(count) ? missing : count,
    )
    for (let t = 0; t < numSamples; t++) raw_T[t * numLeads + leadIndex] = raw_1T[t]
    lines.push(`${name}.dat ${format} ${gains[leadIndex]}(0)/mV ${format} 0 ${raw_1T[0]} ${wfdbChecksum(raw_1T)} 0 ${lead}`)
  }
  for (const statement of recording.statements) lines.push(`# Diagnosis: ${statement}`)
  return { header: new TextEncoder().encode(`${lines.join('\n')}\n`), signal: encodeWfdb(format, raw_T), signalFileName: `${name}.dat` }
}
