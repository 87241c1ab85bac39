// Truth: discs seen in beats of different length at few phases; the frame that all of them together hold least in is known.
import { describe, expect, it } from 'vitest'
import type { Volume } from '../../formats/volume.ts'
import { findPhases } from './phases.ts'
import type { Segmenter } from './prepared-cine.ts'

const SIZE = 48
const NUM_FRAMES = 16

const ease = (x: number) => Math.min(1, Math.max(0, x)) ** 2 * (3 - 2 * Math.min(1, Math.max(0, x)))
/** Ejection that ends at a share of the beat, a rest, fast filling. */
const radius = (share: number, end: number) => 20 * Math.sqrt(1 - 0.6 * (ease(share / end) - ease((share - end - 0.06) / 0.1)))

function volumeOf(ends: readonly number[]): Volume {
  const size = ends.length * SIZE ** 2
  return {
    view: 'sax',
    shape: [NUM_FRAMES, ends.length, SIZE, SIZE],
    voxels_FZYX: Uint16Array.from({ length: NUM_FRAMES * size }, (_, at) => {
      const [x, y] = [at % SIZE, Math.floor(at / SIZE) % SIZE]
      const z = Math.floor(at / SIZE ** 2) % ends.length
      return Math.hypot(x - SIZE / 2, y - SIZE / 2) < radius(Math.floor(at / size) / NUM_FRAMES, ends[z]) ? 1 : 0
    }),
    spacingMm: [10, 2, 2],
    frameMs_F: Float64Array.from({ length: NUM_FRAMES }, (_, frame) => frame * 50),
    affine: new Float64Array(16),
    heartRateBpm: 75,
  }
}

const asLabels: Segmenter = async (slices_BYX) => Uint8Array.from(slices_BYX)

describe('findPhases', () => {
  it('takes the emptiest frame beside the one that slices of different beats name on the mean', async () => {
    for (const ends of [
      [0.48, 0.45, 0.3, 0.3, 0.47], // the mean names frame 7, in which all hold 1.36 times as much as in frame 6
      [0.41, 0.29, 0.48, 0.48, 0.32], // 1.32 times
      [0.38, 0.37, 0.44, 0.45, 0.46], // names 6, the emptiest is 7
    ]) {
      const held = Array.from({ length: NUM_FRAMES }, (_, f) => ends.reduce((sum, end) => sum + radius(f / NUM_FRAMES, end) ** 2, 0))
      const { ed, es } = await findPhases(volumeOf(ends), asLabels, { search: 'middle' })
      expect(ed.frame).toBe(0)
      expect(es.frame).toBe(held.indexOf(Math.min(...held)))
    }
  })
})
