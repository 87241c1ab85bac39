// Observable Plot on paper: a plot's description in, SVG text out, without a browser.
// Colours are `currentColor` or CSS variables where they can be, so that one drawing serves light, dark and print.
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import { type Html, raw } from './html.ts'

/** Attributes that hold pixels: a hundredth is enough and keeps the page small. */
const PLACES = / (?:d|transform|points|x|y|x1|x2|y1|y2|cx|cy|r|width|height)="[^"]*"/g

/**
 * Draws a plot as an SVG that scales with its column.
 *
 * @param label  What a reader who cannot see it is told.
 */
export function drawPlot(label: string, options: Plot.PlotOptions): Html {
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const figure = Plot.plot({
    style: { fontSize: '12px', background: 'transparent', overflow: 'visible' },
    ...options,
    ariaLabel: label,
    document: document as never,
  }) as unknown as { outerHTML: string; setAttribute(name: string, value: string): void }
  figure.setAttribute('role', 'img')
  return raw(figure.outerHTML.replace(PLACES, (attribute) => attribute.replace(/(\d+\.\d{2})\d+/g, '$1')))
}

/** A drawing as a file of its own: XML must name its namespace, a page need not. */
export function svgFile({ html }: Html): string {
  return html.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
}
