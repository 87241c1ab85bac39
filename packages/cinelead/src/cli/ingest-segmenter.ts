// The segmenter of an ingest worker: on one thread, as every core has a worker of its own. Hands on: openSegmenter.
import type { Segmenter } from '../prepare/cmr/prepared-cine.ts'
import { openSegmenter as open } from './open-segmenter.ts'

/** Opens a segmenter from its file. */
export function openSegmenter(segmenterPath: string): Promise<Segmenter> {
  return open(segmenterPath, 1)
}
