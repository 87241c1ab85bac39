// Which frames are end-diastole and end-systole: where the LV is largest and smallest, sought on the middle slice over the whole
// cine and confirmed on the whole stack. Hands on: findPhases, Phases, sliceStack.
import { fault } from '../../base/errors.ts'
import { cardiacLabels, type Volume } from '../../formats/volume.ts'
import { cleanLabels, countLabel } from './clean-labels.ts'
import { type HeartVolumes, volumesOf } from './measure.ts'
import type { Segmenter } from './prepared-cine.ts'

export type PhaseLabels = { frame: number; labels_ZYX: Uint8Array; volumes: HeartVolumes }

export type Phases = {
  ed: PhaseLabels
  es: PhaseLabels
  /** LV cavity of the searched slice, or of the stack when every frame was segmented. Shape [F]. */
  curve_F: Float64Array
  /** Frames whose whole stack was segmented. */
  segmentedFrames: readonly number[]
}

export type PhaseSearch = {
  /** `middle`: one slice over time, then whole stacks near its extremes. `whole`: every slice of every frame. */
  search: 'middle' | 'whole'
  /** Frames the user knows better. */
  edFrame?: number
  esFrame?: number
  /** With `middle`: frames on each side of the middle slice's extremes whose whole stacks are measured too; default 1. */
  neighbours?: number
}

const NEIGHBOURS = 1 // default of `neighbours`

/** All slices of a frame as floats. Shape [Z, Y, X]. */
export function sliceStack(volume: Volume, frame: number): Float32Array {
  const [, numSlices, numRows, numColumns] = volume.shape
  const size = numSlices * numRows * numColumns
  return Float32Array.from(volume.voxels_FZYX.subarray(frame * size, (frame + 1) * size))
}

function sliceOverTime(volume: Volume, z: number): Float32Array {
  const [numFrames, numSlices, numRows, numColumns] = volume.shape
  const size = numRows * numColumns
  const slices_FYX = new Float32Array(numFrames * size)
  for (let frame = 0; frame < numFrames; frame++) {
    const start = (frame * numSlices + z) * size
    slices_FYX.set(volume.voxels_FZYX.subarray(start, start + size), frame * size)
  }
  return slices_FYX
}

async function labelFrame(volume: Volume, frame: number, segmenter: Segmenter): Promise<PhaseLabels> {
  const [, numSlices, numRows, numColumns] = volume.shape
  const [sliceMm, rowMm, columnMm] = volume.spacingMm
  const shape = [numSlices, numRows, numColumns] as const
  const raw_ZYX = await segmenter(sliceStack(volume, frame), shape, [rowMm, columnMm])
  const labels_ZYX = cleanLabels(raw_ZYX, shape, [rowMm, columnMm], { sliceMm })
  return { frame, labels_ZYX, volumes: volumesOf(labels_ZYX, volume.spacingMm) }
}

/** LV cavity area over time of one slice, each frame cleaned by itself. */
async function areaCurve(volume: Volume, z: number, segmenter: Segmenter): Promise<Float64Array> {
  const [numFrames, , numRows, numColumns] = volume.shape
  const [, rowMm, columnMm] = volume.spacingMm
  const labels_FYX = await segmenter(sliceOverTime(volume, z), [numFrames, numRows, numColumns], [rowMm, columnMm])
  const size = numRows * numColumns
  return Float64Array.from({ length: numFrames }, (_, frame) => {
    const slice = labels_FYX.slice(frame * size, (frame + 1) * size)
    const clean = cleanLabels(slice, [1, numRows, numColumns], [rowMm, columnMm], { leftOnly: true })
    return countLabel(clean, cardiacLabels.lvCavity)
  })
}

/** Running mean of three around the cycle: single noisy frames do not become extremes. */
function smooth(curve_F: Float64Array): Float64Array {
  const numFrames = curve_F.length
  return curve_F.map((value, frame) => (curve_F[(frame + numFrames - 1) % numFrames] + value + curve_F[(frame + 1) % numFrames]) / 3)
}

function around(frame: number, numFrames: number, neighbours: number): number[] {
  const frames = new Set<number>()
  for (let step = -neighbours; step <= neighbours; step++) frames.add((frame + step + numFrames) % numFrames)
  return [...frames]
}

function expectFrameIndex(frame: number | undefined, numFrames: number, name: string): void {
  if (frame === undefined || (Number.isInteger(frame) && frame >= 0 && frame < numFrames)) return
  throw fault({
    code: 'prepare/cmr-frame',
    where: 'findPhases',
    expected: `${name} from 0 to ${numFrames - 1}`,
    received: String(frame),
    hint: 'Frames count from zero.',
  })
}

/**
 * Finds end-diastole and end-systole of a short-axis stack.
 *
 * The middle slice is tried first, then the slices beside it, for one that shows the LV in at least half of the frames.
 *
 * @throws prepare/cmr-no-heart when no slice does, or the confirmed stacks hold no LV cavity; prepare/cmr-frame.
 */
export async function findPhases(volume: Volume, segmenter: Segmenter, options: PhaseSearch): Promise<Phases> {
  const [numFrames, numSlices] = volume.shape
  expectFrameIndex(options.edFrame, numFrames, 'edFrame')
  expectFrameIndex(options.esFrame, numFrames, 'esFrame')
  const noHeart = (received: string) =>
    fault({
      code: 'prepare/cmr-no-heart',
      where: 'findPhases',
      expected: 'a left ventricle in the short-axis stack',
      received,
      hint: 'Look at the study: is it a short-axis cine of a heart, and does the segmenter fit it?',
    })
  let curve_F: Float64Array | undefined
  if (options.search === 'middle') {
    const middle = numSlices >> 1
    const tries = [...new Set([middle, middle - 1, middle + 1, middle - 2, middle + 2])].filter((z) => z >= 0 && z < numSlices)
    for (const z of tries) {
      const tried_F = await areaCurve(volume, z, segmenter)
      if (tried_F.filter((area) => area > 0).length < numFrames / 2) continue
      curve_F = tried_F
      break
    }
    if (curve_F === undefined) throw noHeart(`none in the ${tries.length} middle slices`)
  }
  const smooth_F = curve_F === undefined ? undefined : smooth(curve_F)
  const near = (index: (curve: Float64Array) => number, chosen: number | undefined): number[] => {
    if (chosen !== undefined) return [chosen]
    return smooth_F === undefined
      ? Array.from({ length: numFrames }, (_, frame) => frame)
      : around(index(smooth_F), numFrames, options.neighbours ?? NEIGHBOURS)
  }
  const edFrames = near((curve) => curve.indexOf(Math.max(...curve)), options.edFrame)
  const esFrames = near((curve) => curve.indexOf(Math.min(...curve.filter((area) => area > 0))), options.esFrame)
  const labelled = new Map<number, PhaseLabels>()
  for (const frame of [...edFrames, ...esFrames]) if (!labelled.has(frame)) labelled.set(frame, await labelFrame(volume, frame, segmenter))
  const pick = (frames: readonly number[], isBetter: (a: number, b: number) => boolean) =>
    frames
      .map((frame) => labelled.get(frame) as PhaseLabels)
      .reduce((best, one) => (isBetter(one.volumes.lvMl, best.volumes.lvMl) ? one : best))
  const ed = pick(edFrames, (a, b) => a > b)
  const filled = esFrames.filter((frame) => (labelled.get(frame) as PhaseLabels).volumes.lvMl > 0)
  if (ed.volumes.lvMl <= 0 || filled.length === 0) throw noHeart('an empty cavity')
  const es = pick(filled, (a, b) => a < b)
  curve_F ??= Float64Array.from({ length: numFrames }, (_, frame) => labelled.get(frame)?.volumes.lvMl ?? Number.NaN)
  return { ed, es, curve_F, segmentedFrames: [...labelled.keys()].sort((a, b) => a - b) }
}
