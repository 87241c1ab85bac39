// A simulated cohort straight as a store, without files in between: the records at prepared size with their true labels, the table's values
// and outcomes, the split. What train, compare, evaluate and report read is the same as after ingest, and so are the subjects' keys.
// Hands on: simulateStore. Killed at any moment, the same command carries on; a larger cohort of the same seed keeps who is there.
import { sweepUnfinished } from '../cohort/atomic.ts'
import { settingsDigest } from '../cohort/digest.ts'
import { type Drop, flowOf } from '../cohort/flow.ts'
import { mergeParts, type SubjectEntry } from '../cohort/merge.ts'
import { createPartsFolder, partsFolder, type RecordShapes, readDropped, readPart } from '../cohort/part.ts'
import { partDigest, releaseRows, stillHolds } from '../cohort/resume.ts'
import { splitSubjects } from '../cohort/split.ts'
import { hasStore, readManifest, readSources } from '../cohort/store.ts'
import type { SourceLine, StoreManifest } from '../cohort/store-layout.ts'
import { saltFromSeed, subjectKey } from '../cohort/subject.ts'
import { preparedRateHz, preparedSamples } from '../prepare/ecg/prepare-ecg.ts'
import { recordsEndOn } from '../simulate/history.ts'
import { drawPerson, eidOf } from '../simulate/person.ts'
import { preparedSize } from '../simulate/prepared-subject.ts'
import { codeDigest } from './code-digest.ts'
import type { Report } from './progress.ts'
import { tableLabels } from './simulate-labels.ts'
import { openPlace, writeMark } from './simulate-place.ts'
import { type Cohort, type CohortOptions, cohortOf } from './simulate-request.ts'
import type { StoreJob, StoreSettings, StoreShared } from './simulate-store-worker.ts'
import { runPool } from './worker-pool.ts'

export type SimulateStoreOptions = CohortOptions & {
  /** The store's folder. */
  store: string
  /** Seed of the split; default the cohort's. */
  splitSeed?: number | string
  numWorkers?: number
  shardBytes?: number
}

export type SimulateStoreSummary = { store: string; isReused: boolean; numMade: number; manifest: StoreManifest }

/** Everything that a store is made of; parts only while it is being made. */
const ownNames = /^(shard-\d+\.safetensors|index\.parquet|sources\.jsonl|manifest\.json|parts|drawings|.*\.tmp)$/

/**
 * Makes a store of simulated people or completes one.
 *
 * Files' oddities do not arise here; of `quirks` only the empty phenotype cells count. An ECG that preparation refuses is dropped, as in ingest.
 *
 * @throws  The codes of `cohortOf` and `mergeParts`; cli/simulate-place when the folder holds anything that `simulate` did not make.
 */
export async function simulateStore(options: SimulateStoreOptions, report: Report): Promise<SimulateStoreSummary> {
  const { store } = options
  const cohort = cohortOf(options)
  const { numSubjects, seed } = cohort
  const splitSeed = String(options.splitSeed ?? seed)
  const settings = settingsOf(cohort)
  const requestDigest = settingsDigest({
    settings,
    numSubjects,
    splitSeed,
    labelled: 1 - cohort.quirks.missingPhenotypes,
    labels: codeDigest(['cli/simulate-labels.ts']),
  })
  openPlace(store, (name) => ownNames.test(name))
  const old = hasStore(store) ? readManifest(store) : undefined
  if (old?.requestDigest === requestDigest) return { store, isReused: true, numMade: 0, manifest: old }
  const mark = { schema: 'cinelead.simulated/1', seed, numSubjects, recordsEnd: recordsEndOn, request: requestDigest } as const
  writeMark(store, { ...mark, isComplete: false })
  const salt = saltFromSeed(seed)
  const jobs = Array.from({ length: numSubjects }, (_, index): StoreJob => ({ subject: subjectKey(eidOf(index), salt), index }))
  const digest = settingsDigest(settings)
  createPartsFolder(store)
  sweepUnfinished(partsFolder(store))
  if (old !== undefined) await releaseOld(store, jobs, digest)
  const holds = (known: SourceLine | undefined) => known !== undefined && stillHolds([], known, digest)
  const waiting = jobs.filter(({ subject }) => !holds(readPart(store, subject) ?? readDropped(store, subject)))
  if (waiting.length < numSubjects) report.say(`${numSubjects - waiting.length} of ${numSubjects} people are already there`)
  const shared: StoreShared = { storeDir: store, settings, digest: partDigest([], digest), shapes: shapesOf(settings) }
  await makeParts(waiting, shared, options.numWorkers, numSubjects, report)
  const manifest = merge(jobs, cohort, shared, { requestDigest, splitSeed, shardBytes: options.shardBytes }, report)
  writeMark(store, { ...mark, isComplete: true })
  return { store, isReused: false, numMade: waiting.length, manifest }
}

function settingsOf({ seed, person }: Cohort): StoreSettings {
  const ecg = { numSamples: preparedSamples }
  return { road: 'simulated without files', seed, person, ecg, cine: preparedSize, code: codeDigest(['cli/simulate-store-worker.ts']) }
}

function shapesOf({ ecg, cine }: StoreSettings): RecordShapes {
  const { numFrames, numSlices, numRows, numColumns } = cine
  return { numLeads: 12, numSamples: ecg.numSamples, numFrames, numSlices, numRows, numColumns }
}

/** What an older store holds of these people becomes parts again. */
async function releaseOld(store: string, jobs: readonly StoreJob[], digest: string): Promise<void> {
  const wanted = new Set(jobs.map(({ subject }) => subject))
  const good = new Set(
    readSources(store)
      .filter((line) => wanted.has(line.subject) && stillHolds([], line, digest))
      .map(({ subject }) => subject),
  )
  await releaseRows(store, (subject) => good.has(subject))
}

async function makeParts(
  jobs: readonly StoreJob[],
  shared: StoreShared,
  numWorkers: number | undefined,
  numSubjects: number,
  report: Report,
): Promise<void> {
  if (jobs.length === 0) return
  const step = report.begin('simulating people', numSubjects)
  let numDone = numSubjects - jobs.length
  await runPool<StoreJob, StoreJob>({
    worker: new URL('./simulate-store-worker.ts', import.meta.url),
    shared,
    jobs,
    numWorkers,
    onResult: () => step.advance(++numDone),
  })
  step.done(`${jobs.length} made`)
}

function merge(
  jobs: readonly StoreJob[],
  { seed, person, quirks }: Cohort,
  { storeDir, settings, shapes }: StoreShared,
  { requestDigest, splitSeed, shardBytes }: { requestDigest: string; splitSeed: string; shardBytes: number | undefined },
  report: Report,
): StoreManifest {
  const dropped = jobs.flatMap(({ subject }) => readDropped(storeDir, subject) ?? [])
  const gone = new Set(dropped.map(({ subject }) => subject))
  const kept = jobs.filter(({ subject }) => !gone.has(subject))
  const split = splitSubjects(
    kept.map(({ subject }) => subject),
    splitSeed,
  )
  const entries = kept.map(
    ({ subject, index }): SubjectEntry => ({
      subject,
      split: split.get(subject) ?? 'none',
      labels: tableLabels(drawPerson(seed, index, person), quirks),
    }),
  )
  const step = report.begin('writing the store', entries.length)
  const drops = dropped.flatMap(({ dropped: drop }): Drop[] => (drop === undefined ? [] : [drop]))
  const manifest = mergeParts(
    storeDir,
    entries,
    {
      simulated: true,
      shapes,
      ecgRateHz: preparedRateHz,
      splitSeed,
      settings,
      requestDigest,
      flow: flowOf(jobs.length, ['ECG quality'], drops),
      notes: [`simulated cohort, seed ${seed}`, 'made at prepared size without files; labels are the true ones'],
      dropped,
    },
    { shardBytes, onProgress: (done) => step.advance(done) },
  )
  step.done(`${manifest.numSubjects} subjects in ${manifest.shards.length} shards`)
  return manifest
}
