// One moment of a cine as floats. Hands on: sliceStack.
import type { Volume } from '../../formats/volume.ts'

/** All slices of a frame. Shape [Z, Y, X]. */
export function sliceStack(volume: Volume, frame: number): Float32Array {
  const [, numSlices, numRows, numColumns] = volume.shape
  const size = numSlices * numRows * numColumns
  return Float32Array.from(volume.voxels_FZYX.subarray(frame * size, (frame + 1) * size))
}
