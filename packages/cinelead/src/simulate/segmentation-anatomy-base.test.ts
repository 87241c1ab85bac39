// Truth: an identity. Blood that an open ring holds is cavity up to the line across its open side, and nothing beyond it.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { createCanvas, eachPixel } from './segmentation-anatomy-canvas.ts'
import { paintHeart, sampleHeart } from './segmentation-anatomy-heart.ts'

const NUM_RINGS = 12

describe('an open ring at the base', () => {
  it('is cavity below the valves and no wall beyond them', () => {
    let numRings = 0
    let [numCavity, numBeyond] = [0, 0]
    for (let index = 0; numRings < NUM_RINGS; index++) {
      const random = createRandom(`open ring/${index}`)
      const heart = sampleHeart(random)
      const { opening, gap } = heart
      if (opening === undefined) continue
      numRings++
      const canvas = createCanvas(96, 2, 0, false, [0, 0])
      paintHeart(canvas, random, { blood: 1, muscle: 0.3, fat: 0.8, lung: 0.05, liver: 0.3 }, heart)
      eachPixel(canvas, opening.outline, 0, (at) => {
        const towardsMm = canvas.u_YX[at] * Math.cos(gap.angleRad) + canvas.v_YX[at] * Math.sin(gap.angleRad)
        const isBeyond = towardsMm > opening.valvesMm
        if (isBeyond) numBeyond++
        else numCavity++
        // The last pixel of an outline may lie on either side of it.
        if (Math.abs(towardsMm - opening.valvesMm) > 2)
          expect(canvas.labels_YX[at]).toBe(isBeyond ? cardiacLabels.background : cardiacLabels.lvCavity)
      })
    }
    expect(numCavity).toBeGreaterThan(numBeyond)
    expect(numBeyond).toBeGreaterThan(0)
  })
})
