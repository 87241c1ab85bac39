// What lies at a heart's base in the random training anatomy: outflow tracts, great arteries and atria, which hold the same blood as the
// ventricles and belong to neither. Hands on: angleBetween, bloodValue, openOutflow,
// wallBesideGap, closeAcross, paintOpening, paintBeyondGap, paintAtria, paintRightAtrium, paintAtriumBeside, paintOutflow.
// Sizes: aortic root 13 to 20 mm, atria 20 to 45 mm and outflow tract 12 to 20 mm of radius or width in adults (the project's own spread).
import type { Random } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { ANGLES, type Blob, blob, type Canvas, eachPixel, grown, noiseField, paint } from './segmentation-anatomy-canvas.ts'
import type { Heart, Opening } from './segmentation-anatomy-heart.ts'
import type { Tissue } from './segmentation-anatomy-torso.ts'

export const angleBetween = (a: number, b: number): number => Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)))

/** Blood with slow swirls. */
export function bloodValue(random: Random, canvas: Canvas, level: number): (at: number) => number {
  const swirl = noiseField(random, canvas.size, random.integer(30) + 6)
  const drift = noiseField(random, canvas.size, 3)
  const strength = random.chance(0.35) ? random.between(0.1, 0.35) : random.between(0, 0.1)
  return (at) => level * (1 + strength * swirl[at] + 0.06 * drift[at])
}

/** What a basal wall opens to: aortic root, left atrium or both, full of the same blood, thin-walled or with no wall to be seen between. */
export function paintBeyondGap(canvas: Canvas, random: Random, tissue: Tissue, heart: Heart, muscle: number): void {
  if (random.chance(0.2)) return
  const { endo, epi, gap } = heart
  const isWide = gap.halfRad > 0.9
  for (const side of isWide && random.chance(0.5) ? [-1, 1] : [0]) {
    const radiusMm = epi.maxMm * (isWide ? random.between(0.35, 0.9) : random.between(0.25, 0.65))
    const reach = endo.maxMm * random.between(0.75, 1.1) + radiusMm * random.between(0.5, 0.9)
    const angle = gap.angleRad + side * random.between(0.4, 0.9) * Math.min(1.2, gap.halfRad)
    const chamber = blob(
      random,
      reach * Math.cos(angle),
      reach * Math.sin(angle),
      radiusMm,
      radiusMm * random.between(0.7, 1.4),
      0.06,
      random.between(0, 3),
    )
    paintChamber(canvas, random, tissue, muscle, chamber, random.chance(0.3) ? 0 : random.between(0.8, 2.2))
  }
}

/** Bulges a cavity towards the gap in its wall: contours by hand follow the blood into the outflow tract below the valve. */
export function openOutflow(endo: Blob, gap: Heart['gap'], byFraction: number): void {
  for (let k = 0; k < ANGLES; k++) endo.radii[k] *= 1 + byFraction * Math.max(0, Math.cos((k / ANGLES) * 2 * Math.PI - gap.angleRad)) ** 3
  endo.maxMm = Math.max(...endo.radii)
}

/** Share of a half ring's wall that stands at an angle: none in the gap, tapering out beside it. */
export function wallBesideGap(gap: Heart['gap'], angleRad: number, taperRad: number): number {
  const beside = (angleBetween(angleRad, gap.angleRad) - gap.halfRad) / taperRad
  const rise = Math.min(1, Math.max(0, beside))
  return rise * rise * (3 - 2 * rise)
}

/**
 * Ends a half ring's cavity at the valves, as contours by hand do: by a straight line across the open side.
 *
 * @param byFraction  Where the line lies: 0 on the chord between the ends of the wall, 1 where the round outline is farthest.
 * @returns           How far from the cavity's centre it lies, mm.
 */
export function closeAcross(endo: Blob, gap: Heart['gap'], byFraction: number): number {
  const radiusAt = (angleRad: number) => endo.radii[Math.round((angleRad / (2 * Math.PI) + 2) * ANGLES) % ANGLES]
  const ends = [gap.angleRad - gap.halfRad, gap.angleRad + gap.halfRad]
  const chordMm = ends.reduce((sum, angle) => sum + radiusAt(angle) * Math.cos(gap.halfRad), 0) / 2
  const lineMm = chordMm + byFraction * (radiusAt(gap.angleRad) - chordMm)
  for (let k = 0; k < ANGLES; k++) {
    const along = Math.cos((k / ANGLES) * 2 * Math.PI - gap.angleRad)
    if (along > 0) endo.radii[k] = Math.min(endo.radii[k], lineMm / along)
  }
  endo.maxMm = Math.max(...endo.radii)
  return lineMm
}

/**
 * Where a half ring opens: beyond the valves the blood goes on into an aortic root, an atrium or both, with no border to be seen or the
 * thin wall of a leaflet. Labels nothing.
 */
export function paintOpening(
  canvas: Canvas,
  random: Random,
  { gap }: Heart,
  { outline, valvesMm, isBorderSeen }: Opening,
  blood: (at: number) => number,
  edgeMm: number,
): void {
  const isWide = gap.halfRad > 1
  for (const side of isWide && random.chance(0.6) ? [-1, 1] : [0]) {
    const radiusMm = outline.maxMm * random.between(0.45, isWide ? 1.1 : 0.8)
    const beyondMm = valvesMm + radiusMm * random.between(0.65, 1.05)
    const besideMm = side === 0 ? 0.2 * outline.maxMm * random.normal() : side * outline.maxMm * random.between(0.35, 0.85)
    const u = beyondMm * Math.cos(gap.angleRad) - besideMm * Math.sin(gap.angleRad)
    const v = beyondMm * Math.sin(gap.angleRad) + besideMm * Math.cos(gap.angleRad)
    const chamber = blob(random, u, v, radiusMm, radiusMm * random.between(0.7, 1.3), 0.06, random.between(0, 3))
    const wallMm = random.between(isBorderSeen ? 0.6 : 0, 2.2)
    const wall = random.between(0.05, 0.4)
    const level = random.chance(0.6) ? 1 : random.between(0.8, 1.1)
    paint(
      canvas,
      grown(chamber, () => wallMm),
      wall,
      1.8,
    )
    paint(canvas, chamber, (at) => level * blood(at), edgeMm)
    eachPixel(canvas, chamber, wallMm, (at) => {
      canvas.labels_YX[at] = cardiacLabels.background
    })
  }
  if (!isBorderSeen) paint(canvas, outline, blood, edgeMm)
}

/** A thin-walled vessel or atrium without a label, its own pixels taken from what lay there. */
function paintChamber(canvas: Canvas, random: Random, tissue: Tissue, muscle: number, shape: Blob, wallMm: number): void {
  const covered = grown(shape, () => wallMm)
  if (wallMm > 0) paint(canvas, covered, muscle * random.between(0.6, 1.2), 1.8)
  paint(canvas, shape, bloodValue(random, canvas, tissue.blood * random.between(0.75, 1.1)), 2)
  eachPixel(canvas, covered, 0, (at) => {
    canvas.labels_YX[at] = cardiacLabels.background
  })
}

/** Above the valves: left atrium, aortic root, right atrium: thin walls, blood, and no label. */
export function paintAtria(canvas: Canvas, random: Random, tissue: Tissue, heart: Heart, muscle: number): void {
  const chamber = (u: number, v: number, radiusMm: number) => {
    const shape = blob(random, u, v, radiusMm, radiusMm * random.between(0.7, 1.4), 0.08, random.between(0, 3))
    paintChamber(canvas, random, tissue, muscle, shape, random.between(0.8, 2.6))
  }
  const radiusMm = Math.max(16, heart.epi.maxMm * random.between(0.6, 0.95))
  if (random.chance(0.85)) chamber(random.between(-5, 10), random.between(0, 15), radiusMm)
  if (random.chance(0.7)) chamber(-radiusMm - random.between(5, 25), random.between(5, 35), random.between(12, 30))
  // The aortic root lies before the left atrium; sometimes it stands alone where the ventricle was.
  if (random.chance(0.8)) chamber(-radiusMm * random.between(0.2, 1), -random.between(5, 25), random.between(9, 19))
}

/** The right atrium below and behind the right ventricle; the valve between them is often not to be seen. */
export function paintRightAtrium(canvas: Canvas, random: Random, tissue: Tissue, heart: Heart, muscle: number): void {
  const { rv, epi } = heart
  if (rv === undefined) return
  const radiusMm = epi.maxMm * random.between(0.4, 0.85)
  const towards = random.between(1.2, 2.8) // below, or below and to the right side of the body
  const reach = 0.8 * Math.min(rv.maxMm, 1.4 * epi.maxMm) + radiusMm * random.between(0.2, 0.7)
  const shape = blob(
    random,
    rv.u + reach * Math.cos(towards),
    rv.v + reach * Math.sin(towards),
    radiusMm,
    radiusMm * random.between(0.7, 1.3),
    0.08,
    random.between(0, 3),
  )
  paintChamber(canvas, random, tissue, muscle, shape, random.chance(0.5) ? 0 : random.between(0.8, 2.2))
}

/** The right atrium to the right of an open base, as large as the left ventricle and as bright, behind the right ventricle. */
export function paintAtriumBeside(canvas: Canvas, random: Random, tissue: Tissue, { epi }: Heart, muscle: number): void {
  const radiusMm = epi.maxMm * random.between(0.6, 1.1)
  const reach = epi.maxMm * random.between(0.75, 1.05) + 0.6 * radiusMm
  const towards = Math.PI + random.between(-0.9, 0.2)
  const shape = blob(
    random,
    reach * Math.cos(towards),
    reach * Math.sin(towards),
    radiusMm,
    radiusMm * random.between(0.7, 1.2),
    0.08,
    random.between(0, 3),
  )
  paintChamber(canvas, random, tissue, muscle, shape, random.chance(0.4) ? 0 : random.between(0.8, 2.2))
}

/** In front of the base: the right ventricle's outflow tract in its muscle, which counts, or the pulmonary trunk in a thin wall, which does not. */
export function paintOutflow(canvas: Canvas, random: Random, tissue: Tissue, heart: Heart, muscle: number): void {
  const sizeMm = heart.epi.maxMm * random.between(0.35, 0.7)
  const away = heart.epi.maxMm * random.between(0.75, 1.1) + sizeMm * 0.6
  const angle = random.between(-2.6, -1.5)
  const shape = blob(
    random,
    away * Math.cos(angle),
    away * Math.sin(angle),
    sizeMm * random.between(1, 1.6),
    sizeMm * random.between(0.6, 1),
    0.06,
    angle + Math.PI / 2 + random.between(-0.4, 0.4),
  )
  if (random.chance(0.3)) {
    paintChamber(canvas, random, tissue, muscle, shape, random.between(0.6, 1.6))
    return
  }
  const wallMm = random.between(2.5, 6)
  const ragged = noiseField(random, canvas.size, random.integer(30) + 16)
  const blood = bloodValue(random, canvas, tissue.blood * random.between(0.72, 1.12))
  paint(
    canvas,
    grown(shape, () => wallMm),
    muscle,
    2,
  )
  paint(canvas, shape, (at) => (ragged[at] > 1.2 ? 0.5 * (blood(at) + muscle) : blood(at)), 2)
  eachPixel(canvas, shape, 0, (at) => {
    canvas.labels_YX[at] = cardiacLabels.rvCavity
  })
}
