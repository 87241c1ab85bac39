// Truth: a digital heart's own volumes, from its files as UK Biobank delivers them: slices in field 20209, long axes in 20208.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../cohort/store.ts'
import { readZip } from '../formats/zip.ts'
import type { StudyMeasures } from '../prepare/cmr/measure-study.ts'
import { drawPerson } from '../simulate/person.ts'
import { noQuirks } from '../simulate/quirks.ts'
import { subjectFiles } from '../simulate/subject-files.ts'
import { ingest } from './ingest.ts'
import { run as inspect } from './inspect.ts'
import { run as measure } from './measure.ts'
import { createSilentReport } from './progress.ts'

const folder = mkdtempSync(join(tmpdir(), 'long-axes-'))
const person = drawPerson('long-axes', 0)
const [raw, slices, long] = [join(folder, 'raw'), `${person.eid}_20209_2_0.zip`, `${person.eid}_20208_2_0.zip`]

beforeAll(() => {
  mkdirSync(raw)
  for (const { name, bytes } of subjectFiles(person, { hasLongAxis: true, quirks: noQuirks })) writeFileSync(join(raw, name), bytes)
})
afterAll(() => rmSync(folder, { recursive: true }))

async function measured(longAxesPath?: string): Promise<StudyMeasures> {
  const report = createSilentReport()
  await measure({ path: join(raw, slices), longAxesPath }, report)
  return report.answers[0] as StudyMeasures
}

const verdictOf = ({ verdicts }: Pick<StudyMeasures, 'verdicts'>) => verdicts.find(({ criterion }) => criterion === 'long-axes-read')

describe('long axes', { timeout: 240_000 }, () => {
  it('change where the LV ends in `measure`, near its true volumes', async () => {
    const [without, beside] = [await measured(), await measured(join(raw, long))]
    expect(verdictOf(without)).toBeUndefined()
    expect(verdictOf(beside)).toMatchObject({ ok: true })
    expect(verdictOf(beside)?.value).toBeGreaterThan(1)
    expect(beside.lvedvMl).not.toBe(without.lvedvMl)
    expect(Math.abs(beside.lvedvMl / person.pump.lvedvMl - 1)).toBeLessThan(0.1)
    expect(Math.abs(beside.lvefFraction - (1 - person.pump.lvesvMl / person.pump.lvedvMl))).toBeLessThan(0.06)
    expect(beside.rvedvMl).toBe(without.rvedvMl)
  })

  it('are drawn by `inspect` where a study holds them', async () => {
    const study = join(folder, 'study')
    mkdirSync(study)
    for (const zip of [slices, long])
      for (const file of await readZip(readFileSync(join(raw, zip))))
        writeFileSync(join(study, `${zip.slice(8, 13)}-${file.name}`), file.read())
    await inspect({ path: study, out: join(folder, 'drawn') }, createSilentReport())
    const { width, height } = decode(readFileSync(join(folder, 'drawn', 'long-axes.png')))
    expect(width / height).toBeCloseTo(3, 1) // three views, each bare and with contours, over two moments
  })

  it('are taken on ingestion, and left out with a flag where they cannot be read', async () => {
    const take = async () => {
      const done = await ingest({ raw, store: join(folder, 'store'), salt: join(folder, 'salt'), numWorkers: 1 }, createSilentReport())
      using store = await openStore(join(folder, 'store'))
      return { ...done, row: store.rows[0] }
    }
    const whole = await take()
    expect([whole.numKept, whole.row.flags.includes('long-axes')]).toEqual([1, false])
    writeFileSync(join(raw, long), 'no archive')
    const broken = await take()
    expect([broken.numKept, broken.isReused, broken.row.flags]).toEqual([1, false, expect.stringContaining('long-axes-readable')])
    expect(broken.row.measured.lvesv).not.toBe(whole.row.measured.lvesv)
  })
})
