// A random biventricular short-axis cross-section with its labels: from above the valves to below the apex, thin walls to thick,
// small right ventricles to large ones. Hands on: sampleHeart, paintHeart, Heart.
// Sizes: LV cavity, wall and RV of healthy and diseased adults and, scaled down, of children and large animals (the project's own spread).
import type { Random } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import {
  angleBetween,
  bloodValue,
  closeAcross,
  openOutflow,
  paintAtria,
  paintAtriumBeside,
  paintBeyondGap,
  paintOpening,
  paintOutflow,
  paintRightAtrium,
  wallBesideGap,
} from './segmentation-anatomy-base.ts'
import { ANGLES, type Blob, blob, type Canvas, eachPixel, edgeDistance, grown, noiseField, paint } from './segmentation-anatomy-canvas.ts'
import { paintRight } from './segmentation-anatomy-right.ts'
import { paintFat, paintPads, paintPericardium } from './segmentation-anatomy-surface.ts'
import type { Tissue } from './segmentation-anatomy-torso.ts'

/** Where along the long axis the slice lies. */
export type SliceLevel = 'above' | 'base' | 'middle' | 'apex' | 'below'

/** A half ring's whole blood, of which the label holds what lies below the valves, so far from its centre. */
export type Opening = { outline: Blob; valvesMm: number; isBorderSeen: boolean }

export type Heart = {
  level: SliceLevel
  endo: Blob
  epi: Blob
  rv: Blob | undefined
  rvWallMm: number
  /** Direction and half width of the gap in a basal wall; half width 0 elsewhere. */
  gap: { angleRad: number; halfRad: number }
  /** What a half ring opens to; undefined where the label holds all blood. */
  opening: Opening | undefined
  /** Whether the right ventricle lies in front only, the right atrium where it usually lies. */
  isRightInFront: boolean
  heartMm: number
}

const MOST_OPEN_RAD = 1.5 // half of it: a slice counts where muscle surrounds at least half of the blood (Schulz-Menger 2020, JCMR 22:19, from memory)

const NARROW_MM = 11 // radius below which a cavity may be full of muscle (project's own choice)

const levels: readonly [SliceLevel, number][] = [
  ['middle', 0.36],
  ['apex', 0.2],
  ['base', 0.34],
  ['above', 0.06],
  ['below', 0.04],
]

function sampleLevel(random: Random): SliceLevel {
  let left = random.uniform()
  for (const [level, share] of levels) {
    left -= share
    if (left <= 0) return level
  }
  return 'middle'
}

/** Walls of hearts at rest and contracted. Thin ones are as frequent as thick ones, by their logarithm. */
function sampleWall(random: Random, isSystole: boolean, isHypertrophic: boolean): number {
  if (isHypertrophic) return random.between(13, 26)
  const [thin, thick] = isSystole ? [5.5, 19] : [3.2, 13]
  return thin * (thick / thin) ** random.uniform()
}

/** Draws out one corner of a right ventricle, where the free wall meets the diaphragmatic one: a triangle rather than an ellipse. */
function pointCorner(rv: Blob, byFraction: number, towardsRad: number): void {
  for (let k = 0; k < ANGLES; k++) rv.radii[k] *= 1 + byFraction * Math.max(0, Math.cos((k / ANGLES) * 2 * Math.PI - towardsRad)) ** 6
  rv.maxMm = Math.max(...rv.radii)
}

/** Draws the sizes of a heart; the LV's centre is the origin, the septum at the angle pi. */
export function sampleHeart(random: Random): Heart {
  const level = sampleLevel(random)
  const scale = random.chance(0.85) ? Math.exp(random.between(-0.22, 0.22)) : Math.exp(random.between(-0.6, 0.3))
  const isApex = level === 'apex'
  const isSystole = random.chance(0.42)
  const isHypertrophic = random.chance(0.12)
  // Hypertrophic ventricles often empty until their papillary muscles touch, others now and then.
  const isEmptied = isSystole && level === 'middle' && random.chance(isHypertrophic ? 0.6 : 0.12)
  const contractedMm = isEmptied ? random.between(2, 9) : random.between(7, 24)
  const cavityMm = scale * (isApex ? random.between(1, 22) : isSystole ? contractedMm : random.between(15, 37))
  const wallMm = scale * sampleWall(random, isSystole, isHypertrophic)
  const waviness = random.between(0.005, 0.06)
  const isHalfRing = level === 'base' && random.chance(0.62)
  const gap = {
    angleRad: Math.PI + random.between(-0.9, 0.9) * (random.chance(0.7) ? 1 : 3),
    halfRad: isHalfRing ? random.between(0.4, MOST_OPEN_RAD) : level === 'base' && random.chance(0.55) ? random.between(0.25, 1.2) : 0,
  }
  // A half ring is often an oval: drawn out to what it opens to, with which it is cut together, or squeezed between that and the lateral wall.
  const oval = isHalfRing ? random.between(0.65, 1.6) : random.between(0.82, 1.15)
  const alongRad = isHalfRing ? gap.angleRad + 0.5 * random.normal() : random.between(0, 3)
  const endo = blob(random, 0, 0, cavityMm * (isHalfRing ? oval : 1), cavityMm * (isHalfRing ? 1 : oval), waviness, alongRad)
  // Pressure or volume in the RV flattens the septum.
  const flat = random.chance(0.2) ? random.between(0.1, 0.4) : 0
  for (let k = 0; k < ANGLES; k++) {
    const towards = Math.cos((k / ANGLES) * 2 * Math.PI - Math.PI)
    if (towards > 0) endo.radii[k] *= 1 - flat * towards ** 2
  }
  const uneven = random.between(0, 0.35)
  const unevenAt = random.between(0, 2 * Math.PI)
  if (gap.halfRad > 0 && !isHalfRing && random.chance(0.5)) openOutflow(endo, gap, random.between(0, 0.3))
  const taperRad = random.between(0.15, 0.9)
  const thickness = (angle: number) =>
    wallMm * (1 + uneven * Math.cos(angle - unevenAt)) * (isHalfRing ? wallBesideGap(gap, angle, taperRad) : 1)
  const epi = grown(endo, thickness)
  const outline = { ...endo, radii: endo.radii.slice() }
  const opening = isHalfRing
    ? { outline, valvesMm: closeAcross(endo, gap, random.between(0, 0.5)), isBorderSeen: random.chance(0.4) }
    : undefined
  const septumMm = epi.radii[ANGLES / 2]
  const epiMm = epi.maxMm
  const small = isApex ? random.between(0.15, 0.95) : 1
  // Athletes' and overloaded right ventricles are larger than the left; compressed ones a slit.
  const isDilated = random.chance(0.25)
  const depthMm = scale * small * (isDilated ? random.between(35, 80) : random.between(10, random.chance(0.2) ? 75 : 50))
  const semiV = epiMm * small * (isDilated ? random.between(1.05, 1.8) : random.between(0.85, random.chance(0.2) ? 1.8 : 1.4))
  const outer = -(septumMm + depthMm)
  const inner = septumMm * random.between(-0.35, 0.75)
  const hasRv = random.chance(isApex ? 0.8 : 0.97)
  // Beside an open base the right ventricle often lies in front only, on its way to the outflow tract.
  const isRightInFront = isHalfRing && random.chance(0.4)
  const turn = isRightInFront ? random.between(0.5, 1.2) : random.between(-0.45, 0.45)
  const middle = (outer + inner) / 2
  const rv = blob(random, middle * Math.cos(turn), middle * Math.sin(turn), (inner - outer) / 2, semiV, random.between(0.01, 0.09), turn)
  if (random.chance(0.5)) pointCorner(rv, random.between(0.05, 0.35), random.between(1.7, 3.1))
  return {
    level,
    endo,
    epi,
    rv: hasRv ? rv : undefined,
    rvWallMm: scale * random.between(1, random.chance(0.3) ? 9 : 5),
    gap,
    opening,
    isRightInFront,
    heartMm: level === 'below' ? 25 : epiMm,
  }
}

/** Muscle standing in the cavity: two papillary groups, and a ragged rim. All of it is cavity by the usual convention. */
function paintTrabeculae(canvas: Canvas, random: Random, endo: Blob, muscle: number): void {
  const { image_YX } = canvas
  const rimMm = random.between(0, 0.22) * endo.maxMm
  const ragged = noiseField(random, canvas.size, random.integer(30) + 20)
  const amount = random.between(-0.8, 0.8)
  if (rimMm > 0.8)
    eachPixel(canvas, endo, 0, (at, distanceMm) => {
      if (distanceMm < -rimMm) return
      const cover = Math.min(1, Math.max(0, 0.8 * (ragged[at] + amount)))
      image_YX[at] += cover * (muscle - image_YX[at])
    })
  const firstAngle = random.between(0, 2 * Math.PI)
  for (let index = random.integer(6); index > 0; index--) {
    const angle = firstAngle + (index % 2) * random.between(1.3, 2.4) + random.between(-0.3, 0.3)
    const radiusMm = endo.maxMm * random.between(0.06, 0.32)
    const reach = random.between(0.5, 1) * endo.radii[Math.floor((angle / (2 * Math.PI)) * ANGLES) % ANGLES] - 0.3 * radiusMm
    const papillary = blob(
      random,
      endo.u + reach * Math.cos(angle),
      endo.v + reach * Math.sin(angle),
      radiusMm,
      radiusMm * random.between(0.7, 1.8),
      0.15,
      angle,
    )
    eachPixel(canvas, papillary, 1, (at, distanceMm) => {
      if (edgeDistance(endo, canvas.u_YX[at], canvas.v_YX[at]) > 0) return
      const cover = Math.min(1, Math.max(0, 0.5 - distanceMm / 2))
      image_YX[at] += cover * (muscle - image_YX[at])
    })
  }
}

function paintLeft(canvas: Canvas, random: Random, tissue: Tissue, heart: Heart, muscle: number, edgeMm: number): void {
  const { endo, epi, gap, opening } = heart
  const { image_YX, labels_YX, u_YX, v_YX } = canvas
  const grain = noiseField(random, canvas.size, random.integer(40) + 8)
  const grainy = random.between(0, 0.15)
  const wall = (at: number) => muscle * (1 + grainy * grain[at])
  // In a narrow cavity blood lies between trabeculae and papillary muscles that no pixel resolves.
  const fill = endo.maxMm < NARROW_MM && random.chance(0.5) ? random.between(0.35, 1) : 1
  const blood = bloodValue(random, canvas, muscle + fill * (tissue.blood - muscle))
  if (opening !== undefined) paintOpening(canvas, random, heart, opening, blood, edgeMm)
  // Under a gap in the wall lies the outflow tract or an atrium.
  const isFatSeen = Math.abs(tissue.fat - muscle) > 0.2
  const beyond = random.chance(0.6) || !isFatSeen ? tissue.blood * random.between(0.7, 1.1) : tissue.fat
  eachPixel(canvas, epi, edgeMm / 2, (at, distanceMm) => {
    const cover = Math.min(1, Math.max(0, 0.5 - distanceMm / edgeMm))
    if (opening !== undefined && edgeDistance(opening.outline, u_YX[at], v_YX[at]) < 0) return
    const isGap =
      gap.halfRad > 0 && opening === undefined && angleBetween(Math.atan2(v_YX[at] - epi.v, u_YX[at] - epi.u), gap.angleRad) < gap.halfRad
    image_YX[at] += cover * ((isGap ? beyond : wall(at)) - image_YX[at])
    if (distanceMm < 0) labels_YX[at] = isGap ? cardiacLabels.background : cardiacLabels.myocardium
  })
  if (gap.halfRad > 0 && opening === undefined && random.chance(0.5))
    paint(
      canvas,
      grown(endo, () => random.between(0.6, 2)),
      wall,
      1.5,
    )
  const hasCavity = endo.maxMm > 2.5
  if (!hasCavity) return
  // Between the blood that is seen and the compact wall lies a layer of trabeculae, dark where they are pressed together: contours by
  // hand count it to the cavity, and so do these labels.
  const layerMm = random.between(0, 1.7) * Math.min(1, endo.maxMm / 12)
  paint(
    canvas,
    grown(opening === undefined || opening.isBorderSeen ? endo : opening.outline, () => -layerMm),
    blood,
    edgeMm,
  )
  paintTrabeculae(canvas, random, endo, muscle)
  eachPixel(canvas, endo, 0, (at) => {
    labels_YX[at] = cardiacLabels.lvCavity
  })
}

/** Paints a heart and writes its labels. */
export function paintHeart(canvas: Canvas, random: Random, tissue: Tissue, heart: Heart): void {
  const muscle = tissue.muscle
  const edgeMm = random.chance(0.15) ? random.between(4, 8) : random.between(1.2, 3.5)
  paintPads(canvas, random, tissue, heart.epi.maxMm)
  if (heart.level === 'below') return
  if (heart.rv !== undefined)
    paintFat(
      canvas,
      random,
      tissue,
      grown(heart.rv, () => heart.rvWallMm),
    )
  paintFat(canvas, random, tissue, heart.epi)
  paintPericardium(canvas, random, tissue, heart.epi)
  if (heart.level === 'above') {
    if (random.chance(0.4)) paintRight(canvas, random, tissue, heart, muscle, edgeMm)
    else if (random.chance(0.75)) paintOutflow(canvas, random, tissue, heart, muscle)
    paintAtria(canvas, random, tissue, heart, muscle)
    return
  }
  paintRight(canvas, random, tissue, heart, muscle, edgeMm)
  if (heart.isRightInFront) paintAtriumBeside(canvas, random, tissue, heart, muscle)
  else if (heart.level === 'base' && random.chance(0.6)) paintRightAtrium(canvas, random, tissue, heart, muscle)
  if (heart.level === 'base' && random.chance(0.25)) paintOutflow(canvas, random, tissue, heart, muscle)
  if (heart.gap.halfRad > 0 && heart.opening === undefined) paintBeyondGap(canvas, random, tissue, heart, muscle)
  paintLeft(canvas, random, tissue, heart, muscle, edgeMm)
}
