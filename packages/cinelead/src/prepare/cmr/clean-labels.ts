// What a network labels -> what one heart can be: one LV cavity a slice, near that of the neighbouring slice, a wall that touches
// it, one RV beside it. Hands on: cleanLabels, countLabel.
import { cardiacLabels } from '../../formats/volume.ts'
import { type Component, convexFill, fillHoles, findComponents } from './components.ts'

const MAX_STEP_MM = 30 // the LV's centre from slice to slice; more is another organ (project's own choice)
const MAX_RV_DISTANCE_MM = 90 // RV centre from LV centre, the widest of dilated hearts (project's own choice)
const MIN_ATRIUM_FRACTION = 0.5 // of the largest cavity: an apex is smaller, an atrium is not (project's own choice)
const MIN_ATRIUM_WALL = 0.72 // of the usual wall of the stack: the ventricle's base is thinner by a fifth at most (project's own choice)
const MIN_RING_FRACTION = 0.5 // of the rim with wall beside it, over that of the stack's usual slice; half of the ring is the usual rule for contours
const MAX_RV_STEP_MM = 10 // how far the RV's outline may move outwards from slice to slice (project's own choice)
const MIN_CLOSED_FRACTION = 0.25 // a ring more open than this says nothing of its wall (project's own choice)
const MAX_SEPTUM_GAP_MM = 3 // unlabelled pixels between RV and wall (project's own choice)
const MIN_CAVITY_MM2 = 20 // below it a cavity is a speck (project's own choice)

type Plane = { numRows: number; numColumns: number; rowMm: number; columnMm: number }
type Place = { row: number; column: number }

function only(labels_YX: Uint8Array, first: number, second: number): Uint8Array {
  const isIn_YX = new Uint8Array(labels_YX.length)
  for (let i = 0; i < labels_YX.length; i++) if (labels_YX[i] === first || labels_YX[i] === second) isIn_YX[i] = 1
  return isIn_YX
}

function distanceMm(component: Component, place: Place, plane: Plane): number {
  return Math.hypot((component.rowMean - place.row) * plane.rowMm, (component.columnMean - place.column) * plane.columnMm)
}

/** Erases a label, then paints it on one part again. */
function keep(labels_YX: Uint8Array, label: number, part: Int32Array | undefined): void {
  for (let i = 0; i < labels_YX.length; i++) if (labels_YX[i] === label) labels_YX[i] = cardiacLabels.background
  if (part !== undefined) for (const at of part) labels_YX[at] = label
}

function countCavity(labels_YX: Uint8Array, pixels: Int32Array): number {
  let count = 0
  for (const at of pixels) if (labels_YX[at] === cardiacLabels.lvCavity) count++
  return count
}

/** The part of cavity and wall with the most cavity, not too far from the neighbouring slice's. */
function chooseHeart(labels_YX: Uint8Array, near: Place | undefined, plane: Plane): Component | undefined {
  const isHeart_YX = only(labels_YX, cardiacLabels.lvCavity, cardiacLabels.myocardium)
  const parts = findComponents(isHeart_YX, plane.numRows, plane.numColumns).filter(
    (part) => near === undefined || distanceMm(part, near, plane) <= MAX_STEP_MM,
  )
  // The wall counts a little, so that an apex without cavity is kept.
  const score = (part: Component) => countCavity(labels_YX, part.pixels) + 0.2 * part.size
  return parts.sort((a, b) => score(b) - score(a))[0]
}

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

/** Cleans one slice in place; returns the LV's centre, or undefined where there is none. */
function cleanSlice(labels_YX: Uint8Array, near: Place | undefined, plane: Plane): Place | undefined {
  const { numRows, numColumns } = plane
  const { background, lvCavity, myocardium, rvCavity } = cardiacLabels
  const heart = chooseHeart(labels_YX, near, plane)
  if (heart === undefined) {
    labels_YX.fill(background)
    return undefined
  }
  const cavityParts = heart.pixels.filter((at) => labels_YX[at] === lvCavity)
  keep(labels_YX, lvCavity, undefined)
  keep(labels_YX, myocardium, heart.pixels)
  const isCavity_YX = new Uint8Array(labels_YX.length)
  for (const at of cavityParts) isCavity_YX[at] = 1
  const [cavity] = findComponents(isCavity_YX, numRows, numColumns)
  // Holes of the wall are wall; holes of the cavity are papillary muscle, which the usual convention counts as blood.
  for (const at of fillHoles(heart.pixels, numColumns)) labels_YX[at] = myocardium
  if (cavity !== undefined && cavity.size * plane.rowMm * plane.columnMm >= MIN_CAVITY_MM2) {
    // Contours by hand run straight past papillary muscles that stand against the wall, too (Kramer 2020, volumes with papillaries).
    const isHeart = (at: number) => labels_YX[at] === myocardium || labels_YX[at] === lvCavity
    for (const at of convexFill(cavity.pixels, numColumns)) if (isHeart(at)) labels_YX[at] = lvCavity
  }
  const place = { row: heart.rowMean, column: heart.columnMean }
  const rv = findComponents(only(labels_YX, rvCavity, rvCavity), numRows, numColumns)
    .filter((part) => distanceMm(part, place, plane) <= MAX_RV_DISTANCE_MM)
    .sort((a, b) => rvScore(labels_YX, b, plane) - rvScore(labels_YX, a, plane))[0]
  keep(labels_YX, rvCavity, rv?.pixels)
  if (rv !== undefined) for (const at of fillHoles(rv.pixels, numColumns)) if (labels_YX[at] === background) labels_YX[at] = rvCavity
  return place
}

/** How many pixels hold a label. */
export function countLabel(labels: Uint8Array, wanted: number): number {
  let count = 0
  for (let i = 0; i < labels.length; i++) if (labels[i] === wanted) count++
  return count
}

/** Share of the cavity's rim that has wall beside it: below one where the outflow tract opens the ring. */
function closedFraction(labels_YX: Uint8Array, numColumns: number): number {
  const { lvCavity, myocardium } = cardiacLabels
  let rim = 0
  let closed = 0
  for (let at = numColumns; at < labels_YX.length - numColumns; at++) {
    if (labels_YX[at] !== lvCavity) continue
    for (const beside of [at - 1, at + 1, at - numColumns, at + numColumns]) {
      if (labels_YX[beside] === lvCavity) continue
      rim++
      if (labels_YX[beside] === myocardium) closed++
    }
  }
  return rim === 0 ? 0 : closed / rim
}

/** Mean thickness of the wall where there is one, in pixels, from the areas of cavity and wall. */
function ringThickness(labels_YX: Uint8Array, numColumns: number): number {
  const cavity = countLabel(labels_YX, cardiacLabels.lvCavity)
  const wall = countLabel(labels_YX, cardiacLabels.myocardium) / Math.max(MIN_CLOSED_FRACTION, closedFraction(labels_YX, numColumns))
  return Math.sqrt((cavity + wall) / Math.PI) - Math.sqrt(cavity / Math.PI)
}

/**
 * Takes all labels from wide, thin-walled rings at the ends of the stack: in systole the base moves towards the apex and
 * its slices show the atria, whose walls are far thinner than the ventricle's. What is beside such a ring is the right atrium, not the RV.
 */
function dropAtria(slices_ZYX: readonly Uint8Array[], numColumns: number): void {
  const cavities = slices_ZYX.map((labels_YX) => countLabel(labels_YX, cardiacLabels.lvCavity))
  const isWide = cavities.map((count) => count > MIN_ATRIUM_FRACTION * Math.max(...cavities))
  const wide = slices_ZYX.filter((_, z) => isWide[z])
  if (wide.length < 4) return
  const thickness = wide.map((labels_YX) => ringThickness(labels_YX, numColumns)).sort((a, b) => a - b)
  const usual = thickness[thickness.length >> 1]
  const usualClosed = wide.map((labels_YX) => closedFraction(labels_YX, numColumns)).sort((a, b) => a - b)[wide.length >> 1]
  for (const order of [slices_ZYX.keys(), [...slices_ZYX.keys()].reverse()])
    for (const z of order) {
      if (cavities[z] === 0) continue
      const isClosed = closedFraction(slices_ZYX[z], numColumns) >= MIN_RING_FRACTION * usualClosed
      const isThick = ringThickness(slices_ZYX[z], numColumns) >= MIN_ATRIUM_WALL * usual
      if (isClosed && (isThick || !isWide[z])) break
      slices_ZYX[z].fill(cardiacLabels.background)
    }
}

/** The pixels of a label and those within a reach of it, a rectangle wide. */
function around(labels_YX: Uint8Array, label: number, plane: Plane): Uint8Array {
  const { numRows, numColumns } = plane
  const reachRows = Math.round(MAX_RV_STEP_MM / plane.rowMm)
  const reachColumns = Math.round(MAX_RV_STEP_MM / plane.columnMm)
  const wide_YX = new Uint8Array(labels_YX.length)
  for (let at = 0; at < labels_YX.length; at++) {
    if (labels_YX[at] !== label) continue
    const column = at % numColumns
    wide_YX.fill(1, at - Math.min(reachColumns, column), at + Math.min(reachColumns, numColumns - 1 - column) + 1)
  }
  const near_YX = wide_YX.slice()
  for (let row = 0; row < numRows; row++)
    for (let other = Math.max(0, row - reachRows); other <= Math.min(numRows - 1, row + reachRows); other++)
      for (let column = 0; column < numColumns; column++) near_YX[row * numColumns + column] |= wide_YX[other * numColumns + column]
  return near_YX
}

/** Keeps the RV of each slice to the surroundings of its neighbour's, from the largest RV of the middle slices outwards. */
function steadyRight(slices_ZYX: readonly Uint8Array[], plane: Plane): void {
  const { rvCavity, background } = cardiacLabels
  const numSlices = slices_ZYX.length
  const counts = slices_ZYX.map((labels_YX, z) =>
    z >= Math.floor(numSlices / 4) && z < Math.ceil((3 * numSlices) / 4) ? countLabel(labels_YX, rvCavity) : 0,
  )
  const anchor = counts.indexOf(Math.max(...counts))
  if (counts[anchor] === 0) return
  for (const step of [-1, 1])
    for (let z = anchor + step; z >= 0 && z < numSlices; z += step) {
      const near_YX = around(slices_ZYX[z - step], rvCavity, plane)
      const labels_YX = slices_ZYX[z]
      for (let at = 0; at < labels_YX.length; at++) if (labels_YX[at] === rvCavity && near_YX[at] === 0) labels_YX[at] = background
    }
}

/**
 * Cleans a stack's labels. Starts at the slice with the largest cavity and walks to base and apex, where the heart may not jump.
 *
 * @param labels_ZYX  A network's labels. Shape [Z, Y, X].
 * @param spacingMm   Row and column spacing.
 * @returns           A cleaned copy.
 */
export function cleanLabels(
  labels_ZYX: Uint8Array,
  shape: readonly [number, number, number],
  spacingMm: readonly [number, number],
): Uint8Array {
  const [numSlices, numRows, numColumns] = shape
  const plane = { numRows, numColumns, rowMm: spacingMm[0], columnMm: spacingMm[1] }
  const clean_ZYX = new Uint8Array(labels_ZYX)
  const slice = (z: number) => clean_ZYX.subarray(z * numRows * numColumns, (z + 1) * numRows * numColumns)
  const cavitySizes = Array.from({ length: numSlices }, (_, z) => countLabel(slice(z), cardiacLabels.lvCavity))
  const start = cavitySizes.indexOf(Math.max(...cavitySizes))
  const first = cleanSlice(slice(start), undefined, plane)
  for (const step of [-1, 1]) {
    let near = first
    let missed = 0
    for (let z = start + step; z >= 0 && z < numSlices; z += step) {
      // Beyond two slices without a heart nothing more can belong to it.
      if (near === undefined || missed >= 2) slice(z).fill(cardiacLabels.background)
      else {
        const place = cleanSlice(slice(z), near, plane)
        missed = place === undefined ? missed + 1 : 0
        near = place ?? near
      }
    }
  }
  const slices_ZYX = Array.from({ length: numSlices }, (_, z) => slice(z))
  dropAtria(slices_ZYX, numColumns)
  if (numSlices > 2) steadyRight(slices_ZYX, plane)
  return clean_ZYX
}
