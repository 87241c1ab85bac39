// What an ECG file is, in lines for a person, and its drawing on paper. Hands on: ecgAsText, ecgDrawing.
import type { Recording } from '../formats/recording.ts'
import type { EcgDescription } from '../prepare/ecg/describe.ts'
import { prepareEcg } from '../prepare/ecg/prepare-ecg.ts'
import type { Drawing } from '../report/drawing.ts'
import { ecgPaper } from '../report/ecg-paper.ts'
import { verdictLine } from './verdict-line.ts'

const DRAWN_SEC = 10 // one sheet of paper at 25 mm/s

const list = (values: number | readonly number[]) => [...new Set([values].flat().map((value) => Number(value.toPrecision(4))))].join(', ')

function deviceLines({ filters, printed, statements }: EcgDescription['device']): string[] {
  const shown = (record: object) =>
    Object.entries(record)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name} ${Array.isArray(value) && value.length === 0 ? 'none' : value}`)
      .join(', ')
  return [
    ...(shown(filters) === '' ? [] : [`  filters     ${shown(filters)} (the recorder's)`]),
    ...(shown(printed) === '' ? [] : [`  printed     ${shown(printed)} (the recorder's)`]),
    ...statements.map((statement) => `  statement   ${statement}`),
  ]
}

/** The facts as lines for a person. */
export function ecgAsText(facts: EcgDescription): string {
  const failed = facts.verdicts.filter(({ ok }) => !ok)
  const interval = (name: string, value: number | null, unit: string) =>
    value === null ? `no ${name} measured` : `${name} ${value} ${unit}`
  return [
    `ECG: ${facts.version?.startsWith(facts.format) ? facts.version : `${facts.format} ${facts.version ?? ''}`.trim()}`,
    `  leads       ${facts.leads.length}: ${facts.leads.join(', ')}`,
    `  rate        ${facts.rateHz} Hz`,
    `  length      ${Number((facts.samples / facts.rateHz).toFixed(3))} s (${facts.samples} samples a lead)`,
    `  resolution  ${list(facts.resolutionUv)} µV`,
    `  heart rate  ${facts.heartRateBpm === null ? 'no beats found' : `${facts.heartRateBpm} beats/min from ${facts.rPeaksMs.length} R peaks`}`,
    `  median beat ${interval('PR', facts.prMs, 'ms')}, ${interval('QRS', facts.qrsMs, 'ms')}, ${interval('QT', facts.qtMs, 'ms')}, ${interval('axis', facts.axisDeg, '°')}`,
    ...(facts.recordedOn === null ? [] : [`  recorded    ${facts.recordedOn}`]),
    ...deviceLines(facts.device),
    ...(failed.length === 0 ? [`  quality     all ${facts.verdicts.length} criteria met`] : failed.map(verdictLine)),
  ].join('\n')
}

/** The first ten seconds of a recording on ECG paper, filtered, R peaks ticked. */
export function ecgDrawing(recording: Recording, facts: EcgDescription): Drawing {
  const { filteredMv_LT, rateHz } = prepareEcg(recording)
  const seconds = Math.min(DRAWN_SEC, recording.numSamples / recording.rateHz)
  const title = `${facts.format}${facts.heartRateBpm === null ? '' : `, ${facts.heartRateBpm} beats/min`}`
  const rPeaks = facts.rPeaksMs.map((ms) => Math.round((ms * rateHz) / 1000))
  return ecgPaper(filteredMv_LT, rateHz, { layout: 'grid', seconds, title, rPeaks })
}
