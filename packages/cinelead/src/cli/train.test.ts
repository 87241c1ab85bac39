// Truth: what the command line was given, refused before anything is begun.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compare } from './compare.ts'
import { writeMadeRun } from './fixtures/made-run.ts'
import { createSilentReport } from './progress.ts'
import { train } from './train.ts'

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
})

describe('compare', () => {
  it('refuses a share of labels that is none before it trains', async () => {
    await expect(compare({ store, run, labels: 2 }, createSilentReport())).rejects.toThrow(/^cli\/labels /)
    expect(existsSync(run)).toBe(false)
  })
})
