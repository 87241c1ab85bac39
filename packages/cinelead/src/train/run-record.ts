// What a run was: `run.json`, written when it begins and again when it ends.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
  numThreads: number
  seeds: readonly number[]
  startedAt: string
  /** Wall time and memory when it ended; absent while it runs or when it was killed. */
  seconds?: number
  peakMemoryBytes?: number
}

export function readRunRecord(folder: string): RunRecord | undefined {
  const path = join(folder, 'run.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RunRecord) : undefined
}

export function writeRunRecord(folder: string, record: RunRecord): void {
  const path = join(folder, 'run.json')
  guardWrite(() => {
    writeFileSync(`${path}.tmp`, `${JSON.stringify(record, null, 2)}\n`, { flush: true })
    renameSync(`${path}.tmp`, path)
  })
}
