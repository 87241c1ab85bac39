// A segmenter without a network for tests of `ingest`: the phantom's intensities say what they are. Hands on: openSegmenter, deadlyRows.
import { thresholdSegmenter } from '../prepare/cmr/phantom.ts'
import type { Segmenter } from '../prepare/cmr/prepared-cine.ts'

/** Pictures of so many rows kill the worker, as a crash in a native library would. */
export const deadlyRows = 50

/** Needs no weights. */
export function openSegmenter(): Segmenter {
  return (slices_BYX, shape, spacingMm) => {
    if (shape[1] === deadlyRows) process.exit(9)
    return thresholdSegmenter(slices_BYX, shape, spacingMm)
  }
}
