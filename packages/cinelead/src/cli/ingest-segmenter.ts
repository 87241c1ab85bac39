// The segmenter of an ingest worker: the shipped network on one libtorch thread, as every core has a worker of its own.
// Hands on: openSegmenter.
import { setNumThreads } from '@cinelead/torch'
import { loadSegmenter } from '../models/segmenter.ts'
import type { Segmenter } from '../prepare/cmr/prepared-cine.ts'

/** Opens the network from its weights' file. */
export function openSegmenter(weightsPath: string): Segmenter {
  setNumThreads(1)
  return loadSegmenter(weightsPath)
}
