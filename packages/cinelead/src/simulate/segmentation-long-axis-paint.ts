// What a random long-axis picture is painted with: lines, atria, leaflets, fat in the groove between atrium and ventricle.
// Hands on: paintLine, paintAtrium, paintLeaflets, paintGroove. Sizes are the project's own spread.
import type { Random } from '../base/seed.ts'
import { blob, type Canvas, grown, noiseField, paint } from './segmentation-anatomy-canvas.ts'
import type { Tissue } from './segmentation-anatomy-torso.ts'

/** A dark line of some width between two places: valves, bands. */
export function paintLine(
  canvas: Canvas,
  from: readonly [number, number],
  to: readonly [number, number],
  widthMm: number,
  value: number,
  strength: number,
): void {
  const [du, dv] = [to[0] - from[0], to[1] - from[1]]
  const length2 = Math.max(1e-6, du * du + dv * dv)
  const { image_YX, u_YX, v_YX } = canvas
  for (let at = 0; at < image_YX.length; at++) {
    const along = Math.min(1, Math.max(0, ((u_YX[at] - from[0]) * du + (v_YX[at] - from[1]) * dv) / length2))
    const away = Math.hypot(u_YX[at] - from[0] - along * du, v_YX[at] - from[1] - along * dv) - widthMm / 2
    const cover = Math.min(1, Math.max(0, 0.5 - away / 1.5)) * strength
    if (cover > 0) image_YX[at] += cover * (value - image_YX[at])
  }
}

/** An atrium of random size behind a valve, with its thin wall. */
export function paintAtrium(canvas: Canvas, random: Random, tissue: Tissue, u: number, v: number, mouthMm: number, blood: number): void {
  const [semiU, semiV] = [Math.max(mouthMm * random.between(0.85, 1.3), random.between(14, 40)), random.between(12, 40)]
  const shape = blob(random, u + 5 * random.normal(), v + semiV * random.between(0.55, 0.95), semiU, semiV, 0.08, random.between(-0.5, 0.5))
  const rimMm = random.between(0.6, 2.5)
  paint(
    canvas,
    grown(shape, () => rimMm),
    tissue.muscle * random.between(0.5, 1.2),
    1.5,
  )
  const swirl = noiseField(random, canvas.size, 8)
  paint(canvas, shape, (at) => blood * (1 + 0.06 * swirl[at]), 1.5)
  // An appendage or a vein that enters.
  for (let vessel = random.integer(3); vessel > 0; vessel--) {
    const angle = random.between(-0.2, Math.PI + 0.2)
    const [du, dv] = [Math.cos(angle), Math.sin(angle)]
    const end = [shape.u + du * semiU * 1.7, shape.v + dv * semiV * 1.6] as const
    paintLine(canvas, [shape.u + du * semiU * 0.7, shape.v + dv * semiV * 0.7], end, random.between(5, 13), blood * 0.95, 1)
  }
}

/** Two leaflets hung on the hinges: shut, or open into the ventricle; often hardly seen. */
export function paintLeaflets(
  canvas: Canvas,
  random: Random,
  tissue: Tissue,
  hinges: readonly (readonly [number, number])[],
  lengthMm: number,
): void {
  const strength = random.chance(0.2) ? 0 : random.between(0.15, 0.9)
  const widthMm = random.between(1, 2.8)
  const isShut = random.chance(0.55)
  const [from, to] = hinges
  const meet = 0.5 + 0.12 * random.normal()
  const tentMm = random.between(-1, 9)
  const middle = [from[0] * (1 - meet) + to[0] * meet, from[1] * (1 - meet) + to[1] * meet - tentMm] as const
  for (const [side, hinge] of hinges.entries()) {
    const inward = (side === 0 ? 1 : -1) * random.between(0, 0.5)
    const end = isShut ? middle : ([hinge[0] + inward * lengthMm, hinge[1] - lengthMm * random.between(0.5, 1)] as const)
    paintLine(canvas, hinge, end, widthMm, tissue.muscle, strength)
  }
}

/** Fat in the groove between atrium and ventricle, beside a hinge. */
export function paintGroove(canvas: Canvas, random: Random, tissue: Tissue, u: number, v: number, radiusMm: number): void {
  if (random.chance(0.2)) return
  const shape = blob(random, u, v + radiusMm * random.between(0, 0.6), radiusMm, radiusMm * random.between(0.6, 1.4), 0.2)
  const ink = random.chance(0.6) ? random.between(0.6, 1.6) : 0
  paint(
    canvas,
    grown(shape, () => ink),
    random.between(0.02, 0.25),
    1.5,
  )
  paint(canvas, shape, random.chance(0.85) ? tissue.fat * random.between(0.6, 1) : tissue.muscle, 2)
  if (random.chance(0.4)) paint(canvas, blob(random, u, v, 1.8, 1.8, 0.1), tissue.blood * 0.9, 1.5) // a coronary
}
