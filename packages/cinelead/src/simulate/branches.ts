// Vessels of an organ as a slice meets them: dots and short lines that point away from where they enter it.
// Hands on: branchAt. One piece of vessel in some cells of a grid; its place, length and size come from the lattice.
import { step } from './texture.ts'

const mask = 31

/**
 * Share of a vessel at a place.
 *
 * @param away    From where the vessels enter, mm: direction of the pieces, which thin out with it.
 * @param cellMm  Size of the grid's cells; one piece at most in each.
 * @param calibreMm  Radius near the entry.
 * @param reachMm  Where they have become too small to see.
 */
export function branchAt(
  lattice: Float32Array,
  x: number,
  y: number,
  z: number,
  awayX: number,
  awayY: number,
  awayZ: number,
  cellMm: number,
  calibreMm: number,
  reachMm: number,
): number {
  const px = x / cellMm + 500
  const py = y / cellMm + 500
  const pz = z / cellMm + 500
  const ix = px | 0
  const iy = py | 0
  const iz = pz | 0
  const at = ((iz & mask) << 10) | ((iy & mask) << 5)
  const chance = lattice[at | (ix & mask)]
  if (chance < -0.6) return 0
  const farMm = Math.sqrt(awayX * awayX + awayY * awayY + awayZ * awayZ) + 1e-6
  const left = 1 - farMm / reachMm
  if (left <= 0 || chance > left * 2 - 0.35) return 0
  const h1 = lattice[at | ((ix + 1) & mask)]
  const h2 = lattice[at | ((ix + 2) & mask)]
  const h3 = lattice[at | ((ix + 3) & mask)]
  const dx = (px - ix - 0.5 - 0.2 * h1) * cellMm
  const dy = (py - iy - 0.5 - 0.2 * h2) * cellMm
  const dz = (pz - iz - 0.5 - 0.2 * h3) * cellMm
  // The piece lies along the way out, turned a little.
  let tx = awayX / farMm + 0.5 * h2
  let ty = awayY / farMm + 0.5 * h3
  let tz = awayZ / farMm + 0.5 * h1
  const long = 1 / Math.sqrt(tx * tx + ty * ty + tz * tz + 1e-9)
  tx *= long
  ty *= long
  tz *= long
  const half = 0.28 * cellMm
  const along = Math.max(-half, Math.min(half, dx * tx + dy * ty + dz * tz))
  const ox = dx - along * tx
  const oy = dy - along * ty
  const oz = dz - along * tz
  return step(calibreMm * (0.35 + 0.65 * left) * (0.7 + 0.4 * h1) - Math.sqrt(ox * ox + oy * oy + oz * oz), 0.8)
}
