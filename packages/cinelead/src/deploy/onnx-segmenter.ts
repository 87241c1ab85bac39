// Somebody's own segmentation model as a `Segmenter`: an ONNX file run by ONNX Runtime on the processor, with its declaration beside it.
// Hands on: openOnnxSegmenter. What the declaration says and what the file holds are compared before the first slice.
// Source: ONNX Runtime's JavaScript API (onnxruntime-node 1.30).
import { existsSync, readFileSync } from 'node:fs'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { type CineLeadError, fault } from '../base/errors.ts'
import { cardiacLabels } from '../formats/volume.ts'
import type { Segmenter } from '../prepare/cmr/prepared-cine.ts'
import { labelsFromNumbers, labelsFromScores, type PictureGrid, pictureGrid, scaleIntensities, toPicture } from './picture-grid.ts'
import { declarationPath, readSegmenterDeclaration, type SegmenterDeclaration } from './segmenter-declaration.ts'

const BATCH = 8 // pictures a run, where the model leaves their number open

function modelFault(what: string, expected: string, received: string, hint: string, cause?: unknown): CineLeadError {
  return fault({ code: `deploy/segmenter-${what}`, where: 'openOnnxSegmenter', expected, received, hint, cause })
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message.split('\n', 1)[0].slice(0, 160) : 'an unknown fault')

type Runtime = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor'>

async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node')
  } catch (error) {
    throw modelFault('runtime', 'ONNX Runtime for this machine', firstLine(error), 'Install it with: npm install onnxruntime-node', error)
  }
}

function readDeclaration(modelPath: string): SegmenterDeclaration {
  const path = declarationPath(modelPath)
  const missing = [modelPath, path].filter((file) => !existsSync(file)).map((file) => (file === modelPath ? 'no model' : 'no declaration'))
  if (missing.length === 0) return readSegmenterDeclaration(readFileSync(path))
  throw modelFault(
    'files',
    'FILE.onnx and its declaration FILE.json',
    missing.join(', '),
    'See docs/cmr.md for an example of a declaration.',
  )
}

type Axes = readonly (number | string)[]
const axesAsText = (axes: Axes) => `[${axes.join(', ')}]`

/** What the file says about one of its tensors; undefined where it has none of that name. */
function tensorOf(all: readonly InferenceSession.ValueMetadata[], name: string): InferenceSession.TensorValueMetadata | undefined {
  const found = all.find((one) => one.name === name)
  return found?.isTensor === true ? found : undefined
}

/** Compares the file's input and output with the declaration; gives the number of pictures a run, undefined where it is open. */
function expectDeclared(session: InferenceSession, { input, output }: SegmenterDeclaration): number | undefined {
  const faults: string[] = []
  const names = (all: readonly InferenceSession.ValueMetadata[]) => all.map(({ name }) => name).join(', ')
  const fits = (axes: Axes, layout: string, sizes: Readonly<Record<string, number | undefined>>) =>
    axes.length === layout.length &&
    axes.every((axis, index) => {
      const wanted = sizes[layout[index]]
      return typeof axis === 'string' || axis <= 0 || wanted === undefined || axis === wanted
    })
  const given = tensorOf(session.inputMetadata, input.name)
  const [Y, X] = 'multipleOf' in input.size ? [undefined, undefined] : input.size
  if (given === undefined) faults.push(`an input ${input.name}, the file has ${names(session.inputMetadata)}`)
  else {
    if (given.type !== 'float32') faults.push(`${input.name} of float32, the file has ${given.type}`)
    if (!fits(given.shape, input.layout, { C: 1, Y, X }))
      faults.push(
        `${input.name} as ${input.layout} with C 1${Y === undefined ? '' : `, Y ${Y}, X ${X}`}, the file has ${axesAsText(given.shape)}`,
      )
  }
  if (session.inputNames.length > 1) faults.push(`one input, the file has ${names(session.inputMetadata)}`)
  const answer = tensorOf(session.outputMetadata, output.name)
  if (answer === undefined) faults.push(`an output ${output.name}, the file has ${names(session.outputMetadata)}`)
  else if (!fits(answer.shape, output.layout, { C: output.classes.length, Y, X }))
    faults.push(`${output.name} as ${output.layout} with ${output.classes.length} classes, the file has ${axesAsText(answer.shape)}`)
  if (faults.length > 0)
    throw modelFault('mismatch', 'a model as its declaration says', faults.join('; '), 'Correct the declaration beside the model.')
  const pictures = given?.shape[0]
  return typeof pictures === 'number' && pictures > 0 ? pictures : undefined
}

/** Reads one picture's answer into labels of its slice. */
function readAnswer(tensor: Tensor, index: number, { output }: SegmenterDeclaration, grid: PictureGrid, labels_YX: Uint8Array): void {
  const { classes, layout } = output
  const size = grid.pictureRows * grid.pictureColumns
  const labels = Uint8Array.from(classes, (name) => (name === 'other' ? cardiacLabels.background : cardiacLabels[name]))
  const values = tensor.data as ArrayLike<number | bigint>
  const start = index * size * (layout === 'BYX' ? 1 : classes.length)
  if (layout === 'BYX') labelsFromNumbers(grid, (at) => Number(values[start + at]), labels, labels_YX)
  else if (layout === 'BCYX') labelsFromScores(grid, (label, at) => Number(values[start + label * size + at]), labels, labels_YX)
  else labelsFromScores(grid, (label, at) => Number(values[start + at * classes.length + label]), labels, labels_YX)
}

/**
 * Opens an ONNX model as a segmenter.
 *
 * @param modelPath   FILE.onnx; FILE.json beside it declares input, output and classes.
 * @param numThreads  Threads of one run; absent: one a core.
 * @throws            deploy/segmenter-files, -declaration, -runtime, -model, -mismatch; from the segmenter: deploy/segmenter-run.
 */
export async function openOnnxSegmenter(modelPath: string, numThreads?: number): Promise<Segmenter> {
  const declaration = readDeclaration(modelPath)
  const { InferenceSession, Tensor } = await loadRuntime()
  const threads = numThreads === undefined ? {} : { intraOpNumThreads: numThreads, interOpNumThreads: 1 }
  let session: InferenceSession
  try {
    session = await InferenceSession.create(modelPath, { executionProviders: ['cpu'], logSeverityLevel: 3, ...threads })
  } catch (error) {
    throw modelFault('model', 'an ONNX model', firstLine(error), 'Check the model with the tool that exported it.', error)
  }
  const fixedPictures = expectDeclared(session, declaration)
  const { input, output } = declaration
  return async (slices_BYX, [numSlices, numRows, numColumns], spacingMm) => {
    const grid = pictureGrid(input, [numRows, numColumns], spacingMm)
    const { pictureRows, pictureColumns } = grid
    const [sliceSize, pictureSize] = [numRows * numColumns, pictureRows * pictureColumns]
    const labels_BYX = new Uint8Array(numSlices * sliceSize)
    for (let first = 0; first < numSlices; first += fixedPictures ?? BATCH) {
      const count = Math.min(fixedPictures ?? BATCH, numSlices - first)
      const numPictures = fixedPictures ?? count
      const pictures_BYX = new Float32Array(numPictures * pictureSize)
      for (let b = 0; b < count; b++) {
        const picture_YX = toPicture(slices_BYX.subarray((first + b) * sliceSize, (first + b + 1) * sliceSize), grid)
        scaleIntensities(picture_YX, [pictureRows, pictureColumns], input.intensity)
        pictures_BYX.set(picture_YX, b * pictureSize)
      }
      // One channel: its axis may stand anywhere without moving a value.
      const sizes = { B: numPictures, C: 1, Y: pictureRows, X: pictureColumns }
      const axes = [...input.layout].map((axis) => sizes[axis as keyof typeof sizes])
      let answer: Tensor
      try {
        answer = (await session.run({ [input.name]: new Tensor('float32', pictures_BYX, axes) }, [output.name]))[output.name]
      } catch (error) {
        throw modelFault(
          'run',
          `a model that takes pictures of ${pictureRows} x ${pictureColumns}`,
          firstLine(error),
          'Check size and layout in the declaration.',
          error,
        )
      }
      const wanted = [...output.layout].map((axis) => ({ ...sizes, C: output.classes.length })[axis])
      if (answer.dims.join() !== wanted.join())
        throw modelFault(
          'mismatch',
          `${output.name} of ${axesAsText(wanted as Axes)}`,
          axesAsText(answer.dims),
          'Correct the declaration beside the model.',
        )
      for (let b = 0; b < count; b++)
        readAnswer(answer, b, declaration, grid, labels_BYX.subarray((first + b) * sliceSize, (first + b + 1) * sliceSize))
    }
    return labels_BYX
  }
}
