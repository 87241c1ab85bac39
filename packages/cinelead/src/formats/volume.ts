// The record every image reader hands on: one stack of slices over time with its place in the patient.

/** The standard cardiac views. */
export type View = 'sax' | '2ch' | '3ch' | '4ch' | 'other'

/**
 * A cine stack. Slices are parallel; frames are in time order.
 *
 * `affine` maps a voxel index [x, y, z, 1] (column, row, slice) to patient coordinates in mm, DICOM's LPS directions
 * (x to the left, y to the back, z to the head). Row-major 4 x 4.
 */
export type Volume = {
  view: View
  /** [F, Z, Y, X]: frames, slices, rows, columns. */
  shape: readonly [number, number, number, number]
  /** Rescaled intensities, arbitrary unit. Shape [F, Z, Y, X]. */
  voxels_FZYX: Float32Array | Int16Array | Uint16Array
  /** Distance of slice centres, rows, columns. */
  spacingMm: readonly [number, number, number]
  sliceThicknessMm?: number
  /** Time of each frame after the R wave, ms. Shape [F]. */
  frameMs_F: Float64Array
  affine: Float64Array
  /** Heart rate the scanner noted, where it did. */
  heartRateBpm?: number
  /** Day of the scan, `YYYY-MM-DD`, where the file has it. */
  acquiredOn?: string
  /** Series description as the scanner wrote it (never a person's name). */
  description?: string
}

/** Labels of a segmentation, the order that ukbb_cardiac and most public sets use. */
export const cardiacLabels = { background: 0, lvCavity: 1, myocardium: 2, rvCavity: 3 } as const
