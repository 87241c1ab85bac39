// Parts -> a store: shards, index, and last of all the manifest that makes it one.
// Hands on: mergeParts, SubjectEntry. Killed at any moment, the parts are still there and the next run merges again.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readdirSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { encodeSafetensorsHeader } from '@cinelead/torch/safetensors'
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { agreementOf } from './agreement.ts'
import { fileFault, openWhole, sweepUnfinished, writeWhole } from './atomic.ts'
import { settingsDigest, sha256 } from './digest.ts'
import { expectAddsUp, type FlowStep } from './flow.ts'
import { fromHalf } from './half.ts'
import { encodeIndex } from './index-table.ts'
import { nanAsText } from './nan-json.ts'
import { type Part, partsFolder, readPart, recordSpecs, type RecordShapes } from './part.ts'
import { type Split, splitNames } from './split.ts'
import {
  partName,
  type RecordSpec,
  type ShardEntry,
  type SourceLine,
  type StoreManifest,
  type StoreRow,
  storeSchema,
  type SubjectLabels,
  type TensorName,
} from './store-layout.ts'

const SHARD_BYTES = 2 ** 30 // 1 GiB, the lower end of what libraries.md measured as handy to map and to copy

/** One subject that stays: its labels and its split. The arrays come from its part. */
export type SubjectEntry = { subject: string; split: Split | 'none'; labels: SubjectLabels }

/** What ingest knows of the store as a whole. */
export type StoreFacts = {
  simulated: boolean
  shapes: RecordShapes
  ecgRateHz: number
  splitSeed: string
  settings: Readonly<Record<string, unknown>>
  requestDigest: string
  flow: readonly FlowStep[]
  notes: readonly string[]
  /** Subjects that were read and taken out, for the next run. */
  dropped: readonly SourceLine[]
}

export type MergeOptions = { shardBytes?: number; onProgress?: (done: number, total: number) => void }

/**
 * Merges the subjects' parts into shards, writes index and manifest, and removes the parts.
 *
 * @param storeDir  The store's folder with its parts.
 * @param entries   Every subject that stays, any order; the store has them in the order of their keys.
 * @returns         The manifest as written.
 * @throws          cohort/nothing-left when no subject stays; cohort/part-missing; cohort/flow when the flow's end is not what is stored;
 *                  cohort/disk-full, cohort/no-permission, cohort/write.
 */
export function mergeParts(
  storeDir: string,
  entries: readonly SubjectEntry[],
  facts: StoreFacts,
  options: MergeOptions = {},
): StoreManifest {
  if (entries.length === 0) throw nothingLeft(facts.flow)
  expectAddsUp(facts.flow, entries.length)
  clearUnfinished(storeDir)
  const sorted = [...entries].sort((a, b) => (a.subject < b.subject ? -1 : 1))
  const specs = recordSpecs(facts.shapes)
  const subjectBytes = specs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const perShard = Math.max(1, Math.floor((options.shardBytes ?? SHARD_BYTES) / subjectBytes))
  const sums = new Map<TensorName, Sums>()
  const shards: ShardEntry[] = []
  const rows: StoreRow[] = []
  const sources = openWhole(join(storeDir, 'sources.jsonl'), { what: 'the list of sources' })
  try {
    for (let first = 0; first < sorted.length; first += perShard) {
      const entriesHere = sorted.slice(first, first + perShard)
      // A shard's heads at a time: memory grows with the store by its rows alone.
      const members = entriesHere.map(({ subject }) => expectPart(storeDir, subject))
      const isTraining = entriesHere.map(({ split }) => split === 'train')
      const file = `shard-${String(shards.length).padStart(4, '0')}.safetensors`
      members.forEach((part, row) => void rows.push(storeRow(entriesHere[row], part, shards.length, row)))
      shards.push(writeShard(join(storeDir, file), file, members, specs, isTraining, sums))
      sources.write(sourceLines(members.map(({ subject, digest, files, facts: known }) => ({ subject, digest, files, facts: known }))))
      options.onProgress?.(first + members.length, sorted.length)
    }
    sources.write(sourceLines(facts.dropped))
  } catch (error) {
    sources.abandon()
    throw error
  }
  sources.finish()
  const index = encodeIndex(rows)
  writeWhole(join(storeDir, 'index.parquet'), index, { what: 'the index' })
  const indexEntry = { file: 'index.parquet', sizeBytes: index.length, sha256: sha256(index) }
  const manifest = describe(rows, facts, specs, sums, shards, indexEntry)
  writeWhole(join(storeDir, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, { what: 'the manifest' })
  rmSync(partsFolder(storeDir), { recursive: true, force: true })
  return manifest
}

function describe(
  rows: readonly StoreRow[],
  facts: StoreFacts,
  specs: readonly RecordSpec[],
  sums: ReadonlyMap<TensorName, Sums>,
  shards: readonly ShardEntry[],
  index: StoreManifest['index'],
): StoreManifest {
  const count = (split: Split | 'none') => rows.filter((row) => row.split === split).length
  const counts = { train: count('train'), validation: count('validation'), test: count('test'), none: count('none') }
  const pairs = splitNames.reduce((sum, name) => sum + counts[name], 0)
  const people = rows.map(({ subject, split, digest, phenotypes, outcomes, ageYears, sex, bmi }) =>
    settingsDigest([subject, split, digest, phenotypes, outcomes, ageYears, sex, bmi]),
  )
  const statistics: StoreManifest['statistics'] = {}
  for (const [name, sum] of sums) statistics[name] = meanAndSd(sum)
  return {
    schema: storeSchema,
    simulated: facts.simulated,
    numSubjects: rows.length,
    counts: { pairs, ...counts },
    splitSeed: facts.splitSeed,
    tensors: specs.map(({ name, dtype, shape }) => ({ name, dtype, recordShape: shape })),
    statistics,
    agreement: agreementOf(rows),
    ecgRateHz: facts.ecgRateHz,
    shards,
    index,
    settings: facts.settings,
    settingsDigest: settingsDigest(facts.settings),
    requestDigest: facts.requestDigest,
    cohortDigest: settingsDigest(people),
    storeDigest: sha256([...shards.map((shard) => shard.sha256), index.sha256].join('\n')),
    flow: facts.flow,
    notes: facts.notes,
  }
}

function storeRow({ subject, split, labels }: SubjectEntry, { facts, digest }: Part, shard: number, row: number): StoreRow {
  const { verdicts, ...measured } = facts
  const flags = verdicts
    .filter(({ ok, onFail }) => !ok && onFail === 'flag')
    .map(({ criterion, lead, place }) => [criterion, lead ?? place].filter(Boolean).join(':'))
  return { ...labels, ...measured, subject, split, shard, row, digest, flags: [...new Set(flags)].join(' ') }
}

/** Writes one shard array by array, so that memory holds one record at a time. */
function writeShard(
  path: string,
  file: string,
  parts: readonly Part[],
  specs: readonly RecordSpec[],
  isTraining: readonly boolean[],
  sums: Map<TensorName, Sums>,
): ShardEntry {
  const entries = specs.map(({ name, dtype, shape }) => ({ name, dtype, shape: [parts.length, ...shape] }))
  const header = encodeSafetensorsHeader(entries, { schema: storeSchema })
  const hash = createHash('sha256').update(header)
  const output = openWhole(path, { what: file })
  let sizeBytes = header.length
  try {
    output.write(header)
    for (const spec of specs) {
      const buffer = Buffer.alloc(spec.sizeBytes)
      parts.forEach((part, place) => {
        readRecord(part, spec, buffer)
        if (spec.dtype === 'F16' && isTraining[place]) addSums(sums, spec, buffer)
        hash.update(buffer)
        output.write(buffer)
        sizeBytes += buffer.length
      })
    }
  } catch (error) {
    output.abandon()
    throw error
  }
  output.finish()
  return { file, numSubjects: parts.length, sizeBytes, sha256: hash.digest('hex') }
}

/** One record of a part into a buffer of its size. */
function readRecord({ path, layout, subject }: Part, { name, dtype, sizeBytes }: RecordSpec, buffer: Buffer): void {
  const entry = layout.tensors.find((tensor) => tensor.name === partName(name))
  if (entry === undefined || entry.dtype !== dtype || entry.end - entry.begin !== sizeBytes) {
    throw partFault(
      subject,
      `${partName(name)} of ${inBytes(sizeBytes)}`,
      entry === undefined ? 'none' : `${entry.dtype} [${entry.shape.join(', ')}]`,
    )
  }
  try {
    const descriptor = openSync(path, 'r')
    try {
      readSync(descriptor, buffer, 0, sizeBytes, layout.dataStart + entry.begin)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw fileFault(error, 'mergeParts', `the part of ${subject}`)
  }
}

type Sums = { count: number; sum: number; squares: number }

function addSums(sums: Map<TensorName, Sums>, { name, numValues }: RecordSpec, buffer: Buffer): void {
  const total = sums.get(name) ?? { count: 0, sum: 0, squares: 0 }
  const values = fromHalf(new Uint16Array(buffer.buffer, buffer.byteOffset, numValues))
  let { sum, squares } = total
  for (let i = 0; i < numValues; i++) {
    sum += values[i]
    squares += values[i] * values[i]
  }
  sums.set(name, { count: total.count + numValues, sum, squares })
}

function meanAndSd({ count, sum, squares }: Sums): { mean: number; sd: number } {
  const mean = sum / count
  return { mean, sd: Math.sqrt(Math.max(0, squares / count - mean * mean)) }
}

function sourceLines(lines: readonly SourceLine[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${JSON.stringify(line, nanAsText)}\n`).join(''))
}

/** What an earlier, killed merge left: unfinished files, and shards that no manifest names. */
function clearUnfinished(storeDir: string): void {
  sweepUnfinished(storeDir)
  if (existsSync(partsFolder(storeDir))) sweepUnfinished(partsFolder(storeDir))
  rmSync(join(storeDir, 'manifest.json'), { force: true })
  for (const name of readdirSync(storeDir)) if (/^shard-\d+\.safetensors$/.test(name)) rmSync(join(storeDir, name))
}

function expectPart(storeDir: string, subject: string): Part {
  const part = readPart(storeDir, subject)
  if (part === undefined) throw partFault(subject, 'a whole part', 'none')
  return part
}

function partFault(subject: string, expected: string, received: string) {
  return fault({
    code: 'cohort/part-missing',
    where: 'mergeParts',
    expected,
    received,
    at: subject,
    hint: 'Start ingest again: it makes what is missing.',
  })
}

function nothingLeft(flow: readonly FlowStep[]) {
  const reasons = flow.filter(({ dropped }) => dropped > 0).map(({ step, dropped, reason }) => `${step}: ${dropped} (${reason})`)
  return fault({
    code: 'cohort/nothing-left',
    where: 'mergeParts',
    expected: 'at least one subject after all steps',
    received: `none; dropped at ${reasons.join('; ')}`,
    hint: 'Look at the reasons; `cinelead inspect` on one of the files tells more.',
  })
}
