// Smooth random texture in space, the same for the same seed: value noise on a periodic lattice.
// Hands on: createLattice, grain, step, coverage, fading.
import type { Random } from '../base/seed.ts'

const latticeSize = 32

/** Random values in [-1, 1). Shape [32, 32, 32] flattened. */
export function createLattice(random: Random): Float32Array {
  const lattice = new Float32Array(latticeSize ** 3)
  for (let i = 0; i < lattice.length; i++) lattice[i] = random.uniform() * 2 - 1
  return lattice
}

/** Smooth noise of unit range with a grain of `grainMm`. */
export function grain(lattice: Float32Array, x: number, y: number, z: number, grainMm: number): number {
  const px = x / grainMm + 500
  const py = y / grainMm + 500
  const pz = z / grainMm + 500
  const ix = Math.floor(px)
  const iy = Math.floor(py)
  const iz = Math.floor(pz)
  const fx = px - ix
  const fy = py - iy
  const fz = pz - iz
  const mask = latticeSize - 1
  const x0 = ix & mask
  const x1 = (ix + 1) & mask
  const y0 = (iy & mask) << 5
  const y1 = ((iy + 1) & mask) << 5
  const z0 = (iz & mask) << 10
  const z1 = ((iz + 1) & mask) << 10
  const a = lattice[z0 + y0 + x0] + fx * (lattice[z0 + y0 + x1] - lattice[z0 + y0 + x0])
  const b = lattice[z0 + y1 + x0] + fx * (lattice[z0 + y1 + x1] - lattice[z0 + y1 + x0])
  const c = lattice[z1 + y0 + x0] + fx * (lattice[z1 + y0 + x1] - lattice[z1 + y0 + x0])
  const d = lattice[z1 + y1 + x0] + fx * (lattice[z1 + y1 + x1] - lattice[z1 + y1 + x0])
  const low = a + fy * (b - a)
  const high = c + fy * (d - c)
  return low + fz * (high - low)
}

/** 0 below -width, 1 above width, linear between. */
export function step(value: number, widthMm: number): number {
  return value <= -widthMm ? 0 : value >= widthMm ? 1 : 0.5 + (0.5 * value) / widthMm
}

/** 0..1: how much of a pixel lies inside a wall, by distance in pixels. */
export function coverage(distancePixels: number): number {
  // A little wider than the pixel itself: the spread of a band-limited picture.
  return distancePixels <= -0.8 ? 0 : distancePixels >= 0.8 ? 1 : 0.5 + distancePixels / 1.6
}

/** As exp(-x), but for the last hundredth: any smooth fall will do for what is set by eye. */
export function fading(x: number): number {
  const a = Math.max(0, 1 - x / 16)
  const b = a * a
  const c = b * b
  const d = c * c
  return d * d
}
