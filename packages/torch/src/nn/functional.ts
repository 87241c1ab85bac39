// Functions of networks under PyTorch's torch.nn.functional names. Those that need no words of their own are the operators themselves.
// Hands on: everything PyTorch users know as F.*; losses take { reduction } last.

import { onesLike } from '../creation.ts'
import { fault } from '../errors.ts'
import { hasOperator, operator } from '../operator.ts'
import * as conv from '../ops/convolution.ts'
import { clampMin } from '../ops/elementwise.ts'
import * as norms from '../ops/normalisation.ts'
import { linalgVectorNorm, logSoftmax as logSoftmaxOp, softmax as softmaxOp } from '../ops/reduction.ts'
import { pad as padOp } from '../ops/resampling.ts'
import { scope } from '../scope.ts'
import { describeShape, type Tensor } from '../tensor.ts'
import { expectSeveral } from './expect-several.ts'

export { relu } from '../ops/elementwise.ts'
export { sigmoid, tanh } from '../ops/elementwise.ts'
export * from '../ops/activation.ts'
export { bilinear, conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d, linear } from '../ops/convolution.ts'
export { cosineSimilarity, oneHot, pairwiseDistance } from '../ops/loss.ts'
export * from '../ops/pooling.ts'
export { pixelShuffle, pixelUnshuffle } from '../ops/shape.ts'
export { affineGridGenerator, gridSampler } from '../ops/resampling.ts'
export * from './grid.ts'
export * from './interpolate.ts'
export * from './loss-functions.ts'

/** exp over the summed exp along `dim`. */
export function softmax(input: Tensor, dim: number): Tensor {
  return softmaxOp(input, dim)
}

/** Logarithm of softmax along `dim`. */
export function logSoftmax(input: Tensor, dim: number): Tensor {
  return logSoftmaxOp(input, dim)
}

/** Rows of `weight` by index; row `paddingIdx` gets no gradient, counted from the end when negative. */
export function embedding(input: Tensor, weight: Tensor, paddingIdx?: number): Tensor {
  if (paddingIdx === undefined) return conv.embedding(weight, input)
  const numRows = weight.size(0)
  if (paddingIdx < -numRows || paddingIdx >= numRows) {
    throw fault({
      code: 'torch/argument',
      where: 'embedding',
      expected: `a paddingIdx from ${-numRows} to ${numRows - 1}`,
      received: String(paddingIdx),
      hint: 'It is one of the rows of the weight.',
    })
  }
  return conv.embedding(weight, input, paddingIdx < 0 ? paddingIdx + numRows : paddingIdx)
}

/** Elements dropped with probability p while training, the rest scaled up. */
export function dropout(input: Tensor, p = 0.5, training = true): Tensor {
  return norms.dropout(input, p, training)
}

/** Whole channels dropped with probability p while training. */
export function featureDropout(input: Tensor, p = 0.5, training = true): Tensor {
  return norms.featureDropout(input, p, training)
}

/** Normalised over the last axes, which have `normalizedShape`. */
export function layerNorm(input: Tensor, normalizedShape: readonly number[], weight?: Tensor, bias?: Tensor, eps = 1e-5): Tensor {
  return norms.layerNorm(input, normalizedShape, weight, bias, eps)
}

/** Normalised per sample over groups of channels. */
export function groupNorm(input: Tensor, numGroups: number, weight?: Tensor, bias?: Tensor, eps = 1e-5): Tensor {
  return norms.groupNorm(input, numGroups, weight, bias, eps)
}

/** Normalised over the batch while training, which then needs more than one value a channel; by the running statistics otherwise. */
export function batchNorm(
  input: Tensor,
  runningMean: Tensor | undefined,
  runningVar: Tensor | undefined,
  weight?: Tensor,
  bias?: Tensor,
  training = false,
  momentum = 0.1,
  eps = 1e-5,
): Tensor {
  if (training) {
    const { shape } = input
    const numEach = shape.reduce((count, size, axis) => (axis === 1 ? count : count * size), 1)
    expectSeveral('batchNorm', numEach, shape)
  }
  return norms.batchNorm(input, weight, bias, runningMean, runningVar, training, momentum, eps, true)
}

/** Scaled to unit p-norm along `dim`; norms below `eps` count as `eps`. */
export function normalize(input: Tensor, p = 2, dim = 1, eps = 1e-12): Tensor {
  return scope(() => input.div(clampMin(linalgVectorNorm(input, p, dim, true), eps)))
}

/** Padded from the last axis backwards, two numbers an axis; mode 'constant', 'reflect', 'replicate' or 'circular'. */
export function pad(input: Tensor, sizes: readonly number[], mode = 'constant', value?: number): Tensor {
  return padOp(input, sizes, mode, value)
}

const fusedName = 'aten::scaled_dot_product_attention'
const fusedOp = operator(fusedName, 'query key value attn_mask dropout_p is_causal scale')
const isFused = hasOperator(fusedName)

/** Options of attention: a mask to add (or booleans, true where to look), dropout of weights, looking back only, the scale of scores. */
export type AttentionOptions = { attnMask?: Tensor; dropoutP?: number; isCausal?: boolean; scale?: number }

/**
 * softmax(query · keyᵀ · scale + mask) · value, fused where this libtorch has it.
 *
 * @param query  Shape [..., queries, width]; `key` and `value` [..., keys, width].
 * @returns      Shape [..., queries, width of value]. The scale is 1/√width when not given.
 */
export function scaledDotProductAttention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor {
  const { attnMask, dropoutP = 0, isCausal = false, scale } = options
  if (isCausal && attnMask !== undefined) {
    throw fault({
      code: 'torch/argument',
      where: 'scaledDotProductAttention',
      expected: 'either attnMask or isCausal',
      received: `both, with a mask of shape ${describeShape(attnMask.shape)}`,
      hint: 'Put the causal part into the mask.',
    })
  }
  if (isFused) return fusedOp(query, key, value, attnMask, dropoutP, isCausal, scale)
  return scope(() => {
    const factor = scale ?? 1 / Math.sqrt(query.size(-1))
    const flat = (x: Tensor) => x.reshape([-1, x.size(-2), x.size(-1)]) // products of plain batches spare matmul's copies
    const isPlain = key.ndim === query.ndim && describeShape(key.shape.slice(0, -2)) === describeShape(query.shape.slice(0, -2))
    const scaled = query.mul(factor)
    let scores = isPlain
      ? flat(scaled)
          .bmm(flat(key).transpose(1, 2))
          .view([...query.shape.slice(0, -1), key.size(-2)])
      : scaled.matmul(key.transpose(-2, -1))
    const mask = isCausal ? onesLike(scores).tril().ne(0) : attnMask
    if (mask !== undefined)
      scores = mask.dtype === 'bool' ? scores.maskedFill(mask.logicalNot(), Number.NEGATIVE_INFINITY) : scores.add(mask)
    const softened = softmaxOp(scores, -1)
    const weights = dropoutP > 0 ? norms.dropout(softened, dropoutP, true) : softened
    return isPlain
      ? flat(weights)
          .bmm(flat(value))
          .view([...query.shape.slice(0, -1), value.size(-1)])
      : weights.matmul(value)
  })
}
