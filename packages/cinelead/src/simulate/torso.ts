// What lies around the heart: skin, fat, muscle and ribs, lungs, liver and spleen under the diaphragm, spine and aorta.
// Hands on: Torso, torso, tissueAt. Shapes are by eye from public cines; nothing here is measured.
import { createRandom } from '../base/seed.ts'
import type { Person } from './person.ts'
import type { Contrast } from './scanner.ts'

export type Torso = {
  person: Person
  contrast: Contrast
  /** Height of the diaphragm under the heart, mm in the chest's frame. */
  floorMm: number
  /** Random values for texture. */
  lattice: Float32Array
  aortaMm: readonly [number, number, number]
}

const latticeSize = 32

export function torso(person: Person, contrast: Contrast): Torso {
  const random = createRandom(`${person.seed}/torso/${person.index}`)
  const lattice = Float32Array.from({ length: latticeSize ** 3 }, () => random.uniform() * 2 - 1)
  return {
    person,
    contrast,
    floorMm: person.chest.heartMm[2] - 36 + 4 * random.normal(),
    lattice,
    aortaMm: [22 + 4 * random.normal(), 0.42 * person.chest.halfDepthMm + 4 * random.normal(), 10.5 + 1.5 * random.normal()],
  }
}

/** Smooth noise of unit range with a grain of `grainMm`. */
function grain(lattice: Float32Array, x: number, y: number, z: number, grainMm: number): number {
  const px = x / grainMm + 500
  const py = y / grainMm + 500
  const pz = z / grainMm + 500
  const ix = Math.floor(px)
  const iy = Math.floor(py)
  const iz = Math.floor(pz)
  const fx = px - ix
  const fy = py - iy
  const fz = pz - iz
  const mask = latticeSize - 1
  const x0 = ix & mask
  const x1 = (ix + 1) & mask
  const y0 = (iy & mask) << 5
  const y1 = ((iy + 1) & mask) << 5
  const z0 = (iz & mask) << 10
  const z1 = ((iz + 1) & mask) << 10
  const a = lattice[z0 + y0 + x0] + fx * (lattice[z0 + y0 + x1] - lattice[z0 + y0 + x0])
  const b = lattice[z0 + y1 + x0] + fx * (lattice[z0 + y1 + x1] - lattice[z0 + y1 + x0])
  const c = lattice[z1 + y0 + x0] + fx * (lattice[z1 + y0 + x1] - lattice[z1 + y0 + x0])
  const d = lattice[z1 + y1 + x0] + fx * (lattice[z1 + y1 + x1] - lattice[z1 + y1 + x0])
  const low = a + fy * (b - a)
  const high = c + fy * (d - c)
  return low + fz * (high - low)
}

function step(value: number, widthMm: number): number {
  return value <= -widthMm ? 0 : value >= widthMm ? 1 : 0.5 + (0.5 * value) / widthMm
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
  // Ribs: bands that slope down to the front, dark rim and marrow.
  const band = Math.cos((z + 0.35 * y + 6 * coarse) * 0.21)
  const wallMm = 17
  const rib = band > 0.35 && depth > fatMm + 4 && depth < fatMm + 13 ? contrast.marrow : contrast.skeletal
  const wall = depth < fatMm ? contrast.fat * (0.96 + 0.08 * fine) : rib * (1 + 0.12 * fine)
  const skin = depth < 2.2 ? 0.45 : wall
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
    const liver = contrast.liver * (1 + 0.07 * fine) + (grain(lattice, x, y, z, 15) > 0.55 ? 0.3 : 0)
    const left = below < 9 ? contrast.fat * 0.8 : coarse > 0.25 ? 0.12 : contrast.spleen * (1 + 0.1 * fine)
    value = below < 3.5 ? contrast.skeletal : liver * (1 - stomach) + left * stomach
  } else {
    const vessel = grain(lattice, x, y, z, 10)
    const lung = contrast.lung + (vessel > 0.5 ? 0.55 * (vessel - 0.5) : 0)
    // Mediastinum: fat and great vessels between the lungs, in front of the spine.
    const middle = step(33 + 10 * coarse - Math.abs(x - 6), 4) * step(y + 58, 6)
    const soft = contrast.skeletal + 0.4 * step(coarse + 0.1, 0.2) * contrast.fat
    value = lung * (1 - middle) + soft * middle
    if (below > -2) value = value * (0.5 - below / 4) + contrast.skeletal * (0.5 + below / 4)
  }
  const spineX = x
  const spineY = y - 0.72 * halfDepthMm
  const spine = Math.hypot(spineX, spineY)
  if (spine < 24) value = spine < 21 ? contrast.marrow * (0.75 + 0.1 * fine) : contrast.skeletal * 0.6
  const canal = Math.hypot(x, y - 0.72 * halfDepthMm - 27)
  if (canal < 8) value = canal < 5 ? 0.5 : 1.15
  const aorta = Math.hypot(x - body.aortaMm[0], y - body.aortaMm[1]) - body.aortaMm[2]
  if (aorta < 1.5) {
    const inside = step(-aorta, 1.5)
    value = value * (1 - inside) + 1.05 * inside
  }
  const mix = step(inner, 1.5)
  return skin * (1 - mix) + value * mix
}
