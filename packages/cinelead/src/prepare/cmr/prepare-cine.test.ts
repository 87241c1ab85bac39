// Truth: a phantom of discs, whose volumes are pi r^2 times the stack's height.
import { describe, expect, it } from 'vitest'
import { phantomDefaults, phantomVolume, thresholdSegmenter } from './phantom.ts'
import { prepareCine } from './prepare-cine.ts'

const HEIGHT_MM = 60 // six filled slices of 10 mm
const disc = (radiusMm: number) => (Math.PI * radiusMm ** 2 * HEIGHT_MM) / 1000
const radii = phantomDefaults.cavityMm_F
const esFrame = radii.indexOf(Math.min(...radii))

describe('prepareCine', () => {
  it('measures the volumes, mass and output of a heart of known size', async () => {
    const { measured, edFrame, esFrame: found } = await prepareCine(phantomVolume(), thresholdSegmenter)
    expect(radii[edFrame]).toBeCloseTo(25, 1)
    expect(found).toBe(esFrame)
    const esMm = Math.min(...radii)
    // Discs on a grid of 1.8 mm are off by up to 2 %.
    expect(Math.abs(measured.lvedv / disc(25) - 1)).toBeLessThan(0.02)
    expect(Math.abs(measured.lvesv / disc(esMm) - 1)).toBeLessThan(0.02)
    expect(Math.abs(measured.lvef - (1 - (esMm / 25) ** 2))).toBeLessThan(0.01)
    expect(Math.abs(measured.lvm / (1.05 * (disc(34) - disc(25))) - 1)).toBeLessThan(0.02)
    expect(Math.abs(measured.rvedv / disc(22) - 1)).toBeLessThan(0.03)
    expect(measured.lvco).toBeCloseTo((measured.lvsv * (60_000 / 900)) / 1000, 9)
  })

  it('finds the same phases on the middle slice as on every slice', async () => {
    const quick = await prepareCine(phantomVolume(), thresholdSegmenter, { search: 'middle' })
    const whole = await prepareCine(phantomVolume(), thresholdSegmenter, { search: 'whole' })
    expect([quick.edFrame, quick.esFrame]).toEqual([whole.edFrame, whole.esFrame])
  })

  it('gives the asked shapes, values from 0 to 1 and labels of the right physical size', async () => {
    const cine = await prepareCine(phantomVolume(), thresholdSegmenter, { numFrames: 12, numSlices: 6, numRows: 72, numColumns: 80 })
    expect(cine.cine_FYX.length).toBe(12 * 72 * 80)
    expect(cine.ed_ZYX.length).toBe(6 * 72 * 80)
    expect(Math.min(...cine.ed_ZYX)).toBe(0)
    expect(Math.max(...cine.ed_ZYX)).toBe(1)
    const voxelMl = (cine.spacingMm[0] * cine.spacingMm[1] * cine.spacingMm[2]) / 1000
    const lvMl = cine.edLabels_ZYX.filter((label) => label === 1).length * voxelMl
    expect(lvMl / disc(25)).toBeCloseTo(1, 1.6)
  })

  it('keeps the physical size of the heart whatever the pixels of the scanner', async () => {
    const fine = phantomVolume({ spacingMm: [10, 1.2, 1.2], numRows: 144, numColumns: 156 })
    const [a, b] = [await prepareCine(phantomVolume(), thresholdSegmenter), await prepareCine(fine, thresholdSegmenter)]
    const area = (labels: Uint8Array) => labels.filter((label) => label === 1).length
    expect(area(b.edLabels_ZYX) / area(a.edLabels_ZYX)).toBeCloseTo(1, 1.5)
  })

  it('boxes the heart over all slices and both phases', async () => {
    const { heartBoxMm } = await prepareCine(phantomVolume(), thresholdSegmenter)
    expect(heartBoxMm[0]).toBe(60)
    expect(heartBoxMm[1]).toBeCloseTo(2 * 34, -0.7)
    expect(heartBoxMm[2]).toBeCloseTo(60 + 34 + 22, -0.7)
  })

  it('takes the frames that the user names', async () => {
    const cine = await prepareCine(phantomVolume(), thresholdSegmenter, { edFrame: 2, esFrame: 9 })
    expect([cine.edFrame, cine.esFrame]).toEqual([2, 9])
    await expect(prepareCine(phantomVolume(), thresholdSegmenter, { edFrame: 20 })).rejects.toThrow(/prepare\/cmr-frame/)
  })

  it('says by name what is wrong with a study: too few slices, a heart that does not fit, an open wall', async () => {
    const failed = async (...given: Parameters<typeof phantomVolume>) =>
      (await prepareCine(phantomVolume(...given), thresholdSegmenter, { numRows: 40, numColumns: 40 })).verdicts
        .filter(({ ok }) => !ok)
        .map(({ criterion }) => criterion)
    expect(await failed({ numSlices: 5 })).toEqual(expect.arrayContaining(['slice-count', 'crop-inside-stack', 'crop-holds-heart']))
    expect(await failed({ wallMm: 0 })).toContain('wall-closed')
    expect(await failed({ cavityMm_F: Array.from({ length: 20 }, (_, frame) => 24 + (frame % 2)) })).toContain('curve-shape')
  })

  it('throws instead of returning an uncropped picture when there is no heart', async () => {
    const nothing = async (slices_BYX: Float32Array) => new Uint8Array(slices_BYX.length)
    await expect(prepareCine(phantomVolume(), nothing)).rejects.toThrow(/prepare\/cmr-no-heart/)
    await expect(prepareCine({ ...phantomVolume(), view: '4ch' }, thresholdSegmenter)).rejects.toThrow(/prepare\/cmr-stack/)
  })
})
