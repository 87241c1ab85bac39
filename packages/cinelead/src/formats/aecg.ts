// HL7 annotated ECG (aECG, FDA): bytes to a Recording.
// Source: HL7 v3 Annotated ECG Implementation Guide (2005): series, sequenceSet, SLIST_PQ with origin, scale and digits, MDC lead codes.
import { fault } from '../base/errors.ts'
import { parseNumberRun } from './number-run.ts'
import type { DeviceFilters, MedianBeat, PrintedMeasurements, Recording } from './recording.ts'
import { createMedianBeat, createRecording, isoDayOf, type LeadCounts, orWarning, tidyStatements } from './waveform.ts'
import { childNamed, childrenNamed, descendantsNamed, numberOf, readXml, runOf, textOf, type XmlElement } from './xml.ts'

const where = 'readAecg'
// The micro sign and the Greek letter look alike; files have either.
const unitUv: Readonly<Record<string, number>> = { uv: 1, '\u00b5v': 1, '\u03bcv': 1, mv: 1000, v: 1e6, nv: 1e-3 }
const unitSec: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, min: 60 }

type SequenceSet = { leads: LeadCounts[]; rateHz: number; start: string }

/**
 * A resting ECG from an HL7 aECG document.
 *
 * Of all sequence sets of rhythm series the one with most samples is taken, sets of one start, rate and length as one; the largest of the
 * derived series becomes the median beat. Leads of unlike length within a set are refused.
 *
 * @throws formats/aecg-root, formats/aecg-empty, formats/number-run, formats/rate, formats/resolution, formats/length, formats/xml-*.
 */
export function readAecg(bytes: Uint8Array): Recording {
  const root = readXml(bytes, { where })
  if (root.name !== 'AnnotatedECG') {
    throw fault({
      code: 'formats/aecg-root',
      where,
      expected: 'the root element AnnotatedECG',
      received: `<${root.name.slice(0, 40)}>`,
      hint: 'This is XML of another kind: let readEcg recognise it.',
    })
  }
  const series = descendantsNamed(root, 'series')
  const rhythm = largest(series.flatMap(sequenceSets))
  if (rhythm === undefined) {
    throw fault({
      code: 'formats/aecg-empty',
      where,
      expected: 'a series with a sequence of digits for each lead',
      received: `${series.length} series without samples`,
      hint: 'The document holds no waveform: export it with its series.',
    })
  }
  const derived = descendantsNamed(root, 'derivedSeries')
  const warnings: string[] = []
  const median = orWarning('the representative beat', () => readMedian(largest(derived.flatMap(sequenceSets))), warnings)
  return createRecording(
    {
      format: 'HL7 aECG',
      recordedOn: dayOf(root) ?? dayOf(series[0]),
      filters: readFilters(root),
      printed: readPrinted([...derived, root]),
      statements: tidyStatements(readStatements(root)),
      median,
      warnings,
    },
    rhythm.leads,
    rhythm.rateHz,
    where,
  )
}

function readMedian(beat: SequenceSet | undefined): MedianBeat | undefined {
  return beat === undefined ? undefined : createMedianBeat(beat.leads, beat.rateHz, where)
}

function largest(sets: readonly SequenceSet[]): SequenceSet | undefined {
  const size = ({ leads }: SequenceSet): number => leads.reduce((sum, lead) => sum + lead.counts_T.length, 0)
  return [...sets].sort((p, q) => size(q) - size(p))[0]
}

/** The sequence sets right below a series that hold leads; some writers give each lead a set of its own. */
function sequenceSets(series: XmlElement): SequenceSet[] {
  const sets = childrenNamed(series, 'component')
    .flatMap((component) => childrenNamed(component, 'sequenceSet'))
    .map((set) => {
      const sequences = childrenNamed(set, 'component').flatMap((component) => childrenNamed(component, 'sequence'))
      return { leads: sequences.flatMap(readLead), rateHz: rateOf(sequences), start: startOf(sequences) }
    })
    .filter(({ leads }) => leads.length > 0)
  // The sets of each stretch of time, and the names that the last of them has.
  const joined: SequenceSet[] = []
  const open = new Map<string, { set: SequenceSet; names: Set<string> }>()
  for (const set of sets) {
    const stretch = [set.start, set.rateHz, set.leads[0].counts_T.length].join()
    const held = set.start === '' ? undefined : open.get(stretch)
    if (held === undefined || set.leads.some(({ name }) => held.names.has(name))) {
      joined.push(set)
      open.set(stretch, { set, names: new Set(set.leads.map(({ name }) => name)) })
    } else {
      held.set.leads.push(...set.leads)
      for (const { name } of set.leads) held.names.add(name)
    }
  }
  return joined
}

/** When a set begins, as the file writes it; empty where it says nothing. */
function startOf(sequences: readonly XmlElement[]): string {
  const time = sequences.find((sequence) => /^TIME_(ABSOLUTE|RELATIVE)$/.test(codeOf(sequence)))
  return childNamed(time, 'value', 'head')?.attributes.value ?? ''
}

function rateOf(sequences: readonly XmlElement[]): number {
  for (const sequence of sequences) {
    const increment = childNamed(sequence, 'value', 'increment')
    if (!/^TIME_(ABSOLUTE|RELATIVE)$/.test(codeOf(sequence)) || increment === undefined) continue
    const stepSec = quantity(increment) * (unitSec[unitOf(increment)] ?? Number.NaN)
    // Increments are decimal: 0.002 s means 500 Hz, not 499.99999999999994.
    return Number((1 / stepSec).toPrecision(12))
  }
  return Number.NaN
}

function readLead(sequence: XmlElement): LeadCounts[] {
  const value = childNamed(sequence, 'value')
  const digits = childNamed(value, 'digits')
  if (digits === undefined || !/LEAD/.test(codeOf(sequence))) return []
  const scale = childNamed(value, 'scale')
  const origin = childNamed(value, 'origin')
  const scaleUv = scale === undefined ? Number.NaN : quantity(scale) * (unitUv[unitOf(scale)] ?? Number.NaN)
  const originUv = origin === undefined ? 0 : quantity(origin) * (unitUv[unitOf(origin)] ?? 1)
  const counts_T = parseNumberRun(runOf(digits), where)
  return counts_T.length === 0 ? [] : [{ name: codeOf(sequence), counts_T, resolutionUv: scaleUv, baseline: -originUv / scaleUv || 0 }]
}

function codeOf(element: XmlElement): string {
  return childNamed(element, 'code')?.attributes.code ?? ''
}

function quantity(element: XmlElement): number {
  const text = element.attributes.value ?? ''
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : Number.NaN
}

function unitOf(element: XmlElement): string {
  return (element.attributes.unit ?? '').toLowerCase()
}

function dayOf(element: XmlElement | undefined): string | undefined {
  const time = childNamed(element, 'effectiveTime')
  for (const part of [childNamed(time, 'center'), childNamed(time, 'low'), childNamed(time, 'high'), time]) {
    const day = isoDayOf(part?.attributes.value)
    if (day !== undefined) return day
  }
  return undefined
}

function readFilters(root: XmlElement): DeviceFilters {
  const filters: DeviceFilters = {}
  for (const variable of descendantsNamed(root, 'controlVariable')) {
    const kind = /^MDC_ECG_CTL_VBL_ATTR_FILTER_(LOW_PASS|HIGH_PASS|NOTCH)$/.exec(codeOf(variable))?.[1]
    if (kind === undefined) continue
    const values = descendantsNamed(variable, 'value').map(quantity).filter(Number.isFinite)
    if (kind === 'LOW_PASS' && values[0] > 0) filters.lowPassHz = values[0]
    if (kind === 'HIGH_PASS' && values[0] > 0) filters.highPassHz = values[0]
    if (kind === 'NOTCH') filters.notchHz = values.filter((value) => value > 0)
  }
  return filters
}

const printedCodes: Readonly<Record<string, keyof PrintedMeasurements>> = {
  MDC_ECG_HEART_RATE: 'heartRateBpm',
  MDC_ECG_TIME_PD_P: 'pMs',
  MDC_ECG_TIME_PD_PR: 'prMs',
  MDC_ECG_TIME_PD_PQ: 'prMs',
  MDC_ECG_TIME_PD_QRS: 'qrsMs',
  MDC_ECG_TIME_PD_QT: 'qtMs',
  MDC_ECG_TIME_PD_QTc: 'qtcMs',
  MDC_ECG_TIME_PD_QTC: 'qtcMs',
  MDC_ECG_TIME_PD_RR: 'rrMs',
  MDC_ECG_TIME_PD_PP: 'ppMs',
  MDC_ECG_ANGLE_P_FRONT: 'pAxisDeg',
  MDC_ECG_ANGLE_QRS_FRONT: 'qrsAxisDeg',
  MDC_ECG_ANGLE_T_FRONT: 'tAxisDeg',
}

/** Annotations of the whole ECG: those without a region they are about. The first of each kind counts. */
function readPrinted(places: readonly XmlElement[]): PrintedMeasurements {
  const printed: PrintedMeasurements = {}
  for (const place of places) {
    for (const annotation of descendantsNamed(place, 'annotation')) {
      const key = printedCodes[codeOf(annotation)]
      const value = childNamed(annotation, 'value')
      if (key === undefined || value === undefined || printed[key] !== undefined || childNamed(annotation, 'support') !== undefined)
        continue
      const amount = value.attributes.value === undefined ? (numberOf(value) ?? Number.NaN) : quantity(value)
      const factor = key.endsWith('Ms') ? (unitSec[unitOf(value)] ?? 1e-3) * 1000 : 1
      if (Number.isFinite(amount)) printed[key] = amount * factor
    }
  }
  return printed
}

function readStatements(root: XmlElement): string[] {
  return descendantsNamed(root, 'annotation')
    .filter((annotation) => /INTERPRETATION/.test(codeOf(annotation)))
    .map((annotation) => textOf(childNamed(annotation, 'value')))
}
