// Long-axis cines beside a short-axis stack: turned so that the apex is up and the right ventricle to the left, labelled, and asked where the
// ventricles end. Hands on: heartAxisOf, longAxisPose, readBaseLine, isFragment, HeartAxis, LongAxisPose.
import { cardiacLabels, type Volume } from '../../formats/volume.ts'
import { findComponents } from './components.ts'
import { sliceStack } from './slice-stack.ts'
import { cross, dot, minus, plus, times, unit, type Vector } from './vector.ts'

/** Where a stack's labels put the heart, patient space, mm: the LV's middle, the way to its apex, the way to the right ventricle. */
export type HeartAxis = { middleMm: Vector; apexwards: Vector; rightwards: Vector | undefined }

/** A plane turned to the heart: its pictures, and where a place of them lies in the patient. Square pictures of `size` pixels. */
export type LongAxisPose = {
  size: number
  pixelMm: number
  pictureAt(frame: number): Float32Array
  placeOf(x: number, y: number): Vector
}

const FIELD_MM = 256 // what the segmenter sees
const MOST_OFF_MM = 14 // from the LV's middle to the plane; right-sided views lie farther off (project's own choice)
const MOST_OFF_SIN = 0.4 // of the axis out of the plane, 24 degrees
const LEAST_COLUMNS_MM = 10 // a base line shorter than that is none
const FRAGMENT = 0.5 // of the slice below: less cavity is a part of an open ring (project's own choice)

/** Whether a slice at the base shows but a part of an open ring, by its cavity and that of the slice below: the ring below tells more. */
export const isFragment = (area: number, areaBelow: number): boolean => area < FRAGMENT * areaBelow

const columnOf = ({ affine }: Volume, axis: number): Vector => [affine[axis], affine[4 + axis], affine[8 + axis]]

/** From a stack's voxel, column, row and slice, to the patient. */
export function placeInPatient(volume: Volume, x: number, y: number, z: number): Vector {
  const along = [x, y, z].map((value, axis) => times(columnOf(volume, axis), value))
  return along.reduce((sum, part) => plus(sum, part), columnOf(volume, 3))
}

/** The reverse: column, row and slice of a place. The three directions of a volume are at right angles. */
export function placeInVolume(volume: Volume, place: Vector): Vector {
  const from = minus(place, columnOf(volume, 3))
  const index = (axis: number) => dot(from, columnOf(volume, axis)) / dot(columnOf(volume, axis), columnOf(volume, axis))
  return [index(0), index(1), index(2)]
}

/** Middle of a label in one slice, patient space, and how many voxels it has there. */
type Ring = { middle: Vector; count: number }

/** A label's rings, slice by slice where there is one. */
function middles(volume: Volume, labels_ZYX: Uint8Array, label: number): Ring[] {
  const [, numSlices, numRows, numColumns] = volume.shape
  const found: Ring[] = []
  for (let z = 0; z < numSlices; z++) {
    let [count, sumX, sumY] = [0, 0, 0]
    for (let y = 0; y < numRows; y++)
      for (let x = 0; x < numColumns; x++) {
        if (labels_ZYX[(z * numRows + y) * numColumns + x] !== label) continue
        count++
        sumX += x
        sumY += y
      }
    if (count > 0) found.push({ middle: placeInPatient(volume, sumX / count, sumY / count, z), count })
  }
  return found
}

const sumOf = (parts: readonly Vector[]): Vector => parts.reduce((sum, part) => plus(sum, part), [0, 0, 0] as Vector)

const meanOf = (rings: readonly Ring[]): Vector => times(sumOf(rings.map(({ middle }) => middle)), 1 / rings.length)

/**
 * The line through rings in order, by least squares in which each counts as much as it holds: what little is labelled beyond the apex, or
 * of a ring at the base, lies anywhere about the axis.
 *
 * @returns  Its place halfway from the first to the last, and its way from one to the next.
 */
function lineThrough(rings: readonly Ring[]): { middle: Vector; perSlice: Vector } {
  const total = rings.reduce((sum, { count }) => sum + count, 0)
  const meanAt = rings.reduce((sum, { count }, at) => sum + count * at, 0) / total
  const mean = times(sumOf(rings.map(({ middle, count }) => times(middle, count))), 1 / total)
  const spread = rings.reduce((sum, { count }, at) => sum + count * (at - meanAt) ** 2, 0)
  const perSlice = times(sumOf(rings.map(({ middle, count }, at) => times(minus(middle, mean), count * (at - meanAt)))), 1 / spread)
  return { middle: plus(mean, times(perSlice, (rings.length - 1) / 2 - meanAt)), perSlice }
}

/**
 * The heart's axis from a labelled stack.
 *
 * @param isTurned  Whether the last slice is the base's.
 * @returns         Undefined where fewer than three slices show the LV's whole ring.
 */
export function heartAxisOf(volume: Volume, labels_ZYX: Uint8Array, isTurned: boolean): HeartAxis | undefined {
  const rings = middles(volume, labels_ZYX, cardiacLabels.lvCavity)
  if (isTurned) rings.reverse()
  // A part of an open ring lies anywhere about the axis.
  const whole = rings.findIndex(({ count }, at) => !isFragment(count, rings[at + 1]?.count ?? 0))
  const left = rings.slice(whole)
  if (left.length < 3) return undefined
  const right = middles(volume, labels_ZYX, cardiacLabels.rvCavity)
  const { middle, perSlice } = lineThrough(left)
  const rightwards = right.length === 0 ? undefined : minus(meanOf(right), meanOf(left))
  return { middleMm: middle, apexwards: unit(perSlice), rightwards }
}

/**
 * How a long-axis plane is to be looked at.
 *
 * @param plane    One slice over time.
 * @param pixelMm  Of its pictures; the plane's own where left out, 2 at most.
 * @returns        Undefined where the plane does not hold the LV's axis.
 */
export function longAxisPose(
  plane: Volume,
  { middleMm, apexwards, rightwards }: HeartAxis,
  pixelMm = Math.min(2, ...plane.spacingMm.slice(1)),
): LongAxisPose | undefined {
  const [, , numRows, numColumns] = plane.shape
  const [across, down] = [unit(columnOf(plane, 0)), unit(columnOf(plane, 1))]
  const normal = cross(across, down)
  const corner = columnOf(plane, 3)
  const offMm = dot(minus(middleMm, corner), normal)
  if (Math.abs(offMm) > MOST_OFF_MM || Math.abs(dot(apexwards, normal)) > MOST_OFF_SIN) return undefined
  const middle = minus(middleMm, times(normal, offMm))
  const basewards = unit(minus(times(normal, dot(apexwards, normal)), apexwards))
  const side = cross(normal, basewards)
  const isRightThere = rightwards !== undefined && dot(rightwards, side) > 0
  const leftwards = isRightThere ? times(side, -1) : side
  const size = Math.round(FIELD_MM / pixelMm)
  const placeOf = (x: number, y: number): Vector => {
    const [u, v] = [x, y].map((index) => (index - (size - 1) / 2) * pixelMm)
    return plus(middle, plus(times(leftwards, u), times(basewards, v)))
  }
  const pictureAt = (frame: number): Float32Array => {
    const slice_YX = sliceStack(plane, frame)
    const picture_YX = new Float32Array(size * size)
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++) {
        const [column, row] = placeInVolume(plane, placeOf(x, y))
        const [left, top] = [Math.floor(column), Math.floor(row)]
        if (left < 0 || top < 0 || left > numColumns - 2 || top > numRows - 2) continue
        const [over, under] = [column - left, row - top]
        const at = top * numColumns + left
        const above = slice_YX[at] * (1 - over) + slice_YX[at + 1] * over
        const below = slice_YX[at + numColumns] * (1 - over) + slice_YX[at + numColumns + 1] * over
        picture_YX[y * size + x] = above * (1 - under) + below * under
      }
    return picture_YX
  }
  return { size, pixelMm, pictureAt, placeOf }
}

/** Middle value. */
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]

/**
 * Where a ventricle ends towards its base, from a labelled long-axis picture: a straight line through the lowest labelled place of each
 * column under which no wall lies (slope by Theil and Sen, J Am Stat Assoc 1968;63:1379).
 *
 * @param labels_YX  Apex up. Shape [Y, X], square.
 * @returns          Its two ends as column and row, or undefined where there is no such line.
 */
export function readBaseLine(
  labels_YX: Uint8Array,
  { size, pixelMm }: { size: number; pixelMm: number },
  label: number,
): readonly [readonly [number, number], readonly [number, number]] | undefined {
  const isLabel_YX = labels_YX.map((is) => Number(is === label))
  const largest = findComponents(isLabel_YX, size, size)[0]
  if (largest === undefined) return undefined
  const lowest_X = new Int32Array(size).fill(-1)
  for (const at of largest.pixels) lowest_X[at % size] = Math.max(lowest_X[at % size], Math.floor(at / size))
  const columns = [...lowest_X].flatMap((y, x): [number, number][] =>
    y < 0 || y > size - 2 || labels_YX[(y + 1) * size + x] === cardiacLabels.myocardium ? [] : [[x, y + 0.5]],
  )
  if (columns.length * pixelMm < LEAST_COLUMNS_MM) return undefined
  const slopes: number[] = []
  const step = Math.max(2, Math.floor(columns.length / 4))
  for (let i = 0; i + step < columns.length; i++)
    for (let j = i + step; j < columns.length; j++) slopes.push((columns[j][1] - columns[i][1]) / (columns[j][0] - columns[i][0]))
  const slope = median(slopes)
  const level = median(columns.map(([x, y]) => y - slope * x))
  const [from, to] = [columns[0][0], columns[columns.length - 1][0]]
  return [
    [from, level + slope * from],
    [to, level + slope * to],
  ]
}
