// A heart of closed form for tests: an LV cavity that is a disc in each slice, a ring of muscle, an RV disc beside it. Its volumes
// follow from radii. Hands on: phantomVolume, thresholdSegmenter.
import type { Volume } from '../../formats/volume.ts'
import type { Segmenter } from './prepared-cine.ts'

export type Phantom = {
  numFrames: number
  numSlices: number
  numRows: number
  numColumns: number
  spacingMm: readonly [number, number, number]
  /** Radius of the cavity at each frame. */
  cavityMm_F: readonly number[]
  wallMm: number
  rvMm: number
}

export const phantomDefaults: Phantom = {
  numFrames: 20,
  numSlices: 8,
  numRows: 96,
  numColumns: 104,
  spacingMm: [10, 1.8, 1.8],
  cavityMm_F: Array.from({ length: 20 }, (_, frame) => 25 - 8 * Math.sin((Math.PI * Math.min(frame, 14)) / 14) ** 2 - 0.03 * frame),
  wallMm: 9,
  rvMm: 22,
}

const INTENSITIES = { background: 20, myocardium: 100, rvCavity: 250, lvCavity: 300 }

/** A short-axis stack whose first and last slice hold no heart. */
export function phantomVolume(phantom: Partial<Phantom> = {}): Volume {
  const { numFrames, numSlices, numRows, numColumns, spacingMm, cavityMm_F, wallMm, rvMm } = { ...phantomDefaults, ...phantom }
  const voxels_FZYX = new Uint16Array(numFrames * numSlices * numRows * numColumns)
  const lv = { y: numRows * 0.5, x: numColumns * 0.6 }
  const rv = { y: numRows * 0.5, x: numColumns * 0.6 - 60 / spacingMm[2] }
  let at = 0
  for (let frame = 0; frame < numFrames; frame++)
    for (let z = 0; z < numSlices; z++)
      for (let y = 0; y < numRows; y++)
        for (let x = 0; x < numColumns; x++) {
          const isHeart = z > 0 && z < numSlices - 1
          const lvMm = Math.hypot((y - lv.y) * spacingMm[1], (x - lv.x) * spacingMm[2])
          const rvAwayMm = Math.hypot((y - rv.y) * spacingMm[1], (x - rv.x) * spacingMm[2])
          const isCavity = lvMm < cavityMm_F[frame]
          const isWall = lvMm < cavityMm_F[frame] + wallMm
          voxels_FZYX[at++] = !isHeart
            ? INTENSITIES.background
            : isCavity
              ? INTENSITIES.lvCavity
              : isWall
                ? INTENSITIES.myocardium
                : rvAwayMm < rvMm
                  ? INTENSITIES.rvCavity
                  : INTENSITIES.background
        }
  return {
    view: 'sax',
    shape: [numFrames, numSlices, numRows, numColumns],
    voxels_FZYX,
    spacingMm,
    frameMs_F: Float64Array.from({ length: numFrames }, (_, frame) => (frame * 900) / numFrames),
    affine: new Float64Array(16),
    heartRateBpm: 60_000 / 900,
  }
}

/** Reads the phantom's labels off its intensities. */
export const thresholdSegmenter: Segmenter = async (slices_BYX) => {
  const labels_BYX = new Uint8Array(slices_BYX.length)
  for (let i = 0; i < slices_BYX.length; i++) {
    const value = slices_BYX[i]
    labels_BYX[i] = value > 275 ? 1 : value > 175 ? 3 : value > 60 ? 2 : 0
  }
  return labels_BYX
}
