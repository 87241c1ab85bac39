// Truth: an ONNX model that labels the phantom by its intensities (deploy/onnx-fixture.ts), beside the phantom's own segmenter: every verb that takes
// `--segmenter FILE.onnx` must give what the closed form gives.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode, decodeApng } from 'fast-png'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../cohort/store.ts'
import { bandModel } from '../deploy/onnx-fixture.ts'
import { readNifti } from '../formats/nifti.ts'
import { measureStudy, type StudyMeasures } from '../prepare/cmr/measure-study.ts'
import { thresholdSegmenter } from '../prepare/cmr/phantom.ts'
import { ingest } from './ingest.ts'
import { run as inspect } from './inspect.ts'
import { run as measure } from './measure.ts'
import { openStack } from './open-stack.ts'
import { openSegmenter } from './open-segmenter.ts'
import { createSilentReport } from './progress.ts'
import { phantomZip, putSubject } from './raw-fixture.ts'
import { run as segment } from './segment.ts'

const folder = mkdtempSync(join(tmpdir(), 'own-segmenter-'))
const [study, model] = [join(folder, 'study.zip'), join(folder, 'heart.onnx')]
const sizes = { batch: 'pictures', rows: 'rows', columns: 'columns' }

beforeAll(() => {
  writeFileSync(study, phantomZip())
  writeFileSync(model, bandModel({ centres: [300, 250, 100, 20], inputLayout: 'BCYX', outputLayout: 'BCYX', ...sizes }))
  const declaration = {
    input: { name: 'image', layout: 'BCYX', size: { multipleOf: 8 }, intensity: { kind: 'none' } },
    output: { name: 'answer', layout: 'BCYX', classes: ['lvCavity', 'rvCavity', 'myocardium', 'background'] },
  }
  writeFileSync(join(folder, 'heart.json'), JSON.stringify(declaration))
})
afterAll(() => rmSync(folder, { recursive: true }))

const closedForm = async () => measureStudy((await openStack(study, createSilentReport())).volume, thresholdSegmenter)

describe('--segmenter FILE.onnx', () => {
  it('labels every frame of a study in its own geometry', async () => {
    const out = join(folder, 'masks.nii.gz')
    await segment({ path: study, out, segmenterPath: model }, createSilentReport())
    const { volume } = await openStack(study, createSilentReport())
    const labels = readNifti(readFileSync(out))
    expect([labels.shape, labels.spacingMm]).toEqual([volume.shape, [10, expect.closeTo(2.7, 5), expect.closeTo(2.7, 5)]])
    for (const [at, value] of volume.affine.entries()) expect(labels.affine[at]).toBeCloseTo(value, 4)
    const [, numSlices, numRows, numColumns] = volume.shape
    const truth = await thresholdSegmenter(Float32Array.from(volume.voxels_FZYX), [12 * numSlices, numRows, numColumns], [2.7, 2.7])
    expect([...labels.voxels_FZYX]).toEqual([...truth])
  })

  it('says that it reads no long axes', async () => {
    const report = createSilentReport()
    await measure({ path: study, segmenterPath: model, longAxesPath: study }, report)
    expect(report.lines.filter((line) => line.includes('long axes were not read'))).toHaveLength(1)
  })

  it('measures what the closed form measures', async () => {
    const report = createSilentReport()
    await measure({ path: study, segmenterPath: model }, report)
    const found = report.answers[0] as StudyMeasures
    const truth = await closedForm()
    for (const key of ['edFrame', 'esFrame', 'lvedvMl', 'lvesvMl', 'lvmG', 'rvedvMl', 'coLPerMin'] as const)
      expect(found[key]).toBeCloseTo(truth[key], 3)
  })

  it('draws both phases of every slice, the volume curve and an animated cine', async () => {
    const out = join(folder, 'drawings')
    const report = createSilentReport()
    await inspect({ path: study, out, segmenterPath: model }, report)
    expect(readdirSync(out).sort()).toEqual(['cine.png', 'heart.png', 'slices.png', 'volumes.svg'])
    const cine = decodeApng(readFileSync(join(out, 'cine.png')))
    expect(cine.numberOfFrames).toBe(12)
    expect(cine.frames.map(({ delayNumber }) => delayNumber)).toEqual(new Array(12).fill(75)) // 900 ms in twelve
    expect(cine.frames[0].data).not.toEqual(cine.frames[6].data)
    const sheet = decode(readFileSync(join(out, 'heart.png')))
    expect(sheet.width / sheet.height).toBeGreaterThan(2) // eight slices across, two phases down
    expect(readFileSync(join(out, 'volumes.svg'), 'utf8')).toMatch(
      /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"[\s\S]*end-systole \(6\)/,
    )
    const { heart } = report.answers[0] as { heart: StudyMeasures }
    expect([heart.edFrame, heart.esFrame, heart.lvedvMl]).toEqual([0, 6, expect.closeTo((await closedForm()).lvedvMl, 2)])
  })

  it('prepares subjects in worker threads, and prepares them anew when the declaration changes', async () => {
    const raw = join(folder, 'raw')
    for (const index of [0, 1]) putSubject(raw, index)
    const options = { raw, store: join(folder, 'store'), segmenterPath: model, numWorkers: 2 }
    const first = await ingest(options, createSilentReport())
    expect([first.numPrepared, first.numKept]).toEqual([2, 2])
    using store = await openStore(options.store)
    expect(store.rows[0].measured.lvedv).toBeCloseTo((await closedForm()).lvedvMl, 2)
    expect((await ingest(options, createSilentReport())).isReused).toBe(true)
    const declaration = join(folder, 'heart.json')
    writeFileSync(declaration, `${readFileSync(declaration, 'utf8')}\n`)
    expect((await ingest(options, createSilentReport())).numPrepared).toBe(2)
  })

  it('refuses a file of another kind and one that is not there', async () => {
    await expect(openSegmenter(study)).rejects.toMatchObject({ code: 'cli/no-segmenter', received: 'study.zip, of another kind' })
    await expect(openSegmenter(join(folder, 'none.onnx'))).rejects.toMatchObject({ code: 'cli/no-segmenter', received: 'no such file' })
  })
})
