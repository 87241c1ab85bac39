// Truth: the tables that the same cohort's raw folder has, read as ingest reads them; a store made in one go, whatever the workers and kills.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeFolder, writeWhole } from '../cohort/atomic.ts'
import { writeCardiosoftXml } from '../formats/cardiosoft-xml.ts'
import { openStore } from '../cohort/store.ts'
import { cohortTables } from '../simulate/cohort-tables.ts'
import { renderEcg } from '../simulate/ecg.ts'
import { recordsEndOn } from '../simulate/history.ts'
import { drawPerson } from '../simulate/person.ts'
import { planIngest } from './ingest-plan.ts'
import { createSilentReport } from './progress.ts'
import { run } from './simulate.ts'
import { writeMark } from './simulate-place.ts'
import { type SimulateStoreOptions, simulateStore } from './simulate-store.ts'

const PATIENCE_MS = 240_000 // seconds on free cores; other tests may hold them
const NUM_SUBJECTS = 6
const SEED = 5
let root: string
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'cinelead-simulated-store-'))))
afterAll(() => rmSync(root, { recursive: true }))

const make = (name: string, more: Partial<SimulateStoreOptions> = {}) =>
  simulateStore(
    { store: join(root, name), subjects: NUM_SUBJECTS, seed: SEED, shardBytes: 1_200_000, numWorkers: 1, ...more },
    createSilentReport(),
  )

/** A raw folder with the cohort's tables; ingest's plan opens nothing else. */
function rawFolder(): string {
  const raw = join(root, 'raw')
  const persons = Array.from({ length: NUM_SUBJECTS }, (_, index) => drawPerson(SEED, index))
  makeFolder(raw, 'test', 'raw')
  writeMark(raw, {
    schema: 'cinelead.simulated/1',
    seed: SEED,
    numSubjects: NUM_SUBJECTS,
    recordsEnd: recordsEndOn,
    request: '',
    isComplete: true,
  })
  const quirks = { withdrawn: 0 }
  for (const { name, bytes } of cohortTables(persons, { quirks })) if (name !== 'truth.csv') writeWhole(join(raw, name), bytes)
  for (const { eid } of persons) {
    writeFileSync(join(raw, `${eid}_20205_2_0.xml`), writeCardiosoftXml(renderEcg(persons[0]), { personId: eid }))
    writeFileSync(join(raw, `${eid}_20209_2_0.zip`), '')
  }
  return raw
}

describe('simulate --as store', { timeout: PATIENCE_MS }, () => {
  it('makes the same store whatever the number of workers, with everything that later steps read', async () => {
    const { manifest } = await make('alone')
    expect(manifest).toMatchObject({ simulated: true, numSubjects: NUM_SUBJECTS, counts: { pairs: 6, train: 4, validation: 1, test: 1 } })
    expect(manifest.shards).toHaveLength(3)
    expect((await make('two', { numWorkers: 2 })).manifest).toEqual(manifest)
    using store = await openStore(join(root, 'alone'))
    store.verify()
    store.rows.forEach((row, i) => {
      expect(new Set(store.readBytes('esLabels_SZYX', i)), row.subject).toEqual(new Set([0, 1, 2, 3]))
      expect(store.readRow('ecg_SLT', i).every(Number.isFinite)).toBe(true)
      expect(Math.abs(row.measured.lvedv / row.phenotypes.lvedv - 1)).toBeLessThan(0.2) // two measurements of one heart
    })
  })

  it('has the keys, labels and outcomes that ingest reads from the tables of the same people', async () => {
    const plan = planIngest({ raw: rawFolder() }, join(root, 'none'))
    using store = await openStore(join(root, 'alone'))
    expect(plan.jobs.map(({ subject }) => subject)).toEqual(store.rows.map(({ subject }) => subject))
    for (const [i, job] of plan.jobs.entries()) expect(store.rows[i]).toMatchObject(plan.labelsOf(job))
  })

  it('has nothing to do the second time, and keeps who is there when the cohort grows', async () => {
    expect(await make('alone')).toMatchObject({ isReused: true, numMade: 0 })
    const { numMade, manifest } = await make('alone', { subjects: NUM_SUBJECTS + 2 })
    expect(numMade).toBe(2)
    expect(manifest.storeDigest).toBe((await make('grown', { subjects: NUM_SUBJECTS + 2, numWorkers: 2 })).manifest.storeDigest)
  })

  it('gives phenotypes to the wanted share alone', async () => {
    await make('scarce', { labelled: 0 })
    using store = await openStore(join(root, 'scarce'))
    expect(store.rows.every(({ phenotypes, measured }) => Number.isNaN(phenotypes.lvef) && measured.lvef > 0)).toBe(true)
  })

  it('carries on after kill -9 to the same store', async () => {
    const module = new URL('./simulate-store.ts', import.meta.url).href
    const report = new URL('./progress.ts', import.meta.url).href
    const options = { store: join(root, 'killed'), subjects: NUM_SUBJECTS, seed: SEED, shardBytes: 1_200_000, numWorkers: 1 }
    const script = `import { simulateStore } from '${module}'; import { createSilentReport } from '${report}'
      await simulateStore(${JSON.stringify(options)}, createSilentReport())`
    writeFileSync(join(root, 'killed.mjs'), script)
    const child = spawn(process.execPath, [join(root, 'killed.mjs')], { stdio: 'inherit' })
    const parts = join(options.store, 'parts')
    const watch = setInterval(() => {
      if (existsSync(parts) && readdirSync(parts).filter((name) => name.endsWith('.safetensors')).length >= 2) child.kill('SIGKILL')
    }, 2)
    const signal = await new Promise((resolve) => child.on('exit', (_code, name) => resolve(name)))
    clearInterval(watch)
    expect(signal).toBe('SIGKILL')
    await expect(openStore(options.store)).rejects.toThrow('cohort/store-missing')
    const { numMade, manifest } = await make('killed')
    expect(numMade).toBeLessThan(NUM_SUBJECTS)
    expect(manifest).toEqual((await make('two')).manifest)
  })

  it('never takes the place of other files, a raw folder or a store of people', async () => {
    for (const name of ['other', 'marked']) makeFolder(join(root, name), 'test', name)
    writeFileSync(join(root, 'other', 'manifest.json'), '{}')
    await expect(make('other')).rejects.toMatchObject({ code: 'cli/simulate-place' })
    await run({ out: join(root, 'marked'), as: 'wfdb', subjects: 1, numWorkers: 1 }, createSilentReport())
    await expect(make('marked')).rejects.toMatchObject({ code: 'cli/simulate-place' })
    await expect(run({ out: join(root, 'two'), subjects: 1 }, createSilentReport())).rejects.toMatchObject({ code: 'cli/simulate-place' })
  })
})
