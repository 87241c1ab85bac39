// What lies around the heart: lungs, mediastinum, diaphragm, spine and aorta; what lies around that is chest-wall.ts, under it abdomen.ts.
// Hands on: Torso, torso, tissueAt. Shapes are by eye from public cines; nothing here is measured.
import { createRandom } from '../base/seed.ts'
import { type Abdomen, abdomenAt, drawAbdomen } from './abdomen.ts'
import { branchAt } from './branches.ts'
import { type ChestWall, chestWallAt, drawChestWall, inked } from './chest-wall.ts'
import { combine, heartAxes, type Vector3 } from './heart-axes.ts'
import type { Person } from './person.ts'
import type { Contrast } from './scanner.ts'
import { createLattice, createRoll, fading, grain, type Roll, rollAt, step, swell } from './texture.ts'

export type Torso = {
  person: Person
  contrast: Contrast
  /** Base to apex, and how far the base plane lies from the heart's middle, mm: the great vessels stay behind it. */
  apical: Vector3
  baseMm: number
  /** A sphere about both ventricles. */
  middleMm: Vector3
  heartReachMm: number
  /** Height of the diaphragm under the heart, mm in the chest's frame. */
  floorMm: number
  /** Random values for texture. */
  lattice: Float32Array
  roll: Roll
  abdomen: Abdomen
  wall: ChestWall
  /** Place and radius in a level plane: descending and ascending aorta, pulmonary trunk, superior vena cava. */
  aortaMm: readonly [number, number, number]
  vesselsMm: readonly (readonly [number, number, number])[]
  /** How much the front of the chest falls back with height. */
  recline: number
  /** How much nearer the breastbone is to the heart than an ellipse would have it. */
  gapMm: number
  /** Of the nominal chest wall, from which the ribs' cage is measured inwards. */
  wallMm: number
  /** Half the width of the fat in front of the heart. */
  padMm: number
  /** Haze of the lungs at the back, where they are less blown up. */
  haze: number
  /** How bright the lungs' vessels are: the more, the less the heart's beat moves them. */
  lungVessels: number
}

export function torso(person: Person, contrast: Contrast): Torso {
  const random = createRandom(`${person.seed}/torso/${person.index}`)
  const heartReachMm = 47 * Math.cbrt((person.pump.lvedvMl + person.pump.rvedvMl) / 300)
  // The heart lies on the diaphragm.
  const floorMm = person.chest.heartMm[2] - 0.7 * heartReachMm + 3 * random.normal()
  const { apical, lateral } = heartAxes(person.chest)
  return {
    person,
    contrast,
    apical,
    baseMm: person.pump.lvLengthMm / 2,
    middleMm: combine([1, person.chest.heartMm], [-11, lateral]),
    heartReachMm,
    floorMm,
    lattice: createLattice(random),
    roll: createRoll(random, 190),
    abdomen: drawAbdomen(random, floorMm),
    wall: drawChestWall(random, person),
    aortaMm: [19 + 4 * random.normal(), 0.52 * person.chest.halfDepthMm + 4 * random.normal(), 10.5 + 1.5 * random.normal()],
    vesselsMm: [
      [-6 + 4 * random.normal(), -22 + 4 * random.normal(), 14.5 + random.normal()],
      [22 + 4 * random.normal(), -40 + 4 * random.normal(), 12.5 + random.normal()],
      [-30 + 4 * random.normal(), -12 + 4 * random.normal(), 8.5 + random.normal()],
    ],
    recline: random.between(0.22, 0.6),
    gapMm: random.between(10, 28),
    wallMm: random.between(11, 19),
    padMm: Math.max(4, 11 + 1.1 * (person.bmi - 25) + 8 * random.normal()),
    haze: random.between(0, 0.16),
    lungVessels: random.between(0.12, 0.7),
  }
}

/** Math.hypot without its care for numbers that no place in a chest has, which costs a good part of a pixel's time. */
function length(x: number, y: number, z = 0): number {
  return Math.sqrt(x * x + y * y + z * z)
}

/** Lung, and between the lungs the mediastinum: fat with the great vessels, in front of the spine; fat in front of the heart. */
function aboveDiaphragm(body: Torso, x: number, y: number, z: number, broad: number, coarse: number, below: number): number {
  const { contrast, lattice } = body
  const { heartMm, halfDepthMm } = body.person.chest
  const rise = z - heartMm[2]
  const ax = Math.abs(x) - 42
  const ay = y - 16
  const az = rise - 22
  const back = Math.max(0, 0.5 + (0.5 * y) / halfDepthMm)
  // Over the diaphragm, which moves, lung is grey.
  const low = below > -22 ? 0.5 * (1 + below / 22) ** 2 : 0
  const lung = contrast.lung * (0.8 + 0.5 * coarse) + body.haze * (back * back + low) * (1 + broad + 0.5 * coarse)
  let value =
    lung + body.lungVessels * Math.max(0.04, 0.4 + 2.4 * coarse + 0.8 * broad) * branchAt(lattice, x, y, z, ax, ay, az, 8.5, 2, 140)
  // In front the fat reaches from the breastbone to the heart and tapers upwards; behind it surrounds gullet and aorta.
  const halfPad = body.padMm + 11 * coarse + 9 * broad + 0.4 * Math.max(0, -rise) - 0.005 * Math.max(0, rise + 12) ** 2
  const ahead = step(halfPad - Math.abs(x + 9), 2.5 + 4 * Math.abs(broad)) * step(-20 + 8 * coarse - y, 5)
  const behind = y > 8 ? step(13 + 9 * coarse - Math.abs(x - 12), 2.5) * step(y - 14, 5) : 0
  let high = 0
  let above = 0
  if (rise > 20) {
    const { apical, baseMm } = body
    const deep = (x - heartMm[0]) * apical[0] + (y - heartMm[1]) * apical[1] + rise * apical[2] + baseMm
    high = step(rise - 30, 6) * step(-6 - deep, 5)
    if (high > 0) above = step(30 + 8 * coarse - Math.abs(x - 2), 2.5) * high * step(y + 58, 4)
  }
  const middle = Math.max(ahead, behind, above)
  if (middle > 0) {
    // Glands, the gullet, small vessels and what is left of the thymus are darker islands and threads in it.
    const fine = swell(lattice, 0.8 * x + 0.4 * z, y, 0.8 * z - 0.4 * x, 6.5)
    const course = fine < -0.2 ? 1 : grain(lattice, 0.25 * x + 0.2 * z, 0.8 * y + 9 * coarse, 0.3 * z - 0.2 * x, 6)
    const thread = 0.85 * step(0.04 - Math.abs(course), 0.09) * step(fine - 0.15, 0.35)
    const island = Math.max(thread, step(fine - (behind > 0 ? 0.25 : 0.5) + 0.3 * coarse, 0.16))
    const fat = contrast.fat * (0.95 + 0.2 * coarse + 0.1 * fine)
    value += middle * (fat + Math.min(1, 0.85 + 0.6 * coarse) * island * (contrast.skeletal - fat) - value)
  }
  if (high > 0) {
    for (let i = 0; i < body.vesselsMm.length; i++) {
      const vessel = body.vesselsMm[i]
      const deep = vessel[2] + coarse - length(x - vessel[0] - 0.15 * rise, y - vessel[1])
      if (deep > -2) {
        value = (value + high * step(deep, 1) * (0.95 + 0.08 * coarse - value)) * (1 - 0.5 * high * step(1 - Math.abs(deep), 0.8))
      }
    }
  }
  // Fat lies between the heart and the diaphragm, thick under the apex and thin elsewhere.
  const padMm = 5 + 9 * coarse + 5 * broad - 0.0011 * (x - 14) ** 2 - 0.0014 * (y + 48) ** 2
  const pad = step(below + padMm, 2)
  if (pad > 0) value = inked(value + pad * (contrast.fat * (0.9 + 0.12 * coarse) - value), pad)
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
  if (rho > 1.45) return 0
  const slope = Math.sqrt((qx / wide) ** 2 + (qy / deep) ** 2) / Math.max(1e-6, rho)
  const broad = rollAt(body.roll, x, y, z)
  const coarse = swell(lattice, x + 30, y, z, 31)
  // Inwards from the pleura; outside it the wall's layers are counted the other way.
  let inner = (1 - rho) / slope - fatMm - body.wallMm - 8 * qx * qx + 5 * broad + 2.5 * coarse
  let pushedMm = 0
  if (inner < 12) {
    // The cage goes around the heart.
    const over = body.heartReachMm - length(x - body.middleMm[0], y - body.middleMm[1], z - body.middleMm[2]) - inner
    pushedMm = 0.5 * (over + Math.sqrt(over * over + 260))
    inner += pushedMm
  }
  const edgeMm = 1.7 + 2 * Math.abs(coarse)
  let wall = 0
  if (inner < edgeMm) {
    wall = chestWallAt(body.wall, contrast, body.person.chest, lattice, x, y, z - heartMm[2], -inner, pushedMm, broad, coarse)
    if (inner < -edgeMm) return wall
  }
  // Diaphragm: two domes, the right higher. Where it slants through the slice, or moved, its edge is soft.
  const dome =
    body.floorMm +
    33 * fading(((x + 70) / 62) ** 2) +
    15 * fading(((x - 85) / 62) ** 2) -
    0.0022 * (y + 20) ** 2 -
    24 * step(y - 40, 40) +
    6 * coarse +
    10 * broad
  const below = dome - z
  const softMm = 1.2 + 3 * Math.max(0, broad + 0.5 * coarse)
  let value = below > -softMm ? abdomenAt(body.abdomen, contrast, lattice, x, y, z, below, broad, coarse, grain(lattice, x, y, z, 8)) : 0
  if (below < softMm) {
    const over = aboveDiaphragm(body, x, y, z, broad, coarse, below)
    value = over + step(below, softMm) * (value - over)
    const sheet = step(1.2 - Math.abs(below), 0.9) * Math.max(0, 0.75 - 0.25 * softMm + 0.5 * coarse)
    value += sheet * (contrast.skeletal * 0.7 - value)
  }
  const back = y - 0.72 * halfDepthMm
  if (back > -26) value = spineAt(contrast, x, back, coarse, value)
  const aorta = body.aortaMm[2] + 1.5 * coarse - length(x - body.aortaMm[0], y - body.aortaMm[1])
  if (aorta > -2) value = (value + step(aorta, 1.2) * (0.8 + 0.25 * coarse - value)) * (1 - 0.4 * step(1 - Math.abs(aorta), 0.8))
  const mix = step(inner, edgeMm)
  return mix < 1 ? wall * (1 - mix) + value * mix : value
}

/** A vertebra, `back` behind its middle, with the canal and the muscle beside it, over what is there. */
function spineAt(contrast: Contrast, x: number, back: number, coarse: number, under: number): number {
  let value = under
  const spine = length(x, back * 1.15) - 2 * coarse
  if (back > 6) value += step(38 + 8 * coarse - Math.abs(x), 3) * step(back - 10, 3) * (contrast.skeletal * (1 + 0.3 * coarse) - value)
  if (spine < 25) {
    value += step(23.5 - spine, 1.2) * (contrast.skeletal * 0.5 - value)
    value += step(21 - spine, 1.4) * (contrast.marrow * (0.75 + 0.25 * coarse) - value)
  }
  const canal = length(x, back - 29)
  if (canal < 9) {
    value += step(8 - canal, 1.2) * (1 - value)
    value += step(4.5 - canal, 1.2) * (0.5 - value)
  }
  return value
}
