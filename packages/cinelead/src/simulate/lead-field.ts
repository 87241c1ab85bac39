// What a dipole in the chest does to the twelve leads: electrodes on an elliptic trunk, distances and directions to each.
// Hands on: LeadField, leadField, projectDipole.
//
// An electrode sees a dipole p at distance r as p·r/|r|³ (a dipole in an unbounded conductor; Malmivuo and Plonsey 1995,
// Bioelectromagnetism, ch. 8). The arms and legs carry the trunk's potential without loss, so limb electrodes stand at shoulders and
// hip with one gain that makes up for the trunk's boundary; the gain is tuned on the ratio of limb to chest voltages in LUDB.
import { createRandom } from '../base/seed.ts'
import type { Vector3 } from './heart-axes.ts'
import type { Person } from './person.ts'

/** Nine electrodes: RA, LA, LL, V1 to V6, mm in the chest's frame. */
export type LeadField = { electrodesMm: readonly Vector3[] }

const limbGain = 1.75
/** mV per unit of moment; tuned so that healthy R waves in V5 have LUDB's size. */
const milliVolts = 6100

/** The electrodes on this person's trunk, with the day's misplacement. */
export function leadField(person: Person): LeadField {
  const { halfWidthMm, halfDepthMm, fatMm } = person.chest
  const random = createRandom(`${person.seed}/electrodes/${person.index}`)
  const upMm = 7 * random.normal()
  const acrossMm = 5 * random.normal()
  const surface = (fraction: number, z: number): Vector3 => {
    const x = fraction * halfWidthMm + acrossMm * (1 - Math.abs(fraction)) + 3 * random.normal()
    const inside = Math.min(0.999, Math.abs(x / halfWidthMm))
    return [x, -(halfDepthMm + 0.35 * fatMm) * Math.sqrt(1 - inside * inside), z + upMm + 4 * random.normal()]
  }
  const v1 = surface(-0.14, 22)
  const v2 = surface(0.16, 22)
  const v4 = surface(0.56, -22)
  const v3 = combineHalf(v2, v4, halfWidthMm, halfDepthMm + 0.35 * fatMm)
  return {
    electrodesMm: [
      [-0.95 * halfWidthMm, 10, 175],
      [0.95 * halfWidthMm, 10, 175],
      [0.5 * halfWidthMm, 0, -290],
      v1,
      v2,
      v3,
      v4,
      surface(0.8, -24),
      surface(0.985, -24),
    ],
  }
}

function combineHalf(a: Vector3, b: Vector3, halfWidthMm: number, depthMm: number): Vector3 {
  const x = (a[0] + b[0]) / 2
  return [x, -depthMm * Math.sqrt(1 - (x / halfWidthMm) ** 2), (a[2] + b[2]) / 2]
}

/**
 * Gains of the eight independent leads for the three directions of a dipole at one place.
 *
 * @returns  Leads I, II, V1..V6 by x, y, z, mV per unit of moment. Shape [8, 3] flattened.
 */
export function gainsAt(field: LeadField, positionMm: Vector3, voltageGain = 1): Float64Array {
  const potentials = new Float64Array(27)
  field.electrodesMm.forEach((electrode, i) => {
    const dx = electrode[0] - positionMm[0]
    const dy = electrode[1] - positionMm[1]
    const dz = electrode[2] - positionMm[2]
    // Electrode and skin have an extent: no closer than some 45 mm.
    const distance = Math.sqrt(dx * dx + dy * dy + dz * dz + 2000)
    const gain = (voltageGain * milliVolts * (i < 3 ? limbGain : 1)) / distance ** 3
    // A supine chest is shallow: the boundary bends lines of current so that fore-aft dipoles show less than distance alone says.
    potentials[i * 3] = gain * dx
    potentials[i * 3 + 1] = gain * dy * 0.8
    potentials[i * 3 + 2] = gain * dz
  })
  const gains = new Float64Array(24)
  for (let axis = 0; axis < 3; axis++) {
    const [ra, la, ll] = [potentials[axis], potentials[3 + axis], potentials[6 + axis]]
    const terminal = (ra + la + ll) / 3 / limbGain // Wilson's central terminal, near zero for chest leads
    gains[axis] = la - ra
    gains[3 + axis] = ll - ra
    for (let chest = 0; chest < 6; chest++) gains[(2 + chest) * 3 + axis] = potentials[(3 + chest) * 3 + axis] - terminal
  }
  return gains
}

/** Twelve leads from the eight independent ones, in AHA order: Einthoven's and Goldberger's sums. Shape [12, T]. */
export function twelveLeads(independent_LT: Float64Array | Float32Array, numSamples: number): Float32Array {
  const leads_LT = new Float32Array(12 * numSamples)
  for (let t = 0; t < numSamples; t++) {
    const one = independent_LT[t]
    const two = independent_LT[numSamples + t]
    leads_LT[t] = one
    leads_LT[numSamples + t] = two
    leads_LT[2 * numSamples + t] = two - one
    leads_LT[3 * numSamples + t] = -(one + two) / 2
    leads_LT[4 * numSamples + t] = one - two / 2
    leads_LT[5 * numSamples + t] = two - one / 2
    for (let chest = 0; chest < 6; chest++) leads_LT[(6 + chest) * numSamples + t] = independent_LT[(2 + chest) * numSamples + t]
  }
  return leads_LT
}
