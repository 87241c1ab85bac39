// Mean R² of each arm against the number of labels a probe sees: where the curves part is where MRI pays.
import * as Plot from '@observablehq/plot'
import type { Html } from './html.ts'
import { drawPlot } from './plot-svg.ts'
import type { LabelCurveJson } from './report-json.ts'
import { armLook, decimal } from './words.ts'

const LOWEST_SHOWN = -0.5 // as in the figures of scores: what lies below is cut so that the rest can be read
const DODGE = 1.018 // arms stand a little apart on the logarithmic axis, so that their intervals do not hide each other

type Point = { arm: string; numLabelled: number; value: number; ciLow: number; ciHigh: number }

/** One line an arm, one point a share of labels, with its interval. */
export function labelFigure(curve: readonly LabelCurveJson[]): Html {
  const ids = curve[0].arms.map(({ id }) => id)
  const points = curve.flatMap(({ numLabelled, arms }) =>
    arms.flatMap(({ id, meanR2: { value, ciLow, ciHigh } }, a): Point[] => {
      if (value === null || ciLow === null || ciHigh === null || value < LOWEST_SHOWN) return []
      const x = numLabelled * DODGE ** (a - (ids.length - 1) / 2)
      return [{ arm: id, numLabelled: x, value, ciLow: Math.max(LOWEST_SHOWN, ciLow), ciHigh }]
    }),
  )
  const spoken = curve
    .map(
      ({ numLabelled, arms }) =>
        `${Math.round(numLabelled)} labels: ${arms.map(({ id, meanR2 }) => `${armLook(id).short} ${decimal(meanR2.value, 2)}`).join(', ')}`,
    )
    .join('; ')
  const colour = ({ arm }: Point) => armLook(arm).colour
  return drawPlot(`Mean R squared by number of labels. ${spoken}`, {
    width: 760,
    height: 340,
    marginLeft: 52,
    marginBottom: 44,
    marginRight: 24,
    x: {
      type: 'log',
      label: 'labelled training subjects',
      domain: [curve[0].numLabelled / 1.15, curve[curve.length - 1].numLabelled * 1.15],
      ticks: curve.map(({ numLabelled }) => numLabelled),
      tickFormat: (value: number) => String(Math.round(value)),
    },
    y: { label: 'mean R²', grid: true, nice: true },
    marks: [
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.4 }),
      Plot.ruleX(points, { x: 'numLabelled', y1: 'ciLow', y2: 'ciHigh', stroke: colour, strokeWidth: 1.6, strokeOpacity: 0.75 }),
      Plot.line(points, { x: 'numLabelled', y: 'value', z: 'arm', stroke: colour, strokeWidth: 2.2 }),
      Plot.dot(points, {
        x: 'numLabelled',
        y: 'value',
        fill: colour,
        symbol: ({ arm }: Point) => armLook(arm).symbol,
        r: 5.5,
        stroke: 'var(--page)',
        title: ({ arm, value, ciLow, ciHigh }: Point) =>
          `${armLook(arm).name}: ${decimal(value, 3)} (${decimal(ciLow, 3)} to ${decimal(ciHigh, 3)})`,
      }),
    ],
  })
}
