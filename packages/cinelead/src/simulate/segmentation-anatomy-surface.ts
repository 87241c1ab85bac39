// What lies on a heart's surface in the random training anatomy: fat, the line of the pericardium, pads as bright as blood.
// Hands on: paintFat, paintPericardium, paintPads.
import type { Random } from '../base/seed.ts'
import { type Blob, blob, type Canvas, grown, noiseField, paint } from './segmentation-anatomy-canvas.ts'
import type { Tissue } from './segmentation-anatomy-torso.ts'

/** Fat of uneven thickness on the heart, outlined by the dark line where fat meets water. */
export function paintFat(canvas: Canvas, random: Random, tissue: Tissue, outline: Blob): void {
  if (random.chance(0.2)) return
  const order = random.integer(3) + 1
  const phase = random.between(0, 6)
  const meanMm = random.between(-3, 10)
  const swingMm = random.between(2, 10)
  const fat = grown(outline, (angle) => Math.max(0, meanMm + swingMm * Math.cos(order * angle + phase)))
  paint(canvas, fat, tissue.fat, 2)
  const inkMm = random.chance(0.6) ? random.between(0.7, 1.8) : 0
  if (inkMm > 0)
    paint(
      canvas,
      grown(outline, () => inkMm),
      random.between(0.02, 0.25),
      1.5,
    )
}

/** The pericardium: a dark line outside a thin layer of fat, close enough to be taken for the wall. */
export function paintPericardium(canvas: Canvas, random: Random, tissue: Tissue, outline: Blob): void {
  if (random.chance(0.5)) return
  const gapMm = random.between(0.6, 3.5)
  const lineMm = random.between(0.6, 2)
  const dark = random.between(0.02, 0.3)
  paint(
    canvas,
    grown(outline, () => gapMm + lineMm),
    dark,
    1.2,
  )
  paint(
    canvas,
    grown(outline, () => gapMm),
    tissue.fat * random.between(0.5, 1),
    1.2,
  )
}

/** Pads of fat beside the heart, as bright as blood and without a wall. */
export function paintPads(canvas: Canvas, random: Random, tissue: Tissue, heartMm: number): void {
  for (let pad = random.integer(4); pad > 0; pad--) {
    const angle = random.between(0, 2 * Math.PI)
    const radiusMm = random.between(5, 22)
    const reach = heartMm + radiusMm * random.between(0.2, 1.2) + (Math.cos(angle) < 0 ? random.between(0, 40) : 0)
    const shape = blob(
      random,
      reach * Math.cos(angle),
      reach * Math.sin(angle),
      radiusMm,
      radiusMm * random.between(0.5, 2),
      0.2,
      random.between(0, 3),
    )
    const grain = noiseField(random, canvas.size, random.integer(30) + 10)
    const grainy = random.between(0, 0.4)
    const value = random.chance(0.7) ? tissue.fat : tissue.blood * random.between(0.6, 1)
    paint(canvas, shape, (at) => value * Math.max(0.1, 1 + grainy * grain[at]), 2.5)
  }
}
