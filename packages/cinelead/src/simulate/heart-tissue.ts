// What one pixel of the heart holds and how bright that is: shares of blood, muscle, fat by the walls that cross it.
// Hands on: createHeartTissue, HeartTissue. Used by the short-axis and the long-axis painter alike.
//
// Partial volume: the shares are averaged over sub-planes through the slice, and in the plane follow from the distance of the
// pixel's centre to each wall in pixels.
import { cardiacLabels } from '../formats/volume.ts'
import type { HeartState, Walls } from './heart-shape.ts'
import { numAngles } from './heart-shape.ts'
import type { Person } from './person.ts'
import type { Contrast } from './scanner.ts'
import { grain, step } from './texture.ts'

const rightWallMm = 3.2

/** A papillary muscle's cut through the slice. */
export type Disc = { u: number; v: number; radiusMm: number }

export type HeartTissue = {
  /** Label of the last pixel that `signalAt` was asked for. */
  label: number
  /**
   * Signal of a pixel, blood = 1.
   *
   * @param walls    Sub-planes through the slice, with their levels (0 base to 1 apex; negative above the base).
   * @param low      Angle index below the pixel's angle, with the fraction to the next.
   * @param outside  Signal of what lies around the heart here.
   */
  signalAt(u: number, v: number, heightMm: number, radius: number, low: number, part: number, outside: number): number
  /** Sets the moment: walls by sub-plane, contraction, twist of the trabeculae and the papillary muscles' cuts. */
  setMoment(walls: readonly Walls[], levels: Float64Array, state: HeartState, turnRad: number, papillary: readonly Disc[]): void
}

/** 0..1: how much of a pixel lies inside a wall, by distance in pixels. */
export function coverage(distancePixels: number): number {
  // A little wider than the pixel itself: the spread of a band-limited picture.
  return distancePixels <= -0.8 ? 0 : distancePixels >= 0.8 ? 1 : 0.5 + distancePixels / 1.6
}

/** How a person's heart looks under one contrast. `ragged_K` and `fat_K` by angle, shape [numAngles]. */
export function createHeartTissue(
  person: Person,
  contrast: Contrast,
  pixelMm: number,
  lattice: Float32Array,
  ragged_K: Float64Array,
  fat_K: Float64Array,
): HeartTissue {
  const edge = 1 / pixelMm
  let walls: readonly Walls[] = []
  let levels: Float64Array = new Float64Array(0)
  let papillary: readonly Disc[] = []
  let turnAngles = 0
  let strandMm = 4.2
  let flow = 0
  const { trabeculation } = person.pump
  const cavitySignal = (u: number, v: number, heightMm: number, rim: number, rag: number): number => {
    // Inflow and slow eddies make blood uneven.
    let signal = contrast.blood * (0.93 + 0.13 * grain(lattice, u, v + 60 * flow, heightMm, 13))
    const reachMm = 2.5 + 9 * trabeculation * (0.6 + 0.4 * rag)
    if (rim < reachMm) {
      // Trabeculae: strands of muscle that reach from the wall into the blood, drawn together in systole.
      const strand = grain(lattice, u, v, heightMm * 0.6, strandMm)
      signal += 0.8 * step(strand + 0.15 - 0.9 * Math.max(0, rim / reachMm), 0.3) * (contrast.muscle - signal)
    }
    for (const disc of papillary) {
      const away = disc.radiusMm - Math.hypot(u - disc.u, v - disc.v)
      if (away < -3) continue
      const inside = coverage((away + 1.6 * grain(lattice, u, v, heightMm, 3.4)) * edge)
      signal += (contrast.muscle * 1.08 - signal) * inside * 0.88
    }
    return signal
  }
  return {
    label: cardiacLabels.background,
    setMoment(newWalls, newLevels, state, turnRad, newPapillary) {
      walls = newWalls
      levels = newLevels
      papillary = newPapillary
      turnAngles = (turnRad / (2 * Math.PI)) * numAngles
      flow = state.contraction
      strandMm = 4.2 * (1 - 0.25 * state.contraction)
    },
    signalAt(u, v, heightMm, radius, low, part, outside) {
      const high = low + 1 === numAngles ? 0 : low + 1
      let blood = 0
      let muscle = 0
      let right = 0
      let thin = 0
      let fat = 0
      let atrium = 0
      for (let k = 0; k < walls.length; k++) {
        const { endo_K, epi_K, right_K, atrium_K } = walls[k]
        const endo = endo_K[low] + part * (endo_K[high] - endo_K[low])
        const epi = epi_K[low] + part * (epi_K[high] - epi_K[low])
        const rv = right_K[low] + part * (right_K[high] - right_K[low])
        const hasRight = rv > epi + 0.3
        const inEndo = endo > 0 ? coverage((endo - radius) * edge) : 0
        const inEpi = epi > 0 ? coverage((epi - radius) * edge) : 0
        const inRight = hasRight ? coverage((rv - radius) * edge) : inEpi
        const inThin = hasRight ? coverage((rv + rightWallMm - radius) * edge) : inEpi
        const outerMm = hasRight ? rv + rightWallMm + 1.5 : epi
        if (levels[k] < 0) {
          // Above the base plane: both atria with thin walls; the right one where the ventricle leaves it room.
          atrium += inEndo
          thin += inEpi - inEndo
          const side = atrium_K[low] + part * (atrium_K[high] - atrium_K[low])
          if (side > rv + 0.3) {
            const inSide = Math.max(inThin, coverage((side - radius) * edge))
            const inSideWall = coverage((side + 2 - radius) * edge)
            atrium += inSide - inThin
            thin += inSideWall - inSide
            fat += Math.max(0, coverage((side + 2 + fat_K[low] - radius) * edge) - inSideWall)
            right += inRight - inEpi
            thin += inThin - inRight
            continue
          }
        } else {
          blood += inEndo
          muscle += inEpi - inEndo
        }
        right += inRight - inEpi
        thin += inThin - inRight
        if (outerMm > 0) fat += coverage((outerMm + fat_K[low] - radius) * edge) - inThin
      }
      const share = 1 / walls.length
      blood *= share
      muscle *= share
      right *= share
      thin *= share
      fat *= share
      atrium *= share
      this.label =
        blood >= 0.5
          ? cardiacLabels.lvCavity
          : blood + muscle >= 0.5
            ? cardiacLabels.myocardium
            : right >= 0.5
              ? cardiacLabels.rvCavity
              : cardiacLabels.background
      const rest = Math.max(0, 1 - blood - muscle - right - thin - fat - atrium)
      let signal = rest * outside + fat * contrast.fat * 0.88 + thin * contrast.muscle * 1.15 + atrium * contrast.blood * 0.95
      const middle = walls[walls.length >> 1]
      if (blood > 0) {
        const rag = ragged_K[((low + turnAngles) | 0) & (numAngles - 1)]
        signal += blood * cavitySignal(u, v, heightMm, middle.endo_K[low] - radius, rag)
      }
      if (muscle > 0)
        signal += muscle * contrast.muscle * (1 + 0.14 * grain(lattice, u, v, heightMm, 8) + 0.08 * grain(lattice, u, v, heightMm, 3.1))
      if (right > 0) {
        // The right ventricle is coarser and its blood less even.
        const strand = grain(lattice, u, v, heightMm * 0.6 + 90, strandMm * 1.3)
        const rim = Math.max(0, middle.right_K[low] - radius)
        const cavity = contrast.blood * (0.9 + 0.12 * grain(lattice, u, v + 60 * flow, heightMm + 40, 12))
        signal += right * (cavity + step(strand - 0.18 - 0.04 * rim, 0.35) * 0.7 * (contrast.muscle - cavity))
      }
      // Fat and water in one pixel cancel: the dark line around the heart.
      if (fat + rest > 0) signal *= 1 - 0.5 * Math.min(1, 4 * Math.min(muscle + thin, fat + rest))
      return signal
    },
  }
}
