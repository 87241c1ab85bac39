// The text of a WFDB header file (.hea): record line, signal lines, comments.
// Source: header(5) of the WFDB Applications Guide (Moody, PhysioNet).
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { checkRate, isoDay, limits, tidyStatements } from './waveform.ts'
import { wfdbFormats } from './wfdb-signal.ts'

/** One signal line. `baseline` is the integer that means 0; `gain` integers make one `units`. */
export type WfdbSignal = {
  fileName: string
  format: number
  samplesPerFrame: number
  skewFrames: number
  byteOffset: number
  gain: number
  baseline: number
  units: string
  initialValue: number
  /** Undefined where the header has none. */
  checksum: number | undefined
  description: string
}

export type WfdbHeader = {
  frameRateHz: number
  /** 0 where the header leaves it to the signal file's size. */
  numFrames: number
  signals: WfdbSignal[]
  recordedOn: string | undefined
  statements: string[]
}

const where = 'readWfdb'
const defaultRateHz = 250 // header(5): default sampling frequency
const defaultGain = 200 // header(5): default ADC gain, units per mV
export const maxHeaderBytes = 1024 * 1024

/** @throws formats/wfdb-header, formats/wfdb-format, formats/wfdb-segments, formats/wfdb-file-name */
export function parseWfdbHeader(bytes: Uint8Array): WfdbHeader {
  if (bytes.length > maxHeaderBytes) throw refuse('a header of at most 1 MiB', inBytes(bytes.length))
  const lines = new TextDecoder('utf-8').decode(bytes).split(/\r\n|\n|\r/)
  const content = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  const comments = lines.filter((line) => line.trim().startsWith('#')).map((line) => line.trim().slice(1).trim())
  if (content.length === 0) throw refuse('a record line', 'no line')
  const record = content[0].split(/\s+/)
  if (/^[^/]+\/\d+$/.test(record[0])) {
    throw fault({
      code: 'formats/wfdb-segments',
      where,
      expected: 'a record of one segment',
      received: `${record[0].split('/')[1]} segments`,
      hint: 'Read the segments one by one: each has a header of its own.',
    })
  }
  const numSignals = integer(record[1], 'number of signals')
  if (numSignals < 1 || numSignals > limits.maxLeads) throw refuse(`1 to ${limits.maxLeads} signals`, String(numSignals))
  const frameRateHz = record[2] === undefined ? defaultRateHz : Number(/^[\d.eE+]+/.exec(record[2])?.[0] ?? Number.NaN)
  checkRate(frameRateHz, where)
  const numFrames = record[3] === undefined ? 0 : integer(record[3], 'number of samples')
  if (content.length < 1 + numSignals) throw refuse(`${numSignals} signal lines`, String(content.length - 1))
  const date = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(record[5] ?? '')
  const commentDate = /^ECG date:\s*(\d{1,2})\/(\d{1,2})\/(\d{4})$/i.exec(comments.find((line) => /^ECG date:/i.test(line)) ?? '')
  const found = date ?? commentDate
  return {
    frameRateHz,
    numFrames,
    signals: content.slice(1, 1 + numSignals).map(parseSignal),
    recordedOn: found === null ? undefined : isoDay(Number(found[3]), Number(found[2]), Number(found[1])),
    statements: tidyStatements(diagnosticComments(comments)),
  }
}

function parseSignal(line: string): WfdbSignal {
  const [fileName, layout, ...rest] = line.split(/\s+/)
  if (fileName === undefined || !/^[\w.+~-]{1,120}$/.test(fileName) || fileName.includes('..')) {
    throw fault({
      code: 'formats/wfdb-file-name',
      where,
      expected: 'a plain file name beside the header',
      received: 'a path or a name with odd characters',
      hint: 'Signal files lie beside their header: put them there and correct the header.',
    })
  }
  const parts = /^(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?$/.exec(layout ?? '')
  if (parts === null) throw refuse('a storage format such as 16 or 16x1+24', 'another word')
  const format = Number(parts[1])
  if (wfdbFormats[format] === undefined) {
    throw fault({
      code: 'formats/wfdb-format',
      where,
      expected: `a storage format of ${Object.keys(wfdbFormats).join(', ')}`,
      received: String(format).slice(0, 12),
      hint:
        format >= 500 && format < 600
          ? 'This one is FLAC-compressed: convert it with xform first.'
          : 'Convert the record with xform first.',
    })
  }
  const conversion = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)?(?:\(([+-]?\d+)\))?(?:\/(\S+))?$/.exec(rest[0] ?? '')
  if (conversion === null) throw refuse('a gain such as 200(0)/mV', 'another word')
  const gain = Number(conversion[1] ?? 0) || defaultGain
  const adcZero = rest[2] === undefined ? 0 : integer(rest[2], 'ADC zero')
  const samplesPerFrame = Number(parts[2] ?? 1)
  if (samplesPerFrame < 1 || samplesPerFrame > 10_000) throw refuse('1 to 10000 samples per frame', String(samplesPerFrame))
  return {
    fileName,
    format,
    samplesPerFrame,
    skewFrames: Number(parts[3] ?? 0),
    byteOffset: Number(parts[4] ?? 0),
    gain,
    baseline: conversion[2] === undefined ? adcZero : Number(conversion[2]),
    units: conversion[3] ?? 'mV',
    initialValue: rest[3] === undefined ? adcZero : integer(rest[3], 'initial value'),
    checksum: rest[4] === undefined ? undefined : integer(rest[4], 'checksum'),
    description: rest.slice(6).join(' '),
  }
}

/** Comment lines that speak of the heart; those that could speak of a person stay behind. */
function diagnosticComments(comments: readonly string[]): string[] {
  const kept: string[] = []
  let isDiagnosis = false // LUDB: what follows `<diagnoses>:`
  for (const line of comments) {
    if (/^<.*>:/.test(line)) isDiagnosis = /^<diagnoses>:/i.test(line)
    else if (
      isDiagnosis ||
      /^(Dx|Rhythm|Diagnosis|Diagnose|Electric axis|Reason for admission|Acute infarction|Former infarction|Additional diagnoses)\b/i.test(
        line,
      )
    )
      kept.push(line)
  }
  return kept
}

function integer(text: string | undefined, what: string): number {
  if (text === undefined || !/^[+-]?\d{1,15}$/.test(text))
    throw refuse(`an integer as ${what}`, text === undefined ? 'nothing' : 'another word')
  return Number(text)
}

function refuse(expected: string, received: string) {
  return fault({ code: 'formats/wfdb-header', where, expected, received, hint: 'The header is damaged or is not a WFDB header.' })
}
