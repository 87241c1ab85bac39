// Truth: a store made in one go. However often ingest is killed with SIGKILL, what comes out at last has the same bytes.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../cohort/store.ts'
import { thresholdSegmenter } from '../prepare/cmr/phantom.ts'
import { ingest } from './ingest.ts'
import { createSilentReport } from './progress.ts'
import { phantomZip, putSubject, putTable } from './raw-fixture.ts'

const NUM_SUBJECTS = 8
const module = new URL('./ingest.ts', import.meta.url).href
const script = (raw: string, store: string, salt: string) => `
  import { ingest } from ${JSON.stringify(module)}
  import { createSilentReport } from ${JSON.stringify(new URL('./progress.ts', import.meta.url).href)}
  import { thresholdSegmenter } from ${JSON.stringify(new URL('../prepare/cmr/phantom.ts', import.meta.url).href)}
  await ingest({ raw: ${JSON.stringify(raw)}, store: ${JSON.stringify(store)}, salt: ${JSON.stringify(salt)}, segmenter: thresholdSegmenter, shardBytes: 1 }, createSilentReport())
`

const PATIENCE_MS = 240_000 // seconds on free cores; other tests may hold them
let root: string
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'cinelead-killed-'))))
afterAll(() => rmSync(root, { recursive: true }))

/** Starts an ingest in a process of its own and kills it as soon as `isTime` says so; true when it ended by itself. */
async function ingestUntil(store: string, isTime: () => boolean): Promise<boolean> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(join(root, 'raw'), store, join(root, 'salt'))], {
    stdio: 'inherit',
  })
  const watch = setInterval(() => {
    if (isTime()) child.kill('SIGKILL')
  }, 2)
  const signal = await new Promise((resolve) => child.on('exit', (_code, name) => resolve(name)))
  clearInterval(watch)
  return signal === null
}

describe('ingest', { timeout: PATIENCE_MS }, () => {
  it('carries on after kill -9 at any moment to the same store', async () => {
    const cine = phantomZip()
    for (let i = 0; i < NUM_SUBJECTS; i++) putSubject(join(root, 'raw'), i, { cine })
    putTable(join(root, 'raw'), NUM_SUBJECTS)
    const base = { raw: join(root, 'raw'), salt: join(root, 'salt'), segmenter: thresholdSegmenter, shardBytes: 1 }
    const { manifest } = await ingest({ ...base, store: join(root, 'whole') }, createSilentReport())

    const store = join(root, 'store')
    const count = (folder: string, pattern: RegExp) =>
      existsSync(folder) ? readdirSync(folder).filter((name) => pattern.test(name)).length : 0
    const moments = [
      () => count(join(store, 'parts'), /\.tmp$/) > 0,
      () => count(join(store, 'parts'), /\.safetensors$/) >= 3,
      () => count(store, /^shard-\d+\.safetensors$/) >= 2,
      () => count(store, /\.parquet/) > 0,
    ]
    let numKilled = 0
    for (const isTime of moments) {
      if (!(await ingestUntil(store, isTime))) numKilled++
      if (existsSync(join(store, 'manifest.json'))) break
      await expect(openStore(store)).rejects.toThrow('cohort/store-missing')
    }
    expect(numKilled).toBeGreaterThan(0)
    expect((await ingest({ ...base, store }, createSilentReport())).manifest).toEqual(manifest)
    using opened = await openStore(store)
    opened.verify()
    expect(readdirSync(store).filter((name) => name.endsWith('.tmp') || name === 'parts')).toEqual([])
  })
})
