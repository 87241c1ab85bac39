// What each contrastive arm sees of the heart: its CMR views by name, and which array each is cut from.
import { fault } from '../base/errors.ts'
import type { ArrayName, Source } from './source.ts'

/** The contrastive arms of the abstract. The fifth, `ecg-only`, has no CMR view and no training beyond the masked autoencoder. */
export const contrastiveArms = ['cl-2d', 'cl-2dt', 'cl-3d', 'tcl'] as const

export type ContrastiveArm = (typeof contrastiveArms)[number]
export type ArmId = 'ecg-only' | ContrastiveArm

/** A CMR view: the array it is cut from, and what the array's first axis is; of `slice` only the middle one is taken. */
export type ViewSpec = { array: Exclude<ArrayName, 'ecg' | 'ecgMv'>; of: 'slice' | 'frames' | 'slices' }

/** All views by name. `slice` is the mid-ventricular slice of the end-diastolic volume. */
export const views = {
  slice: { array: 'ed', of: 'slice' },
  cine: { array: 'cine', of: 'frames' },
  ed: { array: 'ed', of: 'slices' },
  es: { array: 'es', of: 'slices' },
} as const satisfies Record<string, ViewSpec>

export type ViewName = keyof typeof views

/** The views of each arm. Source: the abstract's five models; field practice as in the group's code. */
export const armViews: Readonly<Record<ContrastiveArm, readonly ViewName[]>> = {
  'cl-2d': ['slice'],
  'cl-2dt': ['cine'],
  'cl-3d': ['ed'],
  tcl: ['ed', 'es'],
}

/** How much of a heart the views show: slices in the middle of a volume, frames evenly spaced over the cycle. All, when left out. */
export type ViewExtent = { numSlices?: number; numFrames?: number }

/** Places along an array's first axis: the first, how far apart, how many. */
export type Cut = { start: number; step: number; count: number }

/** The middle of `numSlices` slices: with an even number, the one nearer the apex. */
export const middleSlice = (numSlices: number): number => middleOf(numSlices, 1)

const middleOf = (numPlaces: number, count: number): number => (numPlaces - count + 1) >> 1

/**
 * Which slices or frames of the stored array a view takes. Frames begin with the first, which is end-diastole.
 *
 * @throws  batches/extent when the store has fewer slices, or its frames cannot be thinned evenly to that number.
 */
export function viewCut(source: Source, view: ViewName, { numSlices, numFrames }: ViewExtent = {}): Cut {
  const { array, of } = views[view]
  const [numPlaces] = source.shapes[array]
  const count = of === 'slice' ? 1 : ((of === 'frames' ? numFrames : numSlices) ?? numPlaces)
  const isWhole = of === 'frames' ? numPlaces % count === 0 : count <= numPlaces
  if (!(Number.isInteger(count) && count >= 1 && isWhole)) {
    throw fault({
      code: 'batches/extent',
      where: 'viewCut',
      expected: of === 'frames' ? `a number of frames that divides the ${numPlaces} stored` : `1 to ${numPlaces} slices, as are stored`,
      received: String(count),
      hint: 'Choose another recipe, or ingest again with more slices or frames.',
    })
  }
  return of === 'frames' ? { start: 0, step: numPlaces / count, count } : { start: middleOf(numPlaces, count), step: 1, count }
}

/** Shape of one subject's view: [Y, X] for a slice, [F, Y, X] or [Z, Y, X] otherwise. */
export function viewShape(source: Source, view: ViewName, extent: ViewExtent = {}): readonly number[] {
  const { array, of } = views[view]
  const picture = source.shapes[array].slice(1)
  return of === 'slice' ? picture : [viewCut(source, view, extent).count, ...picture]
}
