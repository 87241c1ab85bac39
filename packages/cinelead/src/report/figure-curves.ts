// Learning curves, one panel a training: validation loss over epochs against the line that a model without skill would draw.
import * as Plot from '@observablehq/plot'
import { type Html, html } from './html.ts'
import { drawPlot } from './plot-svg.ts'
import type { CurveJson } from './report-json.ts'
import { armLook, decimal } from './words.ts'

const PADDING = 0.14 // room for words below the lowest point, as a share of the axis

/** One training's losses. `train` is missing at an epoch where only validation was recorded, and the reverse. */
export type LearningCurve = {
  /** An arm, or the name of a shared stage. */
  id: string
  seed: number
  /** What the panel is called; absent: the arm's name. */
  title?: string
  /** Contrastive trainings are compared with ln B; others have an axis of their own. */
  isContrastive: boolean
  points: readonly { epoch: number; train?: number; validation?: number }[]
  /** The loss of a model without skill: ln B for InfoNCE over B pairs; predicting the mean for a masked autoencoder. */
  reference: { value: number; text: string }
  /** The same for the training batches, where it differs. */
  trainReference?: number
  /** The epoch whose weights were kept, and what else was measured then, by name (`ecg-ed.r1.leftToRight`, …). */
  chosen?: { epoch: number; measures: Readonly<Record<string, number>> }
}

/** A curve in short, for report.json. A curve without a validation is left out there. */
export function curveJson(curve: LearningCurve): CurveJson[] {
  const losses = curve.points.flatMap(({ validation }) => (validation === undefined ? [] : [validation]))
  if (losses.length === 0) return []
  return [
    {
      id: curve.id,
      seed: curve.seed,
      numEpochs: Math.max(...curve.points.map(({ epoch }) => epoch)),
      bestValidationLoss: Math.min(...losses),
      referenceLoss: curve.reference.value,
      reference: curve.reference.text,
      ...(curve.chosen === undefined ? {} : { chosenEpoch: curve.chosen.epoch, measures: { ...curve.chosen.measures } }),
    },
  ]
}

/** All panels; seeds of one training share a panel. Contrastive panels share their axis. */
export function curvesFigure(curves: readonly LearningCurve[]): Html {
  const ids = [...new Set(curves.map(({ id }) => id))]
  const shared = domainOf(curves.filter(({ isContrastive }) => isContrastive))
  return html`<div class="panels">${ids.map((id) => {
    const mine = curves.filter((curve) => curve.id === id)
    return panel(mine, mine[0].isContrastive ? shared : domainOf(mine))
  })}</div>`
}

function panel(curves: readonly LearningCurve[], domain: [number, number]): Html {
  const { id, title, reference, trainReference } = curves[0]
  const { name, colour } = armLook(id)
  const heading = title ?? name
  const rows = (part: 'train' | 'validation') =>
    curves.flatMap(({ seed, points }) =>
      points.flatMap((point) => (point[part] === undefined ? [] : [{ seed, epoch: point.epoch, loss: point[part] }])),
    )
  const validation = rows('validation')
  const kept = curves.flatMap(({ seed, chosen }) => validation.filter((point) => point.seed === seed && point.epoch === chosen?.epoch))
  const best = validation.toSorted((a, b) => a.loss - b.loss).slice(0, 1)
  const isBelow = best.every(({ loss }) => loss < reference.value) // words of line and point stand on sides away from each other
  return html`<figure><figcaption>${heading}</figcaption>${drawPlot(
    `Learning curve of ${heading}: ${best.length === 0 ? 'no validation' : `lowest validation loss ${decimal(best[0].loss, 3)}`}, without skill ${decimal(reference.value, 3)}`,
    {
      width: 300,
      height: 210,
      marginLeft: 46,
      marginRight: 14,
      marginTop: 20,
      marginBottom: 38,
      x: { label: 'epoch', nice: false, ticks: 5 },
      y: { label: null, grid: true, domain, nice: true, ticks: 5 },
      marks: [
        Plot.ruleY([reference.value], { stroke: 'currentColor', strokeDasharray: '5 3' }),
        Plot.text([reference], {
          y: 'value',
          text: 'text',
          frameAnchor: 'right',
          dy: isBelow ? -7 : 9,
          fontSize: 11,
          fill: 'currentColor',
        }),
        Plot.ruleY(trainReference === undefined ? [] : [trainReference], { stroke: colour, strokeDasharray: '1 4', strokeOpacity: 0.8 }),
        Plot.line(rows('train'), { x: 'epoch', y: 'loss', z: 'seed', stroke: colour, strokeOpacity: 0.35, strokeWidth: 1 }),
        Plot.line(validation, { x: 'epoch', y: 'loss', z: 'seed', stroke: colour, strokeWidth: 2.2 }),
        Plot.dot(kept, { x: 'epoch', y: 'loss', stroke: 'currentColor', r: 7, strokeWidth: 1.4 }),
        Plot.dot(best, { x: 'epoch', y: 'loss', fill: colour, stroke: 'var(--page)', r: 4.5 }),
        Plot.text(best, {
          x: 'epoch',
          y: 'loss',
          text: ({ loss }: { loss: number }) => decimal(loss, 2),
          dy: isBelow ? 14 : -12,
          fill: 'currentColor',
          fontSize: 11,
          fontWeight: 600,
        }),
      ],
    },
  )}</figure>`
}

function domainOf(curves: readonly LearningCurve[]): [number, number] {
  const values = curves.flatMap(({ points, reference, trainReference }) => [
    reference.value,
    ...(trainReference === undefined ? [] : [trainReference]),
    ...points.flatMap(({ train, validation }) => [train, validation].filter((loss) => loss !== undefined)),
  ])
  if (values.length === 0) return [0, 1]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return [low - PADDING * (high - low), high]
}
