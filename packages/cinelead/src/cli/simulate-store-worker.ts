// A worker thread of `simulate --as store`: draws one person after another and writes the part that ingest would have written.
import { dropping } from '../base/verdict.ts'
import { type RecordShapes, writeDropped, writePart } from '../cohort/part.ts'
import type { SubjectFacts } from '../cohort/store-layout.ts'
import { measureHeart } from '../prepare/cmr/measure.ts'
import { prepareEcg, type PrepareEcgOptions } from '../prepare/ecg/prepare-ecg.ts'
import { drawPerson, type PersonOptions } from '../simulate/person.ts'
import { type PreparedSize, preparedSubject } from '../simulate/prepared-subject.ts'
import { serveJobs } from './worker-pool.ts'

/** What decides on a part beside the person's place in the cohort. */
export type StoreSettings = {
  road: 'simulated without files'
  seed: number | string
  person: PersonOptions
  ecg: PrepareEcgOptions & { numSamples: number }
  cine: PreparedSize
  /** Digest of the code that draws and prepares. */
  code: string
}

export type StoreShared = { storeDir: string; settings: StoreSettings; digest: string; shapes: RecordShapes }

export type StoreJob = { subject: string; index: number }

serveJobs<StoreShared, StoreJob, StoreJob>(async ({ storeDir, settings, digest, shapes }) => async (job) => {
  const { subject, index } = job
  const person = drawPerson(settings.seed, index, settings.person)
  const { recording, cine, discs, stack } = preparedSubject(person, settings.cine)
  const ecg = prepareEcg(recording, settings.ecg)
  const bad = dropping(ecg.verdicts)
  if (bad.length > 0) {
    const reason = [...new Set(bad.map(({ criterion }) => criterion))].join(' ')
    writeDropped(storeDir, { subject, digest, files: [], dropped: { step: 'ECG quality', reason } })
    return job
  }
  const measured = measureHeart(discs.ed, discs.es, person.scanHeartRateBpm)
  const facts: SubjectFacts = {
    hasEcg: true,
    hasCine: true,
    visit: 2,
    daysApart: 0,
    ecgHeartRateBpm: recording.printed.heartRateBpm ?? Number.NaN,
    cineHeartRateBpm: person.scanHeartRateBpm,
    edFrame: cine.edFrame,
    esFrame: cine.esFrame,
    stackFrames: cine.shape.numFrames,
    stackSlices: stack.numSlices,
    spacingMm: cine.spacingMm,
    measured,
    verdicts: ecg.verdicts.filter(({ ok }) => !ok),
  }
  writePart(storeDir, { head: { subject, digest, files: [], facts }, ecg, cine: { ...cine, measured } }, shapes)
  return job
})
