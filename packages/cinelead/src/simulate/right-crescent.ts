// The right ventricle as a crescent on the left one: share of its greatest thickness by angle and level.
// Hands on: RightForm, rightForm, rightLevels, rightLevel, fillCrescent. By eye from public cines: both ventricles lie in one sac, so that the
// right one leaves the left one's outline along tangents, below along the diaphragm; between them its free wall, more or less straight.
import { createRandom } from '../base/seed.ts'
import { angles, numAngles, numLevels, wrap } from './heart-grid.ts'
import type { Person } from './person.ts'

/** What differs between people: its middle, half its width at the base, where the free wall faces and how straight it is, how full it is below and in front. */
export type RightForm = {
  centreRad: number
  halfWidthRad: number
  facesRad: number
  straightness: number
  below: number
  before: number
  wave_K: Float64Array
}

/** Levels between which the right ventricle lies: its outflow tract rises above the left base plane. */
export const rightLevels = [-0.2, 0.94] as const

/** Level in the middle of one of the `numLevels` discs that the right ventricle is summed over. */
export function rightLevel(z: number): number {
  return rightLevels[0] + ((z + 0.5) / numLevels) * (rightLevels[1] - rightLevels[0])
}

/** Draws a person's form. */
export function rightForm(person: Person): RightForm {
  const random = createRandom(`${person.seed}/right/${person.index}`)
  const form = {
    centreRad: (1.06 + 0.025 * random.normal()) * Math.PI,
    halfWidthRad: 1.62 + 0.08 * random.normal(),
    facesRad: random.between(-0.05, 0.5),
    straightness: random.between(0.1, 0.8),
    below: random.between(0.95, 1.4),
    before: random.between(0.85, 1.6),
  }
  const phases = [3, 5, 7].map((order) => ({ order, size: 0.12 / order, phase: random.uniform() * 2 * Math.PI }))
  return {
    ...form,
    wave_K: angles.map((angle) => phases.reduce((sum, { order, size, phase }) => sum + size * Math.cos(order * angle + phase), 1)),
  }
}

/** How much farther a straight line is than the circle it touches, `rad` from where it does, in radii; beyond 1.3 no more. */
function beyondCircle(rad: number): number {
  const square = Math.min(1.69, rad * rad)
  return square * (0.5 + square * (0.208 + square * 0.12)) // the series of 1 / cos(rad) - 1
}

/** Fills `share_K` with the crescent of one level. Shape [numAngles]. */
export function fillCrescent(form: RightForm, level: number, share_K: Float64Array): void {
  share_K.fill(0)
  if (level < rightLevels[0] || level > rightLevels[1]) return
  const down = Math.max(0, level)
  const up = Math.max(0, -level) / -rightLevels[0]
  // Above the base only the outflow tract is left, in front.
  const halfWidth = form.halfWidthRad - 0.75 * down * down - 0.6 * up
  const middle = form.centreRad + 0.65 * up
  const along = Math.sqrt(1 - (down / rightLevels[1]) ** 2.2) * (0.84 + 0.4 * down * (1 - down)) * Math.sqrt(Math.max(0, 1 - up * up))
  for (let k = 0; k < numAngles; k++) {
    const off = wrap(angles[k] - middle)
    if (off <= -halfWidth || off >= halfWidth) continue
    const below = form.below * beyondCircle(halfWidth + off)
    const before = form.before * beyondCircle(halfWidth - off)
    const free = form.wave_K[k] * (1 + form.straightness * beyondCircle(off - form.facesRad))
    // The nearest of the three, with rounded corners.
    share_K[k] = along / Math.cbrt(1 / (below * below * below) + 1 / (before * before * before) + 1 / (free * free * free))
  }
}
