// How one person's left ventricle differs from a body of revolution: no cavity is a circle and no wall is evenly thick.
// Hands on: wallVariation, smoothCurve. Sizes by eye from public cines; the solver keeps volumes and mass exact whatever they are.
import { createRandom, type Random } from '../base/seed.ts'
import { numAngles, numLevels } from './heart-grid.ts'
import type { Person } from './person.ts'

/** A smooth periodic curve of the orders from `lowest`, one size for each. Shape [numAngles]. */
export function smoothCurve(random: Random, lowest: number, sizes: readonly number[]): Float64Array {
  const curve = new Float64Array(numAngles)
  sizes.forEach((size, i) => {
    const [a, b] = [size * random.normal(), size * random.normal()]
    for (let k = 0; k < numAngles; k++) {
      const angle = ((lowest + i) * 2 * Math.PI * k) / numAngles
      curve[k] += a * Math.cos(angle) + b * Math.sin(angle)
    }
  })
  return curve
}

/** One curve at the base and another at the apex, with what lies between them. Shape [numLevels, numAngles] flattened. */
function blended(base_K: Float64Array, apex_K: Float64Array): Float64Array {
  const table = new Float64Array(numLevels * numAngles)
  for (let z = 0; z < numLevels; z++) {
    const down = (z + 0.5) / numLevels
    for (let k = 0; k < numAngles; k++) table[z * numAngles + k] = base_K[k] + down * (apex_K[k] - base_K[k])
  }
  return table
}

/** Radius factor of cavity and epicardium, and the wall's thickness against its mean; both of shape [numLevels, numAngles] flattened. */
export function wallVariation(person: Person): { outline: Float64Array; thickness: Float64Array } {
  const random = createRandom(`${person.seed}/outline/${person.index}`)
  const orders = [0.03, 0.023, 0.013, 0.006]
  const outline = blended(smoothCurve(random, 2, orders), smoothCurve(random, 2, orders))
  const { ellipticity, ellipseRad, septalFlattening } = person.pump
  // The septum is flatter than the free wall in nearly everyone.
  const flat = Math.max(0, septalFlattening + 0.07 + 0.035 * random.normal())
  const waves = [0.16, 0.12, 0.065]
  const thickness = blended(smoothCurve(random, 1, waves), smoothCurve(random, 1, waves))
  for (let z = 0; z < numLevels; z++) {
    const down = (z + 0.5) / numLevels
    for (let k = 0; k < numAngles; k++) {
      const angle = (2 * Math.PI * k) / numAngles
      const septal = Math.max(0, -Math.cos(angle))
      outline[z * numAngles + k] += 1 + ellipticity * Math.cos(2 * (angle - ellipseRad)) - flat * septal ** 3
      // Basal septum and inferior wall thick, apex thin.
      thickness[z * numAngles + k] += 0.07 * septal * (1 - down) - 0.05 - 0.2 * down ** 3
    }
  }
  return { outline, thickness }
}
