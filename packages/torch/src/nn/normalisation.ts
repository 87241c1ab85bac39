// Layers that normalise.
// Hands on: BatchNorm1d/2d/3d, InstanceNorm1d/2d/3d, GroupNorm, LayerNorm.

import { ones, zeros } from '../creation.ts'
import { fault } from '../errors.ts'
import { instanceNorm } from '../ops/normalisation.ts'
import { scope } from '../scope.ts'
import { describeShape, type Tensor } from '../tensor.ts'
import * as F from './functional.ts'
import { Module, ModuleBuffer, Parameter } from './module.ts'

export type BatchNormOptions = { eps?: number; momentum?: number; affine?: boolean; trackRunningStats?: boolean }

/** What the batch normalisations share; use the one for the number of axes. */
export class BatchNorm extends Module {
  readonly weight: Parameter | undefined
  readonly bias: Parameter | undefined
  readonly runningMean: ModuleBuffer | undefined
  readonly runningVar: ModuleBuffer | undefined
  readonly numBatchesTracked: ModuleBuffer | undefined
  readonly eps: number
  /** Weight of a batch in the running statistics; may be changed between batches: 1 / number of the batch gives their plain mean. */
  momentum: number
  readonly ranks: readonly number[]

  constructor(ranks: readonly number[], numFeatures: number, options: BatchNormOptions) {
    super()
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options
    this.ranks = ranks
    this.eps = eps
    this.momentum = momentum
    this.weight = affine ? new Parameter(ones([numFeatures])) : undefined
    this.bias = affine ? new Parameter(zeros([numFeatures])) : undefined
    this.runningMean = trackRunningStats ? new ModuleBuffer(zeros([numFeatures])) : undefined
    this.runningVar = trackRunningStats ? new ModuleBuffer(ones([numFeatures])) : undefined
    this.numBatchesTracked = trackRunningStats ? new ModuleBuffer(zeros([], { dtype: 'int64' })) : undefined
  }

  /**
   * @param input  Shape [B, C, …]; where the batch's own statistics are used, more than one value for each channel.
   * @throws       torch/shape for other ranks, and for one value a channel, which has no variance.
   */
  forward(input: Tensor): Tensor {
    const { shape } = input
    if (!this.ranks.includes(shape.length)) {
      throw fault({
        code: 'torch/shape',
        where: this.constructor.name,
        expected: `an input of ${this.ranks.join(' or ')} axes`,
        received: `shape ${describeShape(shape)}`,
        hint: 'The channels are axis 1; BatchNorm1d, 2d and 3d differ by the axes after it.',
      })
    }
    const usesBatch = this.training || this.runningMean === undefined
    const output = F.batchNorm(input, this.runningMean, this.runningVar, this.weight, this.bias, usesBatch, this.momentum, this.eps)
    if (this.training) this.numBatchesTracked?.add_(1)
    return output
  }
}

/** Batch normalisation of [B, C] or [B, C, X]. */
export class BatchNorm1d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super([2, 3], numFeatures, options)
  }
}

/** Batch normalisation of [B, C, Y, X]. */
export class BatchNorm2d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super([4], numFeatures, options)
  }
}

/** Batch normalisation of [B, C, Z, Y, X]. */
export class BatchNorm3d extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super([5], numFeatures, options)
  }
}

export type InstanceNormOptions = { eps?: number; affine?: boolean }

/** What the instance normalisations share, which have no running statistics; use the one for the number of axes. */
export class InstanceNorm extends Module {
  readonly weight: Parameter | undefined
  readonly bias: Parameter | undefined
  readonly eps: number
  readonly numAxes: number

  constructor(numAxes: number, numFeatures: number, options: InstanceNormOptions) {
    super()
    this.numAxes = numAxes
    this.eps = options.eps ?? 1e-5
    this.weight = options.affine ? new Parameter(ones([numFeatures])) : undefined
    this.bias = options.affine ? new Parameter(zeros([numFeatures])) : undefined
  }

  /**
   * @param input  Shape [B, C, …] or [C, …], with more than one value for each sample and channel.
   * @throws       torch/shape for other ranks, and for one value, which has no variance.
   */
  forward(input: Tensor): Tensor {
    const { shape } = input
    const places = shape.slice(-this.numAxes)
    const hasBatch = shape.length === this.numAxes + 2
    if ((!hasBatch && shape.length !== this.numAxes + 1) || places.every((size) => size === 1)) {
      throw fault({
        code: 'torch/shape',
        where: this.constructor.name,
        expected: `an input of ${this.numAxes + 2} axes, ${this.numAxes + 1} without a batch, and more than one value a channel`,
        received: `shape ${describeShape(shape)}`,
        hint: 'InstanceNorm1d, 2d and 3d differ by the axes after the channels.',
      })
    }
    const normalise = (x: Tensor) => instanceNorm(x, this.weight, this.bias, undefined, undefined, true, 0, this.eps, true)
    return hasBatch ? normalise(input) : withBatch(input, normalise)
  }
}

/** Instance normalisation of [B, C, X]. */
export class InstanceNorm1d extends InstanceNorm {
  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    super(1, numFeatures, options)
  }
}

/** Instance normalisation of [B, C, Y, X]. */
export class InstanceNorm2d extends InstanceNorm {
  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    super(2, numFeatures, options)
  }
}

/** Instance normalisation of [B, C, Z, Y, X]. */
export class InstanceNorm3d extends InstanceNorm {
  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    super(3, numFeatures, options)
  }
}

/** Normalisation per sample over groups of channels. */
export class GroupNorm extends Module {
  readonly weight: Parameter | undefined
  readonly bias: Parameter | undefined
  readonly numGroups: number
  readonly eps: number

  constructor(numGroups: number, numChannels: number, options: { eps?: number; affine?: boolean } = {}) {
    super()
    this.numGroups = numGroups
    this.eps = options.eps ?? 1e-5
    const affine = options.affine ?? true
    this.weight = affine ? new Parameter(ones([numChannels])) : undefined
    this.bias = affine ? new Parameter(zeros([numChannels])) : undefined
  }

  forward(input: Tensor): Tensor {
    return F.groupNorm(input, this.numGroups, this.weight, this.bias, this.eps)
  }
}

/** Normalisation over the last axes. */
export class LayerNorm extends Module {
  readonly weight: Parameter | undefined
  readonly bias: Parameter | undefined
  readonly normalizedShape: readonly number[]
  readonly eps: number

  constructor(normalizedShape: number | readonly number[], options: { eps?: number; elementwiseAffine?: boolean; bias?: boolean } = {}) {
    super()
    this.normalizedShape = typeof normalizedShape === 'number' ? [normalizedShape] : normalizedShape
    this.eps = options.eps ?? 1e-5
    const affine = options.elementwiseAffine ?? true
    this.weight = affine ? new Parameter(ones(this.normalizedShape)) : undefined
    this.bias = affine && (options.bias ?? true) ? new Parameter(zeros(this.normalizedShape)) : undefined
  }

  forward(input: Tensor): Tensor {
    return F.layerNorm(input, this.normalizedShape, this.weight, this.bias, this.eps)
  }
}

/** Runs a layer that wants a batch on one sample. */
function withBatch(sample: Tensor, run: (batch: Tensor) => Tensor): Tensor {
  return scope(() => run(sample.unsqueeze(0)).squeeze(0))
}
