// Operators of the group "resampling", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'
import type { Unary } from './unary.ts'

const padOp = operator('aten::pad', 'self pad mode value')

/** Padded at the ends of the last axes; mode 'constant', 'reflect', 'replicate' or 'circular'. */
export function pad(input: Tensor, pad: readonly number[], mode?: string, value?: number): Tensor {
  return padOp(input, pad, mode, value)
}

const upsampleNearest1dOp = operator('aten::upsample_nearest1d.vec', 'input output_size scale_factors')

/** Enlarged by copying, one axis. */
export function upsampleNearest1d(input: Tensor, outputSize?: readonly number[], scaleFactors?: readonly number[]): Tensor {
  return upsampleNearest1dOp(input, outputSize, scaleFactors)
}

const upsampleNearest2dOp = operator('aten::upsample_nearest2d.vec', 'input output_size scale_factors')

/** Enlarged by copying, two axes. */
export function upsampleNearest2d(input: Tensor, outputSize?: readonly number[], scaleFactors?: readonly number[]): Tensor {
  return upsampleNearest2dOp(input, outputSize, scaleFactors)
}

const upsampleNearest3dOp = operator('aten::upsample_nearest3d.vec', 'input output_size scale_factors')

/** Enlarged by copying, three axes. */
export function upsampleNearest3d(input: Tensor, outputSize?: readonly number[], scaleFactors?: readonly number[]): Tensor {
  return upsampleNearest3dOp(input, outputSize, scaleFactors)
}

const upsampleLinear1dOp = operator('aten::upsample_linear1d.vec', 'input output_size align_corners scale_factors')

/** Enlarged along straight lines. */
export function upsampleLinear1d(
  input: Tensor,
  outputSize: readonly number[] | undefined,
  alignCorners: boolean,
  scaleFactors?: readonly number[],
): Tensor {
  return upsampleLinear1dOp(input, outputSize, alignCorners, scaleFactors)
}

const upsampleBilinear2dOp = operator('aten::upsample_bilinear2d.vec', 'input output_size align_corners scale_factors')

/** Enlarged bilinearly. */
export function upsampleBilinear2d(
  input: Tensor,
  outputSize: readonly number[] | undefined,
  alignCorners: boolean,
  scaleFactors?: readonly number[],
): Tensor {
  return upsampleBilinear2dOp(input, outputSize, alignCorners, scaleFactors)
}

const upsampleBicubic2dOp = operator('aten::upsample_bicubic2d.vec', 'input output_size align_corners scale_factors')

/** Enlarged bicubically. */
export function upsampleBicubic2d(
  input: Tensor,
  outputSize: readonly number[] | undefined,
  alignCorners: boolean,
  scaleFactors?: readonly number[],
): Tensor {
  return upsampleBicubic2dOp(input, outputSize, alignCorners, scaleFactors)
}

const upsampleTrilinear3dOp = operator('aten::upsample_trilinear3d.vec', 'input output_size align_corners scale_factors')

/** Enlarged trilinearly. */
export function upsampleTrilinear3d(
  input: Tensor,
  outputSize: readonly number[] | undefined,
  alignCorners: boolean,
  scaleFactors?: readonly number[],
): Tensor {
  return upsampleTrilinear3dOp(input, outputSize, alignCorners, scaleFactors)
}

const affineGridGeneratorOp = operator('aten::affine_grid_generator', 'theta size align_corners')

/** Sampling grid of affine maps. */
export function affineGridGenerator(theta: Tensor, size: readonly number[], alignCorners: boolean): Tensor {
  return affineGridGeneratorOp(theta, size, alignCorners)
}

const gridSamplerOp = operator('aten::grid_sampler', 'input grid interpolation_mode padding_mode align_corners')

/** Values at the points of a grid. */
export function gridSampler(input: Tensor, grid: Tensor, interpolationMode: number, paddingMode: number, alignCorners: boolean): Tensor {
  return gridSamplerOp(input, grid, interpolationMode, paddingMode, alignCorners)
}

const im2colOp = operator('aten::im2col', 'self kernel_size dilation padding stride')

/** Sliding blocks as columns. */
export function im2col(
  input: Tensor,
  kernelSize: number | readonly number[],
  dilation: number | readonly number[],
  padding: number | readonly number[],
  stride: number | readonly number[],
): Tensor {
  return im2colOp(input, kernelSize, dilation, padding, stride)
}

const col2imOp = operator('aten::col2im', 'self output_size kernel_size dilation padding stride')

/** Columns summed back into blocks. */
export function col2im(
  input: Tensor,
  outputSize: number | readonly number[],
  kernelSize: number | readonly number[],
  dilation: number | readonly number[],
  padding: number | readonly number[],
  stride: number | readonly number[],
): Tensor {
  return col2imOp(input, outputSize, kernelSize, dilation, padding, stride)
}

const fftRfftOp = operator('aten::fft_rfft', 'self n dim norm')

/** Half spectrum of a real signal. */
export function fftRfft(input: Tensor, n?: number, dim?: number, norm?: string): Tensor {
  return fftRfftOp(input, n, dim, norm)
}

const stftOp = operator('aten::stft', 'self n_fft hop_length win_length window normalized onesided return_complex')

/** Short-time Fourier transform. */
export function stft(
  input: Tensor,
  nFft: number,
  hopLength?: number,
  winLength?: number,
  window?: Tensor,
  normalized?: boolean,
  onesided?: boolean,
  returnComplex?: boolean,
): Tensor {
  return stftOp(input, nFft, hopLength, winLength, window, normalized, onesided, returnComplex)
}

/** Zero or one with the probabilities given. */
export const bernoulli: Unary = operator('aten::bernoulli', 'self')

const multinomialOp = operator('aten::multinomial', 'self num_samples replacement')

/** Indices drawn with the weights given. */
export function multinomial(input: Tensor, numSamples: number, replacement?: boolean): Tensor {
  return multinomialOp(input, numSamples, replacement)
}
