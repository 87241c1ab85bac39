// The right ventricle as a crescent on the left one: share of its greatest thickness by angle and level.
// Hands on: RightForm, rightForm, rightLevels, rightLevel, fillCrescent. By eye from public cines: a triangle between septum, free wall and
// diaphragmatic wall, whose corner and width differ between people.
import { createRandom } from '../base/seed.ts'
import { angles, numAngles, numLevels, wrap } from './heart-grid.ts'
import type { Person } from './person.ts'

/** What differs between people: its middle, half its width at the base, where the walls meet, how sharply, and how much of the apex it reaches. */
export type RightForm = { centreRad: number; halfWidthRad: number; cornerAt: number; sharpness: number; wave_K: Float64Array }

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
    centreRad: (1.05 + 0.025 * random.normal()) * Math.PI,
    halfWidthRad: 1.58 + 0.08 * random.normal(),
    cornerAt: random.between(-0.42, -0.1),
    sharpness: random.between(1.6, 3),
  }
  const phases = [3, 5, 7].map((order) => ({ order, size: 0.1 / order, phase: random.uniform() * 2 * Math.PI }))
  return {
    ...form,
    wave_K: angles.map((angle) => phases.reduce((sum, { order, size, phase }) => sum + size * Math.cos(order * angle + phase), 1)),
  }
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
  const sharpness = form.sharpness * (1 - 0.5 * up)
  for (let k = 0; k < numAngles; k++) {
    const x = wrap(angles[k] - middle) / halfWidth
    if (x <= -1 || x >= 1) continue
    // Peaked where the free wall turns sharply into the diaphragmatic wall, flat towards the front.
    const off = x - form.cornerAt
    const corner = 1 + (sharpness * off * off) / (0.18 + Math.abs(off))
    const rest = 1 - x * x
    share_K[k] = (Math.sqrt(rest * Math.sqrt(rest)) * form.wave_K[k] * along) / corner
  }
}
