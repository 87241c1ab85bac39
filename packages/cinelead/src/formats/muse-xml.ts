// GE MUSE RestingECG XML: bytes to a Recording. Rhythm and median waveforms as base64 of 16-bit integers, eight leads as a rule.
// Source: structure of MUSE 5 to 9 exports; the high-pass setting is in hundredths of a hertz (seen in files, not in a document).
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { decodeBase64, int16Of } from './base64.ts'
import { leadName } from './lead-names.ts'
import type { DeviceFilters, MedianBeat, PrintedMeasurements, Recording } from './recording.ts'
import { createMedianBeat, createRecording, isoDay, isoDayOf, type LeadCounts, orWarning, tidyStatements } from './waveform.ts'
import { childNamed, childrenNamed, numberOf, readXml, runOf, textOf, type XmlElement } from './xml.ts'

const where = 'readMuseXml'

/**
 * A resting ECG from GE MUSE XML.
 *
 * Of several rhythm waveforms the one with most samples is taken. A lead whose CRC does not fit is read with a warning: not every MUSE
 * that wrote one could be checked.
 * The DOCTYPE MUSE writes (an external name, nothing declared) is passed over; nothing is fetched.
 *
 * @throws formats/muse-root, formats/muse-empty, formats/muse-length, formats/base64, formats/xml-*.
 */
export function readMuseXml(bytes: Uint8Array): Recording {
  const root = readXml(bytes, { where, doctype: 'bare' })
  if (root.name !== 'RestingECG') {
    throw fault({
      code: 'formats/muse-root',
      where,
      expected: 'the root element RestingECG',
      received: `<${root.name.slice(0, 40)}>`,
      hint: 'This is XML of another kind: let readEcg recognise it.',
    })
  }
  const waveforms = childrenNamed(root, 'Waveform').map((element) => ({
    kind: textOf(childNamed(element, 'WaveformType')).toLowerCase(),
    element,
    size: childrenNamed(element, 'LeadData').reduce((sum, lead) => sum + runLength(lead), 0),
  }))
  const rhythm = waveforms.filter(({ kind, size }) => kind !== 'median' && size > 0).sort((p, q) => q.size - p.size)[0]
  if (rhythm === undefined) {
    throw fault({
      code: 'formats/muse-empty',
      where,
      expected: 'a Waveform of type Rhythm with LeadData',
      received: `${waveforms.length} waveforms without rhythm samples`,
      hint: 'The export holds no rhythm strip: export it with its waveforms.',
    })
  }
  const warnings: string[] = []
  const beat = waveforms.find(({ kind, size }) => kind === 'median' && size > 0)
  const statements = childrenNamed(childNamed(root, 'Diagnosis'), 'DiagnosisStatement').map((line) => textOf(childNamed(line, 'StmtText')))
  return createRecording(
    {
      format: 'MUSE XML',
      version: textOf(childNamed(root, 'MuseInfo', 'MuseVersion')).slice(0, 40) || undefined,
      recordedOn: dayOf(textOf(childNamed(root, 'TestDemographics', 'AcquisitionDate'))),
      filters: readFilters(rhythm.element),
      printed: readPrinted(childNamed(root, 'RestingECGMeasurements')),
      statements: tidyStatements(statements),
      median: beat && orWarning('the median beat', () => readMedian(beat.element, warnings), warnings),
      warnings,
    },
    readLeads(rhythm.element, warnings),
    rateOf(rhythm.element),
    where,
  )
}

function runLength(lead: XmlElement): number {
  const data = childNamed(lead, 'WaveFormData')
  return data === undefined ? 0 : runOf(data).length
}

function readMedian(element: XmlElement, warnings: string[]): MedianBeat {
  return createMedianBeat(readLeads(element, warnings), rateOf(element), where)
}

function rateOf(waveform: XmlElement): number {
  const base = numberOf(childNamed(waveform, 'SampleBase')) ?? Number.NaN
  return base * 10 ** (numberOf(childNamed(waveform, 'SampleExponent')) ?? 0)
}

function readLeads(waveform: XmlElement, warnings: string[]): LeadCounts[] {
  return childrenNamed(waveform, 'LeadData').flatMap((lead) => {
    const data = childNamed(lead, 'WaveFormData')
    if (data === undefined || runOf(data).length === 0) return []
    const bytes = decodeBase64(runOf(data), where)
    const name = textOf(childNamed(lead, 'LeadID'))
    const announced = numberOf(childNamed(lead, 'LeadSampleCountTotal'))
    if (announced !== undefined && announced * 2 !== bytes.length) {
      throw fault({
        code: 'formats/muse-length',
        where,
        expected: `${announced} samples of 16 bits, as the file announces`,
        received: inBytes(bytes.length),
        hint: 'The file is cut short or damaged: export it again.',
      })
    }
    const crc = numberOf(childNamed(lead, 'LeadDataCRC32'))
    if (crc !== undefined && crc !== 0 && crc >>> 0 !== crc32(bytes))
      warnings.push(`the samples of lead ${leadName(name)} do not fit their CRC`)
    const units = textOf(childNamed(lead, 'LeadAmplitudeUnits')).toUpperCase()
    const perBit = numberOf(childNamed(lead, 'LeadAmplitudeUnitsPerBit')) ?? Number.NaN
    const unitUv = units === 'MILLIVOLTS' ? 1000 : units === 'NANOVOLTS' ? 0.001 : 1
    return [{ name, counts_T: int16Of(bytes), resolutionUv: perBit * unitUv }]
  })
}

function readFilters(waveform: XmlElement): DeviceFilters {
  const filters: DeviceFilters = {}
  const mains = textOf(childNamed(waveform, 'ACFilter')).toUpperCase()
  if (mains !== '')
    filters.notchHz = /^(50|60)/.test(mains) ? [Number.parseInt(mains, 10)] : /^(NONE|OFF|0|NO)/.test(mains) ? [] : undefined
  const lowPassHz = numberOf(childNamed(waveform, 'LowPassFilter'))
  if (lowPassHz !== undefined && lowPassHz > 0) filters.lowPassHz = lowPassHz
  const highPass = numberOf(childNamed(waveform, 'HighPassFilter'))
  if (highPass !== undefined && highPass > 0) filters.highPassHz = highPass / 100
  return filters
}

// MUSE's element for each printed measurement.
const printedNames = [
  ['heartRateBpm', 'VentricularRate'],
  ['prMs', 'PRInterval'],
  ['qrsMs', 'QRSDuration'],
  ['qtMs', 'QTInterval'],
  ['qtcMs', 'QTCorrected'],
  ['pAxisDeg', 'PAxis'],
  ['qrsAxisDeg', 'RAxis'],
  ['tAxisDeg', 'TAxis'],
] as const satisfies readonly (readonly [keyof PrintedMeasurements, string])[]

function readPrinted(measured: XmlElement | undefined): PrintedMeasurements {
  const printed: PrintedMeasurements = {}
  for (const [key, name] of printedNames) {
    const value = numberOf(childNamed(measured, name))
    if (value !== undefined) printed[key] = value
  }
  return printed
}

/** MUSE writes month-day-year; some sites year-month-day. */
function dayOf(text: string): string | undefined {
  const american = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$/.exec(text)
  return american === null ? isoDayOf(text) : isoDay(Number(american[3]), Number(american[1]), Number(american[2]))
}

/** CRC-32 of ISO 3309, as zip has it. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
