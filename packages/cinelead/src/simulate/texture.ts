// Smooth random texture in space, the same for the same seed: value noise on a periodic lattice.
// Hands on: createLattice, grain, swell, createRoll, rollAt, step, coverage, fading.
import type { Random } from '../base/seed.ts'

/** Points along each side of a lattice: a power of two, and small enough for all of it to stay at hand in a processor's fastest memory. */
export const latticeSize = 16

/** Random values in [-1, 1). Shape [latticeSize, latticeSize, latticeSize] flattened. */
export function createLattice(random: Random): Float32Array {
  const lattice = new Float32Array(latticeSize ** 3)
  for (let i = 0; i < lattice.length; i++) lattice[i] = random.uniform() * 2 - 1
  return lattice
}

/** Noise of unit range with a grain of `grainMm`, linear between the lattice's points. */
export function grain(lattice: Float32Array, x: number, y: number, z: number, grainMm: number): number {
  const px = x / grainMm + 500
  const py = y / grainMm + 500
  const pz = z / grainMm + 500
  const ix = Math.floor(px)
  const iy = Math.floor(py)
  const iz = Math.floor(pz)
  return mixed(lattice, ix, iy, iz, px - ix, py - iy, pz - iz)
}

/** As `grain` without kinks: for outlines, which an eye would follow along the lattice's planes. */
export function swell(lattice: Float32Array, x: number, y: number, z: number, grainMm: number): number {
  const px = x / grainMm + 500
  const py = y / grainMm + 500
  const pz = z / grainMm + 500
  const ix = Math.floor(px)
  const iy = Math.floor(py)
  const iz = Math.floor(pz)
  const fx = px - ix
  const fy = py - iy
  const fz = pz - iz
  return mixed(lattice, ix, iy, iz, fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy), fz * fz * (3 - 2 * fz))
}

/** Mean of a cell's eight corners by the shares of its far sides. */
function mixed(lattice: Float32Array, ix: number, iy: number, iz: number, fx: number, fy: number, fz: number): number {
  const mask = latticeSize - 1
  const x0 = ix & mask
  const x1 = (ix + 1) & mask
  const y0 = (iy & mask) * latticeSize
  const y1 = ((iy + 1) & mask) * latticeSize
  const z0 = (iz & mask) * latticeSize * latticeSize
  const z1 = ((iz + 1) & mask) * latticeSize * latticeSize
  const a = lattice[z0 + y0 + x0] + fx * (lattice[z0 + y0 + x1] - lattice[z0 + y0 + x0])
  const b = lattice[z0 + y1 + x0] + fx * (lattice[z0 + y1 + x1] - lattice[z0 + y1 + x0])
  const c = lattice[z1 + y0 + x0] + fx * (lattice[z1 + y0 + x1] - lattice[z1 + y0 + x0])
  const d = lattice[z1 + y1 + x0] + fx * (lattice[z1 + y1 + x1] - lattice[z1 + y1 + x0])
  const low = a + fy * (b - a)
  const high = c + fy * (d - c)
  return low + fz * (high - low)
}

/** Three slow waves through space. Shape [12] flattened: direction over wavelength, and phase, of each. */
export type Roll = Float64Array

/** Waves of about `lengthMm`, each its own way. */
export function createRoll(random: Random, lengthMm: number): Roll {
  return Float64Array.from({ length: 12 }, (_, i) => (i % 4 === 3 ? random.uniform() + 500 : random.normal() / (1.7 * lengthMm)))
}

/** As slow as `swell` with a large grain, about as large, and several times as quick. */
export function rollAt(roll: Roll, x: number, y: number, z: number): number {
  let sum = 0
  for (let i = 0; i < 12; i += 4) {
    const turn = x * roll[i] + y * roll[i + 1] + z * roll[i + 2] + roll[i + 3]
    const part = turn - Math.floor(turn) - 0.5
    sum += part * (0.5 - Math.abs(part)) // a parabola for each half of a sine
  }
  return 6 * sum
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
