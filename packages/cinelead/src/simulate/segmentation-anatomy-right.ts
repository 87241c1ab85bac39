// The right ventricle of the random training anatomy: blood from as bright as the left's to nearly as dark as muscle, even or in swirls and
// patches, a rim or a whole cavity full of trabeculae. All of it is cavity. Hands on: paintRight.
import type { Random } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { bloodValue } from './segmentation-anatomy-base.ts'
import { blob, type Canvas, eachPixel, edgeDistance, grown, noiseField, paint } from './segmentation-anatomy-canvas.ts'
import type { Heart } from './segmentation-anatomy-heart.ts'
import type { Tissue } from './segmentation-anatomy-torso.ts'

/** Intensity of the blood by pixel: slow or turbulent flow and partial volume take part of its contrast to muscle. */
function rightBlood(random: Random, canvas: Canvas, tissue: Tissue, muscle: number): (at: number) => number {
  const share = random.chance(0.35) ? random.between(0.3, 0.75) : random.between(0.75, 1.12)
  const even = bloodValue(random, canvas, muscle + share * (tissue.blood - muscle))
  if (random.chance(0.65)) return even
  const patches = noiseField(random, canvas.size, random.integer(14) + 7)
  const depth = random.between(0.15, 0.6)
  const from = random.between(-0.5, 1)
  return (at) => {
    const cover = depth * Math.min(1, Math.max(0, patches[at] - from))
    return even(at) + cover * (muscle - even(at))
  }
}

/** Paints the right ventricle's wall, blood and trabeculae, and labels what lies outside the left one's wall. */
export function paintRight(canvas: Canvas, random: Random, tissue: Tissue, heart: Heart, muscle: number, edgeMm: number): void {
  const { rv, epi } = heart
  if (rv === undefined) return
  const { image_YX, labels_YX, u_YX, v_YX } = canvas
  paint(
    canvas,
    grown(rv, () => heart.rvWallMm),
    muscle,
    2,
  )
  const blood = rightBlood(random, canvas, tissue, muscle)
  const ragged = noiseField(random, canvas.size, random.integer(30) + 16)
  const isFull = random.chance(heart.level === 'apex' ? 0.5 : 0.2)
  const raggedMm = isFull ? rv.maxMm : random.between(0, 14)
  const raggedFrom = isFull ? random.between(-0.2, 0.6) : random.between(0.2, 1)
  const strand = random.between(0.3, 0.7)
  eachPixel(canvas, rv, edgeMm / 2, (at, distanceMm) => {
    const cover = Math.min(1, Math.max(0, 0.5 - distanceMm / edgeMm))
    const isRagged = distanceMm > -raggedMm && ragged[at] > raggedFrom
    const value = isRagged ? blood(at) + strand * (muscle - blood(at)) : blood(at)
    image_YX[at] += cover * (value - image_YX[at])
    if (distanceMm < 0 && edgeDistance(epi, u_YX[at], v_YX[at]) > 0) labels_YX[at] = cardiacLabels.rvCavity
  })
  for (let count = random.chance(0.4) ? 1 + random.integer(3) : 0; count > 0; count--) {
    const band = blob(
      random,
      rv.u + random.between(-6, 6),
      rv.v + random.between(-15, 15),
      random.between(1.5, 4),
      random.between(5, 16),
      0.1,
      random.between(0, 3),
    )
    paint(canvas, band, muscle, 2)
  }
}
