// Truth: what the command line was given, refused before anything is begun.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as torch from '@cinelead/torch'
import { afterAll, describe, expect, it } from 'vitest'
import { compare } from './compare.ts'
import { writeMadeRun } from './fixtures/made-run.ts'
import { run as inspect } from './inspect.ts'
import { run as pretrain } from './pretrain.ts'
import { createSilentReport } from './progress.ts'
import { train } from './train.ts'
import { freePort } from './train-ranks.ts'

const home = mkdtempSync(join(tmpdir(), 'cinelead-train-'))
afterAll(() => rmSync(home, { recursive: true }))
const { store } = writeMadeRun(home, { numSubjects: 40, isSimulated: true, seeds: [1] })
const run = join(home, 'new')

describe('train', () => {
  it.each(['constructor', '__proto__', 'Demo'])('refuses the recipe %s', async (recipe) => {
    await expect(train({ store, run, recipe }, createSilentReport())).rejects.toThrow(/^cli\/recipe /)
  })

  it('refuses more ranks than rows before it starts a process', async () => {
    await expect(train({ store, run, ranks: 1000 }, createSilentReport())).rejects.toThrow(/^train\/ranks .* each of the 1000 ranks/)
    expect(existsSync(run)).toBe(false)
  })

  it('refuses a store with one bit that is another than was written, before it starts a process', async () => {
    const changed = join(home, 'changed')
    cpSync(store, changed, { recursive: true })
    const shard = readFileSync(join(changed, 'shard-0000.safetensors'))
    shard[shard.length - 1000] ^= 1
    writeFileSync(join(changed, 'shard-0000.safetensors'), shard)
    for (const verb of [train, pretrain])
      await expect(verb({ store: changed, run }, createSilentReport())).rejects.toThrow(
        /^cohort\/store-broken .* in shard-0000.safetensors\./,
      )
    expect(existsSync(join(run, 'seed-1'))).toBe(false)
    await expect(inspect({ path: changed }, createSilentReport())).rejects.toThrow(/^cohort\/store-broken/)
    const said = createSilentReport()
    await inspect({ path: store }, said)
    expect(said.lines).toEqual(['checking the store: as it was written'])
    rmSync(run, { recursive: true })
  })
})

describe.skipIf(!torch.describeLibrary().gloo)('two ranks', () => {
  it('are refused in a folder in which another run is at work, and none is left waiting', async () => {
    mkdirSync(run)
    writeFileSync(join(run, '.lock'), `${process.pid}\n`)
    const meeting = { WORLD_SIZE: '2', MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(await freePort()), OMP_NUM_THREADS: '1' }
    const main = fileURLToPath(new URL('./main.ts', import.meta.url))
    const ends = [0, 1].map((rank) => {
      const env = { ...process.env, ...meeting, RANK: String(rank), LOCAL_RANK: String(rank) }
      const child = spawn(process.execPath, [main, 'train', '--store', store, '--run', run], { env })
      let said = ''
      child.stderr.on('data', (text) => (said += String(text)))
      return new Promise<string>((resolve) => child.on('close', (exitCode) => resolve(`${exitCode}: ${said}`)))
    })
    const [first, second] = await Promise.all(ends)
    expect(first).toContain(`1: cli/run-locked lockRun: expected a folder in which no other run is at work`)
    expect(second).toMatch(/^1: /)
    rmSync(run, { recursive: true })
  }, 60_000)
})

describe('compare', () => {
  it('refuses a share of labels that is none before it trains', async () => {
    await expect(compare({ store, run, labels: 2 }, createSilentReport())).rejects.toThrow(/^cli\/labels /)
    expect(existsSync(run)).toBe(false)
  })
})
