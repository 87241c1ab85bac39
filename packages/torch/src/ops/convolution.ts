// Operators of the group "convolution", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'

const linearOp = operator('aten::linear', 'input weight bias')

/** `input · weightᵀ + bias`. */
export function linear(input: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  return linearOp(input, weight, bias)
}

const bilinearOp = operator('aten::bilinear', 'input1 input2 weight bias')

/** `input1 · weight · input2 + bias`. */
export function bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  return bilinearOp(input1, input2, weight, bias)
}

const conv1dPlain = operator('aten::conv1d', 'input weight bias stride padding dilation groups')
const conv1dPadding = operator('aten::conv1d.padding', 'input weight bias stride padding dilation groups')

/** Convolution over one axis; `padding` a number or 'same' or 'valid'. */
export function conv1d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor,
  stride?: number | readonly number[],
  padding?: number | readonly number[] | string,
  dilation?: number | readonly number[],
  groups?: number,
): Tensor {
  if (typeof padding !== 'string') return conv1dPlain(input, weight, bias, stride, padding, dilation, groups)
  return conv1dPadding(input, weight, bias, stride, padding, dilation, groups)
}

const conv2dPlain = operator('aten::conv2d', 'input weight bias stride padding dilation groups')
const conv2dPadding = operator('aten::conv2d.padding', 'input weight bias stride padding dilation groups')

/** Convolution over two axes; `padding` numbers or 'same' or 'valid'. */
export function conv2d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor,
  stride?: number | readonly number[],
  padding?: number | readonly number[] | string,
  dilation?: number | readonly number[],
  groups?: number,
): Tensor {
  if (typeof padding !== 'string') return conv2dPlain(input, weight, bias, stride, padding, dilation, groups)
  return conv2dPadding(input, weight, bias, stride, padding, dilation, groups)
}

const conv3dPlain = operator('aten::conv3d', 'input weight bias stride padding dilation groups')
const conv3dPadding = operator('aten::conv3d.padding', 'input weight bias stride padding dilation groups')

/** Convolution over three axes; `padding` numbers or 'same' or 'valid'. */
export function conv3d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor,
  stride?: number | readonly number[],
  padding?: number | readonly number[] | string,
  dilation?: number | readonly number[],
  groups?: number,
): Tensor {
  if (typeof padding !== 'string') return conv3dPlain(input, weight, bias, stride, padding, dilation, groups)
  return conv3dPadding(input, weight, bias, stride, padding, dilation, groups)
}

const convTranspose1dOp = operator('aten::conv_transpose1d', 'input weight bias stride padding output_padding groups dilation')

/** Transposed convolution over one axis. */
export function convTranspose1d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor,
  stride?: number | readonly number[],
  padding?: number | readonly number[],
  outputPadding?: number | readonly number[],
  groups?: number,
  dilation?: number | readonly number[],
): Tensor {
  return convTranspose1dOp(input, weight, bias, stride, padding, outputPadding, groups, dilation)
}

const convTranspose2dOp = operator('aten::conv_transpose2d.input', 'input weight bias stride padding output_padding groups dilation')

/** Transposed convolution over two axes. */
export function convTranspose2d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor,
  stride?: number | readonly number[],
  padding?: number | readonly number[],
  outputPadding?: number | readonly number[],
  groups?: number,
  dilation?: number | readonly number[],
): Tensor {
  return convTranspose2dOp(input, weight, bias, stride, padding, outputPadding, groups, dilation)
}

const convTranspose3dOp = operator('aten::conv_transpose3d.input', 'input weight bias stride padding output_padding groups dilation')

/** Transposed convolution over three axes. */
export function convTranspose3d(
  input: Tensor,
  weight: Tensor,
  bias?: Tensor,
  stride?: number | readonly number[],
  padding?: number | readonly number[],
  outputPadding?: number | readonly number[],
  groups?: number,
  dilation?: number | readonly number[],
): Tensor {
  return convTranspose3dOp(input, weight, bias, stride, padding, outputPadding, groups, dilation)
}

const embeddingOp = operator('aten::embedding', 'weight indices padding_idx scale_grad_by_freq sparse')

/** Rows of `weight` by index. */
export function embedding(weight: Tensor, indices: Tensor, paddingIdx?: number, scaleGradByFreq?: boolean, sparse?: boolean): Tensor {
  return embeddingOp(weight, indices, paddingIdx, scaleGradByFreq, sparse)
}
