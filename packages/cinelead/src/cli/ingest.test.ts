// Truth: folders made here file by file, so that it is known who must stay, who must go and why.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasParticipantNumber } from '../base/privacy.ts'
import { openStore } from '../cohort/store.ts'
import { writeZip } from '../formats/zip.ts'
import { thresholdSegmenter } from '../prepare/cmr/phantom.ts'
import { type IngestOptions, ingest, run } from './ingest.ts'
import { describeSubject } from './inspect-subject.ts'
import type { Report } from './progress.ts'
import { deadlyRows } from './threshold-segmenter.ts'
import { cleanEcg, fixtureEid, phantomFiles, phantomZip, putSubject, putTable } from './raw-fixture.ts'

const PATIENCE_MS = 240_000 // seconds on free cores; other tests may hold them
let root: string
let raw: string
let store: string
const told: string[] = []
const report: Report = {
  begin: (name) => ({ advance: () => {}, done: (note) => void told.push(`${name}: ${note}`) }),
  say: (line) => void told.push(line),
  warn: (line) => void told.push(line),
  answer: (_value, text) => void told.push(text),
}
const options = (more: Partial<IngestOptions> = {}): IngestOptions => ({
  raw,
  store,
  salt: join(root, 'salt'),
  segmenter: thresholdSegmenter,
  ...more,
})

const sound = phantomZip()
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'cinelead-ingest-'))))
afterAll(() => rmSync(root, { recursive: true }))
beforeEach(() => {
  for (const name of readdirSync(root)) if (name !== 'salt') rmSync(join(root, name), { recursive: true })
  raw = join(root, 'raw')
  store = join(root, 'store')
  told.length = 0
})

function putSound(count: number): void {
  for (let i = 0; i < count; i++) putSubject(raw, i, { cine: sound })
  putTable(raw, count)
}

describe('ingest', { timeout: PATIENCE_MS }, () => {
  it('makes a store of every subject with labels, measures and pictures', async () => {
    putSound(4)
    const { manifest, numKept, numDropped, isReused } = await ingest(options(), report)
    expect({ numKept, numDropped, isReused }).toEqual({ numKept: 4, numDropped: 0, isReused: false })
    expect(manifest?.counts).toEqual({ pairs: 4, train: 3, validation: 1, test: 0, none: 0 })
    expect(manifest?.simulated).toBe(false)
    using opened = await openStore(store)
    opened.verify()
    for (const [i, row] of opened.rows.entries()) {
      expect(row).toMatchObject({ hasEcg: true, hasCine: true, visit: 2, daysApart: 0 })
      expect(row.cineHeartRateBpm).toBeCloseTo(60_000 / 900, 6)
      expect(row.measured.lvedv / ((Math.PI * 25 ** 2 * 60) / 1000)).toBeCloseTo(1, 1) // the phantom's discs on a grid of 2.7 mm
      const index = row.ageYears - 50
      expect(row.phenotypes.lvedv).toBe(index + 1)
      expect(row.phenotypes.lvef).toBeCloseTo((30 + index + 1) / 100, 12)
      expect(row.outcomes.af).toMatchObject({ ever: index % 2 === 1, prevalent: index % 2 === 1, incident: false })
      expect(row.sex).toBe(index % 2 ? 'male' : 'female')
      expect(Math.max(...opened.readRow('ed_SZYX', i))).toBe(1)
      expect(opened.readBytes('esLabels_SZYX', i).some((label) => label === 1)).toBe(true)
      expect(opened.readRow('ecg_SLT', i).some((value) => value !== 0)).toBe(true)
    }
  })

  it('does nothing the second time, and says so', async () => {
    putSound(2)
    const first = await ingest(options(), report)
    const again = await ingest(options(), report)
    expect(again).toMatchObject({ isReused: true, numPrepared: 0, manifest: first.manifest })
    utimesSync(join(raw, `${fixtureEid(0)}_20205_2_0.xml`), 1, 1) // another age, the same bytes
    expect(await ingest(options(), report)).toMatchObject({ isReused: true })
  })

  it('prepares only what changed: a new subject, a changed file, a new table', async () => {
    putSound(3)
    const first = await ingest(options(), report)
    putSubject(raw, 3, { cine: sound })
    putTable(raw, 4)
    expect(await ingest(options(), report)).toMatchObject({ isReused: false, numPrepared: 1, numKept: 4 })
    putSubject(raw, 1, { cine: phantomZip({ wallMm: 10 }) })
    expect(await ingest(options(), report)).toMatchObject({ numPrepared: 1, numKept: 4 })
    putSubject(raw, 1, { cine: sound })
    rmSync(join(raw, `${fixtureEid(3)}_20205_2_0.xml`))
    rmSync(join(raw, `${fixtureEid(3)}_20209_2_0.zip`))
    putTable(raw, 3)
    expect((await ingest(options(), report)).manifest).toEqual(first.manifest)
  })

  it('lets whoever withdraws leave the store without preparing the others again', async () => {
    putSound(3)
    await ingest(options(), report)
    writeFileSync(join(raw, 'w1_20250101.csv'), `${fixtureEid(1)}\n`)
    const { manifest, numPrepared } = await ingest(options(), report)
    expect(numPrepared).toBe(0)
    expect(manifest?.flow[1]).toEqual({ step: 'not withdrawn', kept: 2, dropped: 1, reason: 'withdrawn' })
    using opened = await openStore(store)
    expect(opened.rows.map(({ ageYears }) => ageYears).sort()).toEqual([50, 52])
  })

  it('shares the work between array jobs and merges to the same store', async () => {
    putSound(4)
    const whole = await ingest(options({ store: join(root, 'whole') }), report)
    for (const part of ['1/3', '2/3', '3/3']) expect((await ingest(options({ part }), report)).manifest).toBeUndefined()
    await expect(openStore(store)).rejects.toThrow('cohort/store-missing')
    expect(await ingest(options(), report)).toMatchObject({ numPrepared: 0, manifest: whole.manifest })
    await expect(ingest(options({ part: '4/3', store: join(root, 'x') }), report)).rejects.toThrow(
      'cli/part ingest: expected a share i/n with i from 1 to n but received 4/3',
    )
  })

  it('drops the subjects whose files are bad, each with its reason, and keeps the others', async () => {
    const half = (bytes: Uint8Array) => bytes.subarray(0, bytes.length >> 1)
    const text = (from: string, to: string) =>
      new Uint8Array(Buffer.from(Buffer.from(cleanEcg(0)).toString('latin1').replaceAll(from, to), 'latin1'))
    const cases: [string, string, Parameters<typeof putSubject>[2]][] = [
      ['none', '', {}],
      ['files readable', 'formats/zip-directory', { cine: half(sound) }],
      ['files readable', 'formats/zip-directory', { cine: new Uint8Array() }],
      ['files readable', 'formats/', { ecg: half(cleanEcg(3)) }],
      ['files readable', 'formats/ecg-unknown', { ecg: new Uint8Array() }],
      ['ECG and short-axis cine of one visit', 'no ECG', { ecg: null }],
      ['ECG and short-axis cine of one visit', 'no short-axis cine', { cine: null }],
      ['same day', 'days apart', { ecg: cleanEcg(7, '2016-05-06') }],
      ['CMR quality', 'slice-count', { cine: phantomZip({ numSlices: 4 }) }],
      ['CMR quality', 'prepare/cmr-stack', { cine: phantomZip({ numSlices: 1 }) }],
      ['CMR quality', '', { cine: phantomZip({ numFrames: 8 }) }],
      ['ECG quality', 'missing-lead', { ecg: text('lead="V6"', 'lead="V7"') }],
      ['CMR quality', 'prepare/cmr-no-heart', { cine: phantomZip({ cavityMm_F: new Array(12).fill(0), wallMm: 0, rvMm: 0 }) }],
      ['files readable', 'formats/rate', { ecg: text('<SampleRate units="Hz">500<', '<SampleRate units="Hz">0<') }],
      ['files readable', 'formats/', { ecg: text('<SampleRate units="Hz">500<', '<SampleRate units="Hz">NaN<') }],
      ['ECG quality', 'too-short', { ecg: text('<SampleRate units="Hz">500<', '<SampleRate units="Hz">1000<') }],
      ['in the table', 'not in the table', {}],
    ]
    cases.forEach(([, , files], i) => putSubject(raw, i, { cine: sound, ...files }))
    putTable(raw, cases.length - 1)
    const { manifest, numKept } = await ingest(options(), report)
    const flow = manifest?.flow ?? []
    expect(numKept, JSON.stringify(flow)).toBe(1)
    expect(flow[0].kept).toBe(cases.length)
    expect(flow.at(-1)?.kept).toBe(1)
    for (const [step, reason] of cases.slice(1)) {
      expect(
        flow.some((line) => line.step === step && line.reason.includes(reason)),
        `${step}: ${reason} in ${JSON.stringify(flow)}`,
      ).toBe(true)
    }
    expect(readdirSync(store).sort()).toEqual(['index.parquet', 'manifest.json', 'shard-0000.safetensors', 'sources.jsonl'])
  })

  it('keeps a subject with one broken image among good ones, and says so in its flags', async () => {
    const files = phantomFiles()
    files[20].bytes = files[20].bytes.subarray(0, 3000)
    putSubject(raw, 0, { cine: writeZip(files, 1) })
    putSubject(raw, 1, {
      cine: writeZip(
        files.map(({ name, bytes }) => ({ name, bytes: bytes.subarray(0, 3000) })),
        1,
      ),
    })
    putTable(raw, 2)
    const { manifest } = await ingest(options(), report)
    expect(manifest?.flow.filter(({ dropped }) => dropped > 0)).toMatchObject([{ step: 'files readable', reason: 'cli/no-images' }])
    using opened = await openStore(store)
    expect(opened.rows[0].flags).toContain('unreadable-images')
  })

  it('keeps a pair of which one does not say its day, and says so in its flags', async () => {
    const undated = Buffer.from(cleanEcg(0)).toString('latin1').replaceAll('<Year>', '<Jahr>').replaceAll('</Year>', '</Jahr>')
    putSubject(raw, 0, { cine: sound, ecg: new Uint8Array(Buffer.from(undated, 'latin1')) })
    putSubject(raw, 1, { cine: sound })
    putTable(raw, 2)
    await ingest(options(), report)
    using opened = await openStore(store)
    const told = opened.rows.map(({ daysApart, flags }) => `${daysApart} ${flags.includes('dates-known')}`)
    expect(told.sort()).toEqual(['0 false', 'NaN true'])
  })

  it('tries again who could not be read when they can be read', async () => {
    putSound(2)
    rmSync(join(raw, `${fixtureEid(1)}_20209_2_0.zip`))
    symlinkSync('/proc/self/mem', join(raw, `${fixtureEid(1)}_20209_2_0.zip`))
    const first = await ingest(options(), report)
    expect(first.manifest?.flow.filter(({ dropped }) => dropped > 0).map(({ step }) => step)).toEqual(['files readable'])
    rmSync(join(raw, `${fixtureEid(1)}_20209_2_0.zip`))
    putSubject(raw, 1, { cine: sound })
    expect(await ingest(options(), report)).toMatchObject({ numPrepared: 1, numKept: 2 })
  })

  it('shows no participant number anywhere: not in words, not in the store', async () => {
    putSound(3)
    putSubject(raw, 1, { cine: sound.subarray(0, 100) })
    expect(await run(options(), report)).toBe(3)
    expect(told.length).toBeGreaterThan(1)
    expect(told.filter(hasParticipantNumber)).toEqual([])
    for (const name of readdirSync(store)) {
      const text = readFileSync(join(store, name)).toString('latin1')
      for (let i = 0; i < 3; i++) expect(text.includes(fixtureEid(i)), name).toBe(false)
    }
  })

  it('takes one folder of images as one subject that is for looking at', async () => {
    putPlain()
    const { manifest } = await ingest(options(), report)
    expect(manifest?.counts).toEqual({ pairs: 0, train: 0, validation: 0, test: 0, none: 1 })
    expect(manifest?.notes).toContain('no subject has both an ECG and a cine: subjects are kept for looking at, not for learning')
    using opened = await openStore(store)
    expect(opened.rows[0]).toMatchObject({ hasEcg: false, hasCine: true, split: 'none', sex: 'unknown' })
    expect(opened.rows[0].measured.lvef).toBeCloseTo(1 - (17 / 25) ** 2, 1)
    expect(opened.readRow('ecg_SLT', 0).every(Number.isNaN)).toBe(true)
    expect(describeSubject(opened, opened.rows[0].subject).text).toContain('\n  sex not known, age not known\n  end-diastole frame')
  })

  it('stops with one sentence when a table lacks fields, and leaves nothing behind', async () => {
    putSubject(raw, 0, { cine: sound })
    writeFileSync(join(raw, 'participants.csv'), `eid,31-0.0\n${fixtureEid(0)},1\n`)
    await expect(ingest(options(), report)).rejects.toThrow(
      /^cohort\/table-fields readPersons: expected the fields .* but received 1 table without 53, 21003, 41270/,
    )
    expect(existsSync(store)).toBe(false)
  })

  it('stops with one sentence when nobody is left', async () => {
    putSubject(raw, 0, { cine: new Uint8Array(10) })
    await expect(ingest(options({ keepUnpaired: false }), report)).rejects.toThrow(
      /^cohort\/nothing-left mergeParts: .* none; dropped at files readable: 1 \(formats\/zip-directory\)/,
    )
    expect(existsSync(join(store, 'manifest.json'))).toBe(false)
  })

  it('refuses a visit and a date that are none', async () => {
    putSound(1)
    await expect(ingest(options({ visit: 'best' as 'first' }), report)).rejects.toThrow(
      'cli/visit ingest: expected first, last or a whole number but received best',
    )
    await expect(ingest(options({ recordsEnd: '31.10.2022' }), report)).rejects.toThrow(
      'cli/records-end ingest: expected a date YYYY-MM-DD but received 31.10.2022',
    )
  })

  it('asks for a segmenter when there is none', async () => {
    putSound(1)
    await expect(ingest(options({ segmenter: undefined, segmenterPath: join(root, 'none') }), report)).rejects.toThrow(
      /cli\/no-segmenter openSegmenter: expected a segmenter.* but received no such file/,
    )
  })

  it('gives the same store from worker threads as from this one', async () => {
    putSound(3)
    const segmenterModule = new URL('./threshold-segmenter.ts', import.meta.url).href
    const inWorkers = await ingest(options({ segmenter: undefined, segmenterModule, numWorkers: 2 }), report)
    const here = await ingest(options({ store: join(root, 'here') }), report)
    expect(inWorkers.manifest?.shards).toEqual(here.manifest?.shards)
  })

  it('goes on when a worker dies over one subject', async () => {
    putSound(4)
    putSubject(raw, 1, { cine: phantomZip({ numRows: deadlyRows }) })
    const segmenterModule = new URL('./threshold-segmenter.ts', import.meta.url).href
    const { manifest } = await ingest(options({ segmenter: undefined, segmenterModule, numWorkers: 1 }), report)
    expect(manifest?.numSubjects).toBe(3)
    expect(manifest?.flow.find(({ dropped }) => dropped > 0)).toMatchObject({ step: 'files readable', reason: 'cli/worker', dropped: 1 })
    expect(told.some((line) => /^cli\/worker ingestSubject: .* in s-[0-9a-f]{12}\. Was it out of memory/.test(line))).toBe(true)
  })
})

function putPlain(): void {
  rmSync(raw, { recursive: true, force: true })
  putSubject(raw, 0, { ecg: null, cine: null })
  for (const { name, bytes } of phantomFiles()) writeFileSync(join(raw, name), bytes)
}
