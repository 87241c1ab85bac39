// The right ventricle of a stack of labels: one part a slice that lies against the septum, steady from slice to slice, and its outflow
// tract followed above the base of the left ventricle. Hands on: cleanRight.
import { cardiacLabels } from '../../formats/volume.ts'
import { type Component, fillHoles, findComponents } from './components.ts'
import { countLabel, distanceMm, keepPart, only, type Place, type Plane, surroundings } from './label-plane.ts'

const MAX_RV_DISTANCE_MM = 90 // RV centre from LV centre, the widest of dilated hearts (project's own choice)
const MAX_RV_STEP_MM = 10 // how far the RV's outline may move outwards from slice to slice; as far as slices farther apart lie (project's own choice)
const MAX_SEPTUM_GAP_MM = 3 // unlabelled pixels between RV and wall (project's own choice)
const MIN_BASE_FRACTION = 0.4 // of the largest RV: smaller where the LV ends is an apex, above which there is no outflow tract (own choice)
const MAX_OUTFLOW_FRACTION = 1.1 // of the RV in the slice below: an outflow tract narrows, the right atrium widens (project's own choice)
const MAX_OUTFLOW_MM = 40 // pulmonary above mitral valve, the longest that is followed (project's own choice)

/** Size, a tenth of it where the part does not lie against the wall of the LV: the RV shares the septum with it. */
function rvScore(labels_YX: Uint8Array, part: Component, plane: Plane): number {
  const reach = Math.ceil(MAX_SEPTUM_GAP_MM / Math.min(plane.rowMm, plane.columnMm))
  const { numColumns } = plane
  const isWall = (at: number) => labels_YX[at] === cardiacLabels.myocardium
  for (const at of part.pixels)
    for (let step = 1; step <= reach; step++)
      if (isWall(at - step) || isWall(at + step) || isWall(at - step * numColumns) || isWall(at + step * numColumns)) return part.size
  return part.size / 10
}

function keepWithoutHoles(labels_YX: Uint8Array, part: Component | undefined, numColumns: number): void {
  const { background, rvCavity } = cardiacLabels
  keepPart(labels_YX, rvCavity, part?.pixels)
  if (part === undefined) return
  for (const at of fillHoles(part.pixels, numColumns)) if (labels_YX[at] === background) labels_YX[at] = rvCavity
}

/** Where there is a left ventricle: the best part beside it. */
function besideLeft(labels_YX: Uint8Array, place: Place, plane: Plane): void {
  const { rvCavity } = cardiacLabels
  const [part] = findComponents(only(labels_YX, rvCavity), plane.numRows, plane.numColumns)
    .filter((one) => distanceMm(one, place, plane) <= MAX_RV_DISTANCE_MM)
    .sort((a, b) => rvScore(labels_YX, b, plane) - rvScore(labels_YX, a, plane))
  keepWithoutHoles(labels_YX, part, plane.numColumns)
}

/** Above the left ventricle: the part that goes on from the slice below; of one that widens, as the atrium does, what lies above the RV. */
function followOutflow(labels_YX: Uint8Array, below_YX: Uint8Array, plane: Plane): void {
  const { rvCavity } = cardiacLabels
  const isAbove = (at: number) => below_YX[at] === rvCavity
  const overlap = (part: Component) => part.pixels.reduce((sum, at) => sum + (isAbove(at) ? 1 : 0), 0)
  const [part] = findComponents(only(labels_YX, rvCavity), plane.numRows, plane.numColumns).sort((a, b) => overlap(b) - overlap(a))
  const goesOn = part !== undefined && overlap(part) > 0
  const widens = goesOn && part.size > MAX_OUTFLOW_FRACTION * countLabel(below_YX, rvCavity)
  keepWithoutHoles(labels_YX, goesOn ? part : undefined, plane.numColumns)
  if (widens) for (const at of part.pixels) if (!isAbove(at)) labels_YX[at] = cardiacLabels.background
}

/** Keeps the RV of a slice to the surroundings of its neighbour's. */
function steady(labels_YX: Uint8Array, neighbour_YX: Uint8Array, plane: Plane, sliceMm: number): void {
  const { rvCavity, background } = cardiacLabels
  const near_YX = surroundings(neighbour_YX, rvCavity, Math.max(MAX_RV_STEP_MM, sliceMm), plane)
  for (let at = 0; at < labels_YX.length; at++) if (labels_YX[at] === rvCavity && near_YX[at] === 0) labels_YX[at] = background
}

/**
 * Cleans the RV of a stack in place, from the largest of its middle slices outwards.
 *
 * @param slices_ZYX  Labels whose left ventricle is clean already.
 * @param places_Z    Centre of the left ventricle in each slice; undefined where there is none.
 * @param sliceMm     Distance of slice centres.
 */
export function cleanRight(
  slices_ZYX: readonly Uint8Array[],
  places_Z: readonly (Place | undefined)[],
  plane: Plane,
  sliceMm: number,
): void {
  const { rvCavity } = cardiacLabels
  const numSlices = slices_ZYX.length
  for (const [z, labels_YX] of slices_ZYX.entries()) {
    const place = places_Z[z]
    if (place !== undefined) besideLeft(labels_YX, place, plane)
  }
  const counts = slices_ZYX.map((labels_YX, z) => (places_Z[z] === undefined ? 0 : countLabel(labels_YX, rvCavity)))
  const middle = counts.map((count, z) => (z >= Math.floor(numSlices / 4) && z < Math.ceil((3 * numSlices) / 4) ? count : 0))
  const anchor = Math.max(...middle) > 0 ? middle.indexOf(Math.max(...middle)) : counts.indexOf(Math.max(...counts))
  const largest = counts[anchor]
  for (const step of [-1, 1]) {
    let numAbove = 0
    for (let z = anchor + step; z >= 0 && z < numSlices; z += step) {
      const below_YX = slices_ZYX[z - step]
      if (numSlices > 2) steady(slices_ZYX[z], below_YX, plane, sliceMm)
      if (places_Z[z] !== undefined) continue
      numAbove++
      const isBase = countLabel(below_YX, rvCavity) >= (numAbove === 1 ? MIN_BASE_FRACTION * largest : 1)
      if (isBase && numAbove * sliceMm <= MAX_OUTFLOW_MM) followOutflow(slices_ZYX[z], below_YX, plane)
      else keepPart(slices_ZYX[z], rvCavity, undefined)
    }
  }
}
