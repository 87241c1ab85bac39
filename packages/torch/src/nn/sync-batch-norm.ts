// Batch normalisation whose statistics are those of all ranks' batches together.
// Hands on: SyncBatchNorm. As torch.nn.SyncBatchNorm; sums travel with their gradients, so that autograd does the rest.

import { noGrad } from '../autograd.ts'
import { tensor } from '../creation.ts'
import { isInitialized, sumOverRanks, worldSize } from '../distributed.ts'
import { fault } from '../errors.ts'
import { cat } from '../ops/shape.ts'
import { scope } from '../scope.ts'
import { describeShape, type Tensor } from '../tensor.ts'
import { expectSeveral } from './expect-several.ts'
import { Module } from './module.ts'
import { BatchNorm, type BatchNormOptions } from './normalisation.ts'

/** Batch normalisation over the ranks, of [B, C, …]; in evaluation, and where no group is open, the plain one. */
export class SyncBatchNorm extends BatchNorm {
  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super([2, 3, 4, 5], numFeatures, options)
  }

  /**
   * Replaces every BatchNorm in a module by a synchronised one with the same parameters and buffers.
   *
   * @returns  The module, or the one that takes its place where it is a BatchNorm itself.
   */
  static convert<Kind extends Module>(module: Kind): Kind {
    if (module instanceof BatchNorm) return synchronised(module) as unknown as Kind
    for (const [field, value] of Object.entries(module)) {
      const convert = (item: unknown) => (item instanceof Module ? SyncBatchNorm.convert(item) : item)
      if (value instanceof Map) for (const [key, item] of value) value.set(key, convert(item))
      else if (value instanceof Module || Array.isArray(value)) {
        Object.assign(module, { [field]: Array.isArray(value) ? value.map(convert) : convert(value) })
      }
    }
    return module
  }

  override forward(input: Tensor): Tensor {
    const isAlone = !isInitialized() || worldSize() === 1
    if (isAlone || !this.training) return super.forward(input)
    if (input.ndim < 2) {
      throw fault({
        code: 'torch/shape',
        where: 'SyncBatchNorm',
        expected: 'an input of shape [B, C, …]',
        received: `shape ${describeShape(input.shape)}`,
        hint: 'The channels are axis 1.',
      })
    }
    return scope(() => {
      // Sixteen bits hold neither the count nor the sums.
      const x = input.dtype === 'float16' || input.dtype === 'bfloat16' ? input.float() : input
      const axes = input.shape.map((_, axis) => axis).filter((axis) => axis !== 1)
      const wide = (perChannel_C: Tensor) => perChannel_C.view([1, -1, ...axes.slice(1).map(() => 1)])
      const numOwn = input.numel / input.size(1)
      const ownCount = tensor([numOwn], { dtype: x.dtype, device: x.device })
      const sums = sumOverRanks(cat([x.sum(axes), ownCount], 0))
      const count = sums.narrow(0, input.size(1), 1)
      if (numOwn < 2) expectSeveral('SyncBatchNorm', count.item(), input.shape) // asked only where it may be: a GPU has to be waited for
      const mean_C = sums.narrow(0, 0, input.size(1)).div(count)
      const centred = x.sub(wide(mean_C))
      const squares_C = sumOverRanks(centred.square().sum(axes)) // a second pass: E[x²] − E[x]² loses digits
      const variance_C = squares_C.div(count)
      this.#follow(mean_C, squares_C.div(count.sub(1)))
      const scaled = centred.mul(wide(variance_C.add(this.eps).rsqrt()))
      const isAffine = this.weight !== undefined && this.bias !== undefined
      return (isAffine ? scaled.mul(wide(this.weight)).add(wide(this.bias)) : scaled).to(input.dtype)
    })
  }

  /** Running statistics move towards this batch's; the variance is the unbiased one, as PyTorch's. */
  #follow(mean_C: Tensor, variance_C: Tensor): void {
    noGrad(() => {
      this.numBatchesTracked?.add_(1)
      this.runningMean?.lerp_(mean_C.to(this.runningMean.dtype), this.momentum)
      this.runningVar?.lerp_(variance_C.to(this.runningVar.dtype), this.momentum)
    })
  }
}

function synchronised(norm: BatchNorm): SyncBatchNorm {
  const { eps, momentum, weight, bias, runningMean, runningVar, numBatchesTracked, training, isFrozen } = norm
  const numFeatures = (weight ?? runningMean)?.size(0) ?? 0
  const result = new SyncBatchNorm(numFeatures, {
    eps,
    momentum,
    affine: weight !== undefined,
    trackRunningStats: runningMean !== undefined,
  })
  return Object.assign(result, { weight, bias, runningMean, runningVar, numBatchesTracked, training, isFrozen })
}
