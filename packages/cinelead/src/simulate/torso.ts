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
}

export function torso(person: Person, contrast: Contrast): Torso {
  const random = createRandom(`${person.seed}/torso/${person.index}`)
  return {
    person,
    contrast,
    floorMm: person.chest.heartMm[2] - 36 + 4 * random.normal(),
    lattice: createLattice(random),
    aortaMm: [22 + 4 * random.normal(), 0.42 * person.chest.halfDepthMm + 4 * random.normal(), 10.5 + 1.5 * random.normal()],
  }
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
  const wall = rib + fatShare * (contrast.fat * (0.93 + 0.1 * fine) - rib)
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
    const liver = contrast.liver * (1 + 0.07 * fine) + 0.25 * step(grain(lattice, x, y, z, 15) - 0.58, 0.1)
    const folds = contrast.spleen * (0.75 + 0.35 * grain(lattice, x, y, z, 5)) * (1 - 0.75 * step(coarse - 0.3, 0.08))
    const left = folds + step(9 + 3 * fine - below, 1.5) * (contrast.fat * 0.75 - folds)
    value = liver + stomach * (left - liver)
    value += step(3.5 - below, 1) * (contrast.skeletal * 0.8 - value)
  } else {
    const lung = contrast.lung + 1.1 * Math.max(0, grain(lattice, x, y, z, 6) - 0.45) ** 1.5
    // Mediastinum: fat and great vessels between the lungs, in front of the spine; a fat pad in front of the heart, narrow above it.
    const rise = z - body.person.chest.heartMm[2]
    const halfPad = 40 - 0.3 * Math.max(0, rise) - 0.12 * Math.max(0, -rise) + 14 * coarse
    const behind = step(30 + 10 * coarse - Math.abs(x - 6), 4) * step(y + 58, 6)
    const ahead = step(halfPad - Math.abs(x - 12), 5) * step(-30 - y, 8)
    const middle = Math.max(behind, ahead)
    const fatty = step(coarse + 0.5 * fine + 0.05 + 0.25 * ahead, 0.35)
    const soft = contrast.skeletal * 0.9 + fatty * (0.62 + 0.2 * fine) * (contrast.fat - contrast.skeletal)
    value = lung + middle * (soft - lung)
    value += step(below, 2) * (contrast.skeletal - value)
  }
  const spine = Math.hypot(x, y - 0.72 * halfDepthMm)
  if (spine < 25) {
    value += step(24 - spine, 1) * (contrast.skeletal * 0.5 - value)
    value += step(21.5 - spine, 1) * (contrast.marrow * (0.7 + 0.15 * fine) - value)
  }
  const canal = Math.hypot(x, y - 0.72 * halfDepthMm - 27)
  if (canal < 9) {
    value += step(8 - canal, 1) * (1.1 - value)
    value += step(5 - canal, 1) * (0.5 - value)
  }
  const aorta = Math.hypot(x - body.aortaMm[0], y - body.aortaMm[1]) - body.aortaMm[2]
  if (aorta < 1.5) {
    const inside = step(-aorta, 1.5)
    value = value * (1 - inside) + 1.05 * inside
  }
  const mix = step(inner, 1.5)
  return skin * (1 - mix) + value * mix
}
