// Random changes of a cropped CMR view: small rotation, scale and shift in the slice plane, brightness and contrast. Never a mirror:
// it would put the right ventricle where the left one is. One draw serves all slices or frames of a subject.
import * as torch from '@cinelead/torch'

export type CmrAugmentation = {
  /** Largest rotation either way. */
  rotationRad: number
  /** Largest change of size either way, as a share. */
  scaleFraction: number
  /** Largest shift either way, as a share of the field's width. */
  shiftFraction: number
  /** Largest change of contrast and brightness either way, as a share of the intensity range. */
  intensityFraction: number
}

/** Uniform in [-1, 1), one for each subject. */
const swing = (numBatch: number, device: string): torch.Tensor => torch.rand([numBatch], { device }).mul(2).sub(1)

/**
 * Changes a batch of views.
 *
 * A volume's size carries the answer (mL), so `scaleFraction` should stay small; 0 leaves a change out.
 *
 * @param view_BCYX  Slices or frames of each subject, intensities 0..1. Shape [B, C, Y, X].
 * @returns          Same shape; what comes from outside the field is 0.
 */
export function augmentCmr(view_BCYX: torch.Tensor, settings: CmrAugmentation): torch.Tensor {
  return torch.scope(() => {
    const [numBatch] = view_BCYX.shape
    const { device } = view_BCYX
    const angle_B = swing(numBatch, device).mul(settings.rotationRad)
    const size_B = swing(numBatch, device).mul(settings.scaleFraction).add(1)
    const shiftX_B = swing(numBatch, device).mul(2 * settings.shiftFraction) // the grid spans -1..1: twice the share
    const shiftY_B = swing(numBatch, device).mul(2 * settings.shiftFraction)
    const [cos_B, sin_B] = [angle_B.cos().div(size_B), angle_B.sin().div(size_B)]
    const top_B3 = torch.stack([cos_B, sin_B.neg(), shiftX_B], 1)
    const bottom_B3 = torch.stack([sin_B, cos_B, shiftY_B], 1)
    const { functional } = torch.nn
    const grid = functional.affineGrid(torch.stack([top_B3, bottom_B3], 1), view_BCYX.shape, false)
    const moved_BCYX = functional.gridSample(view_BCYX, grid, 'bilinear', 'zeros', false)
    const contrast_B = swing(numBatch, device).mul(settings.intensityFraction).add(1)
    const brightness_B = swing(numBatch, device).mul(settings.intensityFraction)
    const each = (values_B: torch.Tensor) => values_B.reshape([numBatch, 1, 1, 1])
    return moved_BCYX.mul_(each(contrast_B)).add_(each(brightness_B))
  })
}
