// What the receiver does to every picture: coils that hear near tissue better, and the noise of a magnitude image.
// Hands on: coilShading, createNoise, drawBanding, bandingAt.
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

/** Where the magnetic field is off by half a cycle of the sequence: a dark band across the picture, or none. */
export type Banding = { angleRad: number; offsetMm: number; widthMm: number; depthFraction: number } | undefined

/** Draws a study's band; some have one near the heart, where lung meets it. Rate and sizes by eye. */
export function drawBanding(random: Random, rate: number): Banding {
  const banding = {
    angleRad: random.uniform() * Math.PI,
    offsetMm: (random.chance(0.5) ? 1 : -1) * random.between(38, 85),
    widthMm: random.between(2.5, 5),
    depthFraction: random.between(0.5, 0.9),
  }
  return random.chance(rate) ? banding : undefined
}

/** What is left of the signal at a place of the picture, mm from the heart's axis. */
export function bandingAt(banding: Banding, u: number, v: number): number {
  if (banding === undefined) return 1
  const away = u * Math.cos(banding.angleRad) + v * Math.sin(banding.angleRad) - banding.offsetMm
  // The field's error bends with distance.
  const bent = away + 0.0025 * (u * u + v * v)
  return 1 - banding.depthFraction * Math.exp(-((bent / banding.widthMm) ** 2))
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
