// Operators of the group "pooling", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'

const avgPool1dOp = operator('aten::avg_pool1d', 'self kernel_size stride padding ceil_mode count_include_pad')

/** Means of windows of one axis. */
export function avgPool1d(
  input: Tensor,
  kernelSize: number | readonly number[],
  stride?: number | readonly number[],
  padding?: number | readonly number[],
  ceilMode?: boolean,
  countIncludePad?: boolean,
): Tensor {
  return avgPool1dOp(input, kernelSize, stride, padding, ceilMode, countIncludePad)
}

const avgPool2dOp = operator('aten::avg_pool2d', 'self kernel_size stride padding ceil_mode count_include_pad divisor_override')

/** Means of windows of two axes. */
export function avgPool2d(
  input: Tensor,
  kernelSize: number | readonly number[],
  stride?: number | readonly number[],
  padding?: number | readonly number[],
  ceilMode?: boolean,
  countIncludePad?: boolean,
  divisorOverride?: number,
): Tensor {
  return avgPool2dOp(input, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride)
}

const avgPool3dOp = operator('aten::avg_pool3d', 'self kernel_size stride padding ceil_mode count_include_pad divisor_override')

/** Means of windows of three axes. */
export function avgPool3d(
  input: Tensor,
  kernelSize: number | readonly number[],
  stride?: number | readonly number[],
  padding?: number | readonly number[],
  ceilMode?: boolean,
  countIncludePad?: boolean,
  divisorOverride?: number,
): Tensor {
  return avgPool3dOp(input, kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride)
}

const maxPool1dOp = operator('aten::max_pool1d', 'self kernel_size stride padding dilation ceil_mode')

/** Greatest of windows of one axis. */
export function maxPool1d(
  input: Tensor,
  kernelSize: number | readonly number[],
  stride?: number | readonly number[],
  padding?: number | readonly number[],
  dilation?: number | readonly number[],
  ceilMode?: boolean,
): Tensor {
  return maxPool1dOp(input, kernelSize, stride, padding, dilation, ceilMode)
}

const maxPool2dOp = operator('aten::max_pool2d', 'self kernel_size stride padding dilation ceil_mode')

/** Greatest of windows of two axes. */
export function maxPool2d(
  input: Tensor,
  kernelSize: number | readonly number[],
  stride?: number | readonly number[],
  padding?: number | readonly number[],
  dilation?: number | readonly number[],
  ceilMode?: boolean,
): Tensor {
  return maxPool2dOp(input, kernelSize, stride, padding, dilation, ceilMode)
}

const maxPool3dOp = operator('aten::max_pool3d', 'self kernel_size stride padding dilation ceil_mode')

/** Greatest of windows of three axes. */
export function maxPool3d(
  input: Tensor,
  kernelSize: number | readonly number[],
  stride?: number | readonly number[],
  padding?: number | readonly number[],
  dilation?: number | readonly number[],
  ceilMode?: boolean,
): Tensor {
  return maxPool3dOp(input, kernelSize, stride, padding, dilation, ceilMode)
}

const adaptiveAvgPool1dOp = operator('aten::adaptive_avg_pool1d', 'self output_size')

/** Means of as many windows as asked. */
export function adaptiveAvgPool1d(input: Tensor, outputSize: number | readonly number[]): Tensor {
  return adaptiveAvgPool1dOp(input, outputSize)
}

const adaptiveAvgPool2dOp = operator('aten::adaptive_avg_pool2d', 'self output_size')

/** Means of as many windows as asked, two axes. */
export function adaptiveAvgPool2d(input: Tensor, outputSize: number | readonly number[]): Tensor {
  return adaptiveAvgPool2dOp(input, outputSize)
}

const adaptiveAvgPool3dOp = operator('aten::adaptive_avg_pool3d', 'self output_size')

/** Means of as many windows as asked, three axes. */
export function adaptiveAvgPool3d(input: Tensor, outputSize: number | readonly number[]): Tensor {
  return adaptiveAvgPool3dOp(input, outputSize)
}

const adaptiveMaxPool1dOp = operator('aten::adaptive_max_pool1d', 'self output_size')

/** Greatest, and where, of as many windows as asked. */
export function adaptiveMaxPool1d(input: Tensor, outputSize: number | readonly number[]): [Tensor, Tensor] {
  return adaptiveMaxPool1dOp(input, outputSize)
}

const adaptiveMaxPool2dOp = operator('aten::adaptive_max_pool2d', 'self output_size')

/** Greatest, and where, of as many windows as asked, two axes. */
export function adaptiveMaxPool2d(input: Tensor, outputSize: number | readonly number[]): [Tensor, Tensor] {
  return adaptiveMaxPool2dOp(input, outputSize)
}

const adaptiveMaxPool3dOp = operator('aten::adaptive_max_pool3d', 'self output_size')

/** Greatest, and where, of as many windows as asked, three axes. */
export function adaptiveMaxPool3d(input: Tensor, outputSize: number | readonly number[]): [Tensor, Tensor] {
  return adaptiveMaxPool3dOp(input, outputSize)
}
