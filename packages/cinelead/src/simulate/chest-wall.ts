// The wall of the chest from the pleura outwards: ribs and gristle with muscle between them, a sheet of muscle of changing thickness, fat, skin.
// Hands on: ChestWall, drawChestWall, chestWallAt, inked. Thicknesses are by eye from public cines.
import type { Random } from '../base/seed.ts'
import type { Person } from './person.ts'
import type { Contrast } from './scanner.ts'
import { fading, grain, latticeSize, step } from './texture.ts'

const ribSpacingMm = 29
const latticeMask = latticeSize ** 3 - 1

export type ChestWall = {
  ribPhase: number
  ribTilt: number
  /** Layer of ribs and what is between them. */
  ribMm: number
  /** Share of fat in what lies between the ribs' gristle. */
  fatty: number
  /** The chest's great muscles, at their thickest. */
  muscleMm: number
  /** A breast's height over the fat around it; where it is highest: from the middle, and above the heart's. */
  breastMm: number
  breastXMm: number
  breastZMm: number
  /** By how much fat gets thicker to the left, to the front and downwards, of itself. */
  lean: readonly [number, number, number]
}

export function drawChestWall(random: Random, person: Person): ChestWall {
  const breastMm = person.isMale ? 0 : random.between(4, 22) + 1.1 * Math.max(0, person.bmi - 24)
  return {
    ribPhase: random.uniform(),
    ribTilt: random.between(0.1, 0.7),
    ribMm: random.between(8.5, 11.5),
    fatty: random.between(0.55, 1),
    muscleMm: (person.isMale ? 1 : 0.65) * random.between(9, 27),
    breastMm,
    breastXMm: 75 + 10 * random.normal(),
    breastZMm: -8 + 16 * random.normal(),
    lean: [0.2 * random.normal(), random.between(-0.15, 0.4), 0.15 * random.normal()],
  }
}

/** Fat and water in one pixel cancel: where a share of fat ends there is a dark line. */
export function inked(signal: number, fatShare: number): number {
  return signal * (1 - 3.2 * fatShare * (1 - fatShare))
}

/** Thickness of ribs and muscle together, mm: thin beside the breastbone, thick under the shoulder and at the back. */
function meatThickness(wall: ChestWall, x: number, higher: number, broad: number): number {
  const aside = Math.min(1, Math.max(0, (Math.abs(x) - 42 + 10 * broad) / 45))
  return wall.ribMm + wall.muscleMm * aside * Math.min(1, Math.max(0.12, 0.45 + higher / 80 + 0.9 * broad))
}

/** Thickness of the fat under the skin, mm. */
function fatThickness(wall: ChestWall, chest: Person['chest'], x: number, y: number, higher: number, broad: number): number {
  const { lean, breastMm } = wall
  const uneven = 0.85 + 0.75 * broad + (lean[0] * x) / chest.halfWidthMm - (lean[1] * y) / chest.halfDepthMm - (lean[2] * higher) / 90
  const even = Math.max(2.5, chest.fatMm * Math.max(0.25, uneven))
  if (y > 0 || breastMm === 0) return even
  const besideMm = Math.abs(x) - wall.breastXMm
  const aboveMm = higher - wall.breastZMm
  return even + breastMm * fading((besideMm * besideMm) / 2100 + (aboveMm * aboveMm) / 2500)
}

/**
 * Signal of the chest's wall, 0 outside of the skin.
 *
 * @param higher  Above the heart's middle, mm.
 * @param out     Outwards from the pleura, mm.
 * @param pushedMm  By how much the heart presses the wall outwards, at the cost of its fat.
 * @param broad   The place's slow texture; `coarse` is finer.
 */
export function chestWallAt(
  wall: ChestWall,
  contrast: Contrast,
  chest: Person['chest'],
  lattice: Float32Array,
  x: number,
  y: number,
  higher: number,
  out: number,
  pushedMm: number,
  broad: number,
  coarse: number,
): number {
  const meatMm = meatThickness(wall, x, higher, broad)
  const skinMm = meatMm + Math.max(0.3 * chest.fatMm, fatThickness(wall, chest, x, y, higher, broad) - 0.6 * pushedMm) - out
  if (skinMm < -1.4) return 0
  const z = higher
  const shown = step(skinMm, 1.4)
  const inFat = out - meatMm
  const fine = grain(lattice, x, y, z, 6)
  let fat = contrast.fat
  if (inFat > -2) {
    fat *= 0.92 + 0.16 * coarse + 0.1 * fine
    if (inFat + skinMm > 10 && fine > -0.1) {
      // Threads run through thick fat.
      const course = grain(lattice, 0.45 * x + 0.2 * z, 0.5 * skinMm + 7 * coarse, 0.35 * z, 5.5)
      fat *= 1 - 0.3 * step(0.04 - Math.abs(course), 0.06) * step(fine - 0.25, 0.25) * step(skinMm - 5, 3) * step(inFat + skinMm - 14, 4)
    }
    fat += step(1.8 - skinMm, 0.9) * (0.45 * contrast.fat - fat)
    if (inFat > 3.4) return fat * shown
  }
  // Muscle is streaked along its fibres, with seams of fat between its layers.
  const streak = grain(lattice, 0.3 * x + 0.3 * z, out * 1.1 + 5 * coarse, 0.3 * z - 0.3 * y, 3.4)
  const seam = step(1.4 * coarse + 0.8 - Math.abs(out - wall.ribMm - 1 - 2.5 * fine), 1)
  const seamed = Math.max(0.75 * seam, step(streak - 0.62, 0.2))
  let value = contrast.skeletal * (1 + 0.22 * streak)
  value = inked(value + seamed * (contrast.fat * 0.8 - value), seamed)
  // Beside the breastbone gristle lies in fat, with a thin layer of it inside and in this the mammary vessels.
  const beside = y < 0 ? step(100 + 25 * coarse - Math.abs(x), 16) : 0
  if (beside > 0 && out < wall.ribMm + 3) {
    const between = beside * wall.fatty * step(wall.ribMm + 1 - out + 2 * fine, 2.5)
    value += between * (contrast.fat * (0.9 + 0.15 * fine) * (1 - 0.7 * step(streak - 0.3, 0.2)) - value)
    const asideMm = Math.abs(x) - 27 - 5 * coarse
    const vesselMm = Math.sqrt(asideMm * asideMm + (out - 0.5) * (out - 0.5))
    if (vesselMm < 4)
      value +=
        step(1.5 - vesselMm, 0.9) * (0.8 + 0.5 * coarse - value) - (0.3 + 0.4 * coarse) * value * step(0.8 - Math.abs(vesselMm - 2.3), 0.8)
  }
  if (out < wall.ribMm + 4) {
    // Towards the breastbone the ribs' gristle runs together.
    const closer = y < 0 ? 1 + 0.2 * step(64 - Math.abs(x), 28) : 1
    const turn = (closer * (z + 0.5 * y) + wall.ribTilt * Math.abs(x)) / ribSpacingMm + wall.ribPhase + 0.5 * coarse
    const number = Math.round(turn)
    const own = lattice[(number * 977 + (x < 0 ? 331 : 7)) & latticeMask]
    const along = ((turn - number) * ribSpacingMm * 0.85) / closer
    const deep = out - 0.5 * wall.ribMm - 0.8 * beside - 1.5 * own - 1.2 * fine
    const long = (7 + 2.2 * own + 3 * coarse) * (1 - 0.22 * beside)
    const half = 4.4 - 1.1 * own + 0.8 * fine
    let oval = Math.sqrt((along * along) / (long * long) + (deep * deep) / (half * half))
    if (y < 0) oval = Math.min(oval, Math.sqrt((x * x) / 289 + ((deep - 1) * (deep - 1)) / 36))
    if (oval < 1.6) {
      // Bone has a dark rim around its marrow; towards the breastbone there is gristle, even and grey.
      const gristle = y < 0 ? step(78 - Math.abs(x) + 14 * own, 12) * step(Math.abs(x) - 20, 6) : 0
      const marrow = contrast.marrow * (Math.abs(x) < 20 ? 0.9 + 0.4 * fine : 0.6 + 0.2 * own + 0.3 * fine)
      const inside = marrow + gristle * (contrast.skeletal * (0.9 + 0.2 * own) - marrow)
      value += step((1 - oval) * 4.5, 1) * (0.8 + 0.4 * fine) * (inside - value)
      value *= 1 - (0.72 + 0.3 * coarse - 0.15 * own) * step(0.8 - Math.abs(oval - 1.05) * 4.5, 0.9)
    }
  }
  const share = step(inFat, 1.7 + 0.8 * Math.abs(coarse))
  return shown * (share > 0 ? inked(value + share * (fat * 0.97 - value), share) : value)
}
