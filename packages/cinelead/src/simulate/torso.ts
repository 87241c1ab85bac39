// What lies around the heart: skin, fat, muscle and ribs, lungs, mediastinum, spine and aorta; what lies under the diaphragm is abdomen.ts.
// Hands on: Torso, torso, tissueAt. Shapes are by eye from public cines; nothing here is measured.
import { createRandom } from '../base/seed.ts'
import { type Abdomen, abdomenAt, drawAbdomen } from './abdomen.ts'
import { branchAt } from './branches.ts'
import type { Person } from './person.ts'
import type { Contrast } from './scanner.ts'
import { createLattice, fading, grain, step } from './texture.ts'

export type Torso = {
  person: Person
  contrast: Contrast
  /** Height of the diaphragm under the heart, mm in the chest's frame. */
  floorMm: number
  /** Random values for texture. */
  lattice: Float32Array
  abdomen: Abdomen
  /** Place and radius in a level plane: descending and ascending aorta, pulmonary trunk, superior vena cava. */
  aortaMm: readonly [number, number, number]
  vesselsMm: readonly (readonly [number, number, number])[]
  /** How much the front of the chest falls back with height. */
  recline: number
  /** How much nearer the breastbone is to the heart than an ellipse would have it. */
  gapMm: number
  wallMm: number
  ribPhase: number
  ribTilt: number
  /** Half the width of the fat in front of the heart. */
  padMm: number
}

export function torso(person: Person, contrast: Contrast): Torso {
  const random = createRandom(`${person.seed}/torso/${person.index}`)
  const floorMm = person.chest.heartMm[2] - 36 + 4 * random.normal()
  return {
    person,
    contrast,
    floorMm,
    lattice: createLattice(random),
    abdomen: drawAbdomen(random, floorMm),
    aortaMm: [22 + 4 * random.normal(), 0.42 * person.chest.halfDepthMm + 4 * random.normal(), 10.5 + 1.5 * random.normal()],
    vesselsMm: [
      [-6 + 4 * random.normal(), -22 + 4 * random.normal(), 14.5 + random.normal()],
      [22 + 4 * random.normal(), -40 + 4 * random.normal(), 12.5 + random.normal()],
      [-30 + 4 * random.normal(), -12 + 4 * random.normal(), 8.5 + random.normal()],
    ],
    recline: random.between(0.22, 0.6),
    gapMm: random.between(4, 16),
    wallMm: random.between(11, 19),
    ribPhase: random.uniform(),
    ribTilt: random.between(0.1, 0.7),
    padMm: Math.max(6, 13 + 1.1 * (person.bmi - 25) + 5 * random.normal()),
  }
}

/** Math.hypot without its care for numbers that no place in a chest has, which costs a good part of a pixel's time. */
function length(x: number, y: number, z = 0): number {
  return Math.sqrt(x * x + y * y + z * z)
}

/** Fat and water in one pixel cancel: where a share of fat ends there is a dark line. */
function inked(signal: number, fatShare: number): number {
  return signal * (1 - 2.6 * fatShare * (1 - fatShare))
}

const ribSpacingMm = 29

/** Skin, fat, layers of muscle, ribs and breastbone, by depth under the skin. */
function chestWall(body: Torso, x: number, y: number, z: number, depth: number, wallMm: number, coarse: number): number {
  const { contrast } = body
  const { fatMm } = body.person.chest
  const into = depth - fatMm
  if (into < -1.5) {
    // Subcutaneous fat is even, with a few thin septa.
    const septum = step(0.5 - Math.abs(coarse - 0.12) * 31, 0.7) * step(depth - 4, 2)
    const fat = contrast.fat * (0.97 + 0.06 * coarse) * (1 - 0.12 * septum)
    return fat + step(2 - depth, 0.8) * (0.4 - fat)
  }
  // Two layers of muscle with a thin sheet of fat between them; ribs lie in the inner one.
  const sheet = step(1.1 - Math.abs(into - 0.4 * wallMm - 2 * coarse), 0.8)
  const muscle = contrast.skeletal * (1 + 0.12 * coarse)
  let value = inked(muscle + 0.8 * sheet * (contrast.fat * 0.8 - muscle), 0.8 * sheet)
  const turn = (z + 0.5 * y + body.ribTilt * Math.abs(x)) / ribSpacingMm + body.ribPhase + 0.25 * coarse
  const along = (turn - Math.round(turn)) * ribSpacingMm * 0.85
  const under = into - 0.68 * wallMm
  // Bone has a dark rim around its marrow; towards the breastbone there is gristle, even and grey.
  const rib = length(along / (6.5 + 4 * coarse), under / 4.2)
  const oval = y < 0 ? Math.min(rib, length(x / 18, under / 5.5)) : rib
  if (oval < 1.5) {
    const gristle = y < 0 ? step(72 - Math.abs(x), 9) * step(Math.abs(x) - 22, 6) : 0
    const marrow = contrast.marrow * (0.9 + 0.3 * coarse)
    value += step((1 - oval) * 4.5, 1) * (marrow + gristle * (contrast.skeletal * 1.3 - marrow) - value)
    value *= 1 - (0.6 - 0.25 * gristle) * step(0.8 - Math.abs(oval - 1.05) * 4.5, 0.8)
  }
  const fatShare = step(-into, 1)
  return fatShare > 0 ? inked(value + fatShare * (contrast.fat * 0.97 - value), fatShare) : value
}

/** Lung, and between the lungs the mediastinum: fat with the great vessels, in front of the spine; a fat pad in front of the heart. */
function aboveDiaphragm(body: Torso, x: number, y: number, z: number, coarse: number, below: number): number {
  const { contrast, lattice } = body
  const rise = z - body.person.chest.heartMm[2]
  const ax = Math.abs(x) - 42
  const ay = y - 16
  const az = rise - 22
  const lung = contrast.lung * (1 + 0.25 * coarse) + 0.5 * branchAt(lattice, x, y, z, ax, ay, az, 13, 2.3, 115)
  const halfPad = body.padMm + 9 * coarse + 0.35 * Math.max(0, -rise - 12)
  const ahead = step(halfPad - Math.abs(x - 10), 2.5) * step(-26 - y, 4)
  const behind = step(13 + 9 * coarse - Math.abs(x - 12), 2.5) * step(y - 14, 5)
  const high = rise > 22 ? step(rise - 30, 6) : 0
  const above = high > 0 ? step(30 + 8 * coarse - Math.abs(x - 2), 2.5) * high * step(y + 58, 4) : 0
  const middle = Math.max(ahead, behind, above)
  let value = lung
  if (middle > 0) {
    // Fat is even; glands, the gullet and small vessels are dark islands in it.
    const island = step(grain(lattice, x, y, z, 12) - (behind > 0 ? 0.25 : 0.5), 0.25)
    const fat = contrast.fat * (0.82 + 0.06 * coarse)
    value += middle * (inked(fat + island * (contrast.skeletal - fat), island) - lung)
  }
  if (high > 0) {
    for (let i = 0; i < body.vesselsMm.length; i++) {
      const [vx, vy, radiusMm] = body.vesselsMm[i]
      const deep = radiusMm - length(x - vx - 0.15 * rise, y - vy)
      if (deep > -2) {
        value = (value + high * step(deep, 1) * (0.95 + 0.08 * coarse - value)) * (1 - 0.65 * high * step(1 - Math.abs(deep), 0.8))
      }
    }
  }
  // Fat lies between the heart and the diaphragm, thick under the apex and thin elsewhere.
  const padMm = 4 + 7 * coarse - 0.0016 * (x - 28) ** 2 - 0.0016 * (y + 40) ** 2
  const pad = step(below + padMm, 1.2)
  if (pad > 0) value = inked(value + pad * (contrast.fat * 0.82 - value), pad)
  return value
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
  const { halfWidthMm, halfDepthMm, fatMm, heartMm } = body.person.chest
  const wide = halfWidthMm + fatMm
  // The breastbone leans back: the chest is shallower higher up.
  const deep = halfDepthMm + fatMm - (y < 0 ? body.gapMm + body.recline * Math.max(-60, z - heartMm[2]) : 0)
  const qx = x / wide
  const qy = y / deep
  const rho = Math.sqrt(qx * qx + qy * qy)
  if (rho > 1.06) return 0
  const slope = Math.sqrt((qx / wide) ** 2 + (qy / deep) ** 2) / Math.max(1e-6, rho)
  const coarse = grain(lattice, x, y, z, 31)
  const depth = (1 - rho) / slope + 2.5 * coarse
  if (depth < -1) return 0
  const wallMm = body.wallMm + 5 * coarse + 8 * qx * qx
  const inner = depth - fatMm - wallMm
  const wall = inner < 1.5 ? chestWall(body, x, y, z, depth, wallMm, coarse) : 0
  if (inner < -1.5) return wall * step(depth, 1)
  // Diaphragm: two domes, the right higher.
  const dome =
    body.floorMm +
    33 * fading(((x + 70) / 62) ** 2) +
    15 * fading(((x - 85) / 62) ** 2) -
    0.0022 * (y + 20) ** 2 -
    24 * step(y - 40, 40) +
    5 * coarse +
    0.8 * Math.sin(0.16 * x + 7 * coarse)
  const below = dome - z
  let value = below > -1.5 ? abdomenAt(body.abdomen, contrast, lattice, x, y, z, coarse, grain(lattice, x, y, z, 7)) : 0
  if (below < 1.5) {
    const over = aboveDiaphragm(body, x, y, z, coarse, below)
    value = over + step(below, 1.5) * (value - over)
  }
  if (Math.abs(below) < 2) value += step(1.2 - Math.abs(below), 0.8) * (contrast.skeletal * 0.7 - value)
  const back = y - 0.72 * halfDepthMm
  if (back > -26) {
    const spine = length(x, back)
    if (spine < 25) {
      value += step(24 - spine, 1) * (contrast.skeletal * 0.4 - value)
      value += step(21.5 - spine, 1) * (contrast.marrow * (0.8 + 0.1 * coarse) - value)
    }
    const canal = length(x, back - 27)
    if (canal < 9) {
      value += step(8 - canal, 1) * (1.1 - value)
      value += step(5 - canal, 1) * (0.5 - value)
    }
  }
  const aorta = body.aortaMm[2] - length(x - body.aortaMm[0], y - body.aortaMm[1])
  if (aorta > -2) value = (value + step(aorta, 1.2) * (0.97 + 0.1 * coarse - value)) * (1 - 0.6 * step(1 - Math.abs(aorta), 0.8))
  const mix = step(inner, 1.5)
  if (mix < 1) value = wall * (1 - mix) + value * mix
  // No tissue is even: what the eye takes for the picture's grain.
  return value < 0.12 ? value : value * (1 + 0.09 * grain(lattice, x, y, z, 3.1))
}
