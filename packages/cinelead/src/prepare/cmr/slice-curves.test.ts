// Truth: discs that shrink over beats of different length from slice to slice, as in atrial fibrillation.
import { describe, expect, it } from 'vitest'
import type { Volume } from '../../formats/volume.ts'
import { beatShares, endSystole } from './beat.ts'
import type { Segmenter } from './prepared-cine.ts'
import { agreedEndSystole, middleCurve, stackCurve } from './slice-curves.ts'

const SIZE = 48
const NUM_FRAMES = 40

const ease = (x: number) => Math.min(1, Math.max(0, x)) ** 2 * (3 - 2 * Math.min(1, Math.max(0, x)))

/** Ejection that ends at a share of the beat, a rest, filling. */
const radius = (share: number, end: number) => 20 * Math.sqrt(1 - 0.6 * (ease(share / end) - ease((share - end - 0.06) / 0.25)))

/** Three slices whose ejections end where given. */
function volumeOf(ends: readonly number[]): Volume {
  const voxels_FZYX = new Uint16Array(NUM_FRAMES * ends.length * SIZE * SIZE)
  for (let at = 0; at < voxels_FZYX.length; at++) {
    const [x, y] = [at % SIZE, Math.floor(at / SIZE) % SIZE]
    const z = Math.floor(at / SIZE ** 2) % ends.length
    const frame = Math.floor(at / (SIZE ** 2 * ends.length))
    voxels_FZYX[at] = Math.hypot(x - SIZE / 2, y - SIZE / 2) < radius(frame / NUM_FRAMES, ends[z]) ? 1 : 0
  }
  return {
    view: 'sax',
    shape: [NUM_FRAMES, ends.length, SIZE, SIZE],
    voxels_FZYX,
    spacingMm: [10, 2, 2],
    frameMs_F: Float64Array.from({ length: NUM_FRAMES }, (_, frame) => frame * 20),
    affine: new Float64Array(16),
    heartRateBpm: 75,
  }
}

const asLabels: Segmenter = async (slices_BYX) => Uint8Array.from(slices_BYX)

describe('agreedEndSystole', () => {
  it('takes the mean of three slices whose beats differ', async () => {
    const volume = volumeOf([0.42, 0.36, 0.36])
    const share_F = beatShares(volume)
    const middle = await middleCurve(volume, asLabels)
    if (middle === undefined) throw new TypeError('no curve')
    expect(middle.z).toBe(1)
    const alone = endSystole(middle.curve_F, share_F, 0)
    expect(Math.abs(alone.frame - 0.36 * NUM_FRAMES)).toBeLessThan(1.5)
    const { frame: agreed } = await agreedEndSystole(volume, middle.z, alone, share_F, 0, asLabels)
    expect(Math.abs(agreed - 0.38 * NUM_FRAMES)).toBeLessThan(1.5)
    expect(agreed).toBeGreaterThanOrEqual(alone.frame)
  })

  it('asks all slices where three disagree, and only then', async () => {
    const regular = [0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4]
    const irregular = [0.45, 0.36, 0.34, 0.36, 0.3, 0.47, 0.44, 0.48] // their mean is 0.4, that of the three in the middle 0.34
    for (const [ends, isAskedOfAll] of [
      [regular, false],
      [irregular, true],
    ] as const) {
      const volume = volumeOf(ends)
      const share_F = beatShares(volume)
      const middle = await middleCurve(volume, asLabels)
      if (middle === undefined) throw new TypeError('no curve')
      let numAsked = 0
      const counting: Segmenter = async (slices_BYX, shape, spacingMm) => {
        numAsked += shape[0]
        return asLabels(slices_BYX, shape, spacingMm)
      }
      const found = endSystole(middle.curve_F, share_F, 0)
      const { frame, isAgreed } = await agreedEndSystole(volume, middle.z, found, share_F, 0, counting)
      expect(Math.abs(frame - 0.4 * NUM_FRAMES)).toBeLessThan(1.5)
      expect(isAgreed).toBe(!isAskedOfAll)
      expect(numAsked > 40).toBe(isAskedOfAll)
    }
  })
})

describe('stackCurve', () => {
  it('leaves out a slice that comes and goes', () => {
    const labels = (...areas: number[]) =>
      Uint8Array.from(areas.flatMap((area) => Array.from({ length: 10 }, (_, at) => (at < area ? 1 : 0))))
    expect([...stackCurve([labels(5, 8), labels(0, 6), labels(4, 7)], 2)]).toEqual([8, 6, 7])
  })
})
