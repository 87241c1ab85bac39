// A segmenter without a network for tests of `ingest`: the phantom's intensities say what they are. Hands on: openSegmenter.
import { thresholdSegmenter } from '../prepare/cmr/phantom.ts'

/** Needs no weights. */
export const openSegmenter = () => thresholdSegmenter
