// The right side of a random long-axis picture: right ventricle beside the septum, tricuspid valve, right atrium.
// Hands on: sampleRight, paintSeptalSide. Sizes are the project's own spread.
import type { Random } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { type Canvas, noiseField } from './segmentation-anatomy-canvas.ts'
import type { Tissue } from './segmentation-anatomy-torso.ts'
import { paintAtrium, paintGroove, paintLeaflets, paintLine } from './segmentation-long-axis-paint.ts'
import { axisAt, epiAt, type LongHeart } from './segmentation-long-axis-shape.ts'

/** Heights as the left ventricle's. */
export type RightSide = {
  tipMm: number
  reachMm: number
  bulge: number
  wallMm: number
  septalMm: number
  lateralMm: number
}

/** Draws a right ventricle's sizes for a left one. */
export function sampleRight(random: Random, { view, lengthMm, left }: LongHeart): RightSide {
  if (view === '3ch') {
    // The outflow: a bright oblong beside the upper septum, which runs on past the left ventricle's base.
    const endMm = left.baseMm + random.between(-4, 30)
    return {
      tipMm: lengthMm * random.between(0.2, 0.8),
      reachMm: random.between(10, 34),
      bulge: random.between(0.15, 0.7),
      wallMm: random.between(1.5, 5),
      septalMm: endMm,
      lateralMm: endMm + random.between(-10, 10),
    }
  }
  return {
    tipMm: lengthMm * random.between(-0.04, 0.32),
    reachMm: random.between(16, 66),
    bulge: random.between(0.35, 1.15),
    wallMm: random.between(1.5, 5),
    septalMm: left.baseMm + random.between(-9, 3),
    lateralMm: left.baseMm + random.between(-18, 10),
  }
}

/** Cavity with its label, free wall, bands, valve and atrium; to be painted before the left ventricle. */
export function paintSeptalSide(canvas: Canvas, random: Random, tissue: Tissue, heart: LongHeart, right: RightSide): void {
  const { image_YX, labels_YX, u_YX, v_YX, size } = canvas
  const septumAt = (h: number): number => axisAt(heart, h) - epiAt(heart, heart.left, h)
  const widthAt = (h: number): number => {
    const t = (h - right.tipMm) / Math.max(10, Math.max(right.septalMm, right.lateralMm) - right.tipMm)
    return t <= 0 ? 0 : right.reachMm * Math.min(1.1, t) ** right.bulge
  }
  const septal = [septumAt(right.septalMm), right.septalMm + heart.tipMm] as const
  const outer = [septumAt(right.lateralMm) - widthAt(right.lateralMm), right.lateralMm + heart.tipMm] as const
  const valveAt = (u: number): number => {
    const share = Math.min(1, Math.max(0, (septal[0] - u) / Math.max(1, septal[0] - outer[0])))
    return septal[1] * (1 - share) + outer[1] * share
  }
  const blood = tissue.blood * random.between(0.85, 1.2)
  const isInflow = heart.view === '4ch'
  if (isInflow)
    paintAtrium(canvas, random, tissue, (septal[0] + outer[0]) / 2, (septal[1] + outer[1]) / 2, (septal[0] - outer[0]) / 2, blood)
  const swirl = noiseField(random, size, 10)
  const rough = noiseField(random, size, 24)
  const roughMm = random.between(0, 3)
  for (let at = 0; at < image_YX.length; at++) {
    const h = v_YX[at] - heart.tipMm
    if (h < right.tipMm - 6 || h > heart.lengthMm + 25) continue
    const septum = septumAt(h)
    const width = widthAt(h) + roughMm * rough[at] * 0.5
    const fromSeptum = septum + 3 - u_YX[at] // a little under the septum, which is painted later
    if (fromSeptum < 0) continue
    const below = valveAt(u_YX[at]) - v_YX[at]
    const inWall = Math.min(1, Math.max(0, 0.5 + (width + 3 + right.wallMm - fromSeptum) / 1.5)) * Math.min(1, Math.max(0, 0.5 + below / 2))
    if (width > 0) image_YX[at] += inWall * (tissue.muscle - image_YX[at])
    const inCavity =
      Math.min(1, Math.max(0, 0.5 + (width + 3 - fromSeptum) / 1.5)) * Math.min(1, Math.max(0, 0.5 + (below + (isInflow ? 5 : 0)) / 2))
    if (width > 1) image_YX[at] += inCavity * (blood * (1 + 0.08 * swirl[at]) - image_YX[at])
    if (width > 1 && below > 0 && fromSeptum < width + 3) labels_YX[at] = cardiacLabels.rvCavity
  }
  for (let band = random.integer(5); band > 0; band--) {
    const h = right.tipMm + random.between(0.2, 0.8) * (right.septalMm - right.tipMm)
    const [near, far] = [septumAt(h), septumAt(h) - widthAt(h)]
    const shift = random.between(-12, 12)
    paintLine(
      canvas,
      [near, h + heart.tipMm],
      [far, h + heart.tipMm + shift],
      random.between(1, 3.5),
      tissue.muscle,
      random.between(0.2, 0.8),
    )
  }
  if (!isInflow) return
  paintGroove(canvas, random, tissue, outer[0] - right.wallMm, outer[1] + 2, random.between(3, 12))
  paintLeaflets(canvas, random, tissue, [outer, septal], random.between(8, 22))
}
