// Our own segmenter as a function: slices of any scanner in, heart labels on the same pixels out.
// Hands on: createSegmenter, loadSegmenter, SliceSegmenter, StudySegmenter. Preparation takes it as its `Segmenter` without knowing tensors.
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'
import { type Fit, type FitSettings, fitTo, fittedMix, type Reference, splitState } from './segmenter-fit.ts'
import {
  labelsOnSlice,
  MIDDLE_SIZE,
  middleOfPicture,
  normaliseSlice,
  toWorkingGrid,
  WORKING_SIZE,
  type WorkingGrid,
  workingGrid,
} from './segmenter-grid.ts'
import { type SegmenterConfig, SegmenterNetwork } from './segmenter-network.ts'

/** See `Segmenter` of preparation: 0 background, 1 LV cavity, 2 myocardium, 3 RV cavity. */
export type SliceSegmenter = (
  slices_BYX: Float32Array,
  shape: readonly [number, number, number],
  spacingMm: readonly [number, number],
) => Promise<Uint8Array>

/** One that can also be fitted to a study. */
export type StudySegmenter = SliceSegmenter & {
  /** The same segmenter fitted to how the slices of one study look, its whole stack at one moment; see `segmenter-fit`. */
  fitTo(...study: Parameters<SliceSegmenter>): StudySegmenter
}

/** In how many turns a picture is looked at. */
export type NumViews = 1 | 4

const BATCH = 16 // slices a pass: larger ones leave the processor's cache
const FIT: FitSettings = { apart: 1, strength: 1 } // decided on drawn studies of shifted contrast, docs/cmr.md
const MOST_FIT_SLICES = 24 // evenly spread over a longer stack
const LEAST_FIT_SLICES = 3 // fewer show too little of a study to tell its scanner from its anatomy

function runNetwork(network: SegmenterNetwork, pictures_BYX: Float32Array, count: number, fit: Fit | undefined): Float32Array {
  return torch.noGrad(() =>
    torch.scope(() => {
      const slices_BCYX = torch.fromArray(pictures_BYX, [count, 1, WORKING_SIZE, WORKING_SIZE])
      return network
        .forward(slices_BCYX, fit === undefined ? undefined : fittedMix(fit))
        .contiguous()
        .toArray() as Float32Array
    }),
  )
}

/** Every square plane turned by a quarter: the pixel at (y, x) comes from (x, size - 1 - y), so that four turns are none. */
function quarterTurn(planes: Float32Array): Float32Array {
  const size = WORKING_SIZE
  const turned = new Float32Array(planes.length)
  for (let start = 0; start < planes.length; start += size * size)
    for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) turned[start + y * size + x] = planes[start + x * size + size - 1 - y]
  return turned
}

/** Logits of pictures seen in one or four turns, averaged after turning them back. */
function lookFrom(numViews: NumViews, pictures_BYX: Float32Array, run: (pictures_BYX: Float32Array) => Float32Array): Float32Array {
  const sum_BCYX = run(pictures_BYX)
  let turned_BYX = pictures_BYX
  for (let view = 1; view < numViews; view++) {
    turned_BYX = quarterTurn(turned_BYX)
    let back_BCYX = run(turned_BYX)
    for (let turn = view; turn < 4; turn++) back_BCYX = quarterTurn(back_BCYX)
    for (let at = 0; at < sum_BCYX.length; at++) sum_BCYX[at] += back_BCYX[at]
  }
  if (numViews > 1) for (let at = 0; at < sum_BCYX.length; at++) sum_BCYX[at] /= numViews
  return sum_BCYX
}

function expectSlices(slices_BYX: Float32Array, shape: readonly [number, number, number], spacingMm: readonly [number, number]): void {
  const [numSlices, numRows, numColumns] = shape
  if (slices_BYX.length === numSlices * numRows * numColumns && spacingMm[0] > 0 && spacingMm[1] > 0) return
  throw fault({
    code: 'models/segmenter-shape',
    where: 'segmenter',
    expected: `${numSlices} x ${numRows} x ${numColumns} intensities and a spacing in mm`,
    received: `${slices_BYX.length} values, spacing ${spacingMm.join(' x ')} mm`,
    hint: 'Give slices as [B, Y, X] with the distance of rows and columns.',
  })
}

/** Slices `first` to `first + count - 1` on the working grid, grey scale set. */
function picturesOf(
  slices_BYX: Float32Array,
  [, numRows, numColumns]: readonly [number, number, number],
  grid: WorkingGrid,
  first: number,
  count: number,
): Float32Array {
  const size = numRows * numColumns
  const pictures_BYX = new Float32Array(count * WORKING_SIZE ** 2)
  for (let b = 0; b < count; b++) {
    const slice_YX = slices_BYX.subarray((first + b) * size, (first + b + 1) * size)
    const picture_YX = toWorkingGrid(slice_YX, numRows, numColumns, grid)
    normaliseSlice(picture_YX)
    pictures_BYX.set(picture_YX, b * WORKING_SIZE ** 2)
  }
  return pictures_BYX
}

/**
 * A segmenter from a trained network.
 *
 * Each slice is put on a grid of 2 mm (finer for small animals), labelled, and the answer put back on the slice's own pixels.
 *
 * @param network    Folded, in evaluation mode.
 * @param numViews   4: each picture is looked at in four turns and the answers are averaged; four times the work.
 * @param reference  What its channels look like over simulated people; without it `fitTo` changes nothing.
 * @param settings   How a fit goes; see `segmenter-fit`.
 * @throws           From the segmenter: models/segmenter-shape when slices do not fill their shape.
 */
export function createSegmenter(network: SegmenterNetwork, numViews: NumViews = 1, reference?: Reference, settings = FIT): StudySegmenter {
  const fitted = (fit: Fit | undefined): StudySegmenter => {
    const segment: SliceSegmenter = async (slices_BYX, shape, spacingMm) => {
      expectSlices(slices_BYX, shape, spacingMm)
      const [numSlices, numRows, numColumns] = shape
      const size = numRows * numColumns
      const grid = workingGrid(numRows, numColumns, spacingMm)
      const labels_BYX = new Uint8Array(numSlices * size)
      for (let first = 0; first < numSlices; first += BATCH) {
        const count = Math.min(BATCH, numSlices - first)
        const pictures_BYX = picturesOf(slices_BYX, shape, grid, first, count)
        const logits_BCYX = lookFrom(numViews, pictures_BYX, (turned_BYX) => runNetwork(network, turned_BYX, count, fit))
        const perSlice = logits_BCYX.length / count
        for (let b = 0; b < count; b++) {
          const labels_YX = labels_BYX.subarray((first + b) * size, (first + b + 1) * size)
          labelsOnSlice(logits_BCYX.subarray(b * perSlice, (b + 1) * perSlice), labels_YX, numRows, numColumns, grid)
        }
      }
      return labels_BYX
    }
    const fitToStudy: StudySegmenter['fitTo'] = (slices_BYX, shape, spacingMm) => {
      expectSlices(slices_BYX, shape, spacingMm)
      const [numSlices, numRows, numColumns] = shape
      if (reference === undefined || settings.strength === 0 || numSlices < LEAST_FIT_SLICES) return fitted(undefined)
      const grid = workingGrid(numRows, numColumns, spacingMm)
      const count = Math.min(numSlices, MOST_FIT_SLICES)
      const pictures = Array.from({ length: count }, (_, i) => picturesOf(slices_BYX, shape, grid, Math.floor((i * numSlices) / count), 1))
      return fitted(
        torch.scope(() => {
          // As much of each picture as the reference was taken from.
          const each = pictures.map((picture_YX) => torch.fromArray(middleOfPicture(picture_YX), [1, 1, MIDDLE_SIZE, MIDDLE_SIZE]))
          return fitTo(network, reference, torch.cat(each, 0), settings)
        }),
      )
    }
    return Object.assign(segment, { fitTo: fitToStudy })
  }
  return fitted(undefined)
}

/** The network's sizes, read off the shapes of its folded weights, so that weights of other sizes load as well. */
function configOf(state: Record<string, torch.Tensor>): SegmenterConfig {
  const outOf = (name: string) => state[`${name}.weight`]?.shape[0] ?? 0
  const channels = [outOf('stem.convolution')]
  for (let level = 0; outOf(`down.${level}.convolution`) > 0; level++) channels.push(outOf(`down.${level}.convolution`))
  let numAdded = 0
  while (outOf(`deep.${numAdded}.convolution`) > 0) numAdded++
  const config = {
    channels,
    numDeep: 1 + numAdded / 2,
    headChannels: outOf('head.convolution'),
    fineChannels: outOf('fine.convolution'),
    numClasses: outOf('classify'),
    isFolded: true,
  }
  if (channels.every((count) => count > 0) && config.headChannels > 0 && config.fineChannels > 0 && config.numClasses === 4) return config
  throw fault({
    code: 'models/segmenter-weights',
    where: 'loadSegmenter',
    expected: 'folded weights of a segmenter with four classes',
    received: `${Object.keys(state).length} tensors of another network`,
    hint: 'Make weights with: cinelead train-segmenter',
  })
}

/**
 * The shipped segmenter, or another trained by `cinelead train-segmenter`.
 *
 * @param weightsPath  A safetensors file of folded weights.
 * @param numViews     See `createSegmenter`.
 * @param settings     See `createSegmenter`.
 * @throws             torch/* when the file is none; models/segmenter-weights when it holds another network.
 */
export function loadSegmenter(weightsPath: string, numViews: NumViews = 1, settings = FIT): StudySegmenter {
  const { weights, reference } = splitState(torch.loadSafetensors(weightsPath))
  const network = new SegmenterNetwork(configOf(weights))
  network.loadStateDict(weights)
  network.eval()
  return createSegmenter(network, numViews, reference, settings)
}
