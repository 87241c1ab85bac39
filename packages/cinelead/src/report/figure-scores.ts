// Scores with intervals as dots on lines: mean R² of each arm, R² by phenotype, AUROC by disease, differences to the reference.
import * as Plot from '@observablehq/plot'
import { type Html, html, raw } from './html.ts'
import { drawPlot } from './plot-svg.ts'
import type { ValueJson } from './report-json.ts'
import { armLook, decimal } from './words.ts'

/** One dot with its interval: whose, in which row. */
export type ScorePoint = { arm: string; row: string } & ValueJson

type Known = ScorePoint & { value: number; ciLow: number; ciHigh: number }

const WIDTH = 680 // px of the viewBox; the page scales it
const LOWEST_SHOWN = -0.5 // R² of a failed probe has no lower limit; intervals below this are cut so that the rest can be read

/**
 * One row an arm, with the number at its end.
 *
 * @param reference  Where a dashed line is drawn (0 for differences), with its words.
 */
export function armFigure(label: string, axis: string, points: readonly ScorePoint[], reference?: { value: number; text: string }): Html {
  const known = points.filter((point): point is Known => point.value !== null)
  const rows = points.map(({ row }) => row)
  const { lines, dots, domain } = cut(known, reference === undefined ? LOWEST_SHOWN : Number.NEGATIVE_INFINITY, reference)
  const isSigned = reference?.value === 0
  return drawPlot(label, {
    width: WIDTH / 2 + 140,
    height: 44 * rows.length + 60,
    marginLeft: 162,
    marginRight: 66,
    marginTop: reference === undefined ? 12 : 24,
    marginBottom: 40,
    x: { label: axis, grid: true, nice: true, domain, tickSpacing: 64 },
    y: { domain: rows, label: null, tickSize: 0 },
    marks: [
      ...referenceLine(reference),
      Plot.link(lines, { y1: 'row', y2: 'row', x1: 'ciLow', x2: 'ciHigh', stroke: colourOf, strokeWidth: 3, strokeLinecap: 'round' }),
      Plot.dot(dots, { y: 'row', x: 'value', fill: colourOf, symbol: symbolOf, r: 7, stroke: 'var(--page)', title: titleOf }),
      Plot.text(known, {
        y: 'row',
        frameAnchor: 'right',
        dx: 60,
        textAnchor: 'end',
        text: ({ value }: Known) => `${isSigned && value > 0 ? '+' : ''}${decimal(value, 3)}`,
        fill: 'currentColor',
        fontWeight: 600,
      }),
      Plot.text(
        points.filter(({ value }) => value === null),
        { y: 'row', frameAnchor: 'left', dx: 8, text: () => 'not estimable', fill: 'var(--quiet)', fontStyle: 'italic' },
      ),
    ],
  })
}

/** Several rows (phenotypes or diseases), each with one dot an arm. */
export function groupedFigure(
  label: string,
  axis: string,
  points: readonly ScorePoint[],
  reference?: { value: number; text: string },
): Html {
  const known = points.filter((point): point is Known => point.value !== null)
  const rows = [...new Set(points.map(({ row }) => row))]
  const arms = [...new Set(points.map(({ arm }) => arm))]
  const { lines, dots, domain } = cut(known, LOWEST_SHOWN, reference)
  const empty = rows.filter((row) => !known.some((point) => point.row === row))
  return drawPlot(label, {
    width: WIDTH + 240,
    height: (13 * arms.length + 12) * rows.length + 70,
    marginLeft: 190,
    marginTop: reference === undefined ? 12 : 24,
    marginBottom: 42,
    fy: { domain: rows, label: null, padding: 0.18 },
    y: { domain: arms, axis: null, padding: 0.6 },
    x: { label: axis, nice: true, domain },
    facet: { marginLeft: 190 },
    marks: [
      Plot.axisFy({ anchor: 'left', textAnchor: 'end', dx: -10, fontSize: 13, lineWidth: 14 } as Plot.AxisXOptions),
      Plot.frame({ fill: 'var(--band)', stroke: 'none', rx: 6 }),
      Plot.gridX({ stroke: 'currentColor', strokeOpacity: 0.12 }),
      ...referenceLine(reference),
      Plot.link(lines, {
        fy: 'row',
        y1: 'arm',
        y2: 'arm',
        x1: 'ciLow',
        x2: 'ciHigh',
        stroke: colourOf,
        strokeWidth: 2,
        strokeLinecap: 'round',
      }),
      Plot.dot(dots, {
        fy: 'row',
        y: 'arm',
        x: 'value',
        fill: colourOf,
        symbol: symbolOf,
        r: 4.5,
        stroke: 'var(--page)',
        strokeWidth: 0.8,
        title: titleOf,
      }),
      Plot.text(empty, {
        fy: (row: string) => row,
        frameAnchor: 'middle',
        text: () => 'not estimable on this test split',
        fill: 'var(--quiet)',
        fontStyle: 'italic',
      }),
    ],
  })
}

/** The key of colours and symbols. */
export function armLegend(arms: readonly string[]): Html {
  const shapes = {
    circle: '<circle cx="8" cy="8" r="5.5"/>',
    square: '<rect x="3" y="3" width="10" height="10"/>',
    triangle: '<path d="M8 2 14 13H2Z"/>',
    diamond: '<path d="M8 1.5 13 8 8 14.5 3 8Z"/>',
    star: '<path d="M8 1l2 4.7 5 .4-3.8 3.3 1.2 5L8 11.7l-4.4 2.7 1.2-5L1 6.1l5-.4Z"/>',
  }
  return html`<ul class="legend">${arms.map((id) => {
    const { name, colour, symbol } = armLook(id)
    return html`<li>${raw(`<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="${colour}">${shapes[symbol]}</svg>`)} ${name}</li>`
  })}</ul>`
}

const colourOf = ({ arm }: ScorePoint) => armLook(arm).colour
const symbolOf = ({ arm }: ScorePoint) => armLook(arm).symbol
const titleOf = ({ arm, row, value, ciLow, ciHigh }: Known) =>
  `${row === armLook(arm).name ? '' : `${row}, `}${armLook(arm).name}: ${decimal(value, 3)} (${decimal(ciLow, 3)} to ${decimal(ciHigh, 3)})`

/** What is drawn of the scores when nothing below a limit is: lines cut there, dots left out, and the axis' ends. */
function cut(known: readonly Known[], limit: number, reference: { value: number } | undefined) {
  const also = reference === undefined ? [] : [reference.value]
  const values = [...known.flatMap(({ value, ciLow, ciHigh }) => [value, ciLow, ciHigh]), ...also]
  const lowest = values.length === 0 ? 0 : Math.max(limit, Math.min(...values))
  const highest = values.length === 0 ? 1 : Math.max(...values, lowest + 0.1)
  return {
    lines: known.filter(({ ciHigh }) => ciHigh > lowest).map((point) => ({ ...point, ciLow: Math.max(lowest, point.ciLow) })),
    dots: known.filter(({ value }) => value >= lowest),
    domain: [lowest, highest] as [number, number],
  }
}

function referenceLine(reference: { value: number; text: string } | undefined): Plot.Markish[] {
  if (reference === undefined) return []
  return [
    Plot.ruleX([reference.value], { stroke: 'currentColor', strokeDasharray: '4 3', strokeOpacity: 0.7 }),
    Plot.text([reference], {
      x: 'value',
      text: 'text',
      frameAnchor: 'top',
      dy: -14,
      fontSize: 11,
      fill: 'var(--quiet)',
      facetAnchor: 'top',
    } as Plot.TextOptions),
  ]
}
