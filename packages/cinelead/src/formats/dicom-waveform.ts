// DICOM waveform objects (12-lead, general and ambulatory ECG): bytes to a Recording.
// Source: DICOM PS3.3 C.10.9 (Waveform Module) and A.34 (waveform objects); sample values: C.10.9.1.4.
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { type DicomElements, readDicomElements } from './dicom-elements.ts'
import { isStandardLead, leadName } from './lead-names.ts'
import type { DeviceFilters, MedianBeat, PrintedMeasurements, Recording } from './recording.ts'
import { scpLeadNames } from './scp-sections.ts'
import { checkSize, createMedianBeat, createRecording, isoDayOf, type LeadCounts, orWarning, tidyStatements } from './waveform.ts'

const where = 'readDicomWaveform'
const bigEndian = '1.2.840.10008.1.2.2'

const objectNames: Readonly<Record<string, string>> = {
  '1.2.840.10008.5.1.4.1.1.9.1.1': '12-lead ECG',
  '1.2.840.10008.5.1.4.1.1.9.1.2': 'general ECG',
  '1.2.840.10008.5.1.4.1.1.9.1.3': 'ambulatory ECG',
  '1.2.840.10008.5.1.4.1.1.9.1.4': 'general 32-bit ECG',
}

/**
 * True when the bytes are a DICOM file (preamble and DICM), or an ECG object whose preamble was left off.
 *
 * @param head  The first bytes as text, without zeros.
 */
export function isDicomFile(bytes: Uint8Array, head: string): boolean {
  const isBare = (bytes[0] === 8 || bytes[0] === 2) && bytes[1] === 0 && head.includes('1.2.840.10008.5.1.4.1.1.9.1.')
  if (isBare) return true
  return bytes.length > 132 && bytes[128] === 0x44 && bytes[129] === 0x49 && bytes[130] === 0x43 && bytes[131] === 0x4d
}

/**
 * An ECG from a DICOM waveform object: implicit or explicit little endian, or explicit big endian.
 *
 * The multiplex group with most samples is the rhythm, together with the groups of other leads sampled at the same time; one labelled
 * MEDIAN BEAT or of originality DERIVED becomes the median beat, unless all groups are so.
 * Channels in units other than volts (pressure, breathing) are left out.
 * Integers of 8, 16 and 32 bits, signed and unsigned; a padding value at an end of the number range becomes NaN.
 *
 * @throws formats/dicom-malformed, -transfer-syntax, -object, -missing, -samples, -units, -length.
 */
export function readDicomWaveform(bytes: Uint8Array): Recording {
  const { transferSyntax, elements: data } = parse(bytes)
  const object = textIn(data, 0x00080016)
  const groups = itemsOf(data, 0x54000100)
  if (groups.length === 0) {
    throw refuse(
      'missing',
      '(5400,0100) WaveformSequence',
      objectNames[object] === undefined ? 'none, in an object of another kind' : 'none',
      'Is this an image file? ECGs are waveform objects.',
    )
  }
  const isBig = transferSyntax === bigEndian
  const size = (group: DicomElements): number => (group.uint16(0x003a0005) ?? 0) * (group.uint32(0x003a0010) ?? 0)
  const bySize = [...groups].sort((p, q) => size(q) - size(p))
  const first = bySize.find((group) => !isMedian(group)) ?? bySize[0]
  const rhythm = readGroup(first, isBig)
  const warnings: string[] = []
  for (const group of groups) {
    if (group === first || isMedian(group) || stretchOf(group) !== stretchOf(first)) continue
    const leads = orWarning('a further group of leads', () => readGroup(group, isBig).leads, warnings) ?? []
    if (!leads.some(({ name }) => rhythm.leads.some((lead) => lead.name === name))) rhythm.leads.push(...leads)
  }
  if (rhythm.leads.length === 0) throw refuse('units', 'a channel with its sensitivity in volts', 'none')
  const beat = groups.find((group) => group !== first && isMedian(group))
  return createRecording(
    {
      format: 'DICOM waveform',
      version: objectNames[object] ?? 'waveform',
      recordedOn: isoDayOf(textIn(data, 0x0008002a)) ?? isoDayOf(textIn(data, 0x00080023)) ?? isoDayOf(textIn(data, 0x00080020)),
      filters: rhythm.filters,
      printed: readPrinted(data),
      statements: tidyStatements(itemsOf(data, 0x0040b020).map((item) => textIn(item, 0x00700006))),
      median: beat && orWarning('the median beat', () => asMedian(readGroup(beat, isBig)), warnings),
      warnings,
    },
    rhythm.leads,
    rhythm.rateHz,
    where,
  )
}

type Group = { leads: LeadCounts[]; rateHz: number; filters: DeviceFilters }

function isMedian(group: DicomElements): boolean {
  return /MEDIAN|AVERAGE|DERIVED|TEMPLATE/i.test(`${textIn(group, 0x003a0020)} ${textIn(group, 0x003a0004)}`)
}

/** When a group begins, how fast and how long it was sampled: groups with the same were recorded together. */
function stretchOf(group: DicomElements): string {
  return [numberIn(group, 0x00181068) || 0, numberIn(group, 0x003a001a), group.uint32(0x003a0010)].join()
}

function asMedian(group: Group): MedianBeat {
  return createMedianBeat(group.leads, group.rateHz, where)
}

function parse(bytes: Uint8Array): { transferSyntax: string; elements: DicomElements } {
  let read: ReturnType<typeof readDicomElements>
  try {
    read = readDicomElements(bytes)
  } catch (error) {
    throw fault({
      code: 'formats/dicom-malformed',
      where,
      expected: 'a whole DICOM file',
      received: 'bytes that break off or contradict themselves',
      hint: 'The file is cut short or damaged: send it again.',
      cause: error,
    })
  }
  const { transferSyntax } = read
  if (/^1\.2\.840\.10008\.1\.2\.4/.test(transferSyntax))
    throw refuse('transfer-syntax', 'a plain transfer syntax', transferSyntax.slice(0, 64), 'Convert the file with: dcmconv +te IN OUT')
  return read
}

function readGroup(group: DicomElements, isBig: boolean): Group {
  const numChannels = group.uint16(0x003a0005) ?? 0
  const numSamples = group.uint32(0x003a0010) ?? 0
  checkSize(numChannels, numSamples, where)
  const channels = itemsOf(group, 0x003a0200)
  if (channels.length !== numChannels) throw refuse('length', `${numChannels} channel definitions`, String(channels.length))
  const stored = readSamples(group, numChannels * numSamples, isBig)
  const leads = channels.flatMap((channel, index): LeadCounts[] => {
    const scale = readScale(channel)
    if (scale === undefined) return []
    const counts_T = new Float64Array(numSamples)
    for (let t = 0; t < numSamples; t++) counts_T[t] = stored[t * numChannels + index]
    return [{ name: channelName(channel), counts_T, ...scale }]
  })
  return { leads, rateHz: numberIn(group, 0x003a001a), filters: readFilters(channels) }
}

// Sample interpretation (5400,1006) to the bytes of a sample and how it is read.
const interpretations: Readonly<Record<string, { width: number; read: (view: DataView, at: number, isLittle: boolean) => number }>> = {
  SB: { width: 1, read: (view, at) => view.getInt8(at) },
  UB: { width: 1, read: (view, at) => view.getUint8(at) },
  SS: { width: 2, read: (view, at, isLittle) => view.getInt16(at, isLittle) },
  US: { width: 2, read: (view, at, isLittle) => view.getUint16(at, isLittle) },
  SL: { width: 4, read: (view, at, isLittle) => view.getInt32(at, isLittle) },
  UL: { width: 4, read: (view, at, isLittle) => view.getUint32(at, isLittle) },
}

/** Samples of all channels, interleaved; the padding value as NaN. */
function readSamples(group: DicomElements, count: number, isBig: boolean): Float64Array {
  const name = textIn(group, 0x54001006)
  const kind = interpretations[name]
  const bits = group.uint16(0x54001004) ?? 0
  if (kind === undefined || kind.width * 8 !== bits) {
    throw refuse('samples', 'samples of interpretation SB, UB, SS, US, SL or UL in as many bits', `${name.slice(0, 8)} in ${bits} bits`)
  }
  const bytes = group.bytes(0x54001010)
  const needed = count * kind.width
  if (bytes === undefined || bytes.length < needed)
    throw refuse('length', `${inBytes(needed)} of (5400,1010) WaveformData`, inBytes(bytes?.length ?? 0))
  const view = new DataView(bytes.buffer, bytes.byteOffset, needed)
  const paddingValue = readPadding(group, kind, isBig)
  const stored = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const value = kind.read(view, i * kind.width, !isBig)
    stored[i] = value === paddingValue ? Number.NaN : value
  }
  return stored
}

/**
 * The value that stands for no sample. Writers put 0 there too, where it also means 0 mV: only an end of the number range counts.
 */
function readPadding(
  group: DicomElements,
  kind: { width: number; read: (view: DataView, at: number, isLittle: boolean) => number },
  isBig: boolean,
): number {
  const padding = group.bytes(0x5400100a)
  if (padding === undefined || padding.length < kind.width) return Number.NaN
  const value = kind.read(new DataView(padding.buffer, padding.byteOffset, kind.width), 0, !isBig)
  const range = 2 ** (8 * kind.width - 1)
  return [-range, range - 1, 2 * range - 1].includes(value) ? value : Number.NaN
}

// UCUM codes, and their meanings for writers that fill in those only.
const unitUv: Readonly<Record<string, number>> = {
  uv: 1,
  '\u00b5v': 1,
  '\u03bcv': 1,
  mv: 1000,
  v: 1e6,
  nv: 1e-3,
  microvolt: 1,
  millivolt: 1000,
  volt: 1e6,
}

/** Value in units = stored x sensitivity x correction + baseline; undefined where the unit is none of voltage. */
function readScale(channel: DicomElements): { resolutionUv: number; baseline: number } | undefined {
  const unit = itemsOf(channel, 0x003a0211)[0]
  const meaning = textIn(unit, 0x00080104).toLowerCase().replace(/s$/, '')
  const perUnitUv = unitUv[textIn(unit, 0x00080100).toLowerCase()] ?? unitUv[meaning]
  if (perUnitUv === undefined) return undefined
  const sensitivity = numberIn(channel, 0x003a0210) * (numberIn(channel, 0x003a0212) || 1)
  return { resolutionUv: sensitivity * perUnitUv, baseline: -(numberIn(channel, 0x003a0213) || 0) / sensitivity || 0 }
}

/** SCP-ECG's lead numbers stand behind 5.6.3-9- and MDC's 2: (DICOM's context group 3001); else the code or its meaning names the lead. */
function channelName(channel: DicomElements): string {
  const source = itemsOf(channel, 0x003a0208)[0]
  const code = textIn(source, 0x00080100)
  const number = /^(?:5\.6\.3-9-|2:)(\d+)$/.exec(code)?.[1]
  const meaning = textIn(source, 0x00080104).replace(/\s*\(.*\)\s*$/, '')
  const names = [meaning, code, textIn(channel, 0x003a0203)]
  return scpLeadNames[Number(number)] ?? names.find((name) => isStandardLead(leadName(name))) ?? names.find((name) => name !== '') ?? ''
}

function readFilters(channels: readonly DicomElements[]): DeviceFilters {
  const filters: DeviceFilters = {}
  const first = channels[0]
  if (first === undefined) return filters
  const [low, high, mains] = [numberIn(first, 0x003a0220), numberIn(first, 0x003a0221), numberIn(first, 0x003a0222)]
  if (low > 0) filters.highPassHz = low
  if (high > 0) filters.lowPassHz = high
  if (Number.isFinite(mains)) filters.notchHz = mains > 0 ? [mains] : []
  return filters
}

const printedMeanings: readonly (readonly [RegExp, keyof PrintedMeasurements])[] = [
  [/^(ventricular|heart).*rate$/i, 'heartRateBpm'],
  [/^P (duration|wave duration)$/i, 'pMs'],
  [/^(PR|PQ) interval/i, 'prMs'],
  [/^QRS duration/i, 'qrsMs'],
  [/^QT interval/i, 'qtMs'],
  [/^QTc interval/i, 'qtcMs'],
  [/^RR interval/i, 'rrMs'],
  [/^PP interval/i, 'ppMs'],
  [/^P axis/i, 'pAxisDeg'],
  [/^QRS axis/i, 'qrsAxisDeg'],
  [/^T axis/i, 'tAxisDeg'],
]

function readPrinted(data: DicomElements): PrintedMeasurements {
  const printed: PrintedMeasurements = {}
  for (const item of itemsOf(data, 0x0040b020)) {
    const meaning = textIn(itemsOf(item, 0x0040a043)[0], 0x00080104)
    const key = printedMeanings.find(([pattern]) => pattern.test(meaning))?.[1]
    const value = numberIn(item, 0x0040a30a)
    if (key !== undefined && Number.isFinite(value) && printed[key] === undefined) printed[key] = value
  }
  return printed
}

function itemsOf(data: DicomElements | undefined, tag: number): readonly DicomElements[] {
  return data?.items(tag) ?? []
}

function textIn(data: DicomElements | undefined, tag: number): string {
  return data?.text(tag) ?? ''
}

function numberIn(data: DicomElements | undefined, tag: number): number {
  const text = textIn(data, tag).split('\\')[0]
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
}

function refuse(what: string, expected: string, received: string, hint = 'The file is damaged or of a kind CineLead does not read.') {
  return fault({ code: `formats/dicom-${what}`, where, expected, received, hint })
}
