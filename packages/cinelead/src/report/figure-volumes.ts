// Both ventricles over the heart beat: volume curves with end-diastole and end-systole. Hands on: volumesFigure, VolumeCurves.
import * as Plot from '@observablehq/plot'
import type { Html } from './html.ts'
import { drawPlot } from './plot-svg.ts'
import { labelColours } from './slice-picture.ts'

/** Volumes in mL, each of shape [F]. */
export type VolumeCurves = {
  lvMl_F: ArrayLike<number>
  rvMl_F: ArrayLike<number>
  /** Times of the frames; NaN where they are not known: frames are then counted. */
  frameMs_F: ArrayLike<number>
  edFrame: number
  esFrame: number
}

const colour = (label: 1 | 3) => `rgb(${labelColours[label].join(', ')})`

/** One panel, 640 wide. */
export function volumesFigure({ lvMl_F, rvMl_F, frameMs_F, edFrame, esFrame }: VolumeCurves): Html {
  const isTimed = Array.from(frameMs_F).every(Number.isFinite)
  const x = (frame: number) => (isTimed ? frameMs_F[frame] : frame)
  const rows = (['LV', 'RV'] as const).flatMap((name) =>
    Array.from(name === 'LV' ? lvMl_F : rvMl_F, (volumeMl, frame) => ({ name, x: x(frame), volumeMl })),
  )
  const marks = [
    { text: `end-diastole (${edFrame})`, x: x(edFrame) },
    { text: `end-systole (${esFrame})`, x: x(esFrame) },
  ]
  return drawPlot('Volume of both ventricles over the heart beat', {
    width: 640,
    height: 320,
    marginLeft: 50,
    marginTop: 30,
    marginRight: 60,
    x: { label: isTimed ? 'time after the R wave (ms)' : 'frame' },
    y: { label: 'volume (mL)', zero: true, grid: true, nice: true },
    color: { domain: ['LV', 'RV'], range: [colour(1), colour(3)] },
    marks: [
      Plot.ruleX(marks, { x: 'x', stroke: 'currentColor', strokeDasharray: '3,3', strokeOpacity: 0.5 }),
      Plot.text(marks, { x: 'x', text: 'text', frameAnchor: 'top', dy: -14, fill: 'currentColor' }),
      Plot.line(rows, { x: 'x', y: 'volumeMl', stroke: 'name', strokeWidth: 2 }),
      Plot.dot(rows, { x: 'x', y: 'volumeMl', fill: 'name', r: 2 }),
      ...(['LV', 'RV'] as const).map((name, index) =>
        Plot.text([name], { text: [name], fill: [name], frameAnchor: 'right', textAnchor: 'start', dx: 10, dy: 16 * index }),
      ),
    ],
  })
}
