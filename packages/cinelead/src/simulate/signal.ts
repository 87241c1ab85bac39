// What the receiver does to every picture: coils that hear near tissue better, and the noise of a magnitude image.
// Hands on: coilShading, createNoise.
import type { Random } from '../base/seed.ts'
import type { Person } from './person.ts'
import type { Contrast } from './scanner.ts'

const tableSize = 1 << 15

/** Gain of a coil on the chest and one on the back at a depth `y` (mm to the back from the middle of the chest). */
export function coilShading(person: Person, contrast: Contrast, y: number): number {
  const front = Math.max(0, y + person.chest.halfDepthMm) / 100
  const back = Math.max(0, person.chest.halfDepthMm - y) / 100
  return 0.7 + contrast.shading * (1.35 * Math.exp(-1.9 * front) + 0.5 * Math.exp(-2.2 * back))
}

/**
 * Turns signal into stored numbers with Rician noise: the length of a complex signal with normal noise in both parts.
 *
 * @param sigma  Noise of each part, blood = 1.
 * @param gain   Stored units of blood.
 *
 * Source: Gudbjartsson and Patz 1995, Magn Reson Med 34:910.
 */
export function createNoise(random: Random, sigma: number, gain: number): (signal_YX: Float32Array, voxels_YX: Uint16Array) => void {
  const table = new Float32Array(tableSize)
  for (let i = 0; i < tableSize; i++) table[i] = sigma * random.normal()
  const mask = tableSize - 1
  return (signal_YX, voxels_YX) => {
    let first = random.integer(tableSize)
    let second = random.integer(tableSize)
    for (let i = 0; i < signal_YX.length; i++) {
      first = (first + 1) & mask
      second = (second + 5) & mask
      const real = signal_YX[i] + table[first]
      const imaginary = table[second]
      voxels_YX[i] = Math.sqrt(real * real + imaginary * imaginary) * gain + 0.5
    }
  }
}
