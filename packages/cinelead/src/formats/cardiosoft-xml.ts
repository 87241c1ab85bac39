// GE CardioSoft XML (UK Biobank field 20205): bytes to a Recording and back.
// Container: design notes from public readers of the field (root CardiologyXML, StripData/WaveformData, 5 µV steps, ISO-8859-1).
import { fault } from '../base/errors.ts'
import { cardiosoftPrinted } from './cardiosoft-fields.ts'
import { leadName } from './lead-names.ts'
import { parseNumberRun } from './number-run.ts'
import type { DeviceFilters, MedianBeat, PrintedMeasurements, Recording } from './recording.ts'
import { createMedianBeat, createRecording, isoDay, type LeadCounts, orWarning, tidyStatements } from './waveform.ts'
import { childNamed, childrenNamed, descendantsNamed, numberOf, readXml, runOf, textOf, type XmlElement } from './xml.ts'

export { type CardiosoftOptions, writeCardiosoftXml } from './cardiosoft-writer.ts'

const where = 'readCardiosoftXml'

/**
 * A resting ECG from GE CardioSoft's XML.
 *
 * Reads declared rate and resolution, `StripData` under the root or under `Strip`, any case of the lead attribute, white space inside
 * the lists. Of several strips the one with most leads, then most samples, is taken. No name, id or birth date is read.
 *
 * @throws  formats/cardiosoft-exercise for an exercise test (UK Biobank field 6025); formats/cardiosoft-empty without samples;
 *          formats/cardiosoft-length when the file announces another number of samples than it holds; formats/xml-* when not XML.
 */
export function readCardiosoftXml(bytes: Uint8Array): Recording {
  const root = readXml(bytes, { where })
  if (root.name !== 'CardiologyXML') {
    throw fault({
      code: 'formats/cardiosoft-root',
      where,
      expected: 'the root element CardiologyXML',
      received: `<${root.name.slice(0, 40)}>`,
      hint: 'This is XML of another kind: let readEcg recognise it.',
    })
  }
  const kind = textOf(childNamed(root, 'ObservationType'))
  const isExercise =
    /exercise|stress|ergo/i.test(kind) ||
    (kind === '' && descendantsNamed(root, 'FullDisclosureData').length + descendantsNamed(root, 'TrendData').length > 0)
  if (isExercise) {
    throw fault({
      code: 'formats/cardiosoft-exercise',
      where,
      expected: 'a resting ECG (UK Biobank field 20205)',
      received: 'an exercise test (like field 6025)',
      hint: 'CineLead works on 12-lead resting ECGs only: leave exercise tests out.',
    })
  }
  const strips = descendantsNamed(root, 'StripData').map((strip) =>
    childrenNamed(strip, 'WaveformData').filter((lead) => runOf(lead).length > 0),
  )
  const strip = descendantsNamed(root, 'StripData')[bestStrip(strips)]
  if (strip === undefined) {
    throw fault({
      code: 'formats/cardiosoft-empty',
      where,
      expected: 'StripData with WaveformData of each lead',
      received: kind === '' ? 'none' : `none (ObservationType ${kind.slice(0, 40)})`,
      hint: 'The export holds no waveform: some CardioSoft exports are empty or hold full disclosure only.',
    })
  }
  const { leads, rateHz } = readLeads(strip)
  const warnings: string[] = []
  const measured = childNamed(root, 'RestingECGMeasurements')
  const interpretation = childNamed(root, 'Interpretation')
  const statements = interpretation === undefined ? [] : descendantsNamed(interpretation, 'DiagnosisText').map(textOf)
  return createRecording(
    {
      format: 'CardioSoft XML',
      version: textOf(childNamed(root, 'ClinicalInfo', 'DeviceInfo', 'SoftwareVer')).slice(0, 40) || undefined,
      recordedOn: dayOf(childNamed(root, 'ObservationDateTime')),
      filters: readFilters(childNamed(root, 'FilterSetting')),
      printed: readPrinted(measured),
      statements: tidyStatements(statements),
      median: orWarning('the median beat', () => readMedian(measured), warnings),
      warnings,
    },
    leads,
    rateHz,
    where,
  )
}

function bestStrip(strips: readonly XmlElement[][]): number {
  let best = -1
  for (const [index, leads] of strips.entries()) {
    if (leads.length === 0) continue
    const held = best < 0 ? undefined : strips[best]
    if (held === undefined || leads.length > held.length) best = index
    else if (leads.length === held.length && runOf(leads[0]).length > runOf(held[0]).length) best = index
  }
  return best
}

function readLeads(strip: XmlElement): { leads: LeadCounts[]; rateHz: number } {
  const rateHz = numberOf(childNamed(strip, 'SampleRate')) ?? Number.NaN
  const resolution = childNamed(strip, 'Resolution')
  const perStep = numberOf(resolution) ?? Number.NaN
  const resolutionUv = /^mV/i.test(resolution?.attributes.units ?? '') ? perStep * 1000 : perStep
  const leads = childrenNamed(strip, 'WaveformData')
    .map((element) => ({
      name: element.attributes.lead ?? element.attributes.Lead ?? element.attributes.LEAD ?? '',
      counts_T: parseNumberRun(runOf(element), where),
      resolutionUv,
    }))
    .filter((lead) => lead.counts_T.length > 0)
  const announced = numberOf(childNamed(strip, 'ChannelSampleCountTotal'))
  for (const lead of leads) {
    if (announced !== undefined && announced !== lead.counts_T.length) {
      throw fault({
        code: 'formats/cardiosoft-length',
        where,
        expected: `${announced} samples a lead, as the file announces`,
        received: `${lead.counts_T.length} in lead ${leadName(lead.name)}`,
        hint: 'The file is cut short or damaged: export it again.',
      })
    }
  }
  return { leads, rateHz }
}

function readMedian(measured: XmlElement | undefined): MedianBeat | undefined {
  const median = childNamed(measured, 'MedianSamples')
  if (median === undefined || childrenNamed(median, 'WaveformData').length === 0) return undefined
  const { leads, rateHz } = readLeads(median)
  return leads.length === 0 ? undefined : createMedianBeat(leads, rateHz, where)
}

function readFilters(setting: XmlElement | undefined): DeviceFilters {
  const filters: DeviceFilters = {}
  const isOn = (name: string): boolean | undefined => {
    const text = textOf(childNamed(setting, name)).toLowerCase()
    if (text === '') return undefined
    return /^(yes|true|on|1|ja|y)$/.test(text)
  }
  const isSpline = isOn('CubicSpline')
  if (isSpline !== undefined) filters.isCubicSpline = isSpline
  const [is50, is60] = [isOn('Filter50Hz'), isOn('Filter60Hz')]
  if (is50 !== undefined || is60 !== undefined) filters.notchHz = [...(is50 === true ? [50] : []), ...(is60 === true ? [60] : [])]
  const lowPassHz = numberOf(childNamed(setting, 'LowPass'))
  if (lowPassHz !== undefined && lowPassHz > 0) filters.lowPassHz = lowPassHz
  const highPassHz = numberOf(childNamed(setting, 'HighPass'))
  if (highPassHz !== undefined && highPassHz > 0) filters.highPassHz = highPassHz
  return filters
}

function readPrinted(measured: XmlElement | undefined): PrintedMeasurements {
  const printed: PrintedMeasurements = {}
  for (const [key, name] of cardiosoftPrinted) {
    const value = numberOf(childNamed(measured, name))
    if (value !== undefined) printed[key] = value
  }
  return printed
}

function dayOf(element: XmlElement | undefined): string | undefined {
  return isoDay(numberOf(childNamed(element, 'Year')), numberOf(childNamed(element, 'Month')), numberOf(childNamed(element, 'Day')))
}
