// Volumes of a simulated heart as summing discs over its short-axis slices gives them: the true outlines, cut where an operator cuts.
// Hands on: discTruth, DiscVolumes. Differs from the true volumes by whole slices at the base, as in real stacks.
//
// Source: summation of discs, Kramer 2020, JCMR 22:17. Checked: the painted labels of the same stack, exports.test.ts.
import { emptyWalls, type HeartShape, type HeartState, numAngles, wallsAt } from './heart-shape.ts'

export type DiscVolumes = { lvMl: number; myocardiumMl: number; rvMl: number }

const least = 0.3 // mm that the right ventricle reaches beyond the septum before it counts: as the painter has it

/**
 * Sums the discs of a moment.
 *
 * @param heightsMm  Slice centres along the long axis, base to apex, evenly spaced.
 */
export function discVolumes(shape: HeartShape, state: HeartState, heightsMm: readonly number[], spacingMm: number): DiscVolumes {
  const walls = emptyWalls()
  // A sector of a disc has the area r² dθ / 2.
  const scale = (Math.PI / numAngles) * (spacingMm / 1000)
  const sums = { lvMl: 0, myocardiumMl: 0, rvMl: 0 }
  for (const heightMm of heightsMm) {
    const { level } = wallsAt(shape, state, heightMm, walls)
    for (let k = 0; k < numAngles; k++) {
      const endo = walls.endo_K[k] ** 2
      const epi = walls.epi_K[k] ** 2
      if (level >= 0) {
        sums.lvMl += endo * scale
        sums.myocardiumMl += (epi - endo) * scale
      }
      if (walls.right_K[k] > walls.epi_K[k] + least) sums.rvMl += (walls.right_K[k] ** 2 - epi) * scale
    }
  }
  return sums
}
