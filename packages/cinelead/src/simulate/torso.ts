// What lies around the heart: skin, fat, muscle and ribs, lungs, liver and spleen under the diaphragm, spine and aorta.
// Hands on: Torso, torso, tissueAt. Shapes are by eye from public cines; nothing here is measured.
import { createRandom } from '../base/seed.ts'
import type { Person } from './person.ts'
import type { Contrast } from './scanner.ts'
import { createLattice, grain, step } from './texture.ts'

export type Torso = {
  person: Person
  contrast: Contrast
  /** Height of the diaphragm under the heart, mm in the chest's frame. */
  floorMm: number
  /** Random values for texture. */
  lattice: Float32Array
  aortaMm: readonly [number, number, number]
  /** Middle of the stomach, its half axes, and what fills it. */
  stomachMm: readonly [number, number, number]
  stomachHalfMm: readonly [number, number, number]
  stomachFill: number
}

export function torso(person: Person, contrast: Contrast): Torso {
  const random = createRandom(`${person.seed}/torso/${person.index}`)
  const floorMm = person.chest.heartMm[2] - 36 + 4 * random.normal()
  return {
    person,
    contrast,
    floorMm,
    stomachMm: [58 + 12 * random.normal(), -18 + 14 * random.normal(), floorMm - 20 + 6 * random.normal()],
    stomachHalfMm: [random.between(24, 42), random.between(22, 38), random.between(14, 24)],
    // Gas, water or food.
    stomachFill: [0.04, 0.9, 0.45][random.integer(3)],
    lattice: createLattice(random),
    aortaMm: [22 + 4 * random.normal(), 0.42 * person.chest.halfDepthMm + 4 * random.normal(), 10.5 + 1.5 * random.normal()],
  }
}

/** Math.hypot without its care for numbers that no place in a chest has, which costs a good part of a pixel's time. */
function length(x: number, y: number, z = 0): number {
  return Math.sqrt(x * x + y * y + z * z)
}

/** Fat and water in one pixel cancel: where a share of fat ends there is a dark line. */
function inked(signal: number, fatShare: number): number {
  return signal * (1 - 2.2 * fatShare * (1 - fatShare))
}

/** Share of a vessel in a tree: where two smooth random fields are both near zero, which they are along winding lines. */
function vessel(lattice: Float32Array, x: number, y: number, z: number, grainMm: number, radiusMm: number): number {
  const a = grain(lattice, x, y, z, grainMm) * grainMm
  if (Math.abs(a) > radiusMm + 1) return 0
  const b = grain(lattice, y + 170, z, x, grainMm) * grainMm
  return step(radiusMm - Math.sqrt(a * a + b * b), 1)
}

/** Stomach with its wall and what is in it, and loops of gut around it. */
function bowel(
  { lattice, contrast, stomachMm, stomachHalfMm, stomachFill }: Torso,
  x: number,
  y: number,
  z: number,
  around: number,
): number {
  const a = (x - stomachMm[0]) / stomachHalfMm[0]
  const b = (y - stomachMm[1]) / stomachHalfMm[1]
  const c = (z - stomachMm[2]) / stomachHalfMm[2]
  const out = (Math.sqrt(a * a + b * b + c * c) - 1) * stomachHalfMm[2] + 2.5 * grain(lattice, x, y, z, 12)
  if (out > 4) {
    const loop = Math.abs(grain(lattice, x, y, z, 26)) * 26 - 5
    return around + step(-loop, 1.2) * (0.3 * stomachFill + 0.35 - around) - step(1.2 - Math.abs(loop), 1) * 0.35 * around
  }
  const fill = stomachFill * (0.9 + 0.25 * grain(lattice, x, y, z, stomachFill < 0.6 ? 4 : 14))
  return fill + step(out + 2.5, 1) * (contrast.skeletal - fill) + step(out - 1.5, 1) * (around - contrast.skeletal)
}

/**
 * Signal of the tissue at a place of the chest, without the heart. Blood = 1.
 *
 * @param x  To the left, mm from the middle of the chest.
 * @param y  To the back.
 * @param z  Up.
 */
export function tissueAt(body: Torso, x: number, y: number, z: number): number {
  const { contrast, lattice } = body
  const { halfWidthMm, halfDepthMm, fatMm } = body.person.chest
  const coarse = grain(lattice, x, y, z, 31)
  const wide = halfWidthMm + fatMm
  const deep = halfDepthMm + fatMm
  const qx = x / wide
  const qy = y / deep
  const rho = Math.sqrt(qx * qx + qy * qy)
  const slope = Math.sqrt((qx / wide) ** 2 + (qy / deep) ** 2) / Math.max(1e-6, rho)
  const depth = (1 - rho) / slope + 2.5 * coarse
  if (depth < -2) return 0
  const fine = grain(lattice, x, y, z, 7)
  // Ribs: bands that slope down to the front, of uneven width; muscle in layers between them.
  const band = Math.cos((z + 0.45 * y + 0.25 * Math.abs(x) + 16 * coarse) * 0.17)
  const wallMm = 15 + 6 * coarse
  const ribDepth = depth - fatMm - wallMm * 0.55
  const ribShare = step(band - 0.5 - 0.25 * fine, 0.15) * step(4.5 + coarse - Math.abs(ribDepth), 1.2)
  const layer = 0.5 + 0.5 * Math.sin((depth - fatMm) * 0.9 + 3 * coarse)
  const flesh = contrast.skeletal * (0.85 + 0.3 * layer * layer) * (1 + 0.12 * fine)
  const rib = flesh + ribShare * (contrast.marrow * 0.8 - flesh)
  const fatShare = step(fatMm - depth, 1)
  const wall = inked(rib + fatShare * (contrast.fat * (0.93 + 0.1 * fine) - rib), fatShare)
  const skin = wall + step(2.2 - depth, 0.8) * (0.45 - wall)
  const inner = depth - fatMm - wallMm
  if (inner < -1.5) return skin * step(depth, 2)
  // Diaphragm: two domes, the right higher.
  const dome =
    body.floorMm +
    (x < 0 ? 34 : 16) * Math.exp(-(((x + (x < 0 ? 70 : -85)) / 62) ** 2)) -
    0.0022 * (y + 20) ** 2 -
    24 * step(y - 40, 40) +
    4 * coarse
  const below = dome - z
  let value: number
  if (below > 2) {
    const stomach = step(x - 28 + 10 * coarse, 4)
    const liver = contrast.liver * (1 + 0.09 * fine) + (0.85 - contrast.liver) * vessel(lattice, x, y, z, 21, 1.6 + 1.8 * coarse)
    const folds = contrast.spleen * (0.75 + 0.35 * grain(lattice, x, y, z, 5)) * (1 - 0.75 * step(coarse - 0.3, 0.08))
    const gut = bowel(body, x, y, z, folds)
    const left = gut + step(9 + 3 * fine - below, 1.5) * (contrast.fat * 0.75 - gut)
    value = liver + stomach * (left - liver)
    value += step(3.5 - below, 1) * (contrast.skeletal * 0.8 - value)
  } else {
    // Lung vessels are thick near the hilum and thin out to the sides.
    const hilumMm = Math.max(0.2, 2.1 - 0.018 * length(Math.abs(x) - 45, y - 15, z - 20))
    const lung = contrast.lung + 0.8 * Math.max(0, grain(lattice, x, y, z, 6) - 0.45) ** 1.5 + 0.55 * vessel(lattice, x, y, z, 12, hilumMm)
    // Mediastinum: fat and great vessels between the lungs, in front of the spine; a fat pad in front of the heart, narrow above it.
    const rise = z - body.person.chest.heartMm[2]
    const halfPad = 40 - 0.3 * Math.max(0, rise) - 0.12 * Math.max(0, -rise) + 14 * coarse
    const behind = step(30 + 10 * coarse - Math.abs(x - 6), 4) * step(y + 58, 6)
    const ahead = step(halfPad - Math.abs(x - 12), 5) * step(-30 - y, 8)
    const middle = Math.max(behind, ahead)
    const fatty = step(coarse + 0.5 * fine + 0.05 + 0.25 * ahead, 0.35)
    const strand = step(1.1 - Math.abs(grain(lattice, x, y, z, 11)) * 11, 0.9)
    const lobule = 0.62 + 0.2 * fine + 0.2 * grain(lattice, x, y, z, 3.6)
    const soft = contrast.skeletal * 0.9 + fatty * lobule * (1 - 0.2 * strand) * (contrast.fat - contrast.skeletal)
    value = lung + middle * (soft - lung)
    // The internal mammary vessels on both sides of the breastbone.
    const mammary = length(Math.abs(x) - 22 - 3 * coarse, inner - 3)
    if (mammary < 3) value += step(1.2 - mammary, 0.9) * (0.6 - value)
    // Fat lies between the heart and the diaphragm, thick under the apex and thin elsewhere.
    const padMm = 5 + 7 * grain(lattice, x, y, z * 0.4, 37) - 0.0016 * (x - 28) ** 2 - 0.0016 * (y + 40) ** 2
    const pad = step(below + padMm, 1.2)
    value = inked(value + pad * (contrast.fat * lobule - value), pad)
    value += step(below, 2) * (contrast.skeletal - value)
  }
  const spine = length(x, y - 0.72 * halfDepthMm)
  if (spine < 25) {
    value += step(24 - spine, 1) * (contrast.skeletal * 0.5 - value)
    value += step(21.5 - spine, 1) * (contrast.marrow * (0.7 + 0.15 * fine) - value)
  }
  const canal = length(x, y - 0.72 * halfDepthMm - 27)
  if (canal < 9) {
    value += step(8 - canal, 1) * (1.1 - value)
    value += step(5 - canal, 1) * (0.5 - value)
  }
  const aorta = length(x - body.aortaMm[0], y - body.aortaMm[1]) - body.aortaMm[2]
  if (aorta < 1.5) {
    const inside = step(-aorta, 1.5)
    const wall = step(1.6 - Math.abs(aorta), 1) * 0.5
    value = value * (1 - inside) + (0.98 + 0.1 * coarse) * inside
    value *= 1 - wall * 0.6
  }
  const mix = step(inner, 1.5)
  return skin * (1 - mix) + value * mix
}
