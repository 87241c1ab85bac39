// The plane in which the left ventricle ends, read off long-axis cines at one moment, and what of a stack's labels lies below it.
// Hands on: endedVolumes, longAxisPictures, volumesBelow, BasePlane.
//
// Discs end where slices end; the mitral valve does not. Every long axis gives the two ends of a line on its plane; the plane through them is
// sought with a leaning towards one across the axis, so that a single view does.
import { cardiacLabels, type Volume } from '../../formats/volume.ts'
import { heartAxisOf, isFragment, type LongAxisPose, longAxisPose, placeInVolume, readBaseLine } from './long-axis.ts'
import type { HeartVolumes } from './measure.ts'
import type { Segmenter } from './prepared-cine.ts'
import { isBaseLast } from './valve-plane.ts'
import type { Vector } from './vector.ts'

/** Slices from the base end of the stack, as a function of the place: `at + perColumn * x + perRow * y`. */
export type BasePlane = { at: number; perColumn: number; perRow: number; numViews: number }

const TILT_SPREAD = 0.25 // by which planes lean, mm/mm: 14 degrees (project's own choice)
const PLACE_SPREAD_MM = 3 // by which lines err, of which breath is a part (project's own choice)
const MOST_APART_MM = 8 // of a line's middle from the plane through all: one of them is wrong (project's own choice); ends err more, by the line's slope
// From end-diastole to end-systole a healthy valve plane comes down by 12 to 16 mm (from memory), a failing one by less; breath adds a few.
const DESCENT_MM = [-4, 30] as const
const MOST_ADDED = 1.6 // slices above the first labelled one's centre to which a ventricle can be carried on (project's own choice)

/** A long-axis cine that holds the axis of a stack's heart, whose LV has its middle there. */
type Posed = { plane: Volume; pose: LongAxisPose; middleMm: Vector }

/** The frame of another cine at the same part of its beat. */
function frameAlike(from: Volume, frame: number, to: Volume): number {
  const share = frame / from.shape[0]
  const [a, b] = [from.frameMs_F, to.frameMs_F]
  const isTimed = a[a.length - 1] > a[0] && b[b.length - 1] > b[0]
  if (!isTimed) return Math.min(to.shape[0] - 1, Math.round(share * to.shape[0]))
  const passedMs = a[frame] - a[0]
  let best = 0
  for (let f = 1; f < b.length; f++) if (Math.abs(b[f] - b[0] - passedMs) < Math.abs(b[best] - b[0] - passedMs)) best = f
  return best
}

/** Across, down and along the stack, mm. */
type Point = readonly [number, number, number]
type Line = readonly Point[]

/** The plane through points by least squares, its two slopes leaning to zero: height at the origin and by mm across and down. */
function fitPlane(points: readonly Point[]): { level: number; perX: number; perY: number } {
  const mean = (axis: number) => points.reduce((sum, point) => sum + point[axis], 0) / points.length
  const [x0, y0, h0] = [mean(0), mean(1), mean(2)]
  const lean = (PLACE_SPREAD_MM / TILT_SPREAD) ** 2
  let [xx, xy, yy, xh, yh] = [lean, 0, lean, 0, 0]
  for (const [x, y, h] of points) {
    xx += (x - x0) ** 2
    xy += (x - x0) * (y - y0)
    yy += (y - y0) ** 2
    xh += (x - x0) * (h - h0)
    yh += (y - y0) * (h - h0)
  }
  const determinant = xx * yy - xy * xy
  const perX = (xh * yy - yh * xy) / determinant
  const perY = (yh * xx - xh * xy) / determinant
  return { level: h0 - perX * x0 - perY * y0, perX, perY }
}

/** The plane that most of the lines agree on: while one lies too far off, the worst is left out; two that differ tell nothing. */
function agreedPlane(lines: readonly Line[]): { level: number; perX: number; perY: number; numLines: number } | undefined {
  if (lines.length === 0) return undefined
  const plane = fitPlane(lines.flat())
  const offMm = (line: Line, { level, perX, perY } = plane) =>
    Math.abs(line.reduce((sum, [x, y, h]) => sum + h - level - perX * x - perY * y, 0) / line.length)
  if (lines.every((line) => offMm(line) <= MOST_APART_MM)) return { ...plane, numLines: lines.length }
  if (lines.length < 3) return undefined
  const without = lines.map((_, left) => lines.filter((_, index) => index !== left))
  const misfit = (rest: readonly Line[]) => Math.max(...rest.map((line) => offMm(line, fitPlane(rest.flat()))))
  return agreedPlane(without.toSorted((a, b) => misfit(a) - misfit(b))[0])
}

/** The planes that hold the axis of a labelled stack's heart. */
function posesOf(volume: Volume, labels_ZYX: Uint8Array, planes: readonly Volume[], pixelMm?: number): Posed[] {
  const axis = heartAxisOf(volume, labels_ZYX, isBaseLast(labels_ZYX, volume.shape[1]))
  if (axis === undefined) return []
  return planes.flatMap((plane) => {
    const pose = longAxisPose(plane, axis, pixelMm)
    return pose === undefined ? [] : [{ plane, pose, middleMm: axis.middleMm }]
  })
}

/** The picture of a plane at a moment of the stack, and its labels. Shape [Y, X] both, `pose.size` square. */
async function lookAt(volume: Volume, frame: number, { plane, pose }: Posed, reader: Segmenter) {
  const { size, pixelMm } = pose
  const picture_YX = pose.pictureAt(frameAlike(volume, frame, plane))
  return { size, picture_YX, labels_YX: await reader(picture_YX, [1, size, size], [pixelMm, pixelMm]) }
}

/**
 * Reads the plane at one moment.
 *
 * @param frame    Of the stack.
 * @param poses    Of the planes that hold the heart's axis.
 * @param reader   Labels long-axis pictures, apex up.
 * @returns        Undefined where no view shows where the LV ends, or they contradict each other.
 */
async function readBasePlane(
  volume: Volume,
  frame: number,
  poses: readonly Posed[],
  reader: Segmenter,
  isTurned: boolean,
): Promise<BasePlane | undefined> {
  const [, numSlices, numRows, numColumns] = volume.shape
  const [sliceMm, rowMm, columnMm] = volume.spacingMm
  const lines: Line[] = []
  for (const posed of poses) {
    const { pose } = posed
    const { labels_YX } = await lookAt(volume, frame, posed, reader)
    const line = readBaseLine(labels_YX, pose, cardiacLabels.lvCavity)
    if (line === undefined) continue
    lines.push(
      line.map(([x, y]): Point => {
        const [column, row, slice] = placeInVolume(volume, pose.placeOf(x, y))
        const height = isTurned ? numSlices - 1 - slice : slice
        return [(column - numColumns / 2) * columnMm, (row - numRows / 2) * rowMm, height * sliceMm]
      }),
    )
  }
  const fitted = agreedPlane(lines)
  if (fitted === undefined) return undefined
  const { level, perX, perY, numLines } = fitted
  const [perColumn, perRow] = [(perX * columnMm) / sliceMm, (perY * rowMm) / sliceMm]
  const at = level / sliceMm - (perColumn * numColumns) / 2 - (perRow * numRows) / 2
  return { at, perColumn, perRow, numViews: numLines }
}

/**
 * Volumes of one phase with the LV and its wall ended at the plane: discs are cut by it, and the first whole one is carried on to it.
 *
 * @returns  Undefined where the plane lies too far from where the labels begin to be that heart's.
 */
export function volumesBelow(
  labels_ZYX: Uint8Array,
  [numSlices, numRows, numColumns]: readonly [number, number, number],
  spacingMm: readonly [number, number, number],
  plane: BasePlane,
  isTurned: boolean,
): HeartVolumes | undefined {
  const { lvCavity, myocardium, rvCavity } = cardiacLabels
  const size = numRows * numColumns
  const sliceAt = (height: number) => labels_ZYX.subarray((isTurned ? numSlices - 1 - height : height) * size).subarray(0, size)
  const area_H = Array.from({ length: numSlices }, (_, height) => sliceAt(height).filter((label) => label === lvCavity).length)
  // The ring below a fragment is carried on in its place.
  const first = area_H.findIndex((area, height) => area > 0 && !isFragment(area, area_H[height + 1] ?? 0))
  if (first < 0) return undefined
  const volumes = [0, 0, 0, 0]
  let [aboveSum, count] = [0, 0]
  for (let height = 0; height < numSlices; height++) {
    const labels_YX = sliceAt(height)
    for (let at = 0; at < size; at++) {
      const label = labels_YX[at]
      if (label === rvCavity) volumes[rvCavity]++
      if (height < first || (label !== lvCavity && label !== myocardium)) continue
      const end = plane.at + plane.perColumn * (at % numColumns) + plane.perRow * Math.floor(at / numColumns)
      const top = height === first ? Math.max(end, height - MOST_ADDED) : Math.max(end, height - 0.5)
      volumes[label] += Math.max(0, height + 0.5 - top)
      if (height !== first || label !== lvCavity) continue
      aboveSum += height - end
      count++
    }
  }
  const above = aboveSum / count
  if (above > MOST_ADDED || above < -MOST_ADDED) return undefined
  const voxelMl = (spacingMm[0] * spacingMm[1] * spacingMm[2]) / 1000
  return { lvMl: volumes[lvCavity] * voxelMl, myocardiumMl: volumes[myocardium] * voxelMl, rvMl: volumes[rvCavity] * voxelMl }
}

/** A frame of the stack and its cleaned labels. */
type Phase = { frame: number; labels_ZYX: Uint8Array }

/** What long axes told of both phases, and how many of them. */
export type EndedVolumes = { ed: HeartVolumes; es: HeartVolumes; numViews: number }

/**
 * Volumes of both phases, ended at the valve plane that long axes show.
 *
 * @param phases     Frames and cleaned labels of the stack.
 * @param longAxes   Cines of one slice; those that do not hold the LV's axis are left out.
 * @param reader     Labels long-axis pictures.
 * @returns          Undefined where they do not tell it in both phases, or a plane that moves as none does.
 */
export async function endedVolumes(
  volume: Volume,
  phases: { ed: Phase; es: Phase },
  longAxes: readonly Volume[],
  reader: Segmenter,
): Promise<EndedVolumes | undefined> {
  const [, numSlices, numRows, numColumns] = volume.shape
  const isTurned = isBaseLast(phases.ed.labels_ZYX, numSlices)
  const poses = posesOf(volume, phases.ed.labels_ZYX, longAxes)
  const endOf = async ({ frame, labels_ZYX }: Phase) => {
    const plane = await readBasePlane(volume, frame, poses, reader, isTurned)
    const volumes = plane && volumesBelow(labels_ZYX, [numSlices, numRows, numColumns], volume.spacingMm, plane, isTurned)
    return plane && volumes && { plane, volumes }
  }
  const [ed, es] = [await endOf(phases.ed), await endOf(phases.es)]
  if (ed === undefined || es === undefined) return undefined
  const [column, row] = placeInVolume(volume, poses[0].middleMm)
  const heightOf = ({ at, perColumn, perRow }: BasePlane) => at + perColumn * column + perRow * row
  const descentMm = (heightOf(es.plane) - heightOf(ed.plane)) * volume.spacingMm[0]
  if (descentMm < DESCENT_MM[0] || descentMm > DESCENT_MM[1]) return undefined
  return { ed: ed.volumes, es: es.volumes, numViews: Math.min(ed.plane.numViews, es.plane.numViews) }
}

const DRAWN_MM = 1.5 // pixels of pictures to look at, one size for all views

/**
 * What was read, to look at: every long axis that holds the LV's axis, apex up, at end-diastole and then at end-systole.
 *
 * @returns  Square pictures of one size with their labels. Shape [Y, X] each.
 */
export async function longAxisPictures(
  volume: Volume,
  { ed, es }: { ed: Phase; es: Phase },
  longAxes: readonly Volume[],
  reader: Segmenter,
): Promise<{ size: number; picture_YX: Float32Array; labels_YX: Uint8Array }[]> {
  const poses = posesOf(volume, ed.labels_ZYX, longAxes, DRAWN_MM)
  return Promise.all([ed, es].flatMap(({ frame }) => poses.map((posed) => lookAt(volume, frame, posed, reader))))
}
