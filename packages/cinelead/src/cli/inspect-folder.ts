// What a folder is when it is no single study: a store, a run, a raw cohort, a heap of ECG files. Hands on: the describers.
// Participants' numbers that name files and folders are counted, never printed.
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseSafetensorsHeader } from '@cinelead/torch/safetensors'
import { faultAt } from '../base/errors.ts'
import { redact } from '../base/privacy.ts'
import type { RawFolder } from '../cohort/manifest.ts'
import type { Store } from '../cohort/store.ts'
import { ecgFormats } from '../formats/ecg.ts'
import { recogniseEcgFile } from './load-ecg.ts'
import { scoreText } from './score-text.ts'

/** Any facts: what `--json` prints, and the same for a person. */
export type Description = { value: Record<string, unknown>; text: string }

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** A finished store. */
export function describeStore({ manifest }: Store): Description {
  const { simulated, numSubjects, counts, tensors, shards, flow, notes, ecgRateHz, schema } = manifest
  const sizeBytes = shards.reduce((sum, shard) => sum + shard.sizeBytes, 0)
  const { train, validation, test } = counts
  return {
    value: {
      kind: 'store',
      schema,
      simulated,
      subjects: numSubjects,
      counts,
      tensors,
      ecgRateHz,
      shards: shards.length,
      sizeBytes,
      flow,
      notes,
    },
    text: [
      `store of ${plural(numSubjects, simulated ? 'simulated subject' : 'subject')}: ${counts.pairs} pairs of ECG and CMR, ${(sizeBytes / 2 ** 20).toFixed(0)} MiB`,
      `  split: ${train} train, ${validation} validation, ${test} test`,
      ...tensors.map(({ name, dtype, recordShape }) => `  ${name}: ${recordShape.join(' x ')} ${dtype} a subject`),
      ...flow.map(({ step, kept, dropped, reason }) => `  ${step}: ${kept} kept${dropped > 0 ? `, ${dropped} dropped (${reason})` : ''}`),
      ...notes.map((note) => `  note: ${note}`),
    ].join('\n'),
  }
}

/** The record and the report that a run's folder holds, whichever are there. */
export function describeRun(folder: string): Description {
  const read = (name: string) => {
    const path = join(folder, name)
    if (!existsSync(path)) return undefined
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
    } catch (error) {
      throw faultAt(error, name)
    }
  }
  const run = read('run.json')
  const report = read('report.json') ?? read(join('report', 'report.json'))
  const scalars = Object.entries(run ?? {}).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  const arms = (report?.arms ?? []) as { id: string; meanR2: { value: number | null; ciLow: number | null; ciHigh: number | null } }[]
  return {
    value: { kind: 'run', run, report },
    text: [
      'run',
      ...scalars.map(([key, value]) => `  ${key}: ${redact(String(value))}`),
      ...arms.map(
        ({ id, meanR2 }) => `  ${id}: mean R² ${scoreText(meanR2.value)} [${scoreText(meanR2.ciLow)}, ${scoreText(meanR2.ciHigh)}]`,
      ),
      report === undefined ? '  no report yet: cinelead report writes it' : '  report: report.json',
    ].join('\n'),
  }
}

/** A raw folder as `ingest` would see it. */
export function describeRaw(raw: RawFolder): Description {
  const visits = [...raw.subjects.values()].flat()
  const count = (has: (visit: (typeof visits)[number]) => boolean) => visits.filter(has).length
  const facts = {
    kind: 'raw',
    layout: raw.layout,
    simulated: raw.simulated !== undefined,
    subjects: raw.subjects.size,
    visits: visits.length,
    withEcg: count(({ ecgPaths }) => ecgPaths.length > 0),
    withCine: count(({ cinePaths }) => cinePaths.length > 0),
    withBoth: count(({ ecgPaths, cinePaths }) => ecgPaths.length > 0 && cinePaths.length > 0),
    tables: raw.tables.length,
    withdrawnLists: raw.withdrawnLists.length,
    otherFiles: raw.numOther,
  }
  return {
    value: facts,
    text: [
      `raw folder (${raw.layout}) of ${plural(facts.subjects, facts.simulated ? 'simulated subject' : 'subject')}, ${plural(facts.visits, 'visit')}`,
      `  ECG: ${facts.withEcg} visits, short-axis cine: ${facts.withCine}, both: ${facts.withBoth}`,
      `  ${plural(facts.tables, 'table')}, ${plural(facts.withdrawnLists, 'list')} of withdrawn participants, ${plural(facts.otherFiles, 'other file')}`,
      '  cinelead ingest makes a store of it',
    ].join('\n'),
  }
}

/** How many ECG files of which format lie in a folder; undefined where there is none. */
export function describeEcgFiles(files: readonly string[]): Description | undefined {
  const counts = new Map<string, number>()
  for (const file of files) {
    const id = recogniseEcgFile(file)
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
  if (total === 0) return undefined
  const first = files.find((file) => recogniseEcgFile(file) !== undefined)
  const labels = new Map<string, string>(ecgFormats.map(({ id, label }) => [id, label]))
  return {
    value: { kind: 'ecg-files', files: files.length, formats: Object.fromEntries(counts) },
    text: [
      `${plural(total, 'ECG recording')} among ${plural(files.length, 'file')}`,
      ...[...counts].map(([id, count]) => `  ${labels.get(id) ?? id}: ${count}`),
      `  name one of them for its leads, rate and beats, such as ${redact(basename(first ?? ''))}`,
    ].join('\n'),
  }
}

const MAX_HEAD_BYTES = 2 ** 24 // a head of 16 MiB lists over a hundred thousand arrays

/** The arrays of a safetensors file, from its head alone. */
export function describeTensors(path: string): Description {
  const file = openSync(path, 'r')
  const head = new Uint8Array(Math.min(MAX_HEAD_BYTES, fstatSync(file).size))
  try {
    readSync(file, head, 0, head.length, 0)
  } finally {
    closeSync(file)
  }
  const { metadata, tensors } = parseSafetensorsHeader(head)
  return {
    value: { kind: 'tensors', metadata, tensors: tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })) },
    text: [
      `safetensors file of ${plural(tensors.length, 'array')}`,
      ...tensors.map(({ name, dtype, shape }) => `  ${name}: ${shape.join(' x ') || 'one number'} ${dtype}`),
    ].join('\n'),
  }
}
