// The walls of both ventricles as radii around the left ventricle's long axis, solved so that volumes and mass come out exactly.
// Hands on: HeartShape, heartShape, HeartState, heartStateAt, wallsAt.
//
// Frame, mm: u to the lateral wall (picture right), v to the inferior wall (picture down), w from base to apex; w = 0 is the base plane
// at end-diastole. The cavity is a bullet of length L: radius R·f(s), s the level from base (0) to apex (1). The epicardium is a second,
// longer bullet whose size keeps muscle volume = mass / 1.05 g/mL in each phase. The right ventricle hangs on it as a crescent
// of thickness H·b over the septal sector. R, R_epi and H follow in closed form from the volumes.
import { createRandom } from '../base/seed.ts'
import type { CardiacCycle } from './cardiac-cycle.ts'
import { contractionAt } from './cardiac-cycle.ts'
import { scarShare } from './electrical-heart.ts'
import { angles, numAngles, numLevels, rootRad, wrap } from './heart-grid.ts'
import { smoothCurve, wallVariation } from './heart-variation.ts'
import type { Person } from './person.ts'
import { fillCrescent, type RightForm, rightForm, rightLevel, rightLevels } from './right-crescent.ts'

export { numAngles } from './heart-grid.ts'

const muscleGramsPerMl = 1.05
const leastWallMm = 2.4
const healedThinning = 0.4 // of the mean wall where a scar goes all through; healed walls are often 4 to 6 mm thick (size argued)

/** What does not change during the beat. */
export type HeartShape = {
  person: Person
  lengthMm: number
  /** Radius factor of cavity and epicardium, at numLevels levels. Shape [numLevels, numAngles] flattened. */
  outline: Float64Array
  /** 0..1 of each wall's motion that a scar takes, at numLevels levels. Shape [numLevels, numAngles] flattened. */
  stiff: Float64Array
  /** Thickness added to the wall, mm, at the same places. */
  excessMm: Float64Array
  apexWallMm: number
  /** Radius factor of the left atrium. Shape [numAngles]. */
  atria_K: Float64Array
  right: RightForm
  /** Crescent of the right ventricle at numLevels levels of its own. Shape [numLevels, numAngles] flattened. */
  crescent: Float64Array
}

/** The solved heart at one moment. */
export type HeartState = {
  contraction: number
  /** How fast blood leaves (positive) or enters (negative), in stroke volumes a second. */
  flowPerSec: number
  lvMl: number
  rvMl: number
  basePlaneMm: number
  apexMm: number
  cavityMm: number
  epicardialMm: number
  rightMm: number
  /** How much wider than the mean a wall that does not move is now. */
  slack: number
}

/** Radii by angle at one level, mm. Shape [numAngles] each. */
export type Walls = {
  endo_K: Float64Array
  epi_K: Float64Array
  right_K: Float64Array
  /** Outside of the right atrium; 0 below the base plane. */
  atrium_K: Float64Array
}

/** Empty walls, to be filled by `wallsAt`. */
export function emptyWalls(): Walls {
  const empty = () => new Float64Array(numAngles)
  return { endo_K: empty(), epi_K: empty(), right_K: empty(), atrium_K: empty() }
}

/** The bullet's profile: 1 near the base, 0 at the apex. */
function profile(level: number): number {
  if (level >= 1) return 0
  const s = Math.max(0, level)
  const top = 1 - s
  return Math.sqrt(1 - s ** 2.4) * (1 - 0.1 * top * top * top)
}

/** Builds what stays the same over the beat. */
export function heartShape(person: Person): HeartShape {
  const { pump } = person
  const { outline, thickness } = wallVariation(person)
  const stiff = new Float64Array(numLevels * numAngles)
  const excessMm = new Float64Array(numLevels * numAngles)
  const meanWallMm = 5.9 * Math.cbrt(pump.lvmG / 86)
  for (let k = 0; k < numAngles; k++) {
    for (let z = 0; z < numLevels; z++) {
      const at = z * numAngles + k
      const level = (z + 0.5) / numLevels
      const scarred = scarShare(person, angles[k], level)
      stiff[at] = 0.9 * scarred
      const bulge = Math.exp(-((wrap(angles[k] - 1.12 * Math.PI) / 0.85) ** 2)) * Math.exp(-(((level - 0.32) / 0.4) ** 2))
      excessMm[at] = meanWallMm * (pump.septalExcess * bulge * 1.15 + thickness[at] - healedThinning * scarred)
    }
  }
  const right = rightForm(person)
  const crescent = new Float64Array(numLevels * numAngles)
  for (let z = 0; z < numLevels; z++) fillCrescent(right, rightLevel(z), crescent.subarray(z * numAngles, (z + 1) * numAngles))
  // The left atrium lies behind the aortic root: its outline draws in where the two meet.
  const atria_K = smoothCurve(createRandom(`${person.seed}/atria/${person.index}`), 1, [0.05, 0.06, 0.05, 0.03]).map(
    (wave, k) => 1 + wave - 0.16 * Math.exp(-(((Math.abs(wrap(angles[k] - rootRad)) - 1.15) / 0.4) ** 2)),
  )
  return { person, lengthMm: pump.lvLengthMm, outline, stiff, excessMm, apexWallMm: 0.7 * meanWallMm, atria_K, right, crescent }
}

/** Left atrium above the base plane: its radius there, by how far above (`level` is negative); closed about 0.65 lengths up. */
function atrialRadius(shape: HeartShape, baseRadiusMm: number, level: number, k: number): number {
  const away = (-level - 0.15) / 0.5
  const size = Math.cbrt(shape.person.pump.leftAtriumMaxMl / 71) // [population.ts] mean of both sexes
  return away >= 1 ? 0 : baseRadiusMm * 0.84 * size * shape.atria_K[k] * Math.sqrt(1 - away * away)
}

/** Right atrium beside it: radius beyond the left atrium's wall by angle and level, mm. */
function rightAtrium(shape: HeartShape, k: number, level: number): number {
  const away = (-level - 0.22) / 0.42
  const across = wrap(angles[k] - 0.93 * Math.PI) / 1.05
  if (away >= 1 || away <= -1 || across >= 1 || across <= -1) return 0
  const reachMm = 36 * Math.cbrt(shape.person.pump.rightAtriumMaxMl / 80)
  return reachMm * shape.right.wave_K[k] * Math.sqrt(1 - away * away) * (1 - across * across) ** 0.7
}

const atrialWallMm = 2.5

/** Where the row of a level begins in tables of shape [numLevels, numAngles]. */
function rowOf(level: number): number {
  return Math.min(numLevels - 1, Math.max(0, Math.floor(level * numLevels))) * numAngles
}

/**
 * The heart at one moment of the beat, with cavity volumes exact.
 *
 * @param ms  After the R wave.
 */
export function heartStateAt(shape: HeartShape, cycle: CardiacCycle, ms: number): HeartState {
  const { pump } = shape.person
  const contraction = contractionAt(cycle, ms)
  const flowPerSec = (contractionAt(cycle, ms + 12) - contractionAt(cycle, Math.max(0, ms - 12))) / 0.024
  const lvMl = pump.lvedvMl - (pump.lvedvMl - pump.lvesvMl) * contraction
  // The right ventricle begins a little later.
  const rvContraction = contractionAt(cycle, Math.max(0, ms - (ms < cycle.endSystoleMs ? 8 : 0)))
  const rvMl = pump.rvedvMl - (pump.rvedvMl - pump.rvesvMl) * rvContraction
  const basePlaneMm = pump.baseDescentMm * contraction
  const apexMm = shape.lengthMm - 0.9 * contraction
  const lengthMm = apexMm - basePlaneMm
  const slack = Math.sqrt((pump.lvedvMl / lvMl) * (lengthMm / shape.lengthMm)) - 1
  const cavityMm = Math.sqrt((lvMl * 1000) / (lengthMm * sumOver(shape, slack)))
  const epicardialMm = solveEpicardium(shape, cavityMm, slack, lengthMm, lvMl + pump.lvmG / muscleGramsPerMl)
  const rightMm = solveRight(shape, cavityMm, epicardialMm, slack, lengthMm, rvMl)
  return { contraction, flowPerSec, lvMl, rvMl, basePlaneMm, apexMm, cavityMm, epicardialMm, rightMm, slack }
}

/** Cavity radius over its size; `row` and `round`, the profile there, are worked out once a level. */
function endoFactor(shape: HeartShape, row: number, round: number, k: number, slack: number): number {
  return round * shape.outline[row + k] * (1 + slack * shape.stiff[row + k])
}

function sumOver(shape: HeartShape, slack: number): number {
  let sum = 0
  for (let z = 0; z < numLevels; z++) {
    const level = (z + 0.5) / numLevels
    const round = profile(level)
    const row = rowOf(level)
    for (let k = 0; k < numAngles; k++) sum += 0.5 * endoFactor(shape, row, round, k, slack) ** 2
  }
  return (sum * 2 * Math.PI) / (numLevels * numAngles)
}

/** Epicardial radius; `outer` and `inner` are the profiles of epicardium and cavity at this level. */
function epiRadius(
  shape: HeartShape,
  size: number,
  cavityMm: number,
  slack: number,
  level: number,
  row: number,
  outer: number,
  inner: number,
  k: number,
): number {
  const free = outer * (size * shape.outline[row + k] + shape.excessMm[row + k])
  if (level >= 1) return free
  return Math.max(free, cavityMm * endoFactor(shape, row, inner, k, slack) + leastWallMm)
}

/** Profile of the epicardium at a level of the cavity: a longer bullet. */
function outerProfile(shape: HeartShape, lengthMm: number, level: number): number {
  return profile((level * lengthMm) / (lengthMm + shape.apexWallMm))
}

/** Finds the epicardial bullet that holds cavity and muscle, by the secant method on the summed volume. */
function solveEpicardium(shape: HeartShape, cavityMm: number, slack: number, lengthMm: number, wantedMl: number): number {
  const total = (size: number): number => {
    const longMm = lengthMm + shape.apexWallMm
    let sum = 0
    for (let z = 0; z < numLevels; z++) {
      const level = (((z + 0.5) / numLevels) * longMm) / lengthMm
      const outer = outerProfile(shape, lengthMm, level)
      const inner = profile(level)
      const row = rowOf(level)
      for (let k = 0; k < numAngles; k += 2) sum += 0.5 * epiRadius(shape, size, cavityMm, slack, level, row, outer, inner, k) ** 2
    }
    return (sum * 2 * Math.PI * longMm) / (numLevels * (numAngles / 2)) / 1000
  }
  let before = cavityMm + 5
  let now = cavityMm + 9
  let beforeMl = total(before) - wantedMl
  for (let i = 0; i < 8; i++) {
    const nowMl = total(now) - wantedMl
    if (Math.abs(nowMl) < 0.02 || nowMl === beforeMl) break
    const next = now - (nowMl * (now - before)) / (nowMl - beforeMl)
    before = now
    beforeMl = nowMl
    now = Math.max(cavityMm + 0.5, next)
  }
  return now
}

/** Crescent thickness for the wanted right volume: the root of a quadratic. */
function solveRight(shape: HeartShape, cavityMm: number, epicardialMm: number, slack: number, lengthMm: number, wantedMl: number): number {
  let square = 0
  let linear = 0
  const range = rightLevels[1] - rightLevels[0]
  for (let z = 0; z < numLevels; z++) {
    const level = rightLevel(z)
    const inside = Math.max(0, level)
    const outer = outerProfile(shape, lengthMm, inside)
    const inner = profile(inside)
    const row = rowOf(inside)
    for (let k = 0; k < numAngles; k++) {
      const b = shape.crescent[z * numAngles + k]
      if (b === 0) continue
      const epi = epiRadius(shape, epicardialMm, cavityMm, slack, inside, row, outer, inner, k)
      square += 0.5 * b * b
      linear += b * (level < 0 ? atrialRadius(shape, epi, level, k) + atrialWallMm : epi)
    }
  }
  const cell = ((2 * Math.PI) / numAngles) * ((lengthMm * range) / numLevels)
  const a = square * cell
  const b = linear * cell
  return (Math.sqrt(b * b + 4 * a * wantedMl * 1000) - b) / (2 * a)
}

/**
 * The walls at one height.
 *
 * @param heightMm  w of the plane.
 * @returns         Radii about the long axis; endo 0 below the cavity's apex, all 0 beyond the epicardium. Above the base plane
 *                  `level` is negative and `endo_K`, `epi_K` are the inside and outside of the left atrium.
 */
export function wallsAt(shape: HeartShape, state: HeartState, heightMm: number, into?: Walls): Walls & { level: number } {
  const lengthMm = state.apexMm - state.basePlaneMm
  const level = (heightMm - state.basePlaneMm) / lengthMm
  const walls = into ?? emptyWalls()
  const inside = Math.max(0, level)
  const outer = outerProfile(shape, lengthMm, inside)
  const inner = profile(inside)
  const row = rowOf(inside)
  fillCrescent(shape.right, level, walls.right_K)
  for (let k = 0; k < numAngles; k++) {
    const wallMm = epiRadius(shape, state.epicardialMm, state.cavityMm, state.slack, inside, row, outer, inner, k)
    const endo =
      level >= 1 ? 0 : level < 0 ? atrialRadius(shape, wallMm, level, k) : state.cavityMm * endoFactor(shape, row, inner, k, state.slack)
    const epi = level < 0 ? (endo > 0 ? endo + atrialWallMm : 0) : wallMm
    walls.endo_K[k] = endo
    walls.epi_K[k] = epi
    walls.right_K[k] = epi + state.rightMm * walls.right_K[k]
    walls.atrium_K[k] = level < 0 ? epi + rightAtrium(shape, k, level) : 0
  }
  return { ...walls, level }
}
