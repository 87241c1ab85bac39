// What lies under the diaphragm: the liver's wedge on the right, stomach, spleen and gut in fat below and on the left.
// Hands on: Abdomen, drawAbdomen, abdomenAt. Places and sizes by eye from public cines.
import type { Random } from '../base/seed.ts'
import { branchAt } from './branches.ts'
import type { Contrast } from './scanner.ts'
import { grain, step, swell } from './texture.ts'

type Body = { middleMm: readonly [number, number, number]; halfMm: readonly [number, number, number] }

export type Abdomen = {
  stomach: Body
  /** Brightness of what is in the stomach, and how far from the front gas lies over it, mm. */
  stomachFill: number
  gasToMm: number
  /** Up to what share of the way to its middle folds fill it. */
  stomachMeat: number
  /** Thickness of the stomach's wall. */
  stomachWallMm: number
  spleen: Body
  /** Where the liver's left lobe ends, mm to the left; how thick it is there and how much thicker to the right. */
  liverEndMm: number
  liverThickMm: number
  liverSlope: number
  /** How much of what is left are loops of gut: the higher the fewer. */
  gutFrom: number
  portaMm: readonly [number, number, number]
}

export function drawAbdomen(random: Random, floorMm: number): Abdomen {
  return {
    stomach: {
      middleMm: [46 + 12 * random.normal(), -12 + 14 * random.normal(), floorMm - 29 + 5 * random.normal()],
      halfMm: [random.between(36, 60), random.between(34, 56), random.between(17, 30)],
    },
    stomachFill: random.between(0.35, 1.05),
    stomachMeat: random.between(0.25, 0.6),
    gasToMm: random.between(-110, -10),
    stomachWallMm: random.between(1.5, 3.5),
    spleen: {
      middleMm: [84 + 9 * random.normal(), 34 + 14 * random.normal(), floorMm - 22 + 8 * random.normal()],
      halfMm: [random.between(20, 32), random.between(36, 52), random.between(24, 38)],
    },
    liverEndMm: 46 + 18 * random.normal(),
    liverThickMm: random.between(14, 34),
    liverSlope: random.between(0.2, 0.7),
    gutFrom: random.between(5, 14),
    portaMm: [-18, 10, floorMm - 52],
  }
}

/** How far inside an ellipsoid, mm, about right near its edge. */
function depthIn({ middleMm, halfMm }: Body, x: number, y: number, z: number): number {
  const a = (x - middleMm[0]) / halfMm[0]
  const b = (y - middleMm[1]) / halfMm[1]
  const c = (z - middleMm[2]) / halfMm[2]
  return (1 - Math.sqrt(a * a + b * b + c * c)) * halfMm[2]
}

/** Lays an organ over what is there; its edge is sharp where it stands upright in the slice, and dark where fat meets it. */
function laid(under: number, organ: number, depthMm: number, softMm: number): number {
  const value = under + step(depthMm, softMm) * (organ - under)
  return value * (1 - (1.15 / (0.6 + softMm)) * step(1.1 - Math.abs(depthMm), 0.9) * Math.min(1, 2.2 * Math.abs(under - organ) + 0.25))
}

/** Signal under the diaphragm, `below` of it; `broad`, `coarse` and `fine` are the place's texture. */
export function abdomenAt(
  body: Abdomen,
  contrast: Contrast,
  lattice: Float32Array,
  x: number,
  y: number,
  z: number,
  below: number,
  broad: number,
  coarse: number,
  fine: number,
): number {
  const soft = 1 + 2 * Math.abs(coarse)
  // The left lobe thins out to its tip; its lower face bulges.
  const aside = 0.75 * (body.liverEndMm - x + 16 * coarse - 0.25 * (y + 20))
  const lower =
    3 +
    body.liverThickMm * Math.min(1, Math.max(0, aside) / 45) +
    body.liverSlope * Math.max(0, aside) +
    16 * broad +
    6 * coarse +
    0.3 * Math.max(0, y) -
    below
  const apart = aside - lower
  const intoLiver = 0.5 * (aside + lower - Math.sqrt(apart * apart + 150))
  if (intoLiver > 4) return liverAt(body, contrast, lattice, x, y, z, coarse, fine)
  // Fat, with vessels and ligaments as dark threads.
  const thread = below > 14 ? step(fine - 0.28 - 0.6 * Math.abs(coarse), 0.25) * step(broad + 0.15, 0.3) : 0
  let value = contrast.fat * (0.74 + 0.2 * fine + 0.32 * coarse) * (1 - 0.3 * thread)
  const loop = swell(lattice, x, y, z, 27) * 24 + Math.min(5, 0.05 * (below - 40)) - body.gutFrom + 2 * fine
  if (loop > -2) {
    // Gas, water or food within a wall.
    const kind = 0.9 * broad - 0.7 * coarse
    const inside = kind < -0.3 ? 0.07 : 0.3 + 0.5 * kind + 0.26 * fine
    value = laid(value, inside + step(2.8 + 1.6 * fine - loop, 1.2) * (contrast.skeletal * 1.1 - inside), loop, soft)
  }
  const spleen = depthIn(body.spleen, x, y, z) + 5 * coarse + fine
  if (spleen > -2) value = laid(value, contrast.spleen * (1 + 0.06 * fine + 0.1 * coarse), spleen, soft)
  const stomach = depthIn(body.stomach, x, y, z) + 7 * coarse + 1.2 * fine
  if (stomach > -2) {
    // Lying on the back, gas is in front.
    const gas = step(body.gasToMm - y + 2 * fine, 2)
    // Folds of the wall run towards the middle, where what is in it lies: dark meat outside, streaks of bright inside.
    const { middleMm, halfMm } = body.stomach
    const inner = Math.min(1, Math.max(0.05, stomach / halfMm[2]))
    const out = 15 / (1.05 - inner)
    const ray = grain(
      lattice,
      ((x - middleMm[0]) / halfMm[0]) * out,
      ((y - middleMm[1]) / halfMm[1]) * out,
      ((z - middleMm[2]) / halfMm[2]) * out,
      3.4,
    )
    const meat = contrast.skeletal * (0.95 + 0.25 * fine)
    const food = body.stomachFill * (0.85 + 0.35 * fine + 0.3 * ray)
    const open = step(inner - body.stomachMeat + 0.3 * ray + 0.22 * coarse, 0.24)
    const fill = meat + Math.max(open, 0.5 * step(ray - 0.35, 0.3)) * (food + gas * (0.06 - food) - meat)
    const fold = step(body.stomachWallMm - stomach, 1.2)
    value = laid(value, fill + fold * (contrast.skeletal * 0.8 - fill), stomach, soft)
  }
  return intoLiver > -2.5 ? laid(value, liverAt(body, contrast, lattice, x, y, z, coarse, fine), intoLiver, soft) : value
}

/** Liver with what one sees of its veins. */
function liverAt(
  { portaMm }: Abdomen,
  contrast: Contrast,
  lattice: Float32Array,
  x: number,
  y: number,
  z: number,
  coarse: number,
  fine: number,
): number {
  const ax = x - portaMm[0]
  const ay = y - portaMm[1]
  const az = z - portaMm[2]
  const vein = branchAt(lattice, x, y, z, ax, ay, az, 22, 2.6, 230)
  const twig = vein > 0 || fine < 0 ? 0 : branchAt(lattice, x + 11, y + 5, z, ax, ay, az, 12, 1.3, 180)
  const liver = contrast.liver * (0.94 + 0.11 * fine + 0.26 * coarse)
  return liver + (0.85 - contrast.liver) * Math.max(vein, 0.75 * twig)
}
