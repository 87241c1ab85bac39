// A 12-lead ECG on paper: 25 mm/s, 10 mm/mV, sizes in millimetres, so that a print can be measured with a ruler.
// Source: paper speed and gain of AHA/ACC/HRS 2007 recommendations, part I (the clause could not be checked here).
import type { Drawing, Line, Words } from './drawing.ts'

export type EcgPaperOptions = {
  /** Names of the leads, in the order of the samples. Default the twelve standard ones. */
  leads?: readonly string[]
  speedMmPerSec?: number
  gainMmPerMv?: number
  /** Seconds to draw from the start; default all there are, at most 10. */
  seconds?: number
  /** `stacked`: one row a lead; `grid`: 3 rows of 4 leads with 2.5 s each and lead II below. */
  layout?: 'stacked' | 'grid'
  /** Words above the drawing; never a person's name. */
  title?: string
  /** Sample indices to mark with a tick. */
  rPeaks?: readonly number[]
}

const standard = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6']
const marginMm = 8
const titleMm = 8
const calibrationMm = 8
const ink = '#111111'
const penMm = 0.22

/**
 * The drawing of an ECG.
 *
 * @param mv_LT   Samples, mV; the pen is lifted over those that are NaN. Shape [L, T].
 * @param rateHz  Of the samples.
 */
export function ecgPaper(mv_LT: ArrayLike<number>, rateHz: number, options: EcgPaperOptions = {}): Drawing {
  const leads = options.leads ?? standard
  const numSamples = Math.floor(mv_LT.length / leads.length)
  const speed = options.speedMmPerSec ?? 25
  const gain = options.gainMmPerMv ?? 10
  const seconds = Math.min(options.seconds ?? 10, numSamples / rateHz)
  const isGrid = options.layout === 'grid' && leads.length === 12
  const rowMm = isGrid ? 30 : 20
  const numRows = isGrid ? 4 : leads.length
  const widthMm = Math.ceil(2 * marginMm + calibrationMm + seconds * speed)
  const heightMm = 2 * marginMm + titleMm + numRows * rowMm
  const left = marginMm + calibrationMm
  const shapes: (Line | Words)[] = [
    words(options.title ?? '', marginMm, 6, 3.4, '#222222'),
    { ...words(`${speed} mm/s · ${gain} mm/mV`, widthMm - marginMm, 6, 3, '#444444'), anchor: 'end' },
  ]
  const draw = (leadIndex: number, row: number, fromSec: number, toSec: number, atMm: number): void => {
    const middle = marginMm + titleMm + (row + 0.5) * rowMm
    const from = Math.round(fromSec * rateHz)
    const to = Math.min(numSamples, Math.round(toSec * rateHz))
    const pointsMm: number[] = []
    for (let t = from; t < to; t++) pointsMm.push(atMm + ((t - from) / rateHz) * speed, middle - mv_LT[leadIndex * numSamples + t] * gain)
    shapes.push({ kind: 'line', pointsMm, widthMm: penMm, colour: ink })
    shapes.push({ ...words(leads[leadIndex], atMm + 1, middle - rowMm / 2 + 4, 3.2, ink), isBold: true })
  }
  for (let row = 0; row < numRows; row++) {
    shapes.push(calibrationPulse(marginMm + titleMm + (row + 0.5) * rowMm, gain))
    if (!isGrid) draw(row, row, 0, seconds, left)
    else if (row === 3) draw(1, row, 0, seconds, left)
    else
      for (let column = 0; column < 4; column++)
        draw(column * 3 + row, row, (column * seconds) / 4, ((column + 1) * seconds) / 4, left + (column * seconds * speed) / 4)
  }
  for (const peak of options.rPeaks ?? []) {
    if (peak / rateHz >= seconds) continue
    const x = left + (peak / rateHz) * speed
    shapes.push({ kind: 'line', pointsMm: [x, heightMm - marginMm, x, heightMm - marginMm + 2.5], widthMm: 0.4, colour: '#0a58a5' })
  }
  const rulings = [
    { stepMm: 1, widthMm: 0.08, colour: '#f3c4c4' },
    { stepMm: 5, widthMm: 0.18, colour: '#e58f8f' },
  ] as const
  return { widthMm, heightMm, paper: '#fff8f6', rulings, shapes }
}

/** One millivolt, 5 mm wide. */
function calibrationPulse(baseMm: number, gain: number): Line {
  const [begin, up, down, end] = [marginMm, marginMm + 1.5, marginMm + 6.5, marginMm + 8]
  const pointsMm = [begin, baseMm, up, baseMm, up, baseMm - gain, down, baseMm - gain, down, baseMm, end, baseMm]
  return { kind: 'line', pointsMm, widthMm: penMm, colour: ink }
}

function words(text: string, xMm: number, yMm: number, sizeMm: number, colour: Words['colour']): Words {
  return { kind: 'words', text, xMm, yMm, sizeMm, colour, anchor: 'start', isBold: false }
}
