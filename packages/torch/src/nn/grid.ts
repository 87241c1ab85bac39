// Sampling images and volumes at the points of a grid.
// Hands on: affineGrid, gridSample.

import { fault } from '../errors.ts'
import { affineGridGenerator, gridSampler } from '../ops/resampling.ts'
import type { Tensor } from '../tensor.ts'

const MODES = ['bilinear', 'nearest', 'bicubic'] // order of ATen/native/GridSampler.h
const PADDINGS = ['zeros', 'border', 'reflection']

/** Points of affine maps: theta [B, 2, 3] for size [B, C, Y, X], or [B, 3, 4] for [B, C, Z, Y, X]; coordinates −1 to 1, x first. */
export function affineGrid(theta: Tensor, size: readonly number[], alignCorners = false): Tensor {
  return affineGridGenerator(theta, size, alignCorners)
}

/** Values of [B, C, Y, X] at points [B, y, x, 2], or of [B, C, Z, Y, X] at [B, z, y, x, 3]. */
export function gridSample(
  input: Tensor,
  grid: Tensor,
  mode: 'bilinear' | 'nearest' | 'bicubic' = 'bilinear',
  paddingMode: 'zeros' | 'border' | 'reflection' = 'zeros',
  alignCorners = false,
): Tensor {
  const codes = [MODES.indexOf(mode), PADDINGS.indexOf(paddingMode)]
  if (codes.includes(-1)) {
    throw fault({
      code: 'torch/argument',
      where: 'gridSample',
      expected: `a mode of ${MODES.join(', ')} and a padding of ${PADDINGS.join(', ')}`,
      received: `${JSON.stringify(mode)} and ${JSON.stringify(paddingMode)}`,
      hint: "For volumes 'bilinear' means trilinear.",
    })
  }
  return gridSampler(input, grid, codes[0], codes[1], alignCorners)
}
