// What `ingest` says when it is done. Hands on: describeIngest.
import { join } from 'node:path'
import { phenotypes } from '../base/phenotypes.ts'
import { makeFolder, writeWhole } from '../cohort/atomic.ts'
import { openStore } from '../cohort/store.ts'
import type { StoreManifest } from '../cohort/store-layout.ts'
import type { IngestSummary } from './ingest.ts'
import { describeSubject, subjectDrawings } from './inspect-subject.ts'

/** Lines for a person: how many stayed, who went where, what to know; of a single subject everything, with pictures. */
export async function describeIngest({ store, isReused, numPrepared, manifest }: IngestSummary): Promise<string[]> {
  if (manifest === undefined) return [`${numPrepared} subjects prepared; a run without --part merges them`]
  const lines = describeStore(store, manifest, isReused)
  return manifest.numSubjects === 1 ? [...lines, ...(await describeOnly(store))] : lines
}

function describeStore(
  store: string,
  { numSubjects, counts, flow, simulated, notes, agreement }: StoreManifest,
  isReused: boolean,
): string[] {
  const people = `${numSubjects} ${simulated ? 'simulated ' : ''}${numSubjects === 1 ? 'subject' : 'subjects'}`
  const splits = counts.pairs === 0 ? 'no pairs' : `train ${counts.train}, validation ${counts.validation}, test ${counts.test}`
  return [
    `${store}: ${people}, ${splits}${isReused ? '; nothing to do' : ''}`,
    ...flow
      .filter(({ dropped }, place) => place === 0 || dropped > 0)
      .map(({ step, kept, dropped, reason }) => `  ${step}: ${kept}${dropped > 0 ? ` (${dropped} dropped: ${reason})` : ''}`),
    ...notes.map((note) => `  note: ${note}`),
    ...describeAgreement(agreement),
  ]
}

/** Percent points instead of fractions, as clinicians say ejection fractions. */
function describeAgreement(agreement: StoreManifest['agreement']): string[] {
  const lines = phenotypes.flatMap(({ id, name, unit }) => {
    const found = agreement[id]
    if (found === undefined) return []
    const [scale, words] = unit === 'fraction' ? [100, 'points'] : [1, unit]
    const bias = `${found.bias < 0 ? '-' : '+'}${Math.abs(found.bias * scale).toFixed(1)}`
    return [`  ${name}: r ${found.r?.toFixed(2) ?? 'not known'}, bias ${bias} ± ${(found.sd * scale).toFixed(1)} ${words} (n ${found.n})`]
  })
  return lines.length === 0 ? [] : ['measured against the table:', ...lines]
}

/** A store of one subject is somebody's first look at the program: what was found, and pictures of it beside the store's files. */
async function describeOnly(storeDir: string): Promise<string[]> {
  using store = await openStore(storeDir)
  const [{ subject, stackSlices, stackFrames }] = store.rows
  const folder = join(storeDir, 'drawings')
  makeFolder(folder, 'ingest', 'the drawings')
  const drawings = subjectDrawings(store, subject)
  for (const { name, content } of drawings) writeWhole(join(folder, name), content, { what: name })
  return [
    ...(stackSlices > 0 ? [`stack of ${stackSlices} slices and ${stackFrames} phases`] : []),
    describeSubject(store, subject).text,
    ...drawings.map(({ name }) => `drawn: ${join(folder, name)}`),
  ]
}
