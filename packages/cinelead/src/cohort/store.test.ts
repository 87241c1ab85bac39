// Truth: what was put in comes out, to half precision (2^-11 of a value, IEEE 754 binary16); numpy-independent checks of the bytes.
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { outcomeIds, type PhenotypeValues, phenotypeIds } from '../base/phenotypes.ts'
import { createRandom } from '../base/seed.ts'
import { flowOf } from './flow.ts'
import { mergeParts, type StoreFacts, type SubjectEntry } from './merge.ts'
import { createPartsFolder, listParts, type PreparedSubject, readPart, writeDropped, writePart } from './part.ts'
import { partDigest, releaseRows } from './resume.ts'
import { openStore, readSources } from './store.ts'
import type { SubjectFacts, SubjectLabels } from './store-layout.ts'

let dir: string
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'cinelead-store-'))))
afterEach(() => rmSync(dir, { recursive: true }))

const shapes = { numLeads: 2, numSamples: 30, numFrames: 3, numSlices: 2, numRows: 5, numColumns: 4 }
const { numFrames, numSlices, numRows, numColumns } = shapes
const values = (first: number) => Object.fromEntries(phenotypeIds.map((id, i) => [id, first + i])) as PhenotypeValues
const facts: SubjectFacts = {
  hasEcg: true,
  hasCine: true,
  visit: 2,
  daysApart: 0,
  ecgHeartRateBpm: 61,
  cineHeartRateBpm: Number.NaN,
  edFrame: 0,
  esFrame: 9,
  stackFrames: 25,
  stackSlices: 8,
  spacingMm: [10, 1.8, 1.8],
  measured: values(100),
  verdicts: [
    { criterion: 'flat-lead', lead: 'V3', value: 0, threshold: 1, ok: false, onFail: 'flag' },
    { criterion: 'slice-gap', value: 0, threshold: 1, ok: true, onFail: 'drop' },
  ],
}
const outcome = { ever: true, prevalent: false, incident: true, firstDays: 12 }
const labels: SubjectLabels = {
  ageYears: 63,
  sex: 'female',
  bmi: Number.NaN,
  heightCm: 170,
  weightKg: 70,
  tableHeartRateBpm: 60,
  phenotypes: { ...values(0), lvm: Number.NaN },
  outcomes: Object.fromEntries(
    outcomeIds.map((id) => [id, id === 'af' ? outcome : { ever: false, prevalent: false, incident: false, firstDays: Number.NaN }]),
  ) as SubjectLabels['outcomes'],
  followUpDays: 1000,
}

function prepared(subject: string, seed = subject): PreparedSubject {
  const random = createRandom(seed)
  const floats = (length: number) => Float32Array.from({ length }, () => random.normal())
  const bytes = (length: number) => Uint8Array.from({ length }, () => random.integer(4))
  const size = numRows * numColumns
  const files = [{ sizeBytes: 3, mtimeMs: 1, sha256: seed }]
  return {
    head: { subject, digest: partDigest(files, 'settings'), files, facts },
    ecg: { rateHz: 500, numSamples: 30, ecg_LT: floats(60), filteredMv_LT: floats(60), steps: [], verdicts: [] },
    cine: {
      cine_FYX: floats(numFrames * size),
      ed_ZYX: floats(numSlices * size),
      es_ZYX: floats(numSlices * size),
      edLabels_ZYX: bytes(numSlices * size),
      esLabels_ZYX: bytes(numSlices * size),
      shape: { numFrames, numSlices, numRows, numColumns },
      spacingMm: [10, 1.8, 1.8],
      edFrame: 0,
      esFrame: 9,
      measured: values(100),
      heartBoxMm: [80, 80, 80],
      verdicts: [],
    },
  }
}

const subjects = ['s-c', 's-a', 's-b', 's-d', 's-e']
const entry = (subject: string): SubjectEntry => ({ subject, split: subject === 's-e' ? 'test' : 'train', labels })
const storeFacts = (kept: number, dropped: string[] = []): StoreFacts => ({
  simulated: true,
  shapes,
  ecgRateHz: 500,
  splitSeed: '1',
  settings: { crop: 'heart' },
  requestDigest: 'r',
  flow: flowOf(
    kept + dropped.length,
    ['files readable'],
    dropped.map(() => ({ step: 'files readable', reason: 'x' })),
  ),
  notes: [],
  dropped: dropped.map((subject) => ({ subject, digest: 'd', files: [], dropped: { step: 'files readable', reason: 'x' } })),
})

function build(names = subjects, shardBytes?: number) {
  createPartsFolder(dir)
  for (const name of names) writePart(dir, prepared(name), shapes)
  return mergeParts(dir, names.map(entry), storeFacts(names.length), { shardBytes })
}

describe('a store', () => {
  it('gives back every record and every row, over several shards', async () => {
    const manifest = build(subjects, 1300) // about two subjects a shard
    expect(manifest.shards.length).toBe(3)
    using store = await openStore(dir)
    expect(store.rows.map(({ subject }) => subject)).toEqual([...subjects].sort())
    store.rows.forEach(({ subject }, i) => {
      const { ecg, cine } = prepared(subject)
      const close = (read: Float32Array, truth: Float32Array | undefined) =>
        read.every((value, k) => Math.abs(value - (truth?.[k] ?? Number.NaN)) <= Math.abs(value) * 2 ** -10)
      expect(close(store.readRow('ecg_SLT', i), ecg?.ecg_LT)).toBe(true)
      expect(close(store.readRow('ecgMv_SLT', i), ecg?.filteredMv_LT)).toBe(true)
      expect(close(store.readRow('cine_SFYX', i), cine?.cine_FYX)).toBe(true)
      expect(close(store.readRow('es_SZYX', i), cine?.es_ZYX)).toBe(true)
      expect(store.readBytes('esLabels_SZYX', i)).toEqual(cine?.esLabels_ZYX)
      expect(store.readRow('edLabels_SZYX', i)).toEqual(Float32Array.from(cine?.edLabels_ZYX ?? []))
    })
    const { verdicts: _, ...restFacts } = facts
    expect(store.rows[0]).toEqual({
      ...labels,
      ...restFacts,
      subject: 's-a',
      split: 'train',
      shard: 0,
      row: 0,
      flags: 'flat-lead:V3',
      digest: prepared('s-a').head.digest,
    })
    expect(store.recordShape('cine_SFYX')).toEqual([3, 5, 4])
    store.verify()
  })

  it('has the same digest whatever the order of work, and shards that begin on 64 bytes', async () => {
    const first = build(subjects)
    using store = await openStore(dir)
    const { startByte, endByte } = store.shards[0].tensors.ecg_SLT
    expect(startByte % 64).toBe(0)
    expect(endByte - startByte).toBe(5 * 60 * 2)
    const again = mkdtempSync(join(tmpdir(), 'cinelead-store-'))
    createPartsFolder(again)
    for (const name of [...subjects].reverse()) writePart(again, prepared(name), shapes)
    expect(mergeParts(again, [...subjects].sort().map(entry), storeFacts(5))).toEqual(first)
    rmSync(again, { recursive: true })
  })

  it('knows mean and spread of the training split', async () => {
    const manifest = build()
    using store = await openStore(dir)
    const training = store.rows.flatMap(({ split }, i) => (split === 'train' ? [...store.readRow('ed_SZYX', i)] : []))
    const mean = training.reduce((sum, value) => sum + value, 0) / training.length
    expect(manifest.statistics.ed_SZYX?.mean).toBeCloseTo(mean, 10)
    expect(manifest.statistics.edLabels_SZYX).toBeUndefined()
  })

  it('marks a missing ECG so that nobody can use it unawares', async () => {
    createPartsFolder(dir)
    const { ecg: _, ...rest } = prepared('s-a')
    writePart(dir, rest, shapes)
    mergeParts(dir, [{ ...entry('s-a'), split: 'none' }], storeFacts(1))
    using store = await openStore(dir)
    expect(store.readRow('ecg_SLT', 0).every(Number.isNaN)).toBe(true)
    expect(store.manifest.counts).toEqual({ pairs: 0, train: 0, validation: 0, test: 0, none: 1 })
  })

  it('is no store before its manifest', async () => {
    createPartsFolder(dir)
    writePart(dir, prepared('s-a'), shapes)
    await expect(openStore(dir)).rejects.toThrow(
      'cohort/store-missing openStore: expected a store with a manifest.json but received a folder without one',
    )
    await expect(openStore(join(dir, 'none'))).rejects.toThrow('received no such folder')
  })

  it('refuses a shard that was cut short, and one that was changed', async () => {
    build()
    const shard = join(dir, 'shard-0000.safetensors')
    copyFileSync(shard, `${shard}.copy`)
    truncateSync(shard, 1000)
    await expect(openStore(dir)).rejects.toThrow('cohort/store-broken')
    const bytes = readFileSync(`${shard}.copy`)
    bytes[bytes.length - 1] ^= 1
    writeFileSync(shard, bytes)
    using store = await openStore(dir)
    expect(() => store.verify()).toThrow('cohort/store-broken openStore: expected digest')
    const index = readFileSync(join(dir, 'index.parquet'))
    index[index.length >> 1] ^= 1
    writeFileSync(join(dir, 'index.parquet'), index)
    await expect(openStore(dir)).rejects.toThrow(/cohort\/store-broken openStore: expected digest .* in index.parquet\./)
  })

  it('refuses another schema and a row that is not there', async () => {
    build()
    using store = await openStore(dir)
    expect(() => store.readRow('ecg_SLT', 5)).toThrow('cohort/row readRow: expected a row from 0 to 4 but received 5')
    writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ ...store.manifest, schema: 'cinelead.store/0' }))
    await expect(openStore(dir)).rejects.toThrow('cohort/store-schema')
  })
})

describe('writePart', () => {
  it('refuses a wrong shape and a missing sample', () => {
    createPartsFolder(dir)
    const wrong = prepared('s-a')
    const cut = { ...wrong, ecg: { ...wrong.ecg, ecg_LT: new Float32Array(59) } } as PreparedSubject
    expect(() => writePart(dir, cut, shapes)).toThrow(
      'cohort/part-shape writePart: expected ecg_LT of 60 finite values, shape [2, 30] but received 59 values in s-a',
    )
    wrong.ecg?.ecg_LT.fill(Number.NaN, 7, 8)
    expect(() => writePart(dir, wrong, shapes)).toThrow('but received NaN at 7 in s-a')
    expect(listParts(dir).parts).toEqual([])
  })
})

describe('readPart', () => {
  it('takes no half file for a whole one', () => {
    createPartsFolder(dir)
    writePart(dir, prepared('s-a'), shapes)
    expect(readPart(dir, 's-a')?.facts).toEqual(facts)
    const path = join(dir, 'parts', 's-a.safetensors')
    const size = readFileSync(path).length
    for (const length of [size - 1, 200, 8, 3, 0]) {
      truncateSync(path, length)
      expect(readPart(dir, 's-a')).toBeUndefined()
    }
    expect(readPart(dir, 's-b')).toBeUndefined()
  })
})

describe('mergeParts', () => {
  it('removes the parts and what a killed merge left', () => {
    createPartsFolder(dir)
    writeFileSync(join(dir, 'shard-0007.safetensors'), 'old')
    writeFileSync(join(dir, 'index.parquet.1-0.tmp'), 'old')
    build()
    expect(readdirSync(dir).sort()).toEqual(['index.parquet', 'manifest.json', 'shard-0000.safetensors', 'sources.jsonl'])
  })
  it('refuses a flow that does not end at what is stored, and an empty store', () => {
    createPartsFolder(dir)
    writePart(dir, prepared('s-a'), shapes)
    expect(() => mergeParts(dir, [entry('s-a')], storeFacts(2))).toThrow(
      'cohort/flow expectAddsUp: expected 1 subjects after the last line but received 2',
    )
    expect(() => mergeParts(dir, [], storeFacts(0, ['s-x']))).toThrow(
      'cohort/nothing-left mergeParts: expected at least one subject after all steps but received none; dropped at files readable: 1 (x)',
    )
    expect(() => mergeParts(dir, [entry('s-b')], storeFacts(1))).toThrow(
      'cohort/part-missing mergeParts: expected a whole part but received none in s-b',
    )
    expect(listParts(dir).parts).toEqual(['s-a'])
  })
})

describe('releaseRows', () => {
  it('turns a store back into the parts it was made of, so that it can grow', async () => {
    createPartsFolder(dir)
    writeDropped(dir, { subject: 's-x', digest: 'd', files: [], dropped: { step: 'files readable', reason: 'x' } })
    for (const name of subjects) writePart(dir, prepared(name), shapes)
    const before = Object.fromEntries(subjects.map((name) => [name, readFileSync(join(dir, 'parts', `${name}.safetensors`))]))
    const first = mergeParts(dir, subjects.map(entry), storeFacts(5, ['s-x']))
    expect(readSources(dir).map(({ subject }) => subject)).toEqual([...subjects].sort().concat('s-x'))
    expect(await releaseRows(dir, (subject) => subject !== 's-b')).toBe(4)
    expect(listParts(dir)).toEqual({ parts: ['s-a', 's-c', 's-d', 's-e'], dropped: ['s-x'] })
    expect(readFileSync(join(dir, 'parts', 's-d.safetensors'))).toEqual(before['s-d'])
    writePart(dir, prepared('s-b'), shapes)
    expect(mergeParts(dir, subjects.map(entry), storeFacts(5, ['s-x']))).toEqual(first)
  })
})
