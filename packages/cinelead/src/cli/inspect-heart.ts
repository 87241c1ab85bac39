// The heart in a study, for `inspect STUDY --out`: every frame segmented, measured and drawn; without libtorch, the bare slices.
// Hands on: findHeart, heartDrawings, bareSheet.
import type { Volume } from '../formats/volume.ts'
import { longAxisPictures } from '../prepare/cmr/base-plane.ts'
import { measureStudy, segmentStudy, type StudyMeasures } from '../prepare/cmr/measure-study.ts'
import { volumesOf } from '../prepare/cmr/measure.ts'
import { animatedPng } from '../report/animated-png.ts'
import { volumesFigure } from '../report/figure-volumes.ts'
import { svgFile } from '../report/plot-svg.ts'
import { paintTiles, palette, type PictureOptions, slicePicture, type Tile } from '../report/slice-picture.ts'
import { describeFailure } from './failure.ts'
import { openSegmenter } from './open-segmenter.ts'
import type { Report } from './progress.ts'
import type { Stack } from './open-stack.ts'

const BARE_ZOOM = 1 // whole slices are 200 pixels and more across
const SHEET_PIXELS = 180 // about as large as a tile becomes, in whole zooms
const CINE_PIXELS = 130 // the same for the animation, which grows with the number of frames
const MARGIN_MM = 15 // round the heart in every picture
const LONG_AXIS_SHARE = 0.7 // of their field that is drawn, about the LV's middle
const UNKNOWN_STEP_MS = 40 // of a cine whose times are not noted: 25 frames a second

export type FoundHeart = {
  measures: StudyMeasures
  labels_FZYX: Uint8Array
  /** Long axes at end-diastole, then at end-systole. */
  longAxes: Awaited<ReturnType<typeof longAxisPictures>>
}

const stackSize = ({ shape }: Volume) => shape[1] * shape[2] * shape[3]

/** The heart in a short-axis stack; undefined, with a warning that says why, where it cannot be found here. */
export async function findHeart(
  { volume, longAxes, edFrame, esFrame }: Omit<Stack, 'notes' | 'verdicts'>,
  segmenterPath: string | undefined,
  report: Report,
): Promise<FoundHeart | undefined> {
  const step = report.begin('segmenting', volume.shape[0])
  try {
    const segmenter = await openSegmenter(segmenterPath)
    const measures = await measureStudy(volume, segmenter, { edFrame, esFrame, longAxes })
    const { labels_FZYX } = await segmentStudy(volume, segmenter, (numDone) => step.advance(numDone))
    const phase = (frame: number) => ({
      frame,
      labels_ZYX: labels_FZYX.subarray(frame * stackSize(volume), (frame + 1) * stackSize(volume)),
    })
    const phases = { ed: phase(measures.edFrame), es: phase(measures.esFrame) }
    const { alongHeart } = segmenter
    const pictures = alongHeart === undefined ? [] : await longAxisPictures(volume, phases, longAxes, alongHeart)
    step.done()
    return { measures, labels_FZYX, longAxes: pictures }
  } catch (error) {
    step.done('not possible')
    report.warn(`drawn without contours: ${describeFailure(error).message}`)
    return undefined
  }
}

/** Cuts the heart with its margin out of a slice. */
function heartWindow({ shape, spacingMm }: Volume, { heartBoxVoxels: { first, last } }: StudyMeasures) {
  const [, numSlices, rows, columns] = shape
  const side = (axis: 1 | 2, count: number) => {
    const margin = Math.ceil(MARGIN_MM / spacingMm[axis])
    return [Math.max(0, first[axis] - margin), Math.min(count, last[axis] + margin + 1)] as const
  }
  const [top, bottom] = side(1, rows)
  const [left, right] = side(2, columns)
  const options = { numRows: bottom - top, numColumns: right - left }
  const cut = (values: ArrayLike<number>, frame: number, z: number): Float32Array => {
    const start = (frame * numSlices + z) * rows * columns
    const { numRows, numColumns } = options
    return Float32Array.from(
      { length: numRows * numColumns },
      (_, at) => values[start + (top + Math.floor(at / numColumns)) * columns + left + (at % numColumns)],
    )
  }
  return { ...options, cut }
}

const zoomTo = (pixels: number, { numRows, numColumns }: Pick<PictureOptions, 'numRows' | 'numColumns'>) =>
  Math.max(1, Math.round(pixels / Math.max(numRows, numColumns)))

/** Slices near base, middle and apex of the heart. */
function threeSlices({ heartBoxVoxels: { first, last } }: StudyMeasures): number[] {
  const at = (share: number) => Math.round(first[0] + share * (last[0] - first[0]))
  return [...new Set([at(0.2), at(0.5), at(0.8)])]
}

function stepsMs({ frameMs_F, heartRateBpm }: Volume): number[] {
  const numFrames = frameMs_F.length
  const beatMs = heartRateBpm === undefined ? Number.NaN : 60_000 / heartRateBpm
  const steps = Array.from(frameMs_F, (time, frame) => (frame + 1 < numFrames ? frameMs_F[frame + 1] : frameMs_F[0] + beatMs) - time)
  const usual = (frameMs_F[numFrames - 1] - frameMs_F[0]) / (numFrames - 1)
  return steps.map((ms) => (ms > 0 && ms < 1000 ? ms : usual > 0 ? usual : UNKNOWN_STEP_MS))
}

/** Drawings of a heart by file name: both phases of every slice; and of a cine its volume curve and an animation, bare above contours. */
export function heartDrawings(
  volume: Volume,
  { measures, labels_FZYX, longAxes }: FoundHeart,
): { name: string; content: Uint8Array | string }[] {
  const [numFrames, numSlices] = volume.shape
  const { edFrame, esFrame } = measures
  const { cut, ...window } = heartWindow(volume, measures)
  const tile = (frame: number, z: number, hasContours = true): Tile => ({
    slice_YX: cut(volume.voxels_FZYX, frame, z),
    ...(hasContours ? { labels_YX: cut(labels_FZYX, frame, z) } : {}),
  })
  const slices = Array.from({ length: numSlices }, (_, z) => z)
  const phases = [...new Set([edFrame, esFrame])]
  const sheet = slicePicture(
    phases.flatMap((frame) => slices.map((z) => tile(frame, z))),
    { ...window, zoom: zoomTo(SHEET_PIXELS, window), tilesAcross: numSlices },
  )
  const drawings: { name: string; content: Uint8Array | string }[] = [{ name: 'heart.png', content: sheet }]
  if (numFrames === 1) return drawings
  const frames = Array.from({ length: numFrames }, (_, frame) => frame)
  const size = labels_FZYX.length / numFrames
  const volumes = frames.map((frame) => volumesOf(labels_FZYX.subarray(frame * size, (frame + 1) * size), volume.spacingMm))
  const lvMl_F = volumes.map(({ lvMl }) => lvMl)
  const rvMl_F = volumes.map(({ rvMl }) => rvMl)
  const curve = volumesFigure({ lvMl_F, rvMl_F, frameMs_F: volume.frameMs_F, edFrame, esFrame })
  if (longAxes.length > 0) drawings.push({ name: 'long-axes.png', content: longAxisSheet(longAxes) })
  drawings.push({ name: 'volumes.svg', content: svgFile(curve) })
  drawings.push({ name: 'cine.png', content: animation(volume, frames, threeSlices(measures), tile, window) })
  return drawings
}

function animation(
  volume: Volume,
  frames: readonly number[],
  slices: readonly number[],
  tile: (frame: number, z: number, hasContours: boolean) => Tile,
  window: Pick<PictureOptions, 'numRows' | 'numColumns'>,
): Uint8Array {
  // One grey scale for all: a cine that flickers shows its own brightness, not the drawing's.
  const values = Float32Array.from(slices.flatMap((z) => Array.from(tile(frames[0], z, false).slice_YX))).sort()
  const range = [values[Math.floor(0.01 * (values.length - 1))], values[Math.ceil(0.99 * (values.length - 1))]] as const
  const pictures = frames.map((frame) => {
    const tiles = [false, true].flatMap((hasContours) => slices.map((z) => tile(frame, z, hasContours)))
    return paintTiles(tiles, { ...window, zoom: zoomTo(CINE_PIXELS, window), tilesAcross: slices.length, range })
  })
  return animatedPng(pictures, palette, stepsMs(volume))
}

/** Every long axis without and with contours, end-diastole above end-systole, the apex up. */
function longAxisSheet(longAxes: FoundHeart['longAxes']): Uint8Array {
  const size = longAxes[0].size
  const side = 2 * Math.round(LONG_AXIS_SHARE * size * 0.5)
  const edge = (size - side) >> 1
  const cut = (values: ArrayLike<number>) =>
    Float32Array.from({ length: side * side }, (_, at) => values[(edge + Math.floor(at / side)) * size + edge + (at % side)])
  const tiles = longAxes.flatMap(({ picture_YX, labels_YX }): Tile[] => {
    const slice_YX = cut(picture_YX)
    return [{ slice_YX }, { slice_YX, labels_YX: cut(labels_YX) }]
  })
  return slicePicture(tiles, { numRows: side, numColumns: side, zoom: 2, tilesAcross: longAxes.length })
}

/** The first frame of every slice as it is: a PNG. */
export function bareSheet(volume: Volume): Uint8Array {
  const [, numSlices, numRows, numColumns] = volume.shape
  const size = numRows * numColumns
  const tiles = Array.from({ length: numSlices }, (_, z) => ({ slice_YX: volume.voxels_FZYX.subarray(z * size, (z + 1) * size) }))
  return slicePicture(tiles, { numRows, numColumns, zoom: BARE_ZOOM, tilesAcross: Math.min(numSlices, 6) })
}
