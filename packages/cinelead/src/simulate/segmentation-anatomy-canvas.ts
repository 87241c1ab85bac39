// A canvas in millimetres on which round things are painted with soft edges: what the random training anatomy is drawn with.
// Hands on: createCanvas, blob, paint, noiseField, Canvas, Blob.
import type { Random } from '../base/seed.ts'

/** Square pictures about the origin; `u` and `v` give each pixel's place in the body's own (turned, perhaps mirrored) frame, mm. */
export type Canvas = {
  size: number
  pixelMm: number
  image_YX: Float32Array
  labels_YX: Uint8Array
  u_YX: Float32Array
  v_YX: Float32Array
  /** Body frame to pixel. */
  toPixel(u: number, v: number): readonly [number, number]
}

/** A star-shaped outline: distance from its centre to its edge for `ANGLES` directions, mm. */
export type Blob = { u: number; v: number; radii: Float32Array; maxMm: number }

export const ANGLES = 128

/** An empty canvas whose body frame is turned by `turnRad`, mirrored where asked, with its origin at `origin` mm from the middle. */
export function createCanvas(
  size: number,
  pixelMm: number,
  turnRad: number,
  isMirrored: boolean,
  origin: readonly [number, number],
): Canvas {
  const cos = Math.cos(turnRad)
  const sin = Math.sin(turnRad)
  const flip = isMirrored ? -1 : 1
  const u_YX = new Float32Array(size * size)
  const v_YX = new Float32Array(size * size)
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const xMm = (x - (size - 1) / 2) * pixelMm - origin[0]
      const yMm = (y - (size - 1) / 2) * pixelMm - origin[1]
      u_YX[y * size + x] = flip * (xMm * cos + yMm * sin)
      v_YX[y * size + x] = -xMm * sin + yMm * cos
    }
  const toPixel = (u: number, v: number) => {
    const along = flip * u
    const xMm = along * cos - v * sin + origin[0]
    const yMm = along * sin + v * cos + origin[1]
    return [xMm / pixelMm + (size - 1) / 2, yMm / pixelMm + (size - 1) / 2] as const
  }
  return { size, pixelMm, image_YX: new Float32Array(size * size), labels_YX: new Uint8Array(size * size), u_YX, v_YX, toPixel }
}

/**
 * An ellipse with a wavy edge.
 *
 * @param waviness  Amplitude of each of the harmonics 2 to 7, as a fraction of the radius, falling with their number.
 */
export function blob(random: Random, u: number, v: number, semiU: number, semiV: number, waviness: number, tiltRad = 0): Blob {
  const radii = new Float32Array(ANGLES)
  const waves = Array.from({ length: 6 }, (_, index) => ({
    order: index + 2,
    size: (waviness * random.normal()) / (1 + index * 0.7),
    phase: random.between(0, 2 * Math.PI),
  }))
  let maxMm = 0
  for (let k = 0; k < ANGLES; k++) {
    const angle = (k / ANGLES) * 2 * Math.PI - tiltRad
    const ellipse = (semiU * semiV) / Math.hypot(semiV * Math.cos(angle), semiU * Math.sin(angle))
    let wave = 1
    for (const { order, size, phase } of waves) wave += size * Math.cos(order * angle + phase)
    radii[k] = ellipse * Math.max(0.3, wave)
    maxMm = Math.max(maxMm, radii[k])
  }
  return { u, v, radii, maxMm }
}

/** The outline moved outwards by a distance for each direction. */
export function grown(shape: Blob, byMm: (angleRad: number) => number): Blob {
  const radii = shape.radii.map((radius, k) => Math.max(0, radius + byMm((k / ANGLES) * 2 * Math.PI)))
  return { ...shape, radii, maxMm: Math.max(...radii) }
}

/** Distance from the outline along the ray from its centre, mm: negative inside. */
export function edgeDistance(shape: Blob, u: number, v: number): number {
  const du = u - shape.u
  const dv = v - shape.v
  const turn = Math.atan2(dv, du) / (2 * Math.PI)
  const place = (turn < 0 ? turn + 1 : turn) * ANGLES
  const low = Math.floor(place) % ANGLES
  const weight = place - Math.floor(place)
  const radius = shape.radii[low] * (1 - weight) + shape.radii[(low + 1) % ANGLES] * weight
  return Math.sqrt(du * du + dv * dv) - radius
}

/** Calls `visit(pixel, distance)` for the pixels within `reachMm` of the outline's inside. */
export function eachPixel(canvas: Canvas, shape: Blob, reachMm: number, visit: (at: number, distanceMm: number) => void): void {
  const { size, pixelMm, u_YX, v_YX } = canvas
  const [x, y] = canvas.toPixel(shape.u, shape.v)
  const reach = (shape.maxMm + reachMm) / pixelMm
  const top = Math.max(0, Math.floor(y - reach))
  const bottom = Math.min(size - 1, Math.ceil(y + reach))
  const left = Math.max(0, Math.floor(x - reach))
  const right = Math.min(size - 1, Math.ceil(x + reach))
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) {
      const at = row * size + column
      const distanceMm = edgeDistance(shape, u_YX[at], v_YX[at])
      if (distanceMm < reachMm) visit(at, distanceMm)
    }
}

/**
 * Paints a blob over what is there, its edge running over `edgeMm`.
 *
 * @param value  One intensity, or one for each pixel.
 */
export function paint(canvas: Canvas, shape: Blob, value: number | ((at: number) => number), edgeMm: number): void {
  const { image_YX } = canvas
  eachPixel(canvas, shape, edgeMm / 2, (at, distanceMm) => {
    const cover = Math.min(1, Math.max(0, 0.5 - distanceMm / edgeMm))
    image_YX[at] += cover * ((typeof value === 'number' ? value : value(at)) - image_YX[at])
  })
}

/** Smooth noise about zero with unit spread, `cells` bumps across the canvas. */
export function noiseField(random: Random, size: number, cells: number): Float32Array {
  const grid = cells + 3
  const knots = Float32Array.from({ length: grid * grid }, () => random.normal())
  const field_YX = new Float32Array(size * size)
  const shiftX = random.uniform()
  const shiftY = random.uniform()
  for (let y = 0; y < size; y++) {
    const gy = (y / size) * cells + shiftY
    const y0 = Math.floor(gy)
    const fy = gy - y0
    const wy = fy * fy * (3 - 2 * fy)
    for (let x = 0; x < size; x++) {
      const gx = (x / size) * cells + shiftX
      const x0 = Math.floor(gx)
      const fx = gx - x0
      const wx = fx * fx * (3 - 2 * fx)
      const at = y0 * grid + x0
      const above = knots[at] * (1 - wx) + knots[at + 1] * wx
      const below = knots[at + grid] * (1 - wx) + knots[at + grid + 1] * wx
      field_YX[y * size + x] = 1.6 * (above * (1 - wy) + below * wy)
    }
  }
  return field_YX
}
