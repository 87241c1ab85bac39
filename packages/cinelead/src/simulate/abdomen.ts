// What lies under the diaphragm: liver on the right, stomach, spleen and gut in fat on the left, each with the dark line where fat meets it.
// Hands on: Abdomen, drawAbdomen, abdomenAt. Places and sizes by eye from public cines.
import type { Random } from '../base/seed.ts'
import { branchAt } from './branches.ts'
import type { Contrast } from './scanner.ts'
import { grain, step } from './texture.ts'

type Body = { middleMm: readonly [number, number, number]; halfMm: readonly [number, number, number] }

export type Abdomen = {
  stomach: Body
  /** Gas, water or food. */
  stomachFill: number
  spleen: Body
  /** Where the liver's left lobe ends, mm to the left. */
  liverEndMm: number
  /** How much of what is left are loops of gut: the higher the fewer. */
  gutFrom: number
  portaMm: readonly [number, number, number]
}

export function drawAbdomen(random: Random, floorMm: number): Abdomen {
  return {
    stomach: {
      middleMm: [56 + 12 * random.normal(), -14 + 14 * random.normal(), floorMm - 16 + 7 * random.normal()],
      halfMm: [random.between(22, 40), random.between(22, 38), random.between(14, 24)],
    },
    stomachFill: [0.05, 0.8, 0.4][random.integer(3)],
    spleen: {
      middleMm: [88 + 8 * random.normal(), 42 + 12 * random.normal(), floorMm - 20 + 8 * random.normal()],
      halfMm: [random.between(18, 28), random.between(34, 46), random.between(24, 36)],
    },
    liverEndMm: 16 + 16 * random.normal(),
    gutFrom: random.between(-2, 4),
    portaMm: [-18, 10, floorMm - 62],
  }
}

/** How far inside an ellipsoid, mm, about right near its edge. */
function depthIn({ middleMm, halfMm }: Body, x: number, y: number, z: number): number {
  const a = (x - middleMm[0]) / halfMm[0]
  const b = (y - middleMm[1]) / halfMm[1]
  const c = (z - middleMm[2]) / halfMm[2]
  return (1 - Math.sqrt(a * a + b * b + c * c)) * halfMm[2]
}

/** Lays an organ over what is there, with a dark line along its edge. */
function laid(under: number, organ: number, depthMm: number): number {
  const value = under + step(depthMm, 1) * (organ - under)
  return value * (1 - 0.7 * step(0.9 - Math.abs(depthMm), 0.8))
}

/** Signal under the diaphragm; `coarse` and `fine` are the place's texture. */
export function abdomenAt(
  body: Abdomen,
  contrast: Contrast,
  lattice: Float32Array,
  x: number,
  y: number,
  z: number,
  coarse: number,
  fine: number,
): number {
  const intoLiver = body.liverEndMm - x + 9 * coarse - 0.25 * (y + 20)
  let value = contrast.fat * (0.78 + 0.06 * fine)
  if (intoLiver < 3) {
    const loop = grain(lattice, x, y, z, 23) * 20 - body.gutFrom
    if (loop > -2) {
      const filled = 0.32 + 0.3 * coarse + (loop > 3 ? 0.14 * grain(lattice, x, y, z, 4) : 0)
      value = laid(value, filled, loop)
    }
    const spleen = depthIn(body.spleen, x, y, z) + 2 * coarse
    if (spleen > -2) value = laid(value, contrast.spleen * (1 + 0.04 * fine), spleen)
    const stomach = depthIn(body.stomach, x, y, z) + 2.5 * fine
    if (stomach > -2) {
      const fill = body.stomachFill * (0.95 + 0.2 * (body.stomachFill < 0.6 ? grain(lattice, x, y, z, 4) : coarse))
      value = laid(value, fill + step(3.5 - stomach, 1) * (contrast.skeletal * 1.2 - fill), stomach)
    }
  }
  if (intoLiver > -2) {
    const vessel = branchAt(lattice, x, y, z, x - body.portaMm[0], y - body.portaMm[1], z - body.portaMm[2], 24, 3.8, 150)
    const liver = contrast.liver * (1 + 0.04 * fine)
    value = laid(value, liver + (0.85 - contrast.liver) * 0.8 * vessel, intoLiver)
  }
  return value
}
