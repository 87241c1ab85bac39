// One subject's raw files -> its part of the store, or a note why it was taken out. Runs in a worker; touches no other subject.
// Hands on: ingestSubject, SubjectJob, IngestSettings.
import { CineLeadError, fault, faultAt } from '../base/errors.ts'
import { phenotypeIds, type PhenotypeValues } from '../base/phenotypes.ts'
import { dropping, type Verdict } from '../base/verdict.ts'
import { fileFault } from '../cohort/atomic.ts'
import { sourceFile } from '../cohort/digest.ts'
import type { IngestStep } from '../cohort/flow.ts'
import { dayNumber, daysApart } from '../cohort/pair.ts'
import { type RecordShapes, writeDropped, writePart } from '../cohort/part.ts'
import { partDigest } from '../cohort/resume.ts'
import type { SourceFile, SubjectFacts } from '../cohort/store-layout.ts'
import type { Recording } from '../formats/recording.ts'
import type { Volume } from '../formats/volume.ts'
import { type CineOptions, prepareCine } from '../prepare/cmr/prepare-cine.ts'
import type { PreparedCine, Segmenter } from '../prepare/cmr/prepared-cine.ts'
import { type PrepareEcgOptions, prepareEcg } from '../prepare/ecg/prepare-ecg.ts'
import type { PreparedEcg } from '../prepare/ecg/prepared-ecg.ts'
import { loadEcg } from './load-ecg.ts'
import { type LoadedStudy, loadStudy } from './load-study.ts'
import { longAxesAmong } from './open-stack.ts'

/** What one subject is made from. The paths may hold a participant number: they stay inside this program. */
export type SubjectJob = { subject: string; visit: number; ecgPath?: string; cinePath?: string; longAxisPath?: string }

/** How subjects are prepared; its digest tells whether a part still holds. */
export type IngestSettings = {
  ecg: Required<Pick<PrepareEcgOptions, 'numSamples'>> & PrepareEcgOptions
  cine: CineOptions
  /** Most days between ECG and cine. */
  maxDaysApart: number
  /** Digest of the segmenter's weights, or a name for one that has none. */
  segmenter: string
  /** Digest of the code that reads and prepares. */
  code: string
}

/** What every subject needs. */
export type IngestContext = {
  storeDir: string
  settings: IngestSettings
  settingsDigest: string
  shapes: RecordShapes
  segmenter: Segmenter
}

export type SubjectOutcome = {
  subject: string
  dropped?: { step: IngestStep; reason: string }
  /** The sentence behind a drop, for whoever watches. */
  message?: string
  notes: readonly string[]
}

/** A drop on its way up: at which step, why in a few words, and the sentence. */
type Refusal = { step: IngestStep; reason: string; message: string }

const isRefusal = (value: object): value is Refusal => 'step' in value

/**
 * Reads, prepares and stores one subject.
 *
 * A fault of the subject's files or of their quality is noted beside the parts and given back; a fault of the disk is thrown.
 *
 * @throws  cohort/disk-full, cohort/no-permission, cohort/write.
 */
export async function ingestSubject(job: SubjectJob, context: IngestContext): Promise<SubjectOutcome> {
  const { subject } = job
  let files: SourceFile[]
  try {
    files = pathsOf(job).map(sourceFile)
  } catch (error) {
    return putAside(refuseFor('files readable', error, subject), subject, [], context)
  }
  const notes: string[] = []
  const made = await prepareSubject(job, context, notes)
  if (isRefusal(made)) return putAside(made, subject, files, context)
  const { ecg, cine, facts } = made
  const digest = partDigest(files, context.settingsDigest)
  try {
    writePart(context.storeDir, { head: { subject, digest, files, facts }, ecg, cine }, context.shapes)
  } catch (error) {
    if (!(error instanceof CineLeadError) || error.code !== 'cohort/part-shape') throw error
    const step = error.expected.startsWith('ecg') ? 'ECG quality' : 'CMR quality'
    return putAside({ step, reason: error.code, message: error.message }, subject, files, context)
  }
  return { subject, notes }
}

/** Notes a refusal beside the parts. Without `files` nothing could be read: the note then holds for no later run, which tries again. */
function putAside(
  { step, reason, message }: Refusal,
  subject: string,
  files: readonly SourceFile[],
  context: Pick<IngestContext, 'storeDir' | 'settingsDigest'>,
): SubjectOutcome {
  const digest = files.length === 0 ? 'unread' : partDigest(files, context.settingsDigest)
  writeDropped(context.storeDir, { subject, digest, files, dropped: { step, reason } })
  return { subject, dropped: { step, reason }, message, notes: [] }
}

/** Notes a subject over whose files a worker died, so that the others go on; the next run tries it again. */
export function putAsideDead({ subject }: SubjectJob, storeDir: string): SubjectOutcome {
  const expected = 'to prepare the subject'
  const received = 'a worker that died over it'
  const hint = 'Was it out of memory? The next run tries again; give it fewer workers.'
  const { message } = fault({ code: 'cli/worker', where: 'ingestSubject', expected, received, hint, at: subject })
  return putAside({ step: 'files readable', reason: 'cli/worker', message }, subject, [], { storeDir, settingsDigest: '' })
}

/** A job's files in the order they are read and digested. */
export function pathsOf({ ecgPath, cinePath, longAxisPath }: SubjectJob): string[] {
  return [ecgPath, cinePath, longAxisPath].filter((path) => path !== undefined)
}

type Made = { ecg?: PreparedEcg; cine?: PreparedCine; facts: SubjectFacts }

/** Long axes from a file of their own. What cannot be read is flagged: the study goes on as one without. */
async function longAxesOf({ longAxisPath }: SubjectJob, verdicts: Verdict[]): Promise<Volume[]> {
  if (longAxisPath === undefined) return []
  try {
    return longAxesAmong((await loadStudy(longAxisPath)).volumes)
  } catch (error) {
    if (!(error instanceof CineLeadError)) throw error
    verdicts.push({ criterion: 'long-axes-readable', value: 0, threshold: 1, ok: false, onFail: 'flag' })
    return []
  }
}

async function prepareSubject(job: SubjectJob, { settings, segmenter }: IngestContext, notes: string[]): Promise<Made | Refusal> {
  const { subject, ecgPath, cinePath } = job
  let recording: Recording | undefined
  let ecg: PreparedEcg | undefined
  let study: LoadedStudy | undefined
  let cine: PreparedCine | undefined
  const verdicts: Verdict[] = []
  try {
    if (ecgPath !== undefined) {
      recording = loadEcg(ecgPath)
      ecg = prepareEcg(recording, settings.ecg)
    }
    if (cinePath !== undefined) {
      study = await loadStudy(cinePath)
      verdicts.push(readability(study))
      notes.push(...study.notes)
    }
  } catch (error) {
    return refuseFor('files readable', error, subject)
  }
  const volume = study?.volumes.find(({ view }) => view === 'sax')
  const days = daysApart(recording?.recordedOn, volume?.acquiredOn)
  if (days > settings.maxDaysApart)
    return { step: 'same day', reason: 'days apart', message: `${subject}: ECG and cine are ${days} days apart` }
  if (recording !== undefined && volume !== undefined) verdicts.push(datesKnown(recording, volume))
  const badEcg = dropping(ecg?.verdicts ?? [])
  if (badEcg.length > 0) return refuseQuality('ECG quality', badEcg, subject)
  const badStudy = dropping(study?.verdicts ?? [])
  if (badStudy.length > 0) return refuseQuality('CMR quality', badStudy, subject)
  try {
    if (volume !== undefined) {
      const longAxes = [...longAxesAmong(study?.volumes ?? []), ...(await longAxesOf(job, verdicts))]
      cine = await prepareCine(volume, segmenter, { ...settings.cine, longAxes })
    }
  } catch (error) {
    return refuseFor('CMR quality', error, subject)
  }
  const badCine = dropping(cine?.verdicts ?? [])
  if (badCine.length > 0) return refuseQuality('CMR quality', badCine, subject)
  verdicts.push(...(ecg?.verdicts ?? []), ...(study?.verdicts ?? []), ...(cine?.verdicts ?? []))
  const facts: SubjectFacts = {
    hasEcg: ecg !== undefined,
    hasCine: cine !== undefined,
    visit: job.visit,
    daysApart: days,
    ecgHeartRateBpm: recording?.printed.heartRateBpm ?? Number.NaN,
    cineHeartRateBpm: volume?.heartRateBpm ?? Number.NaN,
    edFrame: cine?.edFrame ?? -1,
    esFrame: cine?.esFrame ?? -1,
    stackFrames: volume?.shape[0] ?? 0,
    stackSlices: volume?.shape[1] ?? 0,
    spacingMm: cine?.spacingMm ?? [Number.NaN, Number.NaN, Number.NaN],
    measured: cine?.measured ?? (Object.fromEntries(phenotypeIds.map((id) => [id, Number.NaN])) as PhenotypeValues),
    verdicts: verdicts.filter(({ ok }) => !ok),
  }
  return { ecg, cine, facts }
}

/** How many images of the study could not be read; files that are plainly no DICOM objects do not count. */
function readability({ leftOut }: LoadedStudy): Verdict {
  const broken = leftOut.filter(({ code }) => code !== 'formats/dicom-prefix').reduce((sum, { numFiles }) => sum + numFiles, 0)
  return { criterion: 'unreadable-images', value: broken, threshold: 0, ok: broken === 0, onFail: 'flag' }
}

/** How many of the two say their day; without one nobody can tell that they are of the same. */
function datesKnown({ recordedOn }: Recording, { acquiredOn }: Volume): Verdict {
  const value = [recordedOn, acquiredOn].filter((date) => Number.isFinite(dayNumber(date))).length
  return { criterion: 'dates-known', value, threshold: 2, ok: value === 2, onFail: 'flag' }
}

/** The sentence names the subject's key instead of the file: a file's name may tell who it is. */
function refuseFor(step: IngestStep, error: unknown, subject: string): Refusal {
  const isSystem = /^E[A-Z]+$/.test((error as { code?: string }).code ?? '')
  const told = faultAt(isSystem ? fileFault(error, 'ingestSubject', 'a raw file') : error, subject)
  const { code, where, expected, received, hint } = told
  return { step, reason: code, message: fault({ code, where, expected, received, hint, at: subject }).message }
}

function refuseQuality(step: IngestStep, verdicts: readonly Verdict[], subject: string): Refusal {
  const names = [...new Set(verdicts.map(({ criterion }) => criterion))]
  const details = verdicts.map(
    ({ criterion, lead, place, value, threshold }) =>
      `${[criterion, lead ?? place].filter(Boolean).join(' ')} ${value} against ${threshold}`,
  )
  return { step, reason: names.join(' '), message: `${subject}: ${details.join(', ')}` }
}
