// What lies around a heart in a short-axis picture, drawn at random: chest wall, lung, liver and bowel, spine, aorta, vessels.
// The body frame has the RV to the left, the diaphragm below, the breast bone above left. Hands on: paintTorso, Tissue.
import type { Random } from '../base/seed.ts'
import { type Blob, blob, type Canvas, edgeDistance, grown, noiseField, paint } from './segmentation-anatomy-canvas.ts'

/** Intensities, blood of the LV being about 1. */
export type Tissue = { blood: number; muscle: number; fat: number; lung: number; liver: number }

function paintRimmed(
  canvas: Canvas,
  shape: Blob,
  value: number | ((at: number) => number),
  rim: number,
  rimMm: number,
  edgeMm: number,
): void {
  if (rimMm > 0)
    paint(
      canvas,
      grown(shape, () => rimMm),
      rim,
      edgeMm,
    )
  paint(canvas, shape, value, edgeMm)
}

/** Body outline, its fat and muscle, and lung inside it. */
function paintWall(canvas: Canvas, random: Random, tissue: Tissue): void {
  const { image_YX, u_YX, v_YX, size } = canvas
  const body = blob(
    random,
    random.between(-30, 60),
    random.between(0, 70),
    random.between(110, 190),
    random.between(90, 160),
    0.05,
    random.between(-0.6, 0.6),
  )
  const fatMm = random.between(3, 45)
  const muscleMm = random.between(4, 22)
  const fatNoise = noiseField(random, size, random.integer(8) + 4)
  const ribNoise = noiseField(random, size, random.integer(14) + 8)
  const bandMm = random.between(25, 70)
  const bandPhase = random.between(0, 6)
  const hasBands = random.chance(0.5)
  const air = random.between(0, 0.03)
  for (let at = 0; at < image_YX.length; at++) {
    const depth = -edgeDistance(body, u_YX[at], v_YX[at]) + 3 * ribNoise[at]
    const fatHere = fatMm * (1 + 0.5 * fatNoise[at])
    if (depth < 0) image_YX[at] = air
    else if (depth < fatHere) {
      // Off resonance near the skin: dark bands across bright fat.
      const band = hasBands ? Math.min(1, 0.15 + 1.5 * Math.abs(Math.sin((u_YX[at] + 0.5 * v_YX[at]) / bandMm + bandPhase))) : 1
      image_YX[at] = tissue.fat * band
    } else if (depth < fatHere + muscleMm) image_YX[at] = ribNoise[at] > 0.9 ? tissue.fat * 0.8 : tissue.muscle
    else image_YX[at] = tissue.lung * (1 + 0.3 * fatNoise[at])
  }
  for (let vessel = random.integer(25); vessel > 0; vessel--) {
    const radiusMm = random.between(0.8, 3.5)
    const [u, v] = [random.between(-120, 120), random.between(-120, 120)]
    paint(canvas, blob(random, u, v, radiusMm, radiusMm * random.between(0.6, 2), 0.1), tissue.blood * random.between(0.3, 0.9), 2)
  }
}

/** Everything below the diaphragm, whose line is wavy and starts `belowMm` under the heart's centre. */
function paintAbdomen(canvas: Canvas, random: Random, tissue: Tissue, belowMm: number): void {
  const { image_YX, u_YX, v_YX, size } = canvas
  const tilt = random.between(-0.35, 0.35)
  const wave = noiseField(random, size, 3)
  const base = random.chance(0.6) ? tissue.fat * random.between(0.4, 1) : tissue.liver
  const texture = noiseField(random, size, random.integer(20) + 8)
  const textured = random.between(0, 0.4)
  for (let at = 0; at < image_YX.length; at++) {
    const depth = v_YX[at] - belowMm - tilt * u_YX[at] - 5 * wave[at]
    if (depth <= -1.5) continue
    const value = base * Math.max(0.05, 1 + textured * texture[at])
    image_YX[at] += Math.min(1, (depth + 1.5) / 3) * (value - image_YX[at])
  }
  const rim = random.between(0.02, 0.2)
  const rimMm = random.chance(0.6) ? random.between(0.8, 2.2) : 0
  if (random.chance(0.85)) {
    const liver = blob(
      random,
      random.between(-90, -10),
      belowMm + random.between(20, 55),
      random.between(40, 90),
      random.between(18, 55),
      0.12,
      random.between(-0.5, 0.5),
    )
    const grain = noiseField(random, size, 24)
    paintRimmed(canvas, liver, (at) => tissue.liver * (1 + 0.08 * grain[at]), rim, rimMm, 3)
    for (let vessel = random.integer(6); vessel > 0; vessel--) {
      const radiusMm = random.between(1.5, 6)
      const place = blob(
        random,
        liver.u + random.between(-35, 35),
        liver.v + random.between(-20, 20),
        radiusMm,
        radiusMm * random.between(1, 2),
        0.2,
      )
      paint(canvas, place, tissue.blood * random.between(0.4, 0.9), 2)
    }
  }
  for (let organ = random.integer(7); organ > 0; organ--) {
    const radiusMm = random.between(8, 40)
    const shape = blob(
      random,
      random.between(-90, 110),
      belowMm + radiusMm * 0.8 + random.between(0, 70),
      radiusMm,
      radiusMm * random.between(0.5, 1.4),
      0.15,
      random.between(0, 3),
    )
    const grain = noiseField(random, size, random.integer(24) + 6)
    const value = random.between(0.03, 0.9)
    const grainy = random.between(0, 0.5)
    paintRimmed(canvas, shape, (at) => value * Math.max(0, 1 + grainy * grain[at]), rim, rimMm, 2.5)
    if (random.chance(0.3))
      paint(
        canvas,
        grown(shape, () => -radiusMm * random.between(0.25, 0.6)),
        random.between(0.03, 1),
        3,
      )
  }
}

/** Spine, descending aorta, and round vessels with a wall: bright discs that are no ventricle. */
function paintVessels(canvas: Canvas, random: Random, tissue: Tissue, heartMm: number): void {
  const away = heartMm + random.between(15, 45)
  const towards = random.between(0.3, 1.9)
  const wall = random.between(0.05, 0.3)
  if (random.chance(0.8)) {
    const spine = blob(
      random,
      away * 1.5 * Math.cos(towards),
      away * 1.5 * Math.sin(towards),
      random.between(14, 24),
      random.between(14, 24),
      0.08,
    )
    paintRimmed(canvas, spine, random.between(0.2, 0.8), wall, random.between(1, 4), 3)
  }
  if (random.chance(0.8)) {
    const radiusMm = random.between(7, 16)
    const place = blob(
      random,
      away * Math.cos(towards + 0.3),
      away * Math.sin(towards + 0.3),
      radiusMm,
      radiusMm * random.between(0.85, 1.2),
      0.04,
    )
    paintRimmed(canvas, place, tissue.blood * random.between(0.5, 1.2), wall, random.between(0.5, 2.5), 2)
  }
  for (let vessel = random.integer(4); vessel > 0; vessel--) {
    const radiusMm = random.between(3, 12)
    const angle = random.between(0, 2 * Math.PI)
    const distance = heartMm + radiusMm + random.between(4, 60)
    const place = blob(random, distance * Math.cos(angle), distance * Math.sin(angle), radiusMm, radiusMm * random.between(0.6, 1.6), 0.1)
    paintRimmed(canvas, place, random.between(0.1, 1.1), wall, random.between(0, 4), 2)
  }
}

/** Paints the surroundings of a heart of radius `heartMm` at the origin. */
export function paintTorso(canvas: Canvas, random: Random, tissue: Tissue, heartMm: number): void {
  paintWall(canvas, random, tissue)
  // Soft tissue between heart and spine.
  if (random.chance(0.6)) {
    const mediastinum = blob(random, random.between(-50, 10), random.between(-30, 40), random.between(30, 70), random.between(30, 70), 0.15)
    paint(canvas, mediastinum, random.chance(0.5) ? tissue.fat * random.between(0.3, 1) : tissue.muscle, 4)
  }
  if (random.chance(0.85)) paintAbdomen(canvas, random, tissue, heartMm + random.between(-6, 40))
  paintVessels(canvas, random, tissue, heartMm)
}
