// What each contrastive arm sees of the heart: its CMR views by name, and which array each is cut from.
import type { ArrayName, Source } from './source.ts'

/** The contrastive arms of the abstract. The fifth, `ecg-only`, has no CMR view and no training beyond the masked autoencoder. */
export const contrastiveArms = ['cl-2d', 'cl-2dt', 'cl-3d', 'tcl'] as const

export type ContrastiveArm = (typeof contrastiveArms)[number]
export type ArmId = 'ecg-only' | ContrastiveArm

/** A CMR view: the array it is cut from, and whether only its middle slice is taken. */
export type ViewSpec = { array: Exclude<ArrayName, 'ecg' | 'ecgMv'>; isMiddleSlice: boolean }

/** All views by name. `slice` is the mid-ventricular slice of the end-diastolic volume. */
export const views = {
  slice: { array: 'ed', isMiddleSlice: true },
  cine: { array: 'cine', isMiddleSlice: false },
  ed: { array: 'ed', isMiddleSlice: false },
  es: { array: 'es', isMiddleSlice: false },
} as const satisfies Record<string, ViewSpec>

export type ViewName = keyof typeof views

/** The views of each arm. Source: the abstract's five models; field practice as in the group's code. */
export const armViews: Readonly<Record<ContrastiveArm, readonly ViewName[]>> = {
  'cl-2d': ['slice'],
  'cl-2dt': ['cine'],
  'cl-3d': ['ed'],
  tcl: ['ed', 'es'],
}

/** Shape of one subject's view: [Y, X] for a slice, [F, Y, X] or [Z, Y, X] otherwise. */
export function viewShape(source: Source, view: ViewName): readonly number[] {
  const { array, isMiddleSlice } = views[view]
  return isMiddleSlice ? source.shapes[array].slice(1) : source.shapes[array]
}

/** The middle of `numSlices` slices: with an even number, the one nearer the apex. */
export const middleSlice = (numSlices: number): number => numSlices >> 1
