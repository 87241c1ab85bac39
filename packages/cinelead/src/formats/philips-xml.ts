// Philips Sierra ECG XML 1.03 and 1.04 (PageWriter, TraceMaster, HeartStart MRx): bytes to a Recording.
// Source: the format as the sierra-ecg project describes it (C. A. Watford).
import { fault } from '../base/errors.ts'
import { decodeBase64, int16Of } from './base64.ts'
import type { DeviceFilters, MedianBeat, PrintedMeasurements, Recording } from './recording.ts'
import {
  checkSize,
  createMedianBeat,
  createRecording,
  isoDayOf,
  type LeadCounts,
  orWarning,
  standardOrder,
  tidyStatements,
} from './waveform.ts'
import { decodeXli, restoreLimbLeads } from './xli.ts'
import { childNamed, childrenNamed, descendantsNamed, numberOf, readXml, runOf, textOf, type XmlElement } from './xml.ts'

const where = 'readPhilipsXml'

/**
 * A resting ECG from Philips Sierra XML, versions 1.03 and 1.04, XLI-compressed or plain.
 *
 * @throws formats/philips-root, -version, -empty, -length, -compression, -xli, formats/base64, formats/xml-*.
 */
export function readPhilipsXml(bytes: Uint8Array): Recording {
  const root = readXml(bytes, { where })
  if (root.name !== 'restingecgdata') throw refuse('root', 'the root element restingecgdata', `<${root.name.slice(0, 40)}>`)
  const version = textOf(childNamed(root, 'documentinfo', 'documentversion')).slice(0, 20)
  if (!/^1\.0[34](\.\d+)?$/.test(version)) throw refuse('version', 'Sierra ECG version 1.03 or 1.04', version === '' ? 'none' : version)
  const parsed = descendantsNamed(root, 'parsedwaveforms')[0]
  if (parsed === undefined || runOf(parsed).length === 0) throw refuse('empty', 'parsedwaveforms with samples', 'none')
  const signal = childNamed(root, 'dataacquisition', 'signalcharacteristics')
  const rateHz = numberOf(childNamed(signal, 'samplingrate')) ?? numberIn(parsed, 'samplespersecond')
  const acquired = childNamed(root, 'dataacquisition')?.attributes.date ?? childNamed(root, 'reportinfo')?.attributes.date
  const interpretation = descendantsNamed(root, 'interpretation')[0]
  const warnings: string[] = []
  return createRecording(
    {
      format: 'Philips Sierra XML',
      version,
      recordedOn: isoDayOf(acquired),
      filters: readFilters(root, parsed),
      printed: readPrinted(root, interpretation),
      statements: tidyStatements(readStatements(interpretation)),
      median: orWarning('the representative beats', () => readMedian(root, rateHz), warnings),
      warnings,
    },
    readLeads(parsed, signal, rateHz),
    rateHz,
    where,
  )
}

function readLeads(parsed: XmlElement, signal: XmlElement | undefined, rateHz: number): LeadCounts[] {
  const names = leadNames(parsed, signal)
  const durationMs = numberIn(parsed, 'durationperchannel')
  const numSamples = Math.round((durationMs * rateHz) / 1000)
  checkSize(names.length, numSamples, where)
  const data = decodeBase64(runOf(parsed), where)
  const compression = (parsed.attributes.compressmethod ?? parsed.attributes.compression ?? 'Uncompressed').trim()
  const isPlain = /^(uncompressed|none|)$/i.test(compression) || /^false$/i.test(parsed.attributes.compressflag ?? '')
  let leads: Int16Array[]
  if (isPlain) {
    const counts = int16Of(data)
    if (counts.length !== names.length * numSamples)
      throw refuse('length', `${names.length} leads of ${numSamples} samples`, `${counts.length} samples in all`)
    leads = names.map((_, leadIndex) => counts.subarray(leadIndex * numSamples, (leadIndex + 1) * numSamples))
  } else if (/^xli$/i.test(compression)) {
    leads = decodeXli(data, names.length, numSamples + 2, where)
    const isStandard = leads.length >= 6 && standardOrder.slice(0, 6).every((name, index) => names[index] === name)
    if (isStandard && new Set(leads.map(({ length }) => length)).size === 1) restoreLimbLeads(leads)
  } else throw refuse('compression', 'waveforms that are plain or XLI-compressed', compression.slice(0, 20))
  const fits = leads.length === names.length && leads.every((lead) => lead.length >= numSamples)
  if (!fits)
    throw refuse(
      'length',
      `${names.length} leads of ${numSamples} samples`,
      `${leads.length} leads of ${Math.min(...leads.map((lead) => lead.length))}`,
    )
  const resolutionUv = numberOf(childNamed(signal, 'signalresolution')) ?? numberIn(parsed, 'resolution')
  const baseline = numberOf(childNamed(signal, 'signaloffset')) ?? 0
  return names.map((name, leadIndex) => ({ name, counts_T: leads[leadIndex].subarray(0, numSamples), resolutionUv, baseline }))
}

function leadNames(parsed: XmlElement, signal: XmlElement | undefined): string[] {
  const labels = (parsed.attributes.leadlabels ?? '').split(/\s+/).filter((label) => label !== '')
  if (labels.length > 0) return labels.slice(0, numberIn(parsed, 'numberofleads') || labels.length)
  const count = numberOf(childNamed(signal, 'numberchannelsvalid')) ?? numberOf(childNamed(signal, 'numberchannelsallocated')) ?? 12
  return Array.from({ length: Math.min(64, Math.max(0, count)) }, (_, index) => standardOrder[index] ?? `channel ${index + 1}`)
}

function numberIn(element: XmlElement, name: string): number {
  const text = element.attributes[name] ?? ''
  return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
}

/** The representative beats of version 1.04: one plain base64 list a lead. */
function readMedian(root: XmlElement, rateHz: number): MedianBeat | undefined {
  const beats = descendantsNamed(root, 'repbeats')[0]
  if (beats === undefined) return undefined
  const leads = childrenNamed(beats, 'repbeat').flatMap((beat) => {
    const waveform = childNamed(beat, 'waveform')
    if (waveform === undefined || runOf(waveform).length === 0) return []
    return [
      {
        name: beat.attributes.leadname ?? '',
        counts_T: int16Of(decodeBase64(runOf(waveform), where)),
        resolutionUv: numberIn(beats, 'resolution'),
      },
    ]
  })
  return leads.length === 0 ? undefined : createMedianBeat(leads, numberIn(beats, 'samplespersec') || rateHz, where)
}

function readFilters(root: XmlElement, parsed: XmlElement): DeviceFilters {
  const filters: DeviceFilters = {}
  const bandwidth = childNamed(root, 'reportinfo', 'reportbandwidth')
  // What was done to the samples stands with the waveform (1.04); the report's filters are the printout's.
  const highPassHz = numberIn(parsed, 'hipass') || (numberOf(childNamed(bandwidth, 'highpassfiltersetting')) ?? 0)
  const lowPassHz = numberIn(parsed, 'lowpass') || (numberOf(childNamed(bandwidth, 'lowpassfiltersetting')) ?? 0)
  if (highPassHz > 0) filters.highPassHz = highPassHz
  if (lowPassHz > 0) filters.lowPassHz = lowPassHz
  const flag = parsed.attributes.notchfiltered
  const frequencies = (parsed.attributes.notchfilterfreqs ?? '')
    .split(/[\s,;]+/)
    .map(Number)
    .filter((hz) => hz > 0)
  const reported = numberOf(childNamed(bandwidth, 'notchfiltersetting'))
  if (flag !== undefined) filters.notchHz = /^true$/i.test(flag) ? frequencies : []
  else if (reported !== undefined) filters.notchHz = reported > 0 ? [reported] : []
  return filters
}

// Element names of the printed measurements: first the interpretation's (what stands on the printout), then the measuring program's.
const printedNames = [
  ['heartRateBpm', ['heartrate', 'meanventrate']],
  ['pMs', ['pdur']],
  ['prMs', ['print', 'meanprint']],
  ['qrsMs', ['qrsdur', 'meanqrsdur']],
  ['qtMs', ['qtint', 'meanqtint']],
  ['qtcMs', ['qtcb', 'qtc', 'meanqtc']],
  ['rrMs', ['rrint']],
  ['pAxisDeg', ['pfrontaxis']],
  ['qrsAxisDeg', ['qrsfrontaxis']],
  ['tAxisDeg', ['tfrontaxis']],
] as const satisfies readonly (readonly [keyof PrintedMeasurements, readonly string[]])[]

function readPrinted(root: XmlElement, interpretation: XmlElement | undefined): PrintedMeasurements {
  const places = [
    ...['globalmeasurements', 'interpretationmeasurements'].flatMap((name) =>
      interpretation === undefined ? [] : descendantsNamed(interpretation, name),
    ),
    ...['crossleadmeasurements', 'globalmeasurements'].flatMap((name) => descendantsNamed(root, name)),
  ]
  const printed: PrintedMeasurements = {}
  for (const place of places) {
    for (const [key, names] of printedNames) {
      for (const name of names) {
        const value = numberOf(childNamed(place, name))
        if (value !== undefined && printed[key] === undefined) printed[key] = value
      }
    }
  }
  return printed
}

function readStatements(interpretation: XmlElement | undefined): string[] {
  return childrenNamed(interpretation, 'statement').map((statement) =>
    [textOf(childNamed(statement, 'leftstatement')), textOf(childNamed(statement, 'rightstatement'))]
      .filter((part) => part !== '')
      .join(': '),
  )
}

function refuse(what: string, expected: string, received: string) {
  return fault({
    code: `formats/philips-${what}`,
    where,
    expected,
    received,
    hint: 'Export the ECG as Sierra XML 1.03 or 1.04 with its waveforms.',
  })
}
