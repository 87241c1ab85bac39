// Vessels of an organ as a slice meets them: small forks, some cut across and some along, that point away from where they enter it.
// Hands on: branchAt. One fork at most in each cell of a grid; its place, length, size and brightness come from the lattice.
import { latticeSize, step } from './texture.ts'

const mask = latticeSize - 1

/** Square of the distance to a piece that begins at the origin and ends at `(tx, ty, tz)`, both in mm. */
function apart2(dx: number, dy: number, dz: number, tx: number, ty: number, tz: number): number {
  const part = Math.max(0, Math.min(1, (dx * tx + dy * ty + dz * tz) / (tx * tx + ty * ty + tz * tz)))
  const ox = dx - part * tx
  const oy = dy - part * ty
  const oz = dz - part * tz
  return ox * ox + oy * oy + oz * oz
}

/**
 * How much of a vessel is at a place, 0 to 1; thin ones stay grey.
 *
 * @param away    From where the vessels enter, mm: direction of the forks, which thin out with it.
 * @param cellMm  Size of the grid's cells.
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
  const at = ((iz & mask) * latticeSize + (iy & mask)) * latticeSize
  const chance = lattice[at | (ix & mask)]
  if (chance < -0.6) return 0
  const farMm = Math.sqrt(awayX * awayX + awayY * awayY + awayZ * awayZ) + 1e-6
  const left = 1 - farMm / reachMm
  if (left <= 0 || chance > left * 2 - 0.35) return 0
  const h1 = lattice[at | ((ix + 1) & mask)]
  const h2 = lattice[at | ((ix + 2) & mask)]
  const h3 = lattice[at | ((ix + 3) & mask)]
  const dx = (px - ix - 0.5 - 0.16 * h1) * cellMm
  const dy = (py - iy - 0.5 - 0.16 * h2) * cellMm
  const dz = (pz - iz - 0.5 - 0.16 * h3) * cellMm
  // The trunk comes from the entry, turned a little; two arms go on, one more aside than the other.
  let tx = awayX / farMm + 0.6 * h2
  let ty = awayY / farMm + 0.6 * h3
  let tz = awayZ / farMm + 0.6 * h1
  const long = (cellMm * (0.26 + 0.06 * h3)) / Math.sqrt(tx * tx + ty * ty + tz * tz + 1e-9)
  tx *= long
  ty *= long
  tz *= long
  const aside = 0.3 * cellMm
  const trunk = apart2(dx, dy, dz, -tx, -ty, -tz)
  const arm = apart2(dx, dy, dz, tx + aside * h3, ty + aside * h1, tz + aside * h2)
  const other = apart2(dx, dy, dz, 0.6 * tx - aside * h1, 0.6 * ty - aside * h2, 0.6 * tz - aside * h3)
  const radiusMm = calibreMm * (0.35 + 0.65 * left) * (0.75 + 0.4 * h1)
  const nearMm = Math.min(Math.sqrt(trunk), Math.sqrt(Math.min(arm, 1.4 * other)) + 0.22 * radiusMm)
  return step(radiusMm - nearMm, 1.1) * (0.65 + 0.35 * h2)
}
