// Truth: an image whose axes are named by their steps.
import { describe, expect, it } from 'vitest'
import type { NiftiImage } from '../../formats/nifti.ts'
import { volumeOfNifti } from './nifti-volume.ts'

const withSteps = (spacingMm: [number, number, number]) =>
  ({
    shape: [1, 2, 2, 2],
    voxels_FZYX: new Uint16Array(8),
    spacingMm,
    affine: new Float64Array(16),
    hasOrientation: false,
  }) as unknown as NiftiImage

describe('volumeOfNifti', () => {
  it('refuses slices along another axis than the third', () => {
    expect(() => volumeOfNifti(withSteps([1.4, 10, 1.4]))).toThrow(
      'prepare/cmr-axes volumeOfNifti: expected slices along the third axis, the pixels of a slice along the first two but received steps of 1.40, 10.00, 1.40 mm',
    )
    expect(() => volumeOfNifti(withSteps([1.4, 1.4, 8]))).toThrow('prepare/cmr-axes')
  })

  it('takes slices as far apart as their pixels, and pixels that are not square', () => {
    for (const spacingMm of [
      [1.4, 1.4, 1.4],
      [10, 1.4, 1.4],
      [8, 2.8, 1.4],
      [17.7, 4, 1.4],
    ] as [number, number, number][])
      expect(volumeOfNifti(withSteps(spacingMm)).volume.spacingMm).toEqual(spacingMm)
  })
})
