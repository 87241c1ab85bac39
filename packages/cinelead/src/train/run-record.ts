// What a run was: `run.json`, written when it begins and again when it ends.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '../base/errors.ts'
import { guardWrite } from './checkpoint.ts'

export type RunRecord = {
  schema: 'cinelead.run/1'
  name: string
  /** The recipe as it was used, every number. */
  recipe: unknown
  /** Digest of the cohort it was trained on. */
  cohortDigest: string
  /** Digest of every byte of the store that training reads: a run goes on with no other. */
  storeDigest: string
  commit: string
  isDirty: boolean
  libtorch: string
  device: string
  /** Of each training. */
  numThreads: number
  /** Processes that train one model together. */
  numRanks: number
  seeds: readonly number[]
  startedAt: string
  /** Later calls that trained what was left, and what was otherwise then. */
  resumed?: readonly RunCall[]
  /** Wall time of all calls that came to their end, and the most memory that a training's process took; absent while it runs or when it was killed. */
  seconds?: number
  peakMemoryBytes?: number
}

/** With what a call trained: part of a record, or of what was resumed. */
export type RunCall = Pick<RunRecord, 'commit' | 'isDirty' | 'libtorch' | 'device' | 'numThreads' | 'numRanks' | 'startedAt'>

/**
 * The record of a run's folder, undefined where it has none.
 *
 * @throws  train/run-record when it cannot be read as one.
 */
export function readRunRecord(folder: string): RunRecord | undefined {
  const path = join(folder, 'run.json')
  if (!existsSync(path)) return undefined
  const refuse = (cause?: unknown) =>
    fault({
      code: 'train/run-record',
      where: 'readRunRecord',
      expected: 'the record of a run, a JSON object',
      received: 'something else',
      at: 'run.json',
      hint: 'It was changed or is of another program: choose another run folder, or remove this one to train again.',
      cause,
    })
  let record: RunRecord | null
  try {
    record = JSON.parse(readFileSync(path, 'utf8')) as RunRecord | null
  } catch (cause) {
    throw refuse(cause)
  }
  const recipe = record?.recipe as { seeds?: unknown } | null | undefined
  if (record?.schema !== 'cinelead.run/1' || !Array.isArray(record.seeds) || !Array.isArray(recipe?.seeds)) throw refuse()
  return record
}

export function writeRunRecord(folder: string, record: RunRecord): void {
  const path = join(folder, 'run.json')
  guardWrite(() => {
    writeFileSync(`${path}.tmp`, `${JSON.stringify(record, null, 2)}\n`, { flush: true })
    renameSync(`${path}.tmp`, path)
  })
}
