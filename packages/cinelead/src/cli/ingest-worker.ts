// A worker thread of `ingest`: opens its own segmenter, then takes one subject after another.
import type { Segmenter } from '../prepare/cmr/prepared-cine.ts'
import { type IngestContext, ingestSubject, type SubjectJob, type SubjectOutcome } from './ingest-subject.ts'
import { serveJobs } from './worker-pool.ts'

/** What the main thread hands over: all but the segmenter, which cannot cross threads. */
export type IngestShared = Omit<IngestContext, 'segmenter'> & {
  /** A module that exports `openSegmenter`. */
  segmenterModule: string
  segmenterPath: string
}

/** What a segmenter module exports. */
export type SegmenterModule = { openSegmenter(segmenterPath: string): Segmenter | Promise<Segmenter> }

serveJobs<IngestShared, SubjectJob, SubjectOutcome>(async ({ segmenterModule, segmenterPath, ...context }) => {
  const { openSegmenter } = (await import(segmenterModule)) as SegmenterModule
  const segmenter = await openSegmenter(segmenterPath)
  return (job) => ingestSubject(job, { ...context, segmenter })
})
