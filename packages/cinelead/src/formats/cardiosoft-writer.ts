// GE CardioSoft XML, the writing side: a Recording into the container UK Biobank's field 20205 has.
// The quirks real exports show are options, so that readers can be tested against them.
import { fault } from '../base/errors.ts'
import { cardiosoftPrinted } from './cardiosoft-fields.ts'
import type { MedianBeat, Recording } from './recording.ts'
import { partsOfStep } from './step-parts.ts'
import { escapeXml } from './xml.ts'

/** What differs between real exports, and what a Recording does not hold. */
export type CardiosoftOptions = {
  /** Person's number in `PID`; a made one. Default empty. */
  personId?: string
  /** Time of day of the recording. Default 12:00:00. */
  clock?: { hour: number; minute: number; second: number }
  /** `StripData` inside `Strip` instead of under the root. */
  isStripNested?: boolean
  /** Case of the `lead` attribute. Default as in the recording. */
  leadCase?: 'lower' | 'upper'
  /** The export without any samples that CardioSoft sometimes makes. */
  isWithoutSamples?: boolean
  /** Samples on one line of text. Default 500. */
  samplesPerLine?: number
  /** `ObservationType`. Default `RestECG`. */
  observationType?: string
  /** µV of one step. Default the recording's own, else 5 (CardioSoft's). */
  resolutionUv?: number
}

const defaultResolutionUv = 5 // GE CardioSoft 6.73 exports of UK Biobank field 20205

/**
 * A recording in GE CardioSoft's XML, ISO-8859-1.
 *
 * The container has one step for all leads: the finest resolution of any, in parts where samples lie between (partsOfStep), so that each
 * sample comes back to a thousandth of its own step.
 *
 * @throws formats/cardiosoft-missing when a sample is NaN: the container has no mark for a missing one.
 */
export function writeCardiosoftXml(recording: Recording, options: CardiosoftOptions = {}): Uint8Array {
  const resolutionUv = options.resolutionUv ?? stepFor(recording)
  const [year, month, day] = (recording.recordedOn ?? '').split('-')
  const { hour, minute, second } = options.clock ?? { hour: 12, minute: 0, second: 0 }
  const lines: string[] = ['<?xml version="1.0" encoding="ISO-8859-1"?>', '<CardiologyXML>']
  const put = (text: string): void => {
    lines.push(text)
  }
  put(`<ObservationType>${escapeXml(options.observationType ?? 'RestECG')}</ObservationType>`)
  for (const name of ['ObservationDateTime', 'ObservationEndDateTime']) {
    put(`<${name}><Hour>${hour}</Hour><Minute>${minute}</Minute><Second>${second}</Second>`)
    if (day !== undefined) put(`<Day>${Number(day)}</Day><Month>${Number(month)}</Month><Year>${Number(year)}</Year>`)
    put(`</${name}>`)
  }
  // Another format's version is none of CardioSoft's.
  const version = (recording.format === 'CardioSoft XML' ? recording.version : undefined) ?? 'V6.73'
  put(`<ClinicalInfo><DeviceInfo><Desc>CardioSoft</Desc><SoftwareVer>${escapeXml(version)}</SoftwareVer></DeviceInfo></ClinicalInfo>`)
  put(`<PatientInfo><PID>${escapeXml(options.personId ?? '')}</PID></PatientInfo>`)
  putFilters(recording, put)
  put('<Interpretation><Diagnosis>')
  for (const statement of recording.statements) put(`<DiagnosisText>${escapeXml(statement)}</DiagnosisText>`)
  put('</Diagnosis></Interpretation>')
  putMeasurements(recording, resolutionUv, options, put)
  if (options.isWithoutSamples !== true) {
    if (options.isStripNested === true) put('<Strip>')
    put('<StripData>')
    putLeads(recording.leads, recording.ecg_LT, recording.rateHz, resolutionUv, options, put)
    put('</StripData>')
    if (options.isStripNested === true) put('</Strip>')
  }
  put('</CardiologyXML>')
  return latin1(lines.join('\r\n'))
}

function putFilters(recording: Recording, put: (text: string) => void): void {
  const { filters } = recording
  put('<FilterSetting>')
  if (filters.isCubicSpline !== undefined) put(`<CubicSpline>${filters.isCubicSpline ? 'yes' : 'no'}</CubicSpline>`)
  if (filters.notchHz !== undefined) {
    put(`<Filter50Hz>${filters.notchHz.includes(50) ? 'yes' : 'no'}</Filter50Hz>`)
    put(`<Filter60Hz>${filters.notchHz.includes(60) ? 'yes' : 'no'}</Filter60Hz>`)
  }
  if (filters.lowPassHz !== undefined) put(`<LowPass units="Hz">${filters.lowPassHz}</LowPass>`)
  if (filters.highPassHz !== undefined) put(`<HighPass units="Hz">${filters.highPassHz}</HighPass>`)
  put('</FilterSetting>')
}

function putMeasurements(recording: Recording, resolutionUv: number, options: CardiosoftOptions, put: (text: string) => void): void {
  put('<RestingECGMeasurements>')
  for (const [key, name] of cardiosoftPrinted) {
    const value = recording.printed[key]
    const units = key === 'heartRateBpm' ? 'BPM' : key.endsWith('Deg') ? 'degrees' : 'ms'
    if (value !== undefined) put(`<${name} units="${units}">${value}</${name}>`)
  }
  const median: MedianBeat | undefined = recording.median
  if (median !== undefined) {
    put('<MedianSamples>')
    putLeads(median.leads, median.beat_LT, median.rateHz, resolutionUv, options, put)
    put('</MedianSamples>')
  }
  put('</RestingECGMeasurements>')
}

function putLeads(
  leads: readonly string[],
  ecg_LT: Float32Array,
  rateHz: number,
  resolutionUv: number,
  options: CardiosoftOptions,
  put: (text: string) => void,
): void {
  const numSamples = ecg_LT.length / leads.length
  put(`<NumberOfLeads>${leads.length}</NumberOfLeads>`)
  put(`<SampleRate units="Hz">${rateHz}</SampleRate>`)
  put(`<ChannelSampleCountTotal>${numSamples}</ChannelSampleCountTotal>`)
  put(`<Resolution units="uVperLsb">${resolutionUv}</Resolution>`)
  const perLine = options.samplesPerLine ?? 500
  for (const [leadIndex, name] of leads.entries()) {
    const label = options.leadCase === 'lower' ? name.toLowerCase() : options.leadCase === 'upper' ? name.toUpperCase() : name
    const counts: number[] = new Array(numSamples)
    for (let t = 0; t < numSamples; t++) counts[t] = Math.round((ecg_LT[leadIndex * numSamples + t] * 1000) / resolutionUv)
    if (counts.some(Number.isNaN)) {
      throw fault({
        code: 'formats/cardiosoft-missing',
        where: 'writeCardiosoftXml',
        expected: 'a value for every sample',
        received: `missing samples in lead ${name}`,
        hint: 'CardioSoft XML has no mark for a missing sample: write WFDB or CSV, or prepare the recording first.',
      })
    }
    put(`<WaveformData lead="${escapeXml(label)}">`)
    for (let t = 0; t < numSamples; t += perLine) {
      put(`\t${counts.slice(t, t + perLine).join(',')}${t + perLine < numSamples ? ',' : ''}`)
    }
    put('</WaveformData>')
  }
}

/** The step all leads are written in. */
function stepFor({ resolutionUv, ecg_LT }: Recording): number {
  const finest = Math.min(...resolutionUv)
  if (!(finest > 0 && Number.isFinite(finest))) return defaultResolutionUv
  return finest / partsOfStep(ecg_LT, finest)
}

function latin1(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    bytes[index] = code < 256 ? code : 0x3f // a question mark for what ISO-8859-1 lacks
  }
  return bytes
}
