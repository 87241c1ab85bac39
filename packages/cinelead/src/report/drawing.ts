// A drawing in millimetres that is on no medium yet: lines and words on ruled paper. Hands on: Drawing, toSvg.
// drawing-png.ts makes pixels of it.

/** `#rrggbb`. */
export type Colour = `#${string}`

export type Line = {
  kind: 'line'
  /** x and y by turns, mm, y downwards; NaN lifts the pen. */
  pointsMm: readonly number[]
  widthMm: number
  colour: Colour
}

export type Words = {
  kind: 'words'
  text: string
  xMm: number
  /** Of the line the letters stand on. */
  yMm: number
  sizeMm: number
  colour: Colour
  anchor: 'start' | 'end'
  isBold: boolean
}

/** Lines over the whole paper, across and down, every so many millimetres. */
export type Ruling = { stepMm: number; widthMm: number; colour: Colour }

export type Drawing = {
  widthMm: number
  heightMm: number
  paper: Colour
  /** The finest first. */
  rulings: readonly Ruling[]
  shapes: readonly (Line | Words)[]
}

/** The drawing as an SVG document that prints at its own size. */
export function toSvg({ widthMm, heightMm, paper, rulings, shapes }: Drawing): string {
  const size = `width="${widthMm}" height="${heightMm}"`
  const patterns = rulings.map(
    ({ stepMm, widthMm: strokeMm, colour }, index) =>
      `<pattern id="ruling${index}" width="${stepMm}" height="${stepMm}" patternUnits="userSpaceOnUse"><path d="M${stepMm} 0H0V${stepMm}" fill="none" stroke="${colour}" stroke-width="${strokeMm}"/></pattern>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthMm}mm" height="${heightMm}mm" viewBox="0 0 ${widthMm} ${heightMm}" font-family="sans-serif">`,
    `<defs>${patterns.join('')}</defs>`,
    `<rect ${size} fill="${paper}"/>${rulings.map((_, index) => `<rect ${size} fill="url(#ruling${index})"/>`).join('')}`,
    ...shapes.map((shape) => (shape.kind === 'line' ? lineSvg(shape) : wordsSvg(shape))),
    '</svg>',
  ].join('\n')
}

function lineSvg({ pointsMm, widthMm, colour }: Line): string {
  let path = ''
  let isDown = false
  for (let at = 0; at + 1 < pointsMm.length; at += 2) {
    const isPoint = Number.isFinite(pointsMm[at]) && Number.isFinite(pointsMm[at + 1])
    if (isPoint) path += `${isDown ? 'L' : 'M'}${round(pointsMm[at])} ${round(pointsMm[at + 1])}`
    isDown = isPoint
  }
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${widthMm}" stroke-linejoin="round"/>`
}

function wordsSvg({ text, xMm, yMm, sizeMm, colour, anchor, isBold }: Words): string {
  const weight = isBold ? ' font-weight="bold"' : ''
  return `<text x="${round(xMm)}" y="${round(yMm)}" font-size="${sizeMm}" text-anchor="${anchor}"${weight} fill="${colour}">${escapeText(text)}</text>`
}

/** A hundredth of a millimetre is finer than any printer and keeps the file small. */
function round(mm: number): number {
  return Math.round(mm * 100) / 100
}

function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
