// What a network labels -> what one heart can be: one LV cavity a slice, near that of the neighbouring slice, a wall that touches
// it, no atria, one RV beside and above it. Works outwards from the middle slices, where networks err least.
// Hands on: cleanLabels, countLabel.
import { cardiacLabels } from '../../formats/volume.ts'
import { cleanRight } from './clean-right.ts'
import { type Component, convexFill, fillHoles, findComponents } from './components.ts'
import { fillLost } from './fill-lost.ts'
import { countLabel, distanceMm, keepPart, only, type Place, type Plane } from './label-plane.ts'

export { countLabel } from './label-plane.ts'

const MAX_STEP_MM = 30 // the LV's centre from slice to slice; more is another organ (project's own choice)
const MIN_ATRIUM_FRACTION = 0.5 // of the largest cavity: an apex is smaller, an atrium is not (project's own choice)
const USUAL_WALL = 0.72 // of the wall that is usual in the stack: such a ring is ventricle for certain (project's own choice)
const MIN_ATRIUM_WALL = 0.6 // of the wall of the slice before it: an atrium's is a third of a ventricle's (project's own choice)
const MIN_RING_FRACTION = 0.3 // of the rim with wall beside it, over that of the stack's usual slice: in 88 simulated people ventricles lie above, atria whose wall is not thin below
const MIN_CLOSED_FRACTION = 0.25 // a ring more open than this says nothing of its wall (project's own choice)
const MIN_SOLID_FRACTION = 0.7 // of its convex outline: wall without cavity is an apex if it is as solid, else a stray arc (project's own choice)
const MIN_SUPPORT = 0.9 // of what the most agree on: neighbouring slices of one heart differ by less, another organ by more (project's own choice)
const MIN_CAVITY_MM2 = 20 // below it a cavity is a speck (project's own choice)

export type CleanOptions = {
  /** Distance of slice centres, mm; default 10. */
  sliceMm?: number
  /** Leave the RV as it is: where only the LV is asked, as on the middle slice over time. */
  leftOnly?: boolean
  /** Gets the slices within the heart that had no LV and whose ring is drawn from their neighbours. */
  filled?: number[]
}

function countCavity(labels_YX: Uint8Array, pixels: Int32Array): number {
  let count = 0
  for (const at of pixels) if (labels_YX[at] === cardiacLabels.lvCavity) count++
  return count
}

/** Parts of cavity and wall, none farther than a step from the neighbouring slice's; the one with the most cavity first. */
function heartParts(labels_YX: Uint8Array, near: Place | undefined, plane: Plane): { part: Component; score: number }[] {
  const isHeart_YX = only(labels_YX, cardiacLabels.lvCavity, cardiacLabels.myocardium)
  return findComponents(isHeart_YX, plane.numRows, plane.numColumns)
    .filter((part) => near === undefined || distanceMm(part, near, plane) <= MAX_STEP_MM)
    .map((part) => ({ part, score: countCavity(labels_YX, part.pixels) + 0.2 * part.size })) // the wall counts a little, so that an apex without cavity is kept
    .sort((a, b) => b.score - a.score)
}

/** Takes the LV and its wall from a slice. */
function eraseLeft(labels_YX: Uint8Array): void {
  for (let at = 0; at < labels_YX.length; at++) if (labels_YX[at] !== cardiacLabels.rvCavity) labels_YX[at] = cardiacLabels.background
}

/** Whether a part is far from filling its convex outline. */
function isArc(pixels: Int32Array, numColumns: number): boolean {
  return pixels.length < MIN_SOLID_FRACTION * convexFill(pixels, numColumns).length
}

/** Cleans the LV of one slice in place; returns its centre, or undefined where there is none. */
function cleanLeft(labels_YX: Uint8Array, near: Place | undefined, plane: Plane): Place | undefined {
  const { numRows, numColumns } = plane
  const { lvCavity, myocardium, rvCavity } = cardiacLabels
  const heart = heartParts(labels_YX, near, plane)[0]?.part
  const cavityParts = heart?.pixels.filter((at) => labels_YX[at] === lvCavity) ?? new Int32Array(0)
  const isStray = heart !== undefined && cavityParts.length === 0 && isArc(heart.pixels, numColumns)
  if (heart === undefined || isStray) {
    eraseLeft(labels_YX)
    return undefined
  }
  keepPart(labels_YX, lvCavity, undefined)
  keepPart(labels_YX, myocardium, heart.pixels)
  const isCavity_YX = new Uint8Array(labels_YX.length)
  for (const at of cavityParts) isCavity_YX[at] = 1
  const [cavity] = findComponents(isCavity_YX, numRows, numColumns)
  // Holes of the wall are wall; holes of the cavity are papillary muscle, which the usual convention counts as blood.
  for (const at of fillHoles(heart.pixels, numColumns)) labels_YX[at] = myocardium
  if (cavity !== undefined && cavity.size * plane.rowMm * plane.columnMm >= MIN_CAVITY_MM2) {
    // Contours by hand run straight past papillary muscles that stand against the wall, too (Kramer 2020, volumes with papillaries), and across
    // what an open ring leaves out.
    for (const at of convexFill(cavity.pixels, numColumns)) if (labels_YX[at] !== rvCavity) labels_YX[at] = lvCavity
  }
  return { row: heart.rowMean, column: heart.columnMean }
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
 * Takes the LV from wide, thin-walled rings at the ends of the stack: in systole the base moves towards the apex and its slices show
 * the atria, whose walls are far thinner than the ventricle's.
 *
 * Outwards from the outermost slice that has the usual wall, a ring is an atrium if its wall is much thinner than that of the slice
 * before it: a ventricle thins out gradually, the step to an atrium is sudden.
 */
function dropAtria(slices_ZYX: readonly Uint8Array[], numColumns: number): void {
  const cavities = slices_ZYX.map((labels_YX) => countLabel(labels_YX, cardiacLabels.lvCavity))
  const isWide = cavities.map((count) => count > MIN_ATRIUM_FRACTION * Math.max(...cavities))
  const closed = slices_ZYX.map((labels_YX) => closedFraction(labels_YX, numColumns))
  const walls = slices_ZYX.map((labels_YX) => ringThickness(labels_YX, numColumns))
  const wide = [...isWide.keys()].filter((z) => isWide[z])
  if (wide.length < 4) return
  const usual = (values: readonly number[]) => wide.map((z) => values[z]).sort((a, b) => a - b)[wide.length >> 1]
  const [usualWall, usualClosed] = [usual(walls), usual(closed)]
  const isVentricle = (z: number) => walls[z] >= USUAL_WALL * usualWall && closed[z] >= MIN_RING_FRACTION * usualClosed
  const certain = wide.filter(isVentricle)
  for (const [from, step] of [
    [certain[0], -1],
    [certain[certain.length - 1], 1],
  ]) {
    let isBeyond = false
    for (let z = from + step; z >= 0 && z < slices_ZYX.length; z += step) {
      if (cavities[z] === 0) continue
      const isAtrium = isWide[z] && walls[z] < MIN_ATRIUM_WALL * Math.min(usualWall, walls[z - step])
      if (isAtrium || closed[z] < MIN_RING_FRACTION * usualClosed) isBeyond = true
      if (isBeyond) eraseLeft(slices_ZYX[z])
    }
  }
}

/** Takes wall without cavity from beside a wide cavity: an apex tapers, at the base it is what is left of a ring that the network lost. */
function dropLostRings(slices_ZYX: readonly Uint8Array[]): void {
  const cavities = slices_ZYX.map((labels_YX) => countLabel(labels_YX, cardiacLabels.lvCavity))
  const isWide = (z: number) => z >= 0 && z < cavities.length && cavities[z] > MIN_ATRIUM_FRACTION * Math.max(...cavities)
  for (const [z, labels_YX] of slices_ZYX.entries()) {
    const isEnd = !cavities.slice(0, z).some((area) => area > 0) || !cavities.slice(z + 1).some((area) => area > 0)
    if (cavities[z] === 0 && isEnd && (isWide(z - 1) || isWide(z + 1))) eraseLeft(labels_YX)
  }
}

/**
 * Where the heart is for certain: the largest part of the middle slices on which the stack agrees. Bowel may look like a ventricle and be larger
 * than one at end-systole, but not slice after slice in the same place.
 *
 * @returns  Undefined where no slice has a cavity or wall.
 */
function startAt(slices_ZYX: readonly Uint8Array[], plane: Plane): { z: number; place: Place } | undefined {
  const parts = slices_ZYX.map((labels_YX) => heartParts(labels_YX, undefined, plane))
  const [from, to] = [Math.floor(parts.length / 4), Math.ceil((3 * parts.length) / 4)]
  const isMiddle = (z: number) => z >= from && z < to
  const all = parts.flatMap((some, z) =>
    some.map(({ part, score }) => ({ z, place: { row: part.rowMean, column: part.columnMean }, score })),
  )
  const middle = all.filter(({ z }) => isMiddle(z))
  const candidates = (middle.length > 0 ? middle : all).map((one) => {
    const inStack = parts.map((some) => some.find(({ part }) => distanceMm(part, one.place, plane) <= MAX_STEP_MM)?.score ?? 0)
    return { ...one, support: inStack.reduce((sum, score) => sum + score, 0) }
  })
  const most = Math.max(...candidates.map(({ support }) => support))
  return candidates.filter(({ support }) => support >= MIN_SUPPORT * most).sort((a, b) => b.score - a.score)[0]
}

/**
 * Cleans a stack's labels. Starts at the largest part of the middle slices on which the stack agrees and walks to base and apex, where the heart may not jump.
 *
 * @param labels_ZYX  A network's labels. Shape [Z, Y, X].
 * @param spacingMm   Row and column spacing.
 * @returns           A cleaned copy.
 */
export function cleanLabels(
  labels_ZYX: Uint8Array,
  shape: readonly [number, number, number],
  spacingMm: readonly [number, number],
  options: CleanOptions = {},
): Uint8Array {
  const [numSlices, numRows, numColumns] = shape
  const plane = { numRows, numColumns, rowMm: spacingMm[0], columnMm: spacingMm[1] }
  const clean_ZYX = new Uint8Array(labels_ZYX)
  const slices_ZYX = Array.from({ length: numSlices }, (_, z) =>
    clean_ZYX.subarray(z * numRows * numColumns, (z + 1) * numRows * numColumns),
  )
  const places_Z = new Array<Place | undefined>(numSlices)
  const { z: start, place } = startAt(slices_ZYX, plane) ?? { z: 0, place: undefined }
  places_Z[start] = cleanLeft(slices_ZYX[start], place, plane)
  for (const step of [-1, 1]) {
    let near = places_Z[start]
    let missed = 0
    for (let z = start + step; z >= 0 && z < numSlices; z += step) {
      // Beyond two slices without a heart nothing more can belong to it.
      if (near === undefined || missed >= 2) eraseLeft(slices_ZYX[z])
      else {
        places_Z[z] = cleanLeft(slices_ZYX[z], near, plane)
        missed = places_Z[z] === undefined ? missed + 1 : 0
        near = places_Z[z] ?? near
      }
    }
  }
  dropAtria(slices_ZYX, numColumns)
  dropLostRings(slices_ZYX)
  const filled = fillLost(slices_ZYX, places_Z, plane)
  options.filled?.push(...filled)
  if (options.leftOnly !== true) {
    const stillThere_Z = places_Z.map((place, z) => (slices_ZYX[z].some((label) => label === 1 || label === 2) ? place : undefined))
    cleanRight(slices_ZYX, stillThere_Z, plane, options.sliceMm ?? 10)
  }
  return clean_ZYX
}
