// Which frames are end-diastole and end-systole: sought on the middle slice over the whole cine, confirmed on the whole stack.
// Hands on: findPhases, Phases, sliceStack. How a curve tells them: beat.ts.
import { fault } from '../../base/errors.ts'
import { cardiacLabels, type Volume } from '../../formats/volume.ts'
import { beatShares, endDiastole, endSystole } from './beat.ts'
import { cleanLabels, countLabel } from './clean-labels.ts'
import { type HeartVolumes, volumesOf } from './measure.ts'
import type { Segmenter } from './prepared-cine.ts'
import { cutVolumes } from './valve-plane.ts'

/** A phase; its LV's first disc is cut at the valve plane (valve-plane.ts). */
export type PhaseLabels = { frame: number; labels_ZYX: Uint8Array; volumes: HeartVolumes }

export type Phases = {
  ed: PhaseLabels
  es: PhaseLabels
  /** LV cavity of the searched slice, or of all slices that show it throughout when every frame was segmented. Shape [F]. */
  curve_F: Float64Array
  /** Frames whose whole stack was segmented. */
  segmentedFrames: readonly number[]
}

export type PhaseSearch = {
  /** `middle`: one slice over time, then the two stacks. `whole`: every slice of every frame. */
  search: 'middle' | 'whole'
  /** Frames the user knows better. */
  edFrame?: number
  esFrame?: number
}

const MIN_SHOWN = 0.9 // of the frames in which a slice must show the LV to count to the curve of the stack (project's own choice)

/** All slices of a frame as floats. Shape [Z, Y, X]. */
export function sliceStack(volume: Volume, frame: number): Float32Array {
  const [, numSlices, numRows, numColumns] = volume.shape
  const size = numSlices * numRows * numColumns
  return Float32Array.from(volume.voxels_FZYX.subarray(frame * size, (frame + 1) * size))
}

/** The segmenter fitted to a study's first moment, where it can be fitted; asked again, the same. */
export function fittedTo(volume: Volume, segmenter: Segmenter): Segmenter {
  const [, numSlices, numRows, numColumns] = volume.shape
  const [, rowMm, columnMm] = volume.spacingMm
  return segmenter.fitTo?.(sliceStack(volume, 0), [numSlices, numRows, numColumns], [rowMm, columnMm]) ?? segmenter
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

/** Where the LV was not found, the mean of the frames beside it that show it. */
function bridge(curve_F: Float64Array): Float64Array {
  const numFrames = curve_F.length
  const known = (frame: number, step: number) => {
    let at = frame
    for (let i = 0; i < numFrames && curve_F[at] === 0; i++) at = (at + step + numFrames) % numFrames
    return curve_F[at]
  }
  return curve_F.map((value, frame) => (value > 0 ? value : (known(frame, -1) + known(frame, 1)) / 2))
}

/** LV cavity over time, summed over the slices that show it throughout: slices that come and go with the base would make it jump. */
function stackCurve(labels_F: readonly Uint8Array[], numSlices: number): Float64Array {
  const size = labels_F[0].length / numSlices
  const areas_ZF = Array.from({ length: numSlices }, (_, z) =>
    labels_F.map((labels_ZYX) => countLabel(labels_ZYX.subarray(z * size, (z + 1) * size), cardiacLabels.lvCavity)),
  )
  const shown = areas_ZF.filter((areas_F) => areas_F.filter((area) => area > 0).length >= MIN_SHOWN * labels_F.length)
  return Float64Array.from(labels_F, (_, frame) => (shown.length > 0 ? shown : areas_ZF).reduce((sum, areas_F) => sum + areas_F[frame], 0))
}

/** The curve of the first slice from the middle outwards that shows the LV in at least half of the frames. */
async function middleCurve(volume: Volume, segmenter: Segmenter): Promise<Float64Array> {
  const [numFrames, numSlices] = volume.shape
  const middle = numSlices >> 1
  const tries = [...new Set([middle, middle - 1, middle + 1, middle - 2, middle + 2])].filter((z) => z >= 0 && z < numSlices)
  for (const z of tries) {
    const curve_F = await areaCurve(volume, z, segmenter)
    if (curve_F.filter((area) => area > 0).length >= numFrames / 2) return curve_F
  }
  throw noHeart(`none in the ${tries.length} middle slices`)
}

function noHeart(received: string) {
  return fault({
    code: 'prepare/cmr-no-heart',
    where: 'findPhases',
    expected: 'a left ventricle in the short-axis stack',
    received,
    hint: 'Look at the study: is it a short-axis cine of a heart, and does the segmenter fit it?',
  })
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
 * The middle slice is tried first, then the slices beside it, for one that shows the LV in at least half of the frames. Where the
 * stacks of the two frames that it names do not agree that the LV has emptied, every slice of every frame is searched.
 *
 * @throws prepare/cmr-no-heart when no slice does, or the confirmed stacks hold no LV cavity; prepare/cmr-frame.
 */
export async function findPhases(volume: Volume, anySegmenter: Segmenter, options: PhaseSearch): Promise<Phases> {
  const [numFrames, numSlices] = volume.shape
  const segmenter = fittedTo(volume, anySegmenter)
  expectFrameIndex(options.edFrame, numFrames, 'edFrame')
  expectFrameIndex(options.esFrame, numFrames, 'esFrame')
  const labelled = new Map<number, PhaseLabels>()
  const labelsOf = async (frame: number): Promise<PhaseLabels> => {
    const held = labelled.get(frame) ?? (await labelFrame(volume, frame, segmenter))
    labelled.set(frame, held)
    return held
  }
  const share_F = beatShares(volume)
  const choose = async (curve_F: Float64Array): Promise<Phases> => {
    const bridged_F = bridge(curve_F)
    const edFrame = options.edFrame ?? endDiastole(bridged_F, share_F)
    const esFrame = options.esFrame ?? endSystole(bridged_F, share_F, edFrame)
    const [ed, es] = [await labelsOf(edFrame), await labelsOf(esFrame)]
    return { ed, es, curve_F, segmentedFrames: [...labelled.keys()].sort((a, b) => a - b) }
  }
  const isNamed = options.edFrame !== undefined && options.esFrame !== undefined
  let found = options.search === 'middle' ? await choose(await middleCurve(volume, segmenter)) : undefined
  if (found === undefined || (!isNamed && found.es.volumes.lvMl >= found.ed.volumes.lvMl)) {
    const labels_F: Uint8Array[] = []
    for (let frame = 0; frame < numFrames; frame++) labels_F.push((await labelsOf(frame)).labels_ZYX)
    found = await choose(stackCurve(labels_F, numSlices))
  }
  if (found.ed.volumes.lvMl <= 0 || found.es.volumes.lvMl <= 0) throw noHeart('an empty cavity')
  const { ed, es } = found
  if (ed.frame === es.frame) return found
  const cut = cutVolumes(ed.labels_ZYX, es.labels_ZYX, numSlices, volume.spacingMm)
  return { ...found, ed: { ...ed, volumes: cut.ed }, es: { ...es, volumes: cut.es } }
}
