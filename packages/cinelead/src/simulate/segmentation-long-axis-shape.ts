// The left ventricle of a random long-axis picture: its outline by height, from the tip of the cavity to the base line between its hinges.
// Hands on: sampleLongHeart, axisAt, endoAt, epiAt, baseAt. Sizes: hearts at rest and contracted, healthy and diseased (the project's own spread).
import type { Random } from '../base/seed.ts'

/** Which way a long axis is cut: through the left ventricle alone, with the aorta's root, or with the right ventricle's inflow. */
export type View = '2ch' | '3ch' | '4ch'

/** One side of the left ventricle along its length. */
export type Side = {
  halfMm: number
  wallMm: number
  thin: number
  waves: readonly [number, number, number]
  baseMm: number
  groove: number
}

/** A left ventricle: heights count from the cavity's tip towards the base. */
export type LongHeart = {
  view: View
  lengthMm: number
  apexWallMm: number
  fullness: number
  bendMm: number
  left: Side
  right: Side
  tipMm: number
}

function sampleSide(random: Random, halfMm: number, wallMm: number, lengthMm: number): Side {
  return {
    halfMm,
    wallMm: wallMm * random.between(0.75, 1.25),
    thin: random.chance(0.15) ? random.between(0.3, 0.7) : 1,
    waves: [0.06 * random.normal(), 0.05 * random.normal(), random.between(0, 6)],
    baseMm: lengthMm + random.between(-6, 6),
    groove: random.between(3, 12),
  }
}

export function sampleLongHeart(random: Random): LongHeart {
  const kind = random.uniform()
  const lengthMm = random.between(48, 112)
  const isSystole = random.chance(0.45)
  const halfMm = lengthMm * (isSystole ? random.between(0.1, 0.26) : random.between(0.2, 0.36))
  const wallMm = isSystole ? random.between(6, 18) : random.between(4, 13)
  const tiltMm = 4 * random.normal()
  const left = sampleSide(random, halfMm * random.between(0.85, 1.15), wallMm, lengthMm + tiltMm)
  const right = sampleSide(random, halfMm * random.between(0.85, 1.15), wallMm, lengthMm - tiltMm)
  return {
    view: kind < 0.35 ? '2ch' : kind < 0.6 ? '3ch' : '4ch',
    lengthMm,
    apexWallMm: wallMm * random.between(0.25, 0.9),
    fullness: random.between(1.7, 3.2),
    bendMm: 5 * random.normal(),
    left,
    right,
    tipMm: -lengthMm / 2,
  }
}

/** Where the axis lies at a height. */
export const axisAt = (heart: LongHeart, h: number): number => heart.bendMm * ((h / heart.lengthMm - 0.5) ** 2 - 0.1)

/** From the axis to the cavity's edge; narrower again beyond the widest place. */
export function endoAt({ lengthMm, fullness }: LongHeart, side: Side, h: number): number {
  if (h <= 0) return 0
  const t = Math.min(1.15, h / lengthMm)
  const bullet = Math.sqrt(Math.max(0, 1 - Math.max(0, 1 - t / 0.75) ** fullness)) * (1 - 0.18 * Math.max(0, t - 0.75) ** 1.5 * 8)
  const wave = 1 + side.waves[0] * Math.cos(3 * t * Math.PI + side.waves[2]) + side.waves[1] * Math.cos(5 * t * Math.PI + side.waves[2])
  return side.halfMm * Math.max(0.1, bullet * wave)
}

/** From the axis to the heart's surface, with the wall round the tip. */
export function epiAt(heart: LongHeart, side: Side, h: number): number {
  const { apexWallMm, lengthMm } = heart
  const above = (h + apexWallMm) / (apexWallMm + 0.25 * lengthMm)
  if (above <= 0) return 0
  const whole = endoAt(heart, side, Math.max(h, 0.25 * lengthMm)) + side.wallMm * (h > 0.4 * lengthMm ? 1 : side.thin)
  const round = Math.sqrt(1 - Math.max(0, 1 - above) ** 2)
  const straight = endoAt(heart, side, h) + side.wallMm * (h > 0.4 * lengthMm ? 1 : side.thin)
  return h < 0.25 * lengthMm ? Math.max(endoAt(heart, side, h) + 0.5 * apexWallMm, whole * round) : straight
}

/** The base line's height over an offset from the axis: through both hinges, level beyond them. */
export function baseAt(heart: LongHeart, s: number): number {
  const from = -endoAt(heart, heart.left, heart.left.baseMm)
  const to = endoAt(heart, heart.right, heart.right.baseMm)
  const share = Math.min(1, Math.max(0, (s - from) / Math.max(1, to - from)))
  return heart.left.baseMm * (1 - share) + heart.right.baseMm * share
}
