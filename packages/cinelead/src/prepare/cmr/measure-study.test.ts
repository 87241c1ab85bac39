// Truth: the phantom of discs, whose volumes, thickness and strains follow from its radii.
import { describe, expect, it } from 'vitest'
import { phantomDefaults, phantomVolume, thresholdSegmenter } from './phantom.ts'
import { measureStudy, segmentStudy } from './measure-study.ts'

const radii = phantomDefaults.cavityMm_F
const [edMm, esMm] = [Math.max(...radii), Math.min(...radii)]

describe('measureStudy', () => {
  it('measures volumes, wall and strain of a heart of known size', async () => {
    const found = await measureStudy(phantomVolume(), thresholdSegmenter)
    expect(found.lvefFraction).toBeCloseTo(1 - (esMm / edMm) ** 2, 1.7)
    // The wall is 9 mm at every moment; its edges lie on pixels of 1.8 mm.
    expect(found.wall.globalThicknessMm).toBeGreaterThan(8.4)
    expect(found.wall.globalThicknessMm).toBeLessThan(9.6)
    expect(found.wall.thicknessMm_K.every((mm) => Math.abs(mm - 9) < 1)).toBe(true)
    expect(found.wall.circumferentialStrain).toBeCloseTo((esMm + 4.5) / (edMm + 4.5) - 1, 1.5)
    expect(Math.abs(found.wall.radialStrain)).toBeLessThan(0.05)
    expect(found.heartBoxVoxels.first[0]).toBe(1)
    expect(found.heartBoxVoxels.last[0]).toBe(6)
  })

  it('puts a thick anterior wall into the anterior segments', async () => {
    // Rows point to the back, columns to the left: the anterior wall is up, the RV to the left of the picture.
    const volume = phantomVolume()
    volume.affine.set([1.8, 0, 0, 0, 0, 1.8, 0, 0, 0, 0, -10, 0, 0, 0, 0, 1])
    const [, , numRows, numColumns] = volume.shape
    const thickUp = async (...[slices_BYX, shape, spacing]: Parameters<typeof thresholdSegmenter>) => {
      const labels = await thresholdSegmenter(slices_BYX, shape, spacing)
      for (let at = 0; at < labels.length; at++) {
        const row = Math.floor(at / numColumns) % numRows
        const column = at % numColumns
        const away = Math.hypot((row - 48) * 1.8, (column - 62.4) * 1.8)
        if (row < 48 - Math.abs(column - 62.4) && away > 20 && away < 44 && labels[at] !== 1 && slices_BYX[at] > 0) labels[at] = 2
      }
      return labels
    }
    const { wall } = await measureStudy(volume, thickUp, { edFrame: 0 })
    const [anterior, anteroseptal, inferoseptal, inferior] = wall.thicknessMm_K.slice(6, 10)
    expect(anterior).toBeGreaterThan(inferior + 4)
    expect(anteroseptal).toBeLessThan(anterior)
    expect(Math.abs(inferoseptal - 9)).toBeLessThan(1)
  })

  it('measures a single volume as it is', async () => {
    const found = await measureStudy(phantomVolume({ numFrames: 1, cavityMm_F: [25] }), thresholdSegmenter)
    expect(found.lvedvMl).toBeCloseTo((Math.PI * 25 ** 2 * 60) / 1000, -1)
    expect(found.lvefFraction).toBeNaN()
    expect(found.wall.radialStrain).toBeNaN()
  })

  it('takes the frames that the user names', async () => {
    const found = await measureStudy(phantomVolume(), thresholdSegmenter, { edFrame: 1, esFrame: 5 })
    expect([found.edFrame, found.esFrame]).toEqual([1, 5])
  })
})

describe('segmentStudy', () => {
  it('labels every frame on the voxels of the volume', async () => {
    const volume = phantomVolume({ numFrames: 3, cavityMm_F: [25, 20, 22] })
    const { labels_FZYX, numFilled } = await segmentStudy(volume, thresholdSegmenter)
    expect(labels_FZYX.length).toBe(volume.voxels_FZYX.length)
    const size = labels_FZYX.length / 3
    const areas = [0, 1, 2].map((frame) => labels_FZYX.subarray(frame * size, (frame + 1) * size).filter((label) => label === 1).length)
    expect(areas[0] / areas[1]).toBeCloseTo((25 / 20) ** 2, 1.3)
    expect(numFilled).toBe(0)
  })

  it('tells, as does measureStudy, of a slice within the heart that showed none', async () => {
    const volume = phantomVolume({ numFrames: 1, cavityMm_F: [25] })
    const [, numSlices, numRows, numColumns] = volume.shape
    const size = numRows * numColumns
    const lost = numSlices >> 1
    volume.voxels_FZYX.fill(0, lost * size, (lost + 1) * size)
    const { labels_FZYX, numFilled } = await segmentStudy(volume, thresholdSegmenter)
    expect(numFilled).toBe(1)
    expect(labels_FZYX.subarray(lost * size, (lost + 1) * size).includes(1)).toBe(true)
    const { verdicts } = await measureStudy(volume, thresholdSegmenter)
    expect(verdicts).toEqual([{ criterion: 'lost-slices', value: 1, threshold: 0, ok: false, onFail: 'flag' }])
  })
})
