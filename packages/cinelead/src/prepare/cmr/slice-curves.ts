// LV cavity over time: of one slice, of its neighbours about end-systole, of the whole stack; and the frame of end-systole on which
// neighbouring slices agree. Hands on: middleCurve, stackCurve, agreedEndSystole, SliceCurve.
import { cardiacLabels, type Volume } from '../../formats/volume.ts'
import { ejectionEnd, type EndSystole, frameOfEnd, ownEjectionEnd, restShare, systole } from './beat.ts'
import { cleanLabels, countLabel } from './clean-labels.ts'
import type { Segmenter } from './prepared-cine.ts'

const MIN_SHOWN = 0.9 // of the frames in which a slice must show the LV to count to the curve of the stack (project's own choice)
const MOST_APART = 0.015 // of the beat: slices of one rhythm agree within 0.012 (simulated people), in fibrillation they lie some 0.1 apart
const FRAME_APART = 0.5 // of a frame: what frames are too far apart to tell is no disagreement (project's own choice)
const MANY_FRAMES = 12 // in the window of end-systole: of more, neighbouring slices look at every other one

/** Frames with their time since end-diastole, shares of the beat. */
type Moments = { frames: readonly number[]; shares: readonly number[] }

/** LV cavity area over the beat of one slice, pixels. */
export type SliceCurve = { z: number; curve_F: Float64Array }

function sliceAt(volume: Volume, z: number, frames: readonly number[]): Float32Array {
  const [, numSlices, numRows, numColumns] = volume.shape
  const size = numRows * numColumns
  const slices_BYX = new Float32Array(frames.length * size)
  for (const [b, frame] of frames.entries()) {
    const start = (frame * numSlices + z) * size
    slices_BYX.set(volume.voxels_FZYX.subarray(start, start + size), b * size)
  }
  return slices_BYX
}

/** LV cavity area of one slice at some frames, each cleaned by itself. */
async function areasAt(volume: Volume, z: number, frames: readonly number[], segmenter: Segmenter): Promise<number[]> {
  const [, , numRows, numColumns] = volume.shape
  const [, rowMm, columnMm] = volume.spacingMm
  const labels_BYX = await segmenter(sliceAt(volume, z, frames), [frames.length, numRows, numColumns], [rowMm, columnMm])
  const size = numRows * numColumns
  return frames.map((_, b) => {
    const slice = labels_BYX.slice(b * size, (b + 1) * size)
    const clean = cleanLabels(slice, [1, numRows, numColumns], [rowMm, columnMm], { leftOnly: true })
    return countLabel(clean, cardiacLabels.lvCavity)
  })
}

/** Where the LV was not found, the mean of the frames beside it that show it. */
function bridge(areas_F: readonly number[]): Float64Array {
  const numFrames = areas_F.length
  const known = (frame: number, step: number) => {
    let at = frame
    for (let i = 0; i < numFrames && areas_F[at] === 0; i++) at = (at + step + numFrames) % numFrames
    return areas_F[at]
  }
  return Float64Array.from(areas_F, (value, frame) => (value > 0 ? value : (known(frame, -1) + known(frame, 1)) / 2))
}

/** The curve of the first slice from the middle outwards that shows the LV in at least half of the frames; undefined where none does. */
export async function middleCurve(volume: Volume, segmenter: Segmenter): Promise<SliceCurve | undefined> {
  const [numFrames, numSlices] = volume.shape
  const middle = numSlices >> 1
  const frames = Array.from({ length: numFrames }, (_, frame) => frame)
  for (const z of new Set([middle, middle - 1, middle + 1, middle - 2, middle + 2])) {
    if (z < 0 || z >= numSlices) continue
    const areas_F = await areasAt(volume, z, frames, segmenter)
    if (areas_F.filter((area) => area > 0).length >= numFrames / 2) return { z, curve_F: bridge(areas_F) }
  }
  return undefined
}

/** LV cavity over time, summed over the slices that show it throughout: slices that come and go with the base would make it jump. */
export function stackCurve(labels_F: readonly Uint8Array[], numSlices: number): Float64Array {
  const size = labels_F[0].length / numSlices
  const areas_ZF = Array.from({ length: numSlices }, (_, z) =>
    labels_F.map((labels_ZYX) => countLabel(labels_ZYX.subarray(z * size, (z + 1) * size), cardiacLabels.lvCavity)),
  )
  const shown = areas_ZF.filter((areas_F) => areas_F.filter((area) => area > 0).length >= MIN_SHOWN * labels_F.length)
  const sums = labels_F.map((_, frame) => (shown.length > 0 ? shown : areas_ZF).reduce((sum, areas_F) => sum + areas_F[frame], 0))
  return bridge(sums)
}

/** LV cavity of some slices at some moments; slices that lose it do not tell. */
async function steadyAreas(
  slices: readonly number[],
  volume: Volume,
  frames: readonly number[],
  segmenter: Segmenter,
): Promise<number[][]> {
  const steady: number[][] = []
  for (const z of slices) {
    if (z < 0 || z >= volume.shape[1]) continue
    const areas = await areasAt(volume, z, frames, segmenter)
    if (areas.every((area) => area > 0)) steady.push(areas)
  }
  return steady
}

/** Every other one of many. */
function thinned({ frames, shares }: Moments): Moments {
  const isTaken = (_: number, index: number) => frames.length <= MANY_FRAMES || index % 2 === 0
  return { frames: frames.filter(isTaken), shares: shares.filter(isTaken) }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/**
 * When ejection ends on the mean of slices whose beats differ by a factor in length: the geometric mean of their own ends, those that
 * empty most counting most, for their curves stand out of the noise. Undefined where no slice tells.
 */
function meanEnd(areas_ZS: readonly (readonly number[])[], shares: readonly number[], rest: number): number | undefined {
  const ends = areas_ZS
    .map((values) => ({ end: ownEjectionEnd({ shares, values }, rest), emptied: values[0] - Math.min(...values) }))
    .filter((one): one is { end: number; emptied: number } => one.end !== undefined && one.emptied > 0)
  const weight = ends.reduce((sum, { emptied }) => sum + emptied, 0)
  return weight > 0 ? Math.exp(ends.reduce((sum, { end, emptied }) => sum + emptied * Math.log(end), 0) / weight) : undefined
}

/**
 * The frame of end-systole as the mean of a slice and its two neighbours tells it: every slice was seen in beats of its own, and in
 * atrial fibrillation these differ in length. Where the three disagree by more than chance, all slices are asked.
 *
 * @param z      The slice that `found` was found on.
 * @param found  Its end-systole; one that was not fitted is kept.
 */
export async function agreedEndSystole(
  volume: Volume,
  z: number,
  found: EndSystole,
  share_F: Float64Array,
  edFrame: number,
  segmenter: Segmenter,
): Promise<{ frame: number; isAgreed: boolean }> {
  if (found.endShare === undefined) return { frame: found.frame, isAgreed: true }
  const rest = restShare(volume.heartRateBpm)
  const window = thinned({ frames: found.window, shares: found.windowShares })
  const beside = await steadyAreas([z - 1, z + 1], volume, window.frames, segmenter)
  const theirs = beside.map((values) => ejectionEnd({ shares: window.shares, values }, rest)).filter((end) => end !== undefined)
  const ends = [found.endShare, ...theirs]
  const mostApart = Math.max(MOST_APART, FRAME_APART / volume.shape[0])
  const isAgreed = ends.length === 3 && Math.max(...ends) - Math.min(...ends) <= mostApart
  if (isAgreed) return { frame: frameOfEnd(mean(ends), share_F, edFrame) ?? found.frame, isAgreed }
  const { frames, shares } = systole(share_F, edFrame)
  const slices = Array.from({ length: volume.shape[1] }, (_, slice) => slice)
  const end = meanEnd(await steadyAreas(slices, volume, frames, segmenter), shares, rest)
  return { frame: (end === undefined ? undefined : frameOfEnd(end, share_F, edFrame)) ?? found.frame, isAgreed: false }
}
