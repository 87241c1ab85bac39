// What one pixel of the heart holds and how bright that is: shares of blood, muscle, fat by the walls that cross it.
// Hands on: createHeartTissue, HeartTissue. Used by the short-axis and the long-axis painter alike.
//
// Partial volume: the shares are averaged over sub-planes through the slice, and in the plane follow from the distance of the
// pixel's centre to each wall in pixels.
import { createRandom, type Random } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { createBloodLook, type Lobe } from './blood-look.ts'
import { coronaries, epicardialFat, inkLine, raggedEdge } from './heart-decor.ts'
import { type HeartState, numAngles, type Walls } from './heart-shape.ts'
import { smoothCurve } from './heart-variation.ts'
import type { Person } from './person.ts'
import type { Contrast } from './scanner.ts'
import { coverage, grain, step } from './texture.ts'

const rightWallMm = 2
const slant = 0.2 // own choice: a third of what the walls of three sub-planes differ by, spread over it smoothly
const clearPixels = 0.81 // beyond this distance a wall covers none of a pixel or all of it, see `coverage`
const sacMm = 1.1 // pericardium, 1 to 2 mm in pictures

export type HeartTissue = {
  /** How far wall, fat and pericardium can reach beyond the cavities, by angle, mm; farther out `signalAt` gives what lies around. Shape [numAngles]. */
  rimMm_K: Float64Array
  /** Up to which radius nothing of what lies around can be in a pixel at this moment, by angle, mm; -1 where that is not known. Shape [numAngles]. */
  solidTo_K: Float64Array
  /** Label of the last pixel that `signalAt` was asked for. */
  label: number
  /**
   * Signal of a pixel, blood = 1.
   *
   * @param walls    Sub-planes through the slice, with their levels (0 base to 1 apex; negative above the base).
   * @param low      Angle index below the pixel's angle, with the fraction to the next.
   * @param outside  Signal of what lies around the heart here.
   * @param first    Its first sub-plane of those that `setMoment` was given, where each pixel lies at a height of its own.
   */
  signalAt(u: number, v: number, heightMm: number, radius: number, low: number, part: number, outside: number, first?: number): number
  /** Sets the moment: walls by sub-plane (`numPlanes` of them to a pixel, all where left out), contraction, twist of the trabeculae and the papillary muscles' cuts. */
  setMoment(
    walls: readonly Walls[],
    levels: Float64Array,
    state: HeartState,
    turnRad: number,
    papillary: readonly Lobe[],
    numPlanes?: number,
  ): void
}

/** How a person's heart looks under one contrast; what `random` draws is how ragged its edges are, its fat, and the line between fat and water. */
export function createHeartTissue(person: Person, usual: Contrast, pixelMm: number, lattice: Float32Array, random: Random): HeartTissue {
  const shade = random.stream('muscle')
  const contrast = { ...usual, muscle: usual.muscle * Math.exp(0.14 * shade.normal()) }
  const ragged_K = raggedEdge(random, 3)
  const fat_K = epicardialFat(person, raggedEdge(random, 2))
  const ink_K = inkLine(random.stream('ink'))
  let walls: readonly Walls[] = []
  let levels: Float64Array = new Float64Array(0)
  const look = createBloodLook(person, contrast, pixelMm, lattice)
  const thinMm_K = ragged_K.map((edge) => Math.max(1.4, rightWallMm + 0.9 * edge))
  const vessels = coronaries(person)
  const obliqueness = createRandom(`${person.seed}/aslant/${person.index}`)
  // Where the slice meets the wall aslant on one side of the heart it meets it aslant on the other, and less or more upright across.
  const aslantRad = obliqueness.uniform() * 2 * Math.PI
  const aslantMm = obliqueness.between(0.3, 2.8)
  const aslantMm_K = ragged_K.map(
    (_, k) =>
      aslantMm *
      Math.cos((2 * Math.PI * k) / numAngles - aslantRad) ** 2 *
      (Math.cos((2 * Math.PI * k) / numAngles - aslantRad) > 0 ? 1 : 0.3),
  )
  let planes = 0
  let from = 0
  // Between which radii a pixel holds nothing but left blood, wall or right blood. Shape [numAngles] each.
  const [bloodTo_K, wallFrom_K, wallTo_K, rightFrom_K, rightTo_K, solidTo_K] = Array.from({ length: 6 }, () => new Float64Array(numAngles))
  const fillPure = (): void => {
    bloodTo_K.fill(-1)
    wallTo_K.fill(-1)
    rightTo_K.fill(-1)
    solidTo_K.fill(-1)
    // Oblique slices and those about the base plane go the long way.
    if (planes !== walls.length || levels.some((level) => level < 0)) return
    const last = walls[planes - 1]
    for (let low = 0; low < numAngles; low++) {
      const high = (low + 1) & (numAngles - 1)
      let [endoLow, endoHigh, epiLow, epiHigh, rightLow] = [Infinity, 0, Infinity, 0, Infinity]
      for (const { endo_K, epi_K, right_K } of walls) {
        endoLow = Math.min(endoLow, endo_K[low], endo_K[high])
        endoHigh = Math.max(endoHigh, endo_K[low], endo_K[high])
        epiLow = Math.min(epiLow, epi_K[low], epi_K[high])
        epiHigh = Math.max(epiHigh, epi_K[low], epi_K[high])
        rightLow = Math.min(rightLow, right_K[low], right_K[high])
      }
      const leftMm = clearPixels * (pixelMm + aslantMm_K[low] + slant * Math.min(8, Math.abs(walls[0].epi_K[low] - last.epi_K[low])))
      const rightMm =
        clearPixels * (pixelMm + 0.5 * aslantMm_K[low] + slant * Math.min(12, Math.abs(walls[0].right_K[low] - last.right_K[low])))
      bloodTo_K[low] = endoLow - leftMm
      wallFrom_K[low] = endoHigh + leftMm
      wallTo_K[low] = epiLow - Math.max(leftMm, rightMm)
      rightFrom_K[low] = epiHigh + Math.max(leftMm, rightMm)
      rightTo_K[low] = rightLow - rightMm
      solidTo_K[low] = Math.max(wallTo_K[low], rightTo_K[low])
    }
  }
  // Coils and the wall's own fibres leave no side as bright as the others.
  const muscle_K = smoothCurve(shade, 1, [0.07, 0.05, 0.04, 0.03]).map((wave) => contrast.muscle * (1 + wave))
  const wallSignal = (u: number, v: number, heightMm: number, low: number): number =>
    muscle_K[low] * (1 + 0.2 * grain(lattice, u, v, heightMm, 4.6))
  const fatSignal = (u: number, v: number, heightMm: number, low: number, radius: number): number => {
    // Small vessels and septa make it uneven.
    const patch = grain(lattice, u + 60, v, heightMm, 4.4)
    const fat = contrast.fat * (0.98 + 0.12 * patch) * (1 - 0.65 * step(patch - 0.34, 0.22))
    // Coronary arteries and veins run in the grooves.
    for (const vessel of vessels) {
      const apart = Math.abs(low - vessel.angle)
      if (apart > 8) continue
      const outer = Math.max(
        walls[from].right_K[low] > walls[from].epi_K[low] + 0.3 ? walls[from].right_K[low] + rightWallMm : 0,
        walls[from].epi_K[low],
      )
      const off = radius - outer - vessel.offMm
      const beside = (apart * 2 * Math.PI * radius) / numAngles
      const away = Math.sqrt(off * off + beside * beside)
      // A vessel's wall and the line between fat and water are one dark rim.
      if (away < vessel.radiusMm + 2.2) {
        const value = fat + (contrast.blood * vessel.grey - fat) * step(vessel.radiusMm - away, 0.9)
        return value * (1 - vessel.rim * step(1 - Math.abs(away - vessel.radiusMm - 0.6), 0.8))
      }
    }
    return fat
  }
  return {
    label: cardiacLabels.background,
    solidTo_K,
    rimMm_K: thinMm_K.map((thinMm, k) => Math.max(2, thinMm) + fat_K[k] + sacMm + 0.8 * pixelMm),
    setMoment(newWalls, newLevels, state, turnRad, newPapillary, numPlanes = newWalls.length) {
      planes = numPlanes
      from = 0
      walls = newWalls
      levels = newLevels
      const middle = newWalls.length >> 1
      look.setMoment(newWalls[middle], newLevels[middle], state, newPapillary, turnRad)
      fillPure()
    },
    signalAt(u, v, heightMm, radius, low, part, outside, first = 0) {
      from = first
      // Most pixels hold one tissue only; the rest of this function would find the same, more slowly.
      if (radius < bloodTo_K[low]) {
        this.label = cardiacLabels.lvCavity
        const centre = walls[planes >> 1]
        return look.left(u, v, heightMm, centre.endo_K[low] - radius, low)
      }
      if (radius > wallFrom_K[low] && radius < wallTo_K[low]) {
        this.label = cardiacLabels.myocardium
        return wallSignal(u, v, heightMm, low)
      }
      if (radius > rightFrom_K[low] && radius < rightTo_K[low]) {
        this.label = cardiacLabels.rvCavity
        const centre = walls[planes >> 1]
        return look.right(u, v, heightMm, radius, centre.epi_K[low], centre.right_K[low])
      }
      const high = low + 1 === numAngles ? 0 : low + 1
      let blood = 0
      let muscle = 0
      let right = 0
      let thin = 0
      let fat = 0
      let atrium = 0
      let sac = 0
      // Where walls slant through the slice their edges run over more than a pixel.
      const last = walls[first + planes - 1]
      const leftMm = pixelMm + aslantMm_K[low] + slant * Math.min(8, Math.abs(walls[first].epi_K[low] - last.epi_K[low]))
      const rightMm = pixelMm + 0.5 * aslantMm_K[low] + slant * Math.min(12, Math.abs(walls[first].right_K[low] - last.right_K[low]))
      const leftEdge = 1 / leftMm
      const rightEdge = 1 / rightMm
      const clearMm = clearPixels * Math.max(leftMm, rightMm)
      const fatMm = fat_K[low] + part * (fat_K[high] - fat_K[low])
      const freeMm = thinMm_K[low] + part * (thinMm_K[high] - thinMm_K[low])
      for (let k = first; k < first + planes; k++) {
        const { endo_K, epi_K, right_K, atrium_K } = walls[k]
        const endo = endo_K[low] + part * (endo_K[high] - endo_K[low])
        const epi = epi_K[low] + part * (epi_K[high] - epi_K[low])
        const inEndo = endo > 0 ? coverage((endo - radius) * leftEdge) : 0
        if (radius < epi - clearMm && levels[k] >= 0) {
          blood += inEndo
          muscle += 1 - inEndo
          continue
        }
        const rv = right_K[low] + part * (right_K[high] - right_K[low])
        const hasRight = rv > epi + 0.3
        const inEpi = epi > 0 ? coverage((epi - radius) * leftEdge) : 0
        const inRight = hasRight ? coverage((rv - radius) * rightEdge) : inEpi
        // The free wall grows out of the left ventricle's, without a step where the cavity begins.
        const thinMm = freeMm * Math.min(1, (rv - epi) / 4)
        const inThin = hasRight ? coverage((rv + thinMm - radius) * rightEdge) : inEpi
        const outerMm = hasRight ? rv + thinMm : epi
        if (levels[k] < 0) {
          // Above the base plane: both atria with thin walls; the right one where the ventricle leaves it room.
          atrium += inEndo
          thin += inEpi - inEndo
          const side = atrium_K[low] + part * (atrium_K[high] - atrium_K[low])
          if (side > rv + 0.3) {
            const inSide = Math.max(inThin, coverage((side - radius) * rightEdge))
            const inSideWall = coverage((side + 2 - radius) * rightEdge)
            atrium += inSide - inThin
            thin += inSideWall - inSide
            fat += Math.max(0, coverage((side + 2 + fatMm - radius) * rightEdge) - inSideWall)
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
        if (radius > outerMm - clearMm && outerMm > 0) {
          const inFat = coverage((outerMm + fatMm - radius) * rightEdge)
          fat += inFat - inThin
          // The pericardium: a darker line around the fat, not to be seen where there is none.
          sac += coverage((outerMm + fatMm + Math.min(sacMm, 0.3 * fatMm) - radius) * rightEdge) - inFat
        }
      }
      const share = 1 / planes
      blood *= share
      muscle *= share
      right *= share
      thin *= share
      fat *= share
      atrium *= share
      sac *= share
      this.label =
        blood >= 0.5
          ? cardiacLabels.lvCavity
          : blood + muscle >= 0.5
            ? cardiacLabels.myocardium
            : right >= 0.5
              ? cardiacLabels.rvCavity
              : cardiacLabels.background
      const rest = Math.max(0, 1 - blood - muscle - right - thin - fat - atrium - sac)
      let signal =
        rest * outside +
        (fat > 0 ? fat * fatSignal(u, v, heightMm, low, radius) : 0) +
        sac * 0.4 +
        thin * contrast.muscle * 0.85 +
        (atrium > 0 ? atrium * look.atria(u, v, heightMm) : 0)
      const middle = walls[first + (planes >> 1)]
      if (blood > 0) signal += blood * look.left(u, v, heightMm, middle.endo_K[low] - radius, low)
      if (muscle > 0) signal += muscle * wallSignal(u, v, heightMm, low)
      if (right > 0) signal += right * look.right(u, v, heightMm, radius, middle.epi_K[low], middle.right_K[low])
      // Fat and water in one pixel cancel: the dark line around the heart.
      if (fat + rest > 0) signal *= 1 - ink_K[low] * Math.min(1, 2.4 * Math.min(muscle + thin, fat + rest))
      return signal
    },
  }
}
