// `cinelead ingest`: a folder of raw files becomes a store. Finds subjects, reads tables, prepares everybody on all cores, merges.
// Hands on: run, ingest, IngestOptions, IngestSummary. Killed at any moment, the same command carries on.
import { rmSync } from 'node:fs'
import { basename } from 'node:path'
import { fault } from '../base/errors.ts'
import { settingsDigest } from '../cohort/digest.ts'
import { type Drop, flowOf, ingestSteps } from '../cohort/flow.ts'
import { mergeParts, type SubjectEntry } from '../cohort/merge.ts'
import { createPartsFolder, partsFolder, type RecordShapes, readDropped, readPart } from '../cohort/part.ts'
import { releaseRows, stillHolds } from '../cohort/resume.ts'
import { type Split, splitSubjects } from '../cohort/split.ts'
import { hasStore, readManifest, readSources } from '../cohort/store.ts'
import type { SourceLine, StoreManifest, SubjectFacts } from '../cohort/store-layout.ts'
import { defaultCineOptions } from '../prepare/cmr/prepare-cine.ts'
import type { Segmenter } from '../prepare/cmr/prepared-cine.ts'
import { preparedRateHz, preparedSamples } from '../prepare/ecg/prepare-ecg.ts'
import { codeDigest } from './code-digest.ts'
import { describeIngest } from './ingest-answer.ts'
import { type IngestPlan, planIngest, type PlanOptions } from './ingest-plan.ts'
import {
  type IngestContext,
  type IngestSettings,
  ingestSubject,
  pathsOf,
  putAsideDead,
  type SubjectJob,
  type SubjectOutcome,
} from './ingest-subject.ts'
import type { IngestShared } from './ingest-worker.ts'
import { expectSegmenter, segmenterDigest, shippedSegmenter } from './open-segmenter.ts'
import type { Report } from './progress.ts'
import { runPool } from './worker-pool.ts'

export type IngestOptions = PlanOptions & {
  /** The store's folder; made where it is not there. */
  store: string
  /** Only this share of the subjects, `i/n` with i from 1: for array jobs, followed by one run without it that merges. */
  part?: string
  /** Seed of the split into train, validation and test; default 1. */
  splitSeed?: number | string
  /** Most days between ECG and cine; default 0, the same day. */
  maxDaysApart?: number
  /** Worker threads; default one a core. */
  numWorkers?: number
  /** The segmenter's file; default the one that ships. */
  segmenterPath?: string
  /** A segmenter that is at hand already: everything then runs in this thread. */
  segmenter?: Segmenter
  /** Another module that exports `openSegmenter(segmenterPath)`; default: of the file above. */
  segmenterModule?: string
  shardBytes?: number
}

export type IngestSummary = {
  store: string
  isReused: boolean
  /** Absent after a share of an array job. */
  manifest?: StoreManifest
  numPrepared: number
  numKept: number
  numDropped: number
}

const SEGMENTER_MODULE = new URL('./ingest-segmenter.ts', import.meta.url).href
const TOLD_DROPS = 10 // sentences on single subjects that are shown; the flow counts them all

const UNREADABLE_EXIT = 3 // beside 1 (failed) and 2 (usage): the store is made, but some files could not be read

/** The verb: ingests and prints what came out. Exit code 3 when subjects were dropped because their files could not be read. */
export async function run(options: IngestOptions, report: Report): Promise<number> {
  const summary = await ingest(options, report)
  report.answer(summary, (await describeIngest(summary)).join('\n'))
  const isUnread = summary.manifest?.flow.some(({ step, dropped }) => step === 'files readable' && dropped > 0) === true
  return isUnread ? UNREADABLE_EXIT : 0
}

/**
 * Makes or completes a store.
 *
 * @throws  The codes of `discover`, `readPersons`, `openSalt` and `mergeParts`; cli/part for a share that is no `i/n`; cli/no-segmenter.
 */
export async function ingest(options: IngestOptions, report: Report): Promise<IngestSummary> {
  const plan = planIngest(options, options.store)
  const settings = settingsOf(options)
  const context: Omit<IngestContext, 'segmenter'> = {
    storeDir: options.store,
    settings,
    settingsDigest: settingsDigest(settings),
    shapes: shapesOf(settings),
  }
  const requestDigest = settingsDigest({ settings, splitSeed: options.splitSeed ?? 1, request: plan.request })
  const ready = reusable(options.store, requestDigest, plan, context.settingsDigest)
  if (ready !== undefined) {
    rmSync(partsFolder(options.store), { recursive: true, force: true })
    return {
      store: options.store,
      isReused: true,
      manifest: ready,
      numPrepared: 0,
      numKept: ready.numSubjects,
      numDropped: ready.flow[0].kept - ready.numSubjects,
    }
  }
  createPartsFolder(options.store)
  await releaseOld(plan, context)
  const jobs = shareOf(plan.jobs, options.part)
  const waiting = jobs.filter((job) => !isDone(job, context))
  if (waiting.length < jobs.length) report.say(`${jobs.length - waiting.length} of ${jobs.length} subjects are already prepared`)
  await prepareAll(waiting, context, options, report)
  if (options.part !== undefined) return { store: options.store, isReused: false, numPrepared: waiting.length, numKept: 0, numDropped: 0 }
  const manifest = merge(plan, context, options, requestDigest, report)
  const numDropped = manifest.flow[0].kept - manifest.numSubjects
  return { store: options.store, isReused: false, manifest, numPrepared: waiting.length, numKept: manifest.numSubjects, numDropped }
}

function settingsOf({ maxDaysApart = 0, segmenterPath = shippedSegmenter, segmenter, segmenterModule }: IngestOptions): IngestSettings {
  if (segmenter === undefined && segmenterModule === undefined) expectSegmenter(segmenterPath)
  return {
    ecg: { numSamples: preparedSamples },
    cine: defaultCineOptions,
    maxDaysApart,
    segmenter:
      segmenter !== undefined
        ? `given: ${segmenter.name}`
        : segmenterModule !== undefined
          ? `module: ${basename(segmenterModule)}`
          : segmenterDigest(segmenterPath),
    code: codeDigest(['cli/ingest-subject.ts', 'models/segmenter.ts', 'deploy/onnx-segmenter.ts']),
  }
}

function shapesOf({ ecg, cine }: IngestSettings): RecordShapes {
  const { numFrames, numSlices, numRows, numColumns } = cine
  return { numLeads: 12, numSamples: ecg.numSamples, numFrames, numSlices, numRows, numColumns }
}

/** The store as it is, when it is exactly what was asked for and every raw file is still what it was. */
function reusable(storeDir: string, requestDigest: string, plan: IngestPlan, settings: string): StoreManifest | undefined {
  if (!hasStore(storeDir)) return undefined
  const manifest = readManifest(storeDir)
  if (manifest.requestDigest !== requestDigest) return undefined
  const sources = new Map(readSources(storeDir).map((line) => [line.subject, line]))
  const holds = plan.jobs.every((job) => {
    const line = sources.get(job.subject)
    return line !== undefined && stillHolds(pathsOf(job), line, settings)
  })
  return holds ? manifest : undefined
}

/** What an older store holds and is still good becomes parts again. */
async function releaseOld(plan: IngestPlan, { storeDir, settingsDigest: settings }: Omit<IngestContext, 'segmenter'>): Promise<void> {
  if (!hasStore(storeDir)) return
  const jobs = new Map(plan.jobs.map((job) => [job.subject, job]))
  const sources = new Map(readSources(storeDir).map((line) => [line.subject, line]))
  await releaseRows(storeDir, (subject) => {
    const job = jobs.get(subject)
    const line = sources.get(subject)
    return job !== undefined && line !== undefined && stillHolds(pathsOf(job), line, settings)
  })
}

function shareOf(jobs: readonly SubjectJob[], part: string | undefined): SubjectJob[] {
  if (part === undefined) return [...jobs]
  const [index, count] = (/^(\d+)\/(\d+)$/.exec(part) ?? []).slice(1).map(Number)
  if (!(index >= 1 && index <= count)) {
    throw fault({
      code: 'cli/part',
      where: 'ingest',
      expected: 'a share i/n with i from 1 to n',
      received: part,
      hint: 'Three jobs are --part 1/3, --part 2/3 and --part 3/3.',
    })
  }
  return jobs.filter((_, place) => place % count === index - 1)
}

function isDone(job: SubjectJob, { storeDir, settingsDigest: settings }: Omit<IngestContext, 'segmenter'>): boolean {
  const known = readPart(storeDir, job.subject) ?? readDropped(storeDir, job.subject)
  return known !== undefined && stillHolds(pathsOf(job), known, settings)
}

async function prepareAll(
  jobs: readonly SubjectJob[],
  context: Omit<IngestContext, 'segmenter'>,
  options: IngestOptions,
  report: Report,
): Promise<void> {
  if (jobs.length === 0) return
  const step = report.begin('preparing subjects', jobs.length)
  let numDone = 0
  let numDropped = 0
  const onResult = ({ message, dropped }: SubjectOutcome) => {
    numDone++
    if (dropped !== undefined && numDropped++ < TOLD_DROPS) report.warn(message ?? dropped.reason)
    if (numDropped === TOLD_DROPS + 1) report.warn('further drops are counted in the participant flow')
    step.advance(numDone)
  }
  const { segmenter, segmenterModule = SEGMENTER_MODULE, numWorkers, segmenterPath = shippedSegmenter } = options
  if (segmenter !== undefined) for (const job of jobs) onResult(await ingestSubject(job, { ...context, segmenter }))
  else {
    const shared: IngestShared = {
      ...context,
      segmenterModule,
      segmenterPath,
    }
    await runPool<SubjectJob, SubjectOutcome>({
      worker: new URL('./ingest-worker.ts', import.meta.url),
      shared,
      jobs,
      numWorkers,
      onResult,
      onDeath: (_error, job) => putAsideDead(job, context.storeDir),
    })
  }
  step.done(`${numDone - numDropped} kept, ${numDropped} dropped`)
}

function merge(
  plan: IngestPlan,
  { storeDir, settings, shapes }: Omit<IngestContext, 'segmenter'>,
  options: IngestOptions,
  requestDigest: string,
  report: Report,
): StoreManifest {
  const dropped: SourceLine[] = []
  const kept: { job: SubjectJob; facts: SubjectFacts }[] = []
  for (const job of plan.jobs) {
    const part = readPart(storeDir, job.subject)
    const line = part === undefined ? readDropped(storeDir, job.subject) : undefined
    if (part !== undefined) kept.push({ job, facts: part.facts })
    else if (line?.dropped !== undefined) dropped.push(line)
  }
  const drops: Drop[] = [...plan.drops, ...dropped.flatMap((line) => line.dropped ?? [])]
  const splitSeed = String(options.splitSeed ?? 1)
  const pairs = kept.filter(({ facts }) => facts.hasEcg && facts.hasCine).map(({ job }) => job.subject)
  const split = splitSubjects(pairs, splitSeed)
  const entries = kept.map(({ job }): SubjectEntry => {
    const place: Split | 'none' = split.get(job.subject) ?? 'none'
    return { subject: job.subject, split: place, labels: plan.labelsOf(job) }
  })
  const step = report.begin('writing the store', entries.length)
  const manifest = mergeParts(
    storeDir,
    entries,
    {
      simulated: plan.isSimulated,
      shapes,
      ecgRateHz: preparedRateHz,
      splitSeed,
      settings,
      requestDigest,
      flow: flowOf(plan.numFound, ingestSteps, drops),
      notes: plan.notes,
      dropped,
    },
    { shardBytes: options.shardBytes, onProgress: (done) => step.advance(done) },
  )
  step.done(`${manifest.numSubjects} subjects in ${manifest.shards.length} shards`)
  return manifest
}
