// How one wall of the heart recovers after its activation: its T, its ST, and what strain, ischaemia, scar and block make of them.
// Hands on: Dipole, Wall, withRecovery, frontSpreadMs, fallMs, tangentOfFall.
//
// T follows from Wilson's ventricular gradient: T area = gradient - QRS area.
import type { Front } from './activation-variation.ts'
import { combine, unit, type Vector3 } from './heart-axes.ts'
import type { Person } from './person.ts'

/** One segment's dipole. Positions in mm and directions as DICOM (x left, y back, z up), from the middle of the chest. */
export type Dipole = {
  positionMm: Vector3
  /** Depolarisation in pieces: times after QRS onset, spreads, moments (arbitrary unit, one for all). */
  fronts: readonly Front[]
  /** Repolarisation: middle after QRS onset, time constants of its rise and fall, moment. */
  recoveryMs: number
  recoveryRiseMs: number
  recoveryFallMs: number
  recoveryMoment: Vector3
  /** Plateau between the two: ST deviation. */
  plateauMoment: Vector3
}

/** One wall before its recovery is known. */
export type Wall = {
  deg: number
  level: number
  positionMm: Vector3
  /** When the wall is activated in this person, and when the table says. */
  activationMs: number
  tableMs: number
  /** How far pieces of its front lean aside, against their length. */
  lean: number
  spreadMs: number
  moment: Vector3
  outward: Vector3
  apical: Vector3
  strength: number
  qtPeakMs: number
  scarred: number
}

/** Spread in time of a usual wall's activation. */
export const frontSpreadMs = 8.5
/** Repolarisation moment per unit of gradient against depolarisation area; tuned on the T/R ratio of healthy LUDB leads. */
const gradientScale = 0.48
/** T rises more slowly than it falls; time constants of both flanks, for a width at half height near 105 ms (bench/simulator-ecg.ts). */
const riseMs = 36
export const fallMs = 20
/** From the middle of T to where its steepest tangent meets the baseline, in time constants of the fall. */
export const tangentOfFall = 3.4

/** To the front and a little right, where normal ST elevation points: V2 and V3. */
const stDirection: Vector3 = [-0.15, -0.98, 0.1]

/** The dipole of a wall, its fronts as they are. `recoveryDelayMs` is this wall's own. */
export function withRecovery(person: Person, wall: Wall, fronts: readonly Front[], recoveryDelayMs: number): Dipole {
  const { conduction } = person
  const angle = (wall.deg * Math.PI) / 180
  const lateralness = 0.5 * (1 + Math.cos(angle)) * (wall.level > 0.1 ? 1 : 0.5)
  const near = 0.5 * (1 + Math.cos(angle - conduction.ischaemiaRad))
  const strain = conduction.strainFraction * lateralness
  const ischaemia = conduction.ischaemiaFraction * near ** 2
  // Ventricular gradient of this wall, in units of the area of its usual depolarisation.
  const gradient = gradientScale * conduction.gradientFraction * (1 - 1.5 * strain - 1.6 * ischaemia - 0.7 * wall.scarred)
  // The thin apex adds little to T although the chest leads are near to it.
  const area = wall.strength * frontSpreadMs * (wall.level > 0.8 ? 0.6 : 1.1)
  // Apex and front recover first: the gradient points less to the back than the QRS does, in each person a little elsewhere.
  const downstream = unit(combine([1, wall.outward], [0.8, wall.apical], [1, conduction.recoveryTilt]))
  const perArea = 1 / (0.65 * (riseMs + fallMs) * conduction.recoverySpread)
  // A late or reversed wall (block, ectopy) recovers against its own depolarisation: the gradient does not change, so T turns.
  const late = Math.max(0, wall.tableMs - 66) / 60
  const isReversed = wall.moment[0] * wall.outward[0] + wall.moment[1] * wall.outward[1] + wall.moment[2] * wall.outward[2] < 0
  const against = isReversed ? 0.75 : Math.min(0.9, late)
  return {
    positionMm: wall.positionMm,
    fronts,
    recoveryMs: wall.qtPeakMs + 0.25 * (40 - wall.activationMs) + recoveryDelayMs,
    recoveryRiseMs: riseMs * conduction.recoverySpread,
    recoveryFallMs: fallMs * conduction.recoverySpread,
    recoveryMoment: combine([gradient * area * perArea, downstream], [-1.5 * against * area * perArea, unit(wall.moment)]),
    plateauMoment: combine(
      [0.012 * wall.strength - wall.strength * (0.07 * strain + 0.06 * ischaemia), wall.outward],
      // Early recovery in front and at the apex lifts ST where the chest leads look, less over a wall that is short of blood.
      [conduction.stFraction * wall.strength * (1 - strain - ischaemia), stDirection],
      [-0.05 * against * wall.strength, unit(wall.moment)],
    ),
  }
}
