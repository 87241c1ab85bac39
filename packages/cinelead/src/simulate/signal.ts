// What the receiver does to every picture: coils that hear near tissue better, and the noise of a magnitude image.
// Hands on: drawCoils, coilShading, fillSmoothly, createNoise, drawBanding, bandingAt, drawEdges, renderEdges.
import type { Random } from '../base/seed.ts'
import type { Person } from './person.ts'
import type { Contrast } from './scanner.ts'
import { fading } from './texture.ts'

/** A tile of noise, laid over pictures again and again, row by row; its size is a power of two. */
const tableSide = 90
const tableSize = 1 << 13

/** Where the coil on the chest hears best, and how far it reaches: every study's is laid a little differently. */
export type Coils = {
  xMm: number
  zMm: number
  reachMm: number
  front: number
  back: number
  /** What is heard everywhere. */
  even: number
  spotXMm: number
  spotZMm: number
  spot: number
}

/** Draws a study's coils. Strengths by eye from public cines: the chest wall may be five times as bright as the spine. */
export function drawCoils(random: Random): Coils {
  return {
    xMm: random.between(-10, 60),
    zMm: random.between(-50, 50),
    reachMm: random.between(85, 150),
    front: random.between(0.45, 1),
    back: random.between(0.3, 1.7),
    even: random.between(0.5, 0.9),
    spotXMm: random.between(-60, 110),
    spotZMm: random.between(-70, 60),
    spot: random.between(0.1, 0.9),
  }
}

/** Gain of both coils at a place of the chest, mm: x to the left, y to the back, z up, from its middle. About 1 at the heart. */
export function coilShading(person: Person, contrast: Contrast, coils: Coils, x: number, y: number, z: number): number {
  const front = Math.max(0, y + person.chest.halfDepthMm) / 100
  const back = Math.max(0, person.chest.halfDepthMm - y) / 100
  const aside = ((x - coils.xMm) ** 2 + (z - coils.zMm) ** 2) / (coils.reachMm * coils.reachMm)
  // One element of the coil lies closer than the others: fat under it is brightest.
  const beside = ((x - coils.spotXMm) ** 2 + (z - coils.spotZMm) ** 2) / 1800
  const close = 1 + (coils.spot * fading(1.5 * front)) / (1 + beside)
  const heard = (3.7 * coils.front * close * fading(2.7 * front)) / (1 + 0.6 * aside) + coils.back * fading(2.6 * back)
  return coils.even + (0.3 + contrast.shading) * heard
}

/** Fills a picture with what changes slowly across it: `at` is asked at each fourth pixel, what lies between is mixed. */
export function fillSmoothly(out_YX: Float32Array, numRows: number, numColumns: number, at: (x: number, y: number) => number): void {
  const every = 4
  const numNodes = Math.ceil((numColumns - 1) / every) + 1
  const nodesOf = (y: number) => Float64Array.from({ length: numNodes }, (_, i) => at(i * every, y))
  let above = nodesOf(0)
  for (let y = 0; y < numRows; y += every) {
    const below = nodesOf(y + every)
    for (let down = 0; down < every && y + down < numRows; down++) {
      const part = down / every
      for (let x = 0, row = (y + down) * numColumns; x < numColumns; x++) {
        const node = x >> 2
        const left = above[node] + part * (below[node] - above[node])
        const next = Math.min(node + 1, numNodes - 1)
        out_YX[row + x] = left + ((x & 3) / every) * (above[next] + part * (below[next] - above[next]) - left)
      }
    }
    above = below
  }
}

/** Where the magnetic field is off by half a cycle of the sequence: a dark band across the picture, or none. */
export type Banding = { angleRad: number; offsetMm: number; widthMm: number; depthFraction: number } | undefined

/** Draws a study's band; some have one near the heart, where lung meets it. Rate and sizes by eye. */
export function drawBanding(random: Random, rate: number): Banding {
  const banding = {
    angleRad: random.uniform() * Math.PI,
    offsetMm: (random.chance(0.5) ? 1 : -1) * random.between(48, 95),
    widthMm: random.between(4, 9),
    depthFraction: random.between(0.35, 0.75),
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
 * @param sigma  Usual noise of each part, blood = 1.
 * @param gain   Stored units of blood.
 * @param numColumns  Of the picture: neighbours in it share noise.
 * @param edges  What the picture's interpolation makes of a point: of noise too.
 *
 * Source: Gudbjartsson and Patz 1995, Magn Reson Med 34:910.
 */
export function createNoise(
  random: Random,
  sigma: number,
  gain: number,
  numColumns: number,
  edges?: EdgeLook,
): (signal_YX: Float32Array, voxels_YX: Uint16Array) => void {
  const table = new Float32Array(tableSize)
  // Studies differ in noise.
  const own = 1.15 * sigma * Math.exp(0.22 * random.normal())
  // Pictures are interpolated from fewer measured lines, fewer still along phases than along the readout: neighbours share noise.
  const mask = tableSize - 1
  for (let i = 0; i < tableSize; i++) table[i] = 0.93 * own * random.normal()
  if (edges === undefined) {
    for (let i = 0; i < tableSize; i++) table[i] += 0.35 * table[(i + 1) & mask]
    for (let i = 0; i < tableSize; i++) table[i] = 0.82 * table[i] + 0.57 * table[(i + tableSide) & mask]
  } else {
    // Two rows more on either side, which the spreading leaves as they are.
    const wide = Float32Array.from({ length: tableSize + 4 * tableSide }, (_, i) => table[i & mask])
    renderEdges(wide, wide.slice(), tableSide, edges)
    table.set(wide.subarray(2 * tableSide, 2 * tableSide + tableSize))
    const kept = [edges.rows, edges.columns].map(([own, near, far]) => Math.hypot(own, near, near, far, far))
    for (let i = 0; i < tableSize; i++) table[i] /= kept[0] * kept[1]
  }
  return (signal_YX, voxels_YX) => {
    const first = random.integer(tableSize)
    const second = random.integer(tableSize)
    for (let from = 0, row = 0; from < signal_YX.length; from += numColumns, row += tableSide) {
      const to = Math.min(signal_YX.length, from + numColumns)
      for (let i = from, at = row; i < to; i++, at++) {
        const real = signal_YX[i] + table[(first + at) & mask]
        const imaginary = table[(second + at) & mask]
        voxels_YX[i] = Math.sqrt(real * real + imaginary * imaginary) * gain + 0.5
      }
    }
  }
}

/** Weights of a pixel and of its neighbours one and two away, along rows and along columns; both sum to one. */
export type EdgeLook = { rows: readonly [number, number, number]; columns: readonly [number, number, number] }

/** What a measurement of so much of a picture's frequencies leaves of a point; `ripple` 1 is a hard end, less a filtered one, more a sharpened one. */
function pointSpread(measuredFraction: number, ripple: number): readonly [number, number, number] {
  const near = (0.92 * Math.sin(Math.PI * measuredFraction)) / Math.PI
  const far = (ripple * Math.sin(2 * Math.PI * measuredFraction)) / (2 * Math.PI)
  const sum = measuredFraction + 2 * near + 2 * far
  return [measuredFraction / sum, near / sum, far / sum]
}

/**
 * Draws what a study measures of its pictures' frequencies before they are interpolated to the matrix that is stored: less across the
 * readout than along it. Shares by eye: of 256 stored lines some 150 to 220 are measured.
 *
 * @param measured  Lowest and highest share along the readout.
 */
export function drawEdges(random: Random, measured: readonly [number, number]): EdgeLook {
  const share = random.between(...measured)
  const ripple = random.between(0.35, 1.05)
  const along = pointSpread(share, ripple)
  const across = pointSpread(share * random.between(0.78, 0.97), ripple)
  return random.chance(0.5) ? { rows: along, columns: across } : { rows: across, columns: along }
}

/**
 * Leaves of a picture what a measurement of fewer lines holds: edges soft, dark beside bright, with a faint echo.
 *
 * @param scratch_YX  Of the picture's size, overwritten.
 */
export function renderEdges(signal_YX: Float32Array, scratch_YX: Float32Array, numColumns: number, { rows, columns }: EdgeLook): void {
  spread(signal_YX, scratch_YX, 1, rows)
  spread(scratch_YX, signal_YX, numColumns, columns)
}

function spread(from_YX: Float32Array, to_YX: Float32Array, next: number, [own, near, far]: readonly [number, number, number]): void {
  to_YX.set(from_YX)
  for (let i = 2 * next; i < from_YX.length - 2 * next; i++) {
    to_YX[i] = own * from_YX[i] + near * (from_YX[i - next] + from_YX[i + next]) + far * (from_YX[i - 2 * next] + from_YX[i + 2 * next])
  }
}
