// Operators of the group "normalisation", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'

const batchNormOp = operator('aten::batch_norm', 'input weight bias running_mean running_var training momentum eps cudnn_enabled')

/** Normalised over the batch; training updates the running statistics. */
export function batchNorm(
  input: Tensor,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  runningMean: Tensor | undefined,
  runningVar: Tensor | undefined,
  training: boolean,
  momentum: number,
  eps: number,
  cudnnEnabled: boolean,
): Tensor {
  return batchNormOp(input, weight, bias, runningMean, runningVar, training, momentum, eps, cudnnEnabled)
}

const instanceNormOp = operator(
  'aten::instance_norm',
  'input weight bias running_mean running_var use_input_stats momentum eps cudnn_enabled',
)

/** Normalised per sample and channel. */
export function instanceNorm(
  input: Tensor,
  weight: Tensor | undefined,
  bias: Tensor | undefined,
  runningMean: Tensor | undefined,
  runningVar: Tensor | undefined,
  useInputStats: boolean,
  momentum: number,
  eps: number,
  cudnnEnabled: boolean,
): Tensor {
  return instanceNormOp(input, weight, bias, runningMean, runningVar, useInputStats, momentum, eps, cudnnEnabled)
}

const groupNormOp = operator('aten::group_norm', 'input num_groups weight bias eps cudnn_enabled')

/** Normalised per sample over groups of channels. */
export function groupNorm(input: Tensor, numGroups: number, weight?: Tensor, bias?: Tensor, eps?: number, cudnnEnabled?: boolean): Tensor {
  return groupNormOp(input, numGroups, weight, bias, eps, cudnnEnabled)
}

const layerNormOp = operator('aten::layer_norm', 'input normalized_shape weight bias eps cudnn_enable')

/** Normalised over the last axes. */
export function layerNorm(
  input: Tensor,
  normalizedShape: readonly number[],
  weight?: Tensor,
  bias?: Tensor,
  eps?: number,
  cudnnEnable?: boolean,
): Tensor {
  return layerNormOp(input, normalizedShape, weight, bias, eps, cudnnEnable)
}

const dropoutOp = operator('aten::dropout', 'input p train')

/** Elements dropped with probability p, the rest scaled up. */
export function dropout(input: Tensor, p: number, train: boolean): Tensor {
  return dropoutOp(input, p, train)
}

const featureDropoutOp = operator('aten::feature_dropout', 'input p train')

/** Whole channels dropped with probability p. */
export function featureDropout(input: Tensor, p: number, train: boolean): Tensor {
  return featureDropoutOp(input, p, train)
}
