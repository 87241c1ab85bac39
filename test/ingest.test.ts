// The road from raw files to a store, with the shipped segmenter: simulated people in UK Biobank's containers, and one real heart.
// Truth: the simulated people's own table; for the real heart the mesh that its authors fitted to their contours
// (LV 174.5 -> 72.0 mL; see the data's README). The real recording lies outside the project; without it the test skips itself.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasParticipantNumber } from '../packages/cinelead/src/base/privacy.ts'
import { ingest, run } from '../packages/cinelead/src/cli/ingest.ts'
import { createSilentReport } from '../packages/cinelead/src/cli/progress.ts'
import { simulate } from '../packages/cinelead/src/cli/simulate-files.ts'
import { openStore } from '../packages/cinelead/src/cohort/store.ts'

const realCine = join(process.env.CINELEAD_REAL_DATA ?? resolve(import.meta.dirname, '../../shared/data'), 'cmr/biv-me/dicoms')

const PATIENCE_MS = 240_000 // ten seconds on two free cores; other tests may hold them

let root: string
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'cinelead-road-'))))
afterAll(() => rmSync(root, { recursive: true }))

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [meanA, meanB] = [mean(a), mean(b)]
  const product = (x: readonly number[], y: readonly number[], mx: number, my: number) =>
    x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0)
  return product(a, b, meanA, meanB) / Math.sqrt(product(a, a, meanA, meanA) * product(b, b, meanB, meanB))
}

describe('simulate and ingest', () => {
  it(
    'turn six made people into a store that measures what they were made with',
    async () => {
      const raw = join(root, 'raw')
      const options = { raw, store: join(root, 'store') }
      await simulate({ out: raw, subjects: 6, seed: 3, quirks: 'none' }, createSilentReport())
      const { manifest } = await ingest({ ...options, numWorkers: 2 }, createSilentReport())
      expect(manifest).toMatchObject({ simulated: true, numSubjects: 6, counts: { pairs: 6, train: 4, validation: 1, test: 1, none: 0 } })
      using store = await openStore(options.store)
      store.verify()
      const { rows } = store
      expect(rows.every(({ daysApart, visit, stackFrames }) => daysApart === 0 && visit === 2 && stackFrames === 16)).toBe(true)
      expect(rows.every(({ followUpDays }) => followUpDays > 0)).toBe(true)
      expect(rows.every(({ measured }) => measured.lvedv > measured.lvesv && measured.lvm > 0)).toBe(true)
      const measured = rows.map((row) => row.measured.lvedv)
      const table = rows.map((row) => row.phenotypes.lvedv)
      expect(correlation(measured, table)).toBeGreaterThan(0.8) // six hearts of 100 to 250 mL; one wholly wrong stack takes it below
      for (let i = 0; i < rows.length; i++) {
        expect(store.readRow('ecg_SLT', i).every(Number.isFinite)).toBe(true)
        expect(new Set(store.readBytes('edLabels_SZYX', i)), rows[i].subject).toEqual(new Set([0, 1, 2, 3]))
      }
      expect(await ingest(options, createSilentReport())).toMatchObject({ isReused: true, manifest })
      const alone = await ingest({ ...options, store: join(root, 'alone'), numWorkers: 1 }, createSilentReport())
      expect(alone.manifest?.storeDigest).toBe(manifest?.storeDigest)
      expect(readFileSync(join(options.store, 'index.parquet')).toString('latin1')).not.toMatch(/900000\d/)
    },
    PATIENCE_MS,
  )
})

describe('ingest', () => {
  it(
    'turns a real cine without UK Biobank names into a stack with both phases found, measured and drawn',
    async (context) => {
      if (!existsSync(realCine)) return context.skip(`no real recordings at ${realCine}`)
      const report = createSilentReport()
      const storeDir = join(root, 'real')
      expect(await run({ raw: realCine, store: storeDir, salt: join(root, 'salt') }, report)).toBe(0)
      using store = await openStore(storeDir)
      const [row] = store.rows
      expect(row).toMatchObject({ stackSlices: 6, stackFrames: 25, hasEcg: false, hasCine: true, split: 'none' })
      expect(row.measured.lvedv).toBeGreaterThan(174.5 * 0.8) // six slices 17.7 mm apart against a mesh: a fifth either way
      expect(row.measured.lvedv).toBeLessThan(174.5 * 1.2)
      expect(row.measured.lvesv).toBeLessThan(row.measured.lvedv * 0.6)
      const afterEd = (row.esFrame - row.edFrame + 25) % 25
      expect(afterEd).toBeGreaterThanOrEqual(6) // end-systole lies a third of the beat after end-diastole
      expect(afterEd).toBeLessThanOrEqual(13)
      for (const name of ['heart.png', 'sees-cl-2dt.png'])
        expect(
          readFileSync(join(storeDir, 'drawings', name))
            .subarray(1, 4)
            .toString(),
        ).toBe('PNG')
      expect(report.lines.filter(hasParticipantNumber)).toEqual([])
    },
    PATIENCE_MS,
  )
})
