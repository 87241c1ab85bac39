// What CMR preparation hands to the store, and the function type by which a network reaches this room.
import type { PhenotypeValues } from '../../base/phenotypes.ts'
import type { Verdict } from '../../base/verdict.ts'

/**
 * Labels slices (0 background, 1 LV cavity, 2 myocardium, 3 RV cavity). Made by `models/segmenter` from our weights or by
 * `deploy` from somebody's ONNX file; this room never sees a tensor.
 *
 * @param slices_BYX  Intensities, any scale. Shape [B, Y, X].
 * @param spacingMm   Row and column spacing.
 * @returns           Labels. Shape [B, Y, X].
 */
export type Segmenter = {
  (slices_BYX: Float32Array, shape: readonly [number, number, number], spacingMm: readonly [number, number]): Promise<Uint8Array>
  /** Where it can be: the same, fitted to how one study's slices look; told its whole stack at one moment. */
  fitTo?(slices_BYX: Float32Array, shape: readonly [number, number, number], spacingMm: readonly [number, number]): Segmenter
  /** Where it can be: one for long-axis pictures, the apex up and the right ventricle to the left (`longAxisPose`). */
  alongHeart?: Segmenter
}

/** A cine cropped around the heart: the five arms' inputs and what was measured on the way. */
export type PreparedCine = {
  /** Middle slice over time, resampled to a fixed number of frames over the cycle, 0..1. Shape [F, Y, X]. */
  cine_FYX: Float32Array
  /** Volumes at end-diastole and end-systole, 0..1, base to apex. Shape [Z, Y, X]. */
  ed_ZYX: Float32Array
  es_ZYX: Float32Array
  /** Their labels. Shape [Z, Y, X]. */
  edLabels_ZYX: Uint8Array
  esLabels_ZYX: Uint8Array
  shape: { numFrames: number; numSlices: number; numRows: number; numColumns: number }
  /** Slice, row and column distance of the arrays above. */
  spacingMm: readonly [number, number, number]
  edFrame: number
  esFrame: number
  /** Measured on the uncropped stack from the segmentation. */
  measured: PhenotypeValues
  heartBoxMm: readonly [number, number, number]
  verdicts: readonly Verdict[]
}
