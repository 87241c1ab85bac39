// Random long-axis pictures with labels, to train the reader of valve planes on: the apex up, the right ventricle (where the plane cuts one)
// to the left, as preparation turns real ones. Anatomy, contrast and pose are drawn at random; every other one shows a simulated person.
// Hands on: sampleLongAxis.
import { createRandom, type Random } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { paintPersonLongAxis } from './segmentation-anatomy-person.ts'
import { type AnatomySample, sampleTissue, scan } from './segmentation-anatomy.ts'
import { blob, type Canvas, createCanvas, noiseField, paint } from './segmentation-anatomy-canvas.ts'
import { paintTorso, type Tissue } from './segmentation-anatomy-torso.ts'
import { paintAtrium, paintGroove, paintLeaflets, paintLine } from './segmentation-long-axis-paint.ts'
import { paintSeptalSide, type RightSide, sampleRight } from './segmentation-long-axis-right.ts'
import { axisAt, baseAt, endoAt, epiAt, type LongHeart, sampleLongHeart, type Side } from './segmentation-long-axis-shape.ts'

const PERSON_SHARE = 0.35
const PERSON_SCAN = [0.3, 1] as const

/** Cavity and wall of the left ventricle with their labels; what lies beyond the base line stays as painted before. */
function paintLeft(canvas: Canvas, random: Random, tissue: Tissue, heart: LongHeart): void {
  const { image_YX, labels_YX, u_YX, v_YX, size } = canvas
  const swirl = noiseField(random, size, 10)
  const swirled = random.between(0, 0.12)
  const grain = noiseField(random, size, 30)
  const beyondMm = random.between(0, 6)
  const rough = noiseField(random, size, 26)
  const roughMm = random.between(0, 1.6)
  for (let at = 0; at < image_YX.length; at++) {
    const h = v_YX[at] - heart.tipMm
    if (h < -heart.apexWallMm - 2 || h > heart.lengthMm + 20) continue
    const s = u_YX[at] - axisAt(heart, h)
    const side = s < 0 ? heart.left : heart.right
    const away = Math.abs(s)
    const endo = endoAt(heart, side, h) + roughMm * rough[at]
    const epi = epiAt(heart, side, h)
    const below = baseAt(heart, s) - h
    const blood = tissue.blood * (1 + swirled * swirl[at])
    if (below > 0 && h > 0 && away < endo) labels_YX[at] = cardiacLabels.lvCavity
    else if (below > 0 && away < epi) labels_YX[at] = cardiacLabels.myocardium
    const wall = tissue.muscle * (1 + 0.08 * grain[at])
    const inWall = Math.min(1, Math.max(0, 0.5 + (epi - away) / 1.5)) * Math.min(1, Math.max(0, 0.5 + (below + beyondMm) / 2))
    if (inWall > 0 && away > endo - 2) image_YX[at] += inWall * (wall - image_YX[at])
    // Blood goes through the open ring for a little way.
    const inCavity = Math.min(1, Math.max(0, 0.5 + (endo - away) / 1.5)) * (h > 0 ? Math.min(1, Math.max(0, 0.5 + (below + 7) / 3)) : 0)
    image_YX[at] += inCavity * (blood - image_YX[at])
  }
}

/** Muscles in the cavity, attached to a wall; labels stay those of the cavity. */
function paintPapillary(canvas: Canvas, random: Random, tissue: Tissue, heart: LongHeart): void {
  for (let muscle = random.integer(3); muscle > 0; muscle--) {
    const side = random.chance(0.5) ? heart.left : heart.right
    const sign = side === heart.left ? -1 : 1
    const [low, high] = [random.between(0.2, 0.4), random.between(0.45, 0.75)]
    const place = (t: number, share: number) => {
      const h = t * heart.lengthMm
      return [axisAt(heart, h) + sign * endoAt(heart, side, h) * share, h + heart.tipMm] as const
    }
    const top = place(high, random.between(0.4, 0.85))
    paintLine(canvas, place(low, random.between(0.8, 1)), top, random.between(2, 9), tissue.muscle, random.between(0.4, 1))
    if (random.chance(0.4)) paintLine(canvas, top, place(0.95, 0.5), 1, tissue.muscle, 0.4)
  }
}

function paintHeart(canvas: Canvas, random: Random, tissue: Tissue, heart: LongHeart, right: RightSide | undefined): void {
  const { left, right: lateral, tipMm, lengthMm } = heart
  const hinge = (side: Side, sign: number): [number, number] => [
    axisAt(heart, side.baseMm) + sign * endoAt(heart, side, side.baseMm),
    side.baseMm + tipMm,
  ]
  const hinges = [hinge(left, -1), hinge(lateral, 1)]
  const bloodOf = () => tissue.blood * (random.chance(0.6) ? random.between(0.95, 1.06) : random.between(0.8, 1.3))
  // Fat and the heart's sac around all of it.
  if (random.chance(0.7)) {
    const sac = blob(
      random,
      random.between(-12, 6),
      random.between(-6, 20),
      lengthMm * random.between(0.4, 0.75),
      lengthMm * random.between(0.55, 0.8),
      0.1,
    )
    paint(canvas, sac, tissue.fat * random.between(0.5, 1), 2)
  }
  const [from, to] = hinges
  const septalBaseMm = heart.view === '3ch' ? from[0] * 0.45 + to[0] * 0.55 : from[0]
  paintAtrium(canvas, random, tissue, (septalBaseMm + to[0]) / 2, (from[1] + to[1]) / 2, (to[0] - septalBaseMm) / 2, bloodOf())
  if (heart.view === '3ch') paintAorta(canvas, random, tissue, from, [septalBaseMm, (from[1] + to[1]) / 2], bloodOf())
  if (right !== undefined) paintSeptalSide(canvas, random, tissue, heart, right)
  paintLeft(canvas, random, tissue, heart)
  paintGroove(canvas, random, tissue, to[0] + lateral.wallMm * random.between(0.4, 1.1), to[1] + 2, lateral.groove)
  if (heart.view === '2ch') paintGroove(canvas, random, tissue, from[0] - left.wallMm * random.between(0.4, 1.1), from[1] + 2, left.groove)
  const valve = heart.view === '3ch' ? [[septalBaseMm, (from[1] + to[1]) / 2] as const, to] : hinges
  paintLeaflets(canvas, random, tissue, valve, random.between(8, 24))
  paintPapillary(canvas, random, tissue, heart)
}

/** The aorta's root beside the atrium, with its valve across the outflow. */
function paintAorta(
  canvas: Canvas,
  random: Random,
  tissue: Tissue,
  from: readonly [number, number],
  to: readonly [number, number],
  blood: number,
): void {
  const widthMm = Math.max(14, to[0] - from[0])
  const lean = random.between(-0.9, 0.3)
  const start = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] as const
  const end = [start[0] + lean * 60, start[1] + 60] as const
  paintLine(canvas, start, end, widthMm + random.between(2, 5), tissue.muscle * random.between(0.4, 1), 1)
  paintLine(canvas, [start[0], start[1] - 6], end, widthMm, blood, 1)
  if (random.chance(0.6)) paintLine(canvas, from, to, random.between(0.8, 2), tissue.muscle, random.between(0.2, 0.8))
}

/**
 * Draws one long-axis picture; as `sampleAnatomy`.
 *
 * @param pixelMm  Distance of rows and columns; the left ventricle's middle lies near that of the picture.
 */
export function sampleLongAxis(seed: number | string, size: number, pixelMm: number): AnatomySample {
  const random = createRandom(`long-axis/${seed}`)
  const origin = [random.normal() * 8, random.normal() * 10] as const
  const heart = sampleLongHeart(random.stream('heart'))
  const isMirrored = random.chance(heart.view === '2ch' ? 0.5 : 0.08)
  const canvas = createCanvas(size, pixelMm, random.normal() * 0.22, isMirrored, origin)
  if (random.stream('kind').chance(PERSON_SHARE)) {
    paintPersonLongAxis(canvas, String(seed), random.stream('person'))
    scan(canvas, random.stream('scan'), random.stream('strength').between(...PERSON_SCAN))
    return { image_YX: canvas.image_YX, labels_YX: canvas.labels_YX }
  }
  const tissue = sampleTissue(random)
  paintTorso(canvas, random.stream('torso'), tissue, heart.lengthMm * 0.6)
  const right = heart.view === '2ch' ? undefined : sampleRight(random.stream('right'), heart)
  paintHeart(canvas, random.stream('paint'), tissue, heart, right)
  scan(canvas, random.stream('scan'), 1)
  return { image_YX: canvas.image_YX, labels_YX: canvas.labels_YX }
}
