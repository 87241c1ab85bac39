// Truth: the same people whatever way they were made, and the readers that ingest uses.
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sourceFile } from '../cohort/digest.ts'
import { discover } from '../cohort/manifest.ts'
import { readPersons } from '../cohort/phenotypes.ts'
import { filesUnder } from './files-under.ts'
import { createSilentReport } from './progress.ts'
import { type SimulateOptions, simulate } from './simulate-files.ts'

const PATIENCE_MS = 240_000 // seconds on free cores; other tests may hold them
let root: string
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'cinelead-simulate-'))))
afterAll(() => rmSync(root, { recursive: true }))

const make = (more: Partial<SimulateOptions> = {}) =>
  simulate({ out: join(root, 'raw'), subjects: 3, seed: 5, quirks: 'none', ...more }, createSilentReport())

describe('simulate', { timeout: PATIENCE_MS }, () => {
  it('makes a raw folder that ingest finds its way in, and says that nobody in it is real', async () => {
    expect(await make()).toMatchObject({ subjects: 3, isReused: false, numMade: 3, numFiles: 6 })
    const folder = discover(join(root, 'raw'))
    expect(folder).toMatchObject({ layout: 'uk-biobank', simulated: { seed: 5, numSubjects: 3 }, numOther: 0 })
    expect(
      [...folder.subjects.values()].every(([visit]) => visit.visit === 2 && visit.ecgPaths.length === 1 && visit.cinePaths.length === 1),
    ).toBe(true)
    const { persons, badCells } = readPersons(folder.tables, () => true)
    expect(persons.size).toBe(3)
    expect(badCells.size).toBe(0)
    for (const { visits } of persons.values()) expect(visits.get(2)?.phenotypes.lvef).toBeLessThan(1)
  })

  it('has nothing to do the second time', async () => {
    expect(await make()).toMatchObject({ isReused: true, numMade: 0, numFiles: 6 })
  })

  it('makes again only what is missing or cut short, to the same bytes', async () => {
    const files = filesUnder(join(root, 'raw', '20205'))
    const before = sourceFile(files[1]).sha256
    truncateSync(files[1], 100)
    expect(await make()).toMatchObject({ isReused: false, numMade: 1 })
    expect(sourceFile(files[1]).sha256).toBe(before)
  })

  it('starts anew when another cohort is asked for', async () => {
    expect(await make({ subjects: 1, seed: 6 })).toMatchObject({ numMade: 1 })
    expect(discover(join(root, 'raw')).subjects.size).toBe(1)
    expect(readFileSync(join(root, 'raw', 'simulated.json'), 'utf8')).toContain('"seed": 6')
  })

  it('never puts made people among other files', async () => {
    const out = join(root, 'other')
    await make({ out, subjects: 1 })
    rmSync(join(out, 'simulated.json'))
    await expect(make({ out, subjects: 1 })).rejects.toThrow(
      'cli/simulate-place simulate: expected an empty folder or one that simulate made but received a folder with other files',
    )
    writeFileSync(join(root, 'file'), '')
    await expect(make({ out: join(root, 'file', 'x') })).rejects.toThrow(
      'cohort/not-found simulate: expected to read or write the folder of simulated people but received a file where a folder should be',
    )
    expect(existsSync(join(root, 'file', 'x'))).toBe(false)
  })

  it.each([0, -1, 2.5, Number.NaN, 1_000_000])('refuses %s subjects', async (subjects) => {
    await expect(make({ subjects })).rejects.toThrow('cli/subjects simulate: expected 1 to 999999 subjects')
  })
})
