// Truth: models whose labels are known in closed form (onnx-fixture.ts labels by intensity as the phantom's own segmenter does), and a network of
// three convolutions that PyTorch 1.13 exported and ran: test/golden/deploy, made by `/usr/bin/python3 scripts/make-golden/onnx.py`.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { measureStudy } from '../prepare/cmr/measure-study.ts'
import { phantomVolume, thresholdSegmenter } from '../prepare/cmr/phantom.ts'
import { sliceStack } from '../prepare/cmr/slice-stack.ts'
import { type BandModelPlan, bandModel } from './onnx-fixture.ts'
import { openOnnxSegmenter } from './onnx-segmenter.ts'
import type { SegmenterDeclaration } from './segmenter-declaration.ts'

const folder = mkdtempSync(join(tmpdir(), 'cinelead-onnx-'))
afterAll(() => rmSync(folder, { recursive: true }))

// The phantom's intensities in the order background, RV cavity, myocardium, LV cavity: another order than the program's own.
const plan: BandModelPlan = {
  centres: [20, 250, 100, 300],
  inputLayout: 'BCYX',
  outputLayout: 'BCYX',
  batch: 'pictures',
  rows: 'rows',
  columns: 'columns',
}
const declaration: SegmenterDeclaration = {
  input: { name: 'image', layout: 'BCYX', size: { multipleOf: 16 }, intensity: { kind: 'none' } },
  output: { name: 'answer', layout: 'BCYX', classes: ['background', 'rvCavity', 'myocardium', 'lvCavity'] },
}

let count = 0
function write(model: Uint8Array, declared: object | undefined): string {
  const path = join(folder, `model-${++count}.onnx`)
  writeFileSync(path, model)
  if (declared !== undefined) writeFileSync(path.replace('.onnx', '.json'), JSON.stringify(declared))
  return path
}

const phantom = phantomVolume()
const [, numSlices, numRows, numColumns] = phantom.shape
const shape = [numSlices, numRows, numColumns] as const
const stack_ZYX = sliceStack(phantom, 0)
const truth_ZYX = await thresholdSegmenter(stack_ZYX, shape, [1.8, 1.8])
const differing = (labels: Uint8Array) => labels.reduce((sum, label, at) => sum + (label === truth_ZYX[at] ? 0 : 1), 0)

describe('openOnnxSegmenter', () => {
  it.each([
    ['scores with the classes first', plan, declaration],
    [
      'scores with the classes last, one picture of fixed size a run',
      { ...plan, inputLayout: 'BYXC', outputLayout: 'BYXC', batch: 1, rows: 128, columns: 112 },
      {
        input: { ...declaration.input, layout: 'BYXC', size: [128, 112] },
        output: { ...declaration.output, layout: 'BYXC' },
      },
    ],
    [
      'class numbers, three pictures a run',
      { ...plan, outputLayout: 'BYX', batch: 3 },
      { ...declaration, output: { ...declaration.output, layout: 'BYX' } },
    ],
  ] as [string, BandModelPlan, SegmenterDeclaration][])('labels the phantom as its closed form does: %s', async (_, model, declared) => {
    const segmenter = await openOnnxSegmenter(write(bandModel(model), declared))
    expect(differing(await segmenter(stack_ZYX, shape, [1.8, 1.8]))).toBe(0)
  })

  it('brings slices to the declared spacing and labels back: only edges of the parts differ', async () => {
    const coarse = { ...declaration, input: { ...declaration.input, spacingMm: [2.7, 2.7] } }
    const segmenter = await openOnnxSegmenter(write(bandModel(plan), coarse))
    const labels_ZYX = await segmenter(stack_ZYX, shape, [1.8, 1.8])
    const perimeterPixels = truth_ZYX.reduce((sum, label, at) => sum + (label === truth_ZYX[at + 1] ? 0 : 1), 0)
    expect(differing(labels_ZYX)).toBeGreaterThan(0)
    expect(differing(labels_ZYX)).toBeLessThan(3 * perimeterPixels)
  })

  it('measures the phantom to the millilitre with one thread', async () => {
    const segmenter = await openOnnxSegmenter(write(bandModel(plan), declaration), 1)
    const own = await measureStudy(phantom, thresholdSegmenter)
    expect(await measureStudy(phantom, segmenter)).toEqual(own)
  })

  it("gives the labels that PyTorch's own run of an exported network gives", async () => {
    for (const name of ['tiny.onnx', 'tiny.json']) copyFileSync(`test/golden/deploy/${name}`, join(folder, name))
    const { rows, columns, slices, labels } = JSON.parse(readFileSync('test/golden/deploy/tiny-answer.json', 'utf8'))
    const segmenter = await openOnnxSegmenter(join(folder, 'tiny.onnx'))
    const found = await segmenter(Float32Array.from(slices), [2, rows, columns], [1.5, 1.5])
    expect(new Set(labels).size).toBe(4)
    expect([...found]).toEqual(labels)
  })

  it.each([
    ['no declaration', bandModel(plan), undefined, 'deploy/segmenter-files', /no declaration/],
    ['a file that is no model', new TextEncoder().encode('not a model'), declaration, 'deploy/segmenter-model', /ONNX model/],
    [
      'an input of another name and a wrong number of classes',
      bandModel(plan),
      {
        input: { ...declaration.input, name: 'picture' },
        output: { ...declaration.output, classes: ['background', 'rvCavity', 'myocardium', 'lvCavity', 'other'] },
      },
      'deploy/segmenter-mismatch',
      /an input picture.*image.*5 classes/,
    ],
    [
      'another size than the file states',
      bandModel({ ...plan, rows: 64, columns: 64 }),
      { ...declaration, input: { ...declaration.input, size: [128, 128] } },
      'deploy/segmenter-mismatch',
      /Y 128, X 128, the file has \[.*64, 64\]/,
    ],
    [
      'a layout the file does not have',
      bandModel(plan),
      { ...declaration, output: { ...declaration.output, layout: 'BYX' } },
      'deploy/segmenter-mismatch',
      /answer as BYX/,
    ],
  ])('refuses %s', async (_, model, declared, code, message) => {
    const path = write(model, declared)
    await expect(openOnnxSegmenter(path)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('refuses pictures the model turns out not to take', async () => {
    const declared = { ...declaration, input: { ...declaration.input, layout: 'BYXC' } }
    const segmenter = await openOnnxSegmenter(write(bandModel({ ...plan, rows: 'a', columns: 'b' }), declared))
    await expect(segmenter(stack_ZYX, shape, [1.8, 1.8])).rejects.toMatchObject({ code: 'deploy/segmenter-run' })
  })
})
