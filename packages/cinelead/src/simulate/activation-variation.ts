// How one heart's activation differs from the next one's: where the Purkinje net enters, how much each wall adds, where a spot conducts late.
// Hands on: ActivationVariation, drawActivationVariation, Front, frontsOf.
//
// Durrer 1970 (Circulation 41:899) found each of seven hearts entered at somewhat other places; the sizes here are our own choice, set so
// that the clean beats' axis, turns and R progression spread as published normal ranges do (docs/simulator.md).
import type { Random } from '../base/seed.ts'
import type { Vector3 } from './heart-axes.ts'

/** One piece of a wall's depolarisation: peak after QRS onset, spread, moment. */
export type Front = { activationMs: number; spreadMs: number; moment: Vector3 }

export type ActivationVariation = {
  /** How much later than usual a place of the wall is reached, ms. */
  delayMs(angleRad: number, level: number): number
  /** Size of the left ventricle's walls one by one, of the first septal vector, the right walls and the conus, against the usual. */
  wallGain(): number
  septalGain: number
  rightGain: number
  conusGain: number
  /** Turn of all fronts about the vertical, positive to the back (clockwise as seen from below). */
  horizontalTurnRad: number
}

/** Draws one person's variation. */
export function drawActivationVariation(random: Random): ActivationVariation {
  const waves = Array.from({ length: 5 }, () => random.normal())
  const logNormal = (spread: number): number => Math.exp(spread * random.normal())
  return {
    delayMs: (angle, level) =>
      2.6 * (waves[0] * Math.cos(angle) + waves[1] * Math.sin(angle)) +
      1.8 * (waves[2] * Math.cos(2 * angle) + waves[3] * Math.sin(2 * angle)) +
      7 * waves[4] * (level - 0.5),
    wallGain: () => Math.exp(0.17 * random.normal() - 0.014),
    septalGain: logNormal(0.3),
    rightGain: logNormal(0.22),
    conusGain: logNormal(0.35),
    horizontalTurnRad: 0.17 * random.normal(),
  }
}

/**
 * Breaks one wall's activation into three pieces and, in a ragged heart, a late one: slurs and notches arise where they do not line up.
 *
 * @param whole          Time, spread and moment of the whole wall; the pieces' areas add up to it, each leaning a little its own way.
 * @param leanFraction   How far each piece may lean to any side, against its own length.
 * @param fragmentation  How often and how much a spot conducts late.
 */
export function frontsOf(whole: Front, fragmentation: number, leanFraction: number, random: Random): Front[] {
  const { activationMs, spreadMs, moment } = whole
  const strength = Math.hypot(moment[0], moment[1], moment[2])
  const narrow = 0.62 * spreadMs
  const shares = [random.between(0.5, 1.5), random.between(0.5, 1.5), random.between(0.5, 1.5)]
  const sum = shares[0] + shares[1] + shares[2]
  const piece = (share: number, delayMs: number, width: number): Front => {
    const size = (share * spreadMs) / width
    const lean = (part: number): number => size * (moment[part] + leanFraction * strength * random.normal())
    return { activationMs: activationMs + delayMs, spreadMs: width, moment: [lean(0), lean(1), lean(2)] }
  }
  const late = random.chance(Math.min(0.6, 1.5 * fragmentation)) ? random.between(0.12, 0.3) : 0
  const lateMs = random.between(1.2, 2.4) * spreadMs
  const stepMs = 0.85 * spreadMs
  const fronts = shares.map((share, k) => piece(((1 - late) * share) / sum, (k - 1) * stepMs * random.between(0.7, 1.3), narrow))
  return late > 0 ? [...fronts, piece(late, lateMs, 0.62 * spreadMs)] : fronts
}
