// Random short-axis pictures with labels, to train the segmenter on: anatomy, contrast, coil, noise and pose are all drawn at random, so
// that real pictures look like one more draw; every other one is a slice of a simulated person, seen the same way. Nothing of any real scan is
// in them. Hands on: sampleAnatomy, AnatomySample, sampleTissue, scan.
import { createRandom, type Random } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { type Canvas, createCanvas, noiseField } from './segmentation-anatomy-canvas.ts'
import { paintHeart, sampleHeart } from './segmentation-anatomy-heart.ts'
import { paintPersonSlice } from './segmentation-anatomy-person.ts'
import { paintTorso, type Tissue } from './segmentation-anatomy-torso.ts'

const PERSON_SHARE = 0.6
const PERSON_SCAN = [0.3, 1] as const // of the scanner's randomness: the simulator has put its own coil and noise there before

/** One picture. Shape [Y, X] both, square. */
export type AnatomySample = { image_YX: Float32Array; labels_YX: Uint8Array }

/** Balanced steady-state contrast and gradient echo's weaker one: blood bright, muscle dark, fat anything. */
export function sampleTissue(random: Random): Tissue {
  const blood = random.between(0.75, 1.05)
  return {
    blood,
    muscle: blood * (random.chance(0.2) ? random.between(0.5, 0.78) : random.between(0.12, 0.5)),
    fat: random.chance(0.2) ? random.between(0.1, 0.4) : random.between(0.4, 1.5),
    lung: random.between(0.005, 0.14),
    liver: random.between(0.12, 0.6),
  }
}

/** Three box blurs in each direction come near a Gaussian of this spread, pixels. */
function blur(image_YX: Float32Array, size: number, sigma: number): void {
  const weight = Math.min(0.33, sigma ** 2 / 6) // one pass of [w, 1 - 2w, w] spreads by sqrt(2 w)
  const line = new Float32Array(size)
  for (let pass = 0; pass < 3; pass++)
    for (const [step, stride] of [
      [1, size],
      [size, 1],
    ])
      for (let row = 0; row < size; row++) {
        for (let i = 0; i < size; i++) line[i] = image_YX[row * stride + i * step]
        for (let i = 0; i < size; i++) {
          const before = line[Math.max(0, i - 1)]
          const after = line[Math.min(size - 1, i + 1)]
          image_YX[row * stride + i * step] = line[i] * (1 - 2 * weight) + weight * (before + after)
        }
      }
}

/** Coil shading, motion ghosts, blur, noise, a bent grey scale, and pictures cut to a circle: what a scanner adds, times `strength`. */
export function scan({ image_YX, labels_YX, size, pixelMm }: Canvas, random: Random, strength: number): void {
  if (random.chance(0.15 * strength)) {
    const shift = random.integer(Math.floor(size / 2)) + 8
    const ghost = random.between(0.02, 0.12)
    const copy_YX = image_YX.slice()
    for (let i = 0; i < image_YX.length; i++) image_YX[i] += ghost * copy_YX[(i + shift * size) % copy_YX.length]
  }
  blur(image_YX, size, random.between(0.15, 0.15 + (random.chance(0.15) ? 1.8 : 0.95) * strength))
  const shade = noiseField(random, size, 2 + random.integer(2))
  const shading = strength * random.between(0, random.chance(0.25) ? 1.1 : 0.5)
  const angle = random.between(0, 2 * Math.PI)
  const slope = strength * random.between(0, 1.3)
  const gamma = Math.exp(strength * random.between(-0.65, 0.65))
  const noise = strength * (random.chance(0.3) ? random.between(0.03, 0.11) : random.between(0.003, 0.03))
  const grain = random.chance(0.3) ? noiseField(random, size, 50) : undefined
  const cutMm = random.chance(0.3) ? random.between(85, 150) : Infinity
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const at = y * size + x
      const along = ((x - size / 2) * Math.cos(angle) + (y - size / 2) * Math.sin(angle)) / size
      const coil = Math.exp(shading * shade[at] + slope * along)
      const clean = Math.max(0, image_YX[at]) ** gamma * coil
      const speckle = grain === undefined ? random.normal() : 0.5 * random.normal() + 0.5 * grain[at]
      const isCut = Math.hypot(x - size / 2, y - size / 2) * pixelMm > cutMm
      image_YX[at] = isCut ? 0 : Math.abs(clean + noise * speckle)
      if (isCut) labels_YX[at] = cardiacLabels.background
    }
}

/**
 * Draws one picture.
 *
 * @param seed     Any number or text; the same seed gives the same picture.
 * @param size     Rows and columns.
 * @param pixelMm  Their distance.
 */
export function sampleAnatomy(seed: number | string, size: number, pixelMm: number): AnatomySample {
  const random = createRandom(`anatomy/${seed}`)
  const origin = [random.normal() * 18, random.normal() * 18] as const
  const turnRad = random.chance(0.7) ? random.normal() * 0.6 : random.between(-Math.PI, Math.PI)
  const canvas = createCanvas(size, pixelMm, turnRad, random.chance(0.25), origin)
  if (random.stream('kind').chance(PERSON_SHARE)) {
    paintPersonSlice(canvas, String(seed), random.stream('person'))
    scan(canvas, random.stream('scan'), random.stream('strength').between(...PERSON_SCAN))
    return { image_YX: canvas.image_YX, labels_YX: canvas.labels_YX }
  }
  const tissue = sampleTissue(random)
  const heart = sampleHeart(random.stream('heart'))
  paintTorso(canvas, random.stream('torso'), tissue, heart.heartMm)
  paintHeart(canvas, random.stream('paint'), tissue, heart)
  scan(canvas, random.stream('scan'), 1)
  return { image_YX: canvas.image_YX, labels_YX: canvas.labels_YX }
}
