// A 12-lead ECG on paper as SVG: 25 mm/s, 10 mm/mV, sizes in millimetres, so that a print can be measured with a ruler.
// Source: paper speed and gain of AHA/ACC/HRS 2007 recommendations, part I (the clause could not be checked here).

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
const calibrationMm = 8

/**
 * The drawing of an ECG.
 *
 * @param mv_LT   Samples, mV. Shape [L, T].
 * @param rateHz  Of the samples.
 * @returns       A whole SVG document.
 */
export function ecgPaper(mv_LT: ArrayLike<number>, rateHz: number, options: EcgPaperOptions = {}): string {
  const leads = options.leads ?? standard
  const numSamples = Math.floor(mv_LT.length / leads.length)
  const speed = options.speedMmPerSec ?? 25
  const gain = options.gainMmPerMv ?? 10
  const seconds = Math.min(options.seconds ?? 10, numSamples / rateHz)
  const isGrid = options.layout === 'grid' && leads.length === 12
  const rowMm = isGrid ? 30 : 20
  const numRows = isGrid ? 4 : leads.length
  const widthMm = round(2 * marginMm + calibrationMm + seconds * speed)
  const heightMm = round(2 * marginMm + 8 + numRows * rowMm)
  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthMm}mm" height="${heightMm}mm" viewBox="0 0 ${widthMm} ${heightMm}" font-family="sans-serif">`,
    '<defs><pattern id="small" width="1" height="1" patternUnits="userSpaceOnUse"><path d="M1 0H0V1" fill="none" stroke="#f3c4c4" stroke-width="0.08"/></pattern>',
    '<pattern id="large" width="5" height="5" patternUnits="userSpaceOnUse"><rect width="5" height="5" fill="url(#small)"/><path d="M5 0H0V5" fill="none" stroke="#e58f8f" stroke-width="0.18"/></pattern></defs>',
    `<rect width="${widthMm}" height="${heightMm}" fill="#fff8f6"/><rect width="${widthMm}" height="${heightMm}" fill="url(#large)"/>`,
    `<text x="${marginMm}" y="6" font-size="3.4" fill="#222">${escapeText(options.title ?? '')}</text>`,
    `<text x="${widthMm - marginMm}" y="6" font-size="3" text-anchor="end" fill="#444">${speed} mm/s · ${gain} mm/mV</text>`,
  ]
  const left = marginMm + calibrationMm
  const draw = (leadIndex: number, row: number, fromSec: number, toSec: number, atMm: number): void => {
    const middle = round(marginMm + 8 + (row + 0.5) * rowMm)
    const from = Math.round(fromSec * rateHz)
    const to = Math.min(numSamples, Math.round(toSec * rateHz))
    const mmOf = (t: number): number => atMm + ((t - from) / rateHz) * speed
    const path = tracePath(mv_LT, leadIndex * numSamples, from, to, mmOf, middle, gain)
    parts.push(`<path d="${path}" fill="none" stroke="#111" stroke-width="0.22" stroke-linejoin="round"/>`)
    parts.push(
      `<text x="${round(atMm + 1)}" y="${round(middle - rowMm / 2 + 4)}" font-size="3.2" font-weight="bold" fill="#111">${escapeText(leads[leadIndex])}</text>`,
    )
  }
  for (let row = 0; row < numRows; row++) {
    const middle = round(marginMm + 8 + (row + 0.5) * rowMm)
    parts.push(`<path d="M${marginMm} ${middle}h1.5v${-gain}h5v${gain}h1.5" fill="none" stroke="#111" stroke-width="0.22"/>`)
    if (!isGrid) draw(row, row, 0, seconds, left)
    else if (row === 3) draw(1, row, 0, seconds, left)
    else
      for (let column = 0; column < 4; column++)
        draw(column * 3 + row, row, (column * seconds) / 4, ((column + 1) * seconds) / 4, left + (column * seconds * speed) / 4)
  }
  for (const peak of options.rPeaks ?? []) {
    if (peak / rateHz < seconds)
      parts.push(`<path d="M${round(left + (peak / rateHz) * speed)} ${heightMm - marginMm}v2.5" stroke="#0a58a5" stroke-width="0.4"/>`)
  }
  parts.push('</svg>')
  return parts.join('\n')
}

/** Line through the samples; where there is none (NaN) the pen is lifted. */
function tracePath(
  mv_LT: ArrayLike<number>,
  offset: number,
  from: number,
  to: number,
  mmOf: (t: number) => number,
  middle: number,
  gain: number,
): string {
  const steps: string[] = []
  let isDown = false
  for (let t = from; t < to; t++) {
    const mv = mv_LT[offset + t]
    if (!Number.isFinite(mv)) {
      isDown = false
      continue
    }
    steps.push(`${isDown ? 'L' : 'M'}${round(mmOf(t))} ${round(middle - mv * gain)}`)
    isDown = true
  }
  return steps.join('')
}

function round(mm: number): number {
  return Math.round(mm * 100) / 100
}

function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
