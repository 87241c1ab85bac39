// Operators of the group "loss", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'

const oneHotOp = operator('aten::one_hot', 'self num_classes')

/** A one at each class index. */
export function oneHot(input: Tensor, numClasses?: number): Tensor {
  return oneHotOp(input, numClasses)
}

const cosineSimilarityOp = operator('aten::cosine_similarity', 'x1 x2 dim eps')

/** Cosine of the angle along `dim`. */
export function cosineSimilarity(x1: Tensor, x2: Tensor, dim?: number, eps?: number): Tensor {
  return cosineSimilarityOp(x1, x2, dim, eps)
}

const pairwiseDistanceOp = operator('aten::pairwise_distance', 'x1 x2 p eps keepdim')

/** p-norm of differences of rows. */
export function pairwiseDistance(x1: Tensor, x2: Tensor, p?: number, eps?: number, keepdim?: boolean): Tensor {
  return pairwiseDistanceOp(x1, x2, p, eps, keepdim)
}

const crossEntropyLossOp = operator('aten::cross_entropy_loss', 'self target weight reduction ignore_index label_smoothing')

/** Cross-entropy of logits with class indices or probabilities. */
export function crossEntropyLoss(
  input: Tensor,
  target: Tensor,
  weight?: Tensor,
  reduction?: number,
  ignoreIndex?: number,
  labelSmoothing?: number,
): Tensor {
  return crossEntropyLossOp(input, target, weight, reduction, ignoreIndex, labelSmoothing)
}

const nllLossOp = operator('aten::nll_loss_nd', 'self target weight reduction ignore_index')

/** Negative log-likelihood of log-probabilities. */
export function nllLoss(input: Tensor, target: Tensor, weight?: Tensor, reduction?: number, ignoreIndex?: number): Tensor {
  return nllLossOp(input, target, weight, reduction, ignoreIndex)
}

const mseLossOp = operator('aten::mse_loss', 'self target reduction')

/** Mean squared difference. */
export function mseLoss(input: Tensor, target: Tensor, reduction?: number): Tensor {
  return mseLossOp(input, target, reduction)
}

const l1LossOp = operator('aten::l1_loss', 'self target reduction')

/** Mean magnitude of the difference. */
export function l1Loss(input: Tensor, target: Tensor, reduction?: number): Tensor {
  return l1LossOp(input, target, reduction)
}

const smoothL1LossOp = operator('aten::smooth_l1_loss', 'self target reduction beta')

/** Squared near zero, magnitude beyond `beta`. */
export function smoothL1Loss(input: Tensor, target: Tensor, reduction?: number, beta?: number): Tensor {
  return smoothL1LossOp(input, target, reduction, beta)
}

const huberLossOp = operator('aten::huber_loss', 'self target reduction delta')

/** Squared near zero, linear beyond `delta`. */
export function huberLoss(input: Tensor, target: Tensor, reduction?: number, delta?: number): Tensor {
  return huberLossOp(input, target, reduction, delta)
}

const binaryCrossEntropyOp = operator('aten::binary_cross_entropy', 'self target weight reduction')

/** Cross-entropy of probabilities. */
export function binaryCrossEntropy(input: Tensor, target: Tensor, weight?: Tensor, reduction?: number): Tensor {
  return binaryCrossEntropyOp(input, target, weight, reduction)
}

const binaryCrossEntropyWithLogitsOp = operator('aten::binary_cross_entropy_with_logits', 'self target weight pos_weight reduction')

/** Cross-entropy of logits. */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  weight?: Tensor,
  posWeight?: Tensor,
  reduction?: number,
): Tensor {
  return binaryCrossEntropyWithLogitsOp(input, target, weight, posWeight, reduction)
}

const klDivOp = operator('aten::kl_div', 'self target reduction log_target')

/** Kullback–Leibler divergence from log-probabilities. */
export function klDiv(input: Tensor, target: Tensor, reduction?: number, options: { logTarget?: boolean } = {}): Tensor {
  return klDivOp(input, target, reduction, options.logTarget)
}

const poissonNllLossOp = operator('aten::poisson_nll_loss', 'input target log_input full eps reduction')

/** Negative log-likelihood of counts. */
export function poissonNllLoss(input: Tensor, target: Tensor, logInput: boolean, full: boolean, eps: number, reduction: number): Tensor {
  return poissonNllLossOp(input, target, logInput, full, eps, reduction)
}

const marginRankingLossOp = operator('aten::margin_ranking_loss', 'input1 input2 target margin reduction')

/** Hinge on the order of two scores. */
export function marginRankingLoss(input1: Tensor, input2: Tensor, target: Tensor, margin?: number, reduction?: number): Tensor {
  return marginRankingLossOp(input1, input2, target, margin, reduction)
}

const tripletMarginLossOp = operator('aten::triplet_margin_loss', 'anchor positive negative margin p eps swap reduction')

/** Hinge on the distances of anchor, positive and negative. */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  margin?: number,
  p?: number,
  eps?: number,
  swap?: boolean,
  reduction?: number,
): Tensor {
  return tripletMarginLossOp(anchor, positive, negative, margin, p, eps, swap, reduction)
}

const cosineEmbeddingLossOp = operator('aten::cosine_embedding_loss', 'input1 input2 target margin reduction')

/** Loss on the cosine of pairs. */
export function cosineEmbeddingLoss(input1: Tensor, input2: Tensor, target: Tensor, margin?: number, reduction?: number): Tensor {
  return cosineEmbeddingLossOp(input1, input2, target, margin, reduction)
}
