// A short-axis stack -> the inputs of the five arms: ED and ES volumes and one cine around the heart, with what was measured and
// how the study was judged. Hands on: prepareCine, CineOptions.
import type { Verdict } from '../../base/verdict.ts'
import { fault } from '../../base/errors.ts'
import type { Volume } from '../../formats/volume.ts'
import { boxSizeMm, cropGrid, heartBox, sampleCine, sampleLabels, sampleStack, slicesOutside } from './crop.ts'
import { judgeCine } from './judge.ts'
import { measureHeart } from './measure.ts'
import { findPhases, type PhaseSearch } from './phases.ts'
import type { PreparedCine, Segmenter } from './prepared-cine.ts'

export type CineOptions = PhaseSearch & {
  numFrames: number
  numSlices: number
  numRows: number
  numColumns: number
  /** Row and column distance of what is stored: fixed, so that a large heart looks large. */
  pixelMm: number
  sliceMm: number
  /** Free space around the heart that the crop should hold. */
  marginMm: number
}

/** 64 x 64 pixels of 2.4 mm (154 mm, near the 85 x 92 pixels of 1.8 mm that deep_risk stores), six slices of 10 mm, 16 phases. */
export const defaultCineOptions: CineOptions = {
  search: 'middle',
  numFrames: 16,
  numSlices: 6,
  numRows: 64,
  numColumns: 64,
  pixelMm: 2.4,
  sliceMm: 10,
  marginMm: 10,
}

const LOW_PERCENTILE = 0.01 // as ukbb_cardiac and CineMA clip
const HIGH_PERCENTILE = 0.99

/** The values below which 1 and 99 of a hundred lie, over all given arrays. */
function intensityRange(arrays: readonly Float32Array[]): [number, number] {
  const all = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0))
  let at = 0
  for (const array of arrays) {
    all.set(array, at)
    at += array.length
  }
  all.sort()
  const low = all[Math.floor(LOW_PERCENTILE * (all.length - 1))]
  return [low, all[Math.ceil(HIGH_PERCENTILE * (all.length - 1))]]
}

function rescale(values: Float32Array, [low, high]: readonly [number, number]): Float32Array {
  const span = high > low ? high - low : 1
  return values.map((value) => Math.min(1, Math.max(0, (value - low) / span)))
}

function expectStack(volume: Volume): void {
  const [numFrames, numSlices] = volume.shape
  if (volume.view === 'sax' && numFrames > 1 && numSlices > 1) return
  throw fault({
    code: 'prepare/cmr-stack',
    where: 'prepareCine',
    expected: 'a short-axis stack of several frames and slices',
    received: `view ${volume.view} with ${numFrames} frames and ${numSlices} slices`,
    hint: 'Give the first volume of assembleStudy, or measure a single phase with measureHeart.',
  })
}

/**
 * Segments a short-axis cine, finds end-diastole and end-systole, measures the heart and crops it onto a fixed grid.
 *
 * Pixels keep one physical size (`pixelMm`, `sliceMm`) about the centre of a box over all slices and both phases. A heart that does
 * not fit, slices outside the stack and every doubt about the segmentation stand in `verdicts`; there is no fall-back to an
 * uncropped picture.
 *
 * @param volume     A stack as `assembleStudy` makes it, base to apex.
 * @param segmenter  Labels slices; see `Segmenter`.
 * @param options    Left-out fields are those of `defaultCineOptions`.
 * @throws           prepare/cmr-stack, prepare/cmr-no-heart, prepare/cmr-frame, and what the segmenter throws.
 *
 * Source:  the crop over all slices and both phases is this project's; six slices and 1-99 percentiles as in ukbb_cardiac and deep_risk.
 * Checked: a phantom of known volumes, prepare-cine.test.ts
 */
export async function prepareCine(volume: Volume, segmenter: Segmenter, options: Partial<CineOptions> = {}): Promise<PreparedCine> {
  const settings = { ...defaultCineOptions, ...options }
  expectStack(volume)
  const [, numSlices, numRows, numColumns] = volume.shape
  const shape = [numSlices, numRows, numColumns] as const
  const phases = await findPhases(volume, segmenter, settings)
  const { ed, es } = phases
  const measured = measureHeart(ed.volumes, es.volumes, volume.heartRateBpm)
  const box = heartBox([ed.labels_ZYX, es.labels_ZYX], shape)
  if (box === undefined)
    throw fault({ code: 'prepare/cmr-no-heart', where: 'prepareCine', expected: 'labels', received: 'none', hint: 'Look at the study.' })
  const boxMm = boxSizeMm(box, volume.spacingMm, 0)
  const grid = cropGrid(box, volume.spacingMm, settings, settings.pixelMm, settings.sliceMm)
  const rawEd_ZYX = sampleStack(volume, ed.frame, grid)
  const rawEs_ZYX = sampleStack(volume, es.frame, grid)
  const middle = grid.z_Z[settings.numSlices >> 1]
  const rawCine_FYX = sampleCine(volume, middle, settings.numFrames, grid)
  const range = intensityRange([rawEd_ZYX, rawEs_ZYX])
  const fieldMm = Math.min(settings.numRows, settings.numColumns) * settings.pixelMm
  const neededMm = Math.max(boxMm[1], boxMm[2]) + 2 * settings.marginMm
  const outside = slicesOutside(grid, numSlices)
  const cropVerdicts: Verdict[] = [
    { criterion: 'crop-holds-heart', value: neededMm, threshold: fieldMm, ok: neededMm <= fieldMm, onFail: 'flag' },
    { criterion: 'crop-inside-stack', value: outside, threshold: 0, ok: outside === 0, onFail: 'flag' },
  ]
  return {
    cine_FYX: rescale(rawCine_FYX, range),
    ed_ZYX: rescale(rawEd_ZYX, range),
    es_ZYX: rescale(rawEs_ZYX, range),
    edLabels_ZYX: sampleLabels(ed.labels_ZYX, shape, grid),
    esLabels_ZYX: sampleLabels(es.labels_ZYX, shape, grid),
    shape: {
      numFrames: settings.numFrames,
      numSlices: settings.numSlices,
      numRows: settings.numRows,
      numColumns: settings.numColumns,
    },
    spacingMm: grid.spacingMm,
    edFrame: ed.frame,
    esFrame: es.frame,
    measured,
    heartBoxMm: boxMm,
    verdicts: [...judgeCine(volume, phases, measured), ...cropVerdicts],
  }
}
