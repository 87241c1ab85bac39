// Losses under PyTorch's names; `reduction` is 'mean' unless given.
// Hands on: crossEntropy, nllLoss, mseLoss, l1Loss, smoothL1Loss, huberLoss, binaryCrossEntropy, binaryCrossEntropyWithLogits, klDiv,
// poissonNllLoss, cosineEmbeddingLoss, tripletMarginLoss, marginRankingLoss.

import { fault } from '../errors.ts'
import * as ops from '../ops/loss.ts'
import { broadcastTensors } from '../ops/shape.ts'
import { scope } from '../scope.ts'
import { describeShape, type Tensor } from '../tensor.ts'

/** What becomes of the elements' losses. */
export type Reduction = 'none' | 'mean' | 'sum'

/** The common option of losses. */
export type LossOptions = { reduction?: Reduction }

const CODES: Record<Reduction, number> = { none: 0, mean: 1, sum: 2 } // ATen/core/Reduction.h

function code(options: LossOptions): number {
  const result = CODES[options.reduction ?? 'mean']
  if (result !== undefined) return result
  throw fault({
    code: 'torch/argument',
    where: 'a loss',
    expected: "reduction 'none', 'mean' or 'sum'",
    received: JSON.stringify(options.reduction),
    hint: "Leave it out for 'mean'.",
  })
}

/** Both in their common shape, as in PyTorch: libtorch's own gradient at the smaller one divides by that one's elements, not by the mean's. */
function inOneShape(input: Tensor, target: Tensor, loss: (input: Tensor, target: Tensor) => Tensor): Tensor {
  if (describeShape(input.shape) === describeShape(target.shape)) return loss(input, target)
  return scope(() => {
    const [wideInput, wideTarget] = broadcastTensors([input, target])
    return loss(wideInput, wideTarget)
  })
}

/** Cross-entropy of logits [B, K, ...] with class indices [B, ...] or probabilities [B, K, ...]. */
export function crossEntropy(
  input: Tensor,
  target: Tensor,
  options: LossOptions & { weight?: Tensor; ignoreIndex?: number; labelSmoothing?: number } = {},
): Tensor {
  return ops.crossEntropyLoss(input, target, options.weight, code(options), options.ignoreIndex, options.labelSmoothing)
}

/** Negative log-likelihood of log-probabilities [B, K, ...] at class indices [B, ...]. */
export function nllLoss(input: Tensor, target: Tensor, options: LossOptions & { weight?: Tensor; ignoreIndex?: number } = {}): Tensor {
  return ops.nllLoss(input, target, options.weight, code(options), options.ignoreIndex)
}

/** Squared difference. */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  return inOneShape(input, target, (x, y) => ops.mseLoss(x, y, code(options)))
}

/** Magnitude of the difference. */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  return ops.l1Loss(input, target, code(options))
}

/** Squared below `beta`, magnitude above. */
export function smoothL1Loss(input: Tensor, target: Tensor, options: LossOptions & { beta?: number } = {}): Tensor {
  return inOneShape(input, target, (x, y) => ops.smoothL1Loss(x, y, code(options), options.beta))
}

/** Squared below `delta`, linear above. */
export function huberLoss(input: Tensor, target: Tensor, options: LossOptions & { delta?: number } = {}): Tensor {
  return inOneShape(input, target, (x, y) => ops.huberLoss(x, y, code(options), options.delta))
}

/** Cross-entropy of probabilities with targets in [0, 1]. */
export function binaryCrossEntropy(input: Tensor, target: Tensor, options: LossOptions & { weight?: Tensor } = {}): Tensor {
  if (describeShape(input.shape) !== describeShape(target.shape)) {
    throw fault({
      code: 'torch/shape',
      where: 'binaryCrossEntropy',
      expected: `a target of shape ${describeShape(input.shape)}`,
      received: describeShape(target.shape),
      hint: 'Give it the shape of the input with reshape or expand.',
    })
  }
  return ops.binaryCrossEntropy(input, target, options.weight, code(options))
}

/** Cross-entropy of logits with targets in [0, 1]. */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  options: LossOptions & { weight?: Tensor; posWeight?: Tensor } = {},
): Tensor {
  return ops.binaryCrossEntropyWithLogits(input, target, options.weight, options.posWeight, code(options))
}

/** Kullback–Leibler divergence of `target` from log-probabilities; divide the sum by the batch yourself where 'batchmean' is wanted. */
export function klDiv(input: Tensor, target: Tensor, options: LossOptions & { logTarget?: boolean } = {}): Tensor {
  return ops.klDiv(input, target, code(options), { logTarget: options.logTarget })
}

/** Negative log-likelihood of counts under a Poisson rate (or its logarithm). */
export function poissonNllLoss(
  input: Tensor,
  target: Tensor,
  options: LossOptions & { logInput?: boolean; full?: boolean; eps?: number } = {},
): Tensor {
  return ops.poissonNllLoss(input, target, options.logInput ?? true, options.full ?? false, options.eps ?? 1e-8, code(options))
}

/** 1 − cosine for pairs of target 1, hinge above `margin` for pairs of target −1. */
export function cosineEmbeddingLoss(
  input1: Tensor,
  input2: Tensor,
  target: Tensor,
  options: LossOptions & { margin?: number } = {},
): Tensor {
  return ops.cosineEmbeddingLoss(input1, input2, target, options.margin, code(options))
}

/** Hinge on how much nearer the positive is than the negative. */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  options: LossOptions & { margin?: number; p?: number; eps?: number; swap?: boolean } = {},
): Tensor {
  return ops.tripletMarginLoss(anchor, positive, negative, options.margin, options.p, options.eps, options.swap, code(options))
}

/** Hinge on the order of two scores, target 1 or −1. */
export function marginRankingLoss(input1: Tensor, input2: Tensor, target: Tensor, options: LossOptions & { margin?: number } = {}): Tensor {
  return ops.marginRankingLoss(input1, input2, target, options.margin, code(options))
}
