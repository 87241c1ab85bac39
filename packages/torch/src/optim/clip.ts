// Keeping gradients small.
// Hands on: clipGradNorm, clipGradValue.

import { noGrad } from '../autograd.ts'
import { zeros } from '../creation.ts'
import { hasOperator, operator } from '../operator.ts'
import { linalgVectorNorm } from '../ops/reduction.ts'
import { stack } from '../ops/shape.ts'
import { scope } from '../scope.ts'
import { Tensor } from '../tensor.ts'

const foreachMul_ = operator('aten::_foreach_mul_.Scalar', 'self scalar')
const byTensorName = 'aten::_foreach_mul_.Tensor' // since libtorch 2.1
const foreachMulTensor_ = operator(byTensorName, 'self other')
const hasByTensor = hasOperator(byTensorName)
const foreachNorm = operator('aten::_foreach_norm.Scalar', 'self ord')

const EPS = 1e-6 // PyTorch's clip_grad_norm_

/**
 * Scales all gradients so that the norm of them together is at most `maxNorm`.
 *
 * @returns  The norm before scaling, a tensor of one element.
 */
export function clipGradNorm(parameters: Tensor | readonly Tensor[], maxNorm: number, normType = 2): Tensor {
  return noGrad(() =>
    scope(() => {
      const grads = gradientsOf(parameters)
      if (grads.length === 0) return zeros([])
      const total = linalgVectorNorm(stack(foreachNorm(grads, normType)), normType)
      if (total.device === 'cpu') {
        const factor = maxNorm / (total.item() + EPS)
        if (!(factor >= 1)) foreachMul_(grads, factor) // a norm that is no number makes all gradients so
      } else {
        const factor = total.add(EPS).reciprocal().mul(maxNorm).clampMax(1) // asks the device for nothing
        if (hasByTensor) foreachMulTensor_(grads, factor)
        else for (const grad of grads) grad.mul_(factor)
      }
      return total
    }),
  )
}

/** Keeps every element of the gradients between −limit and limit. */
export function clipGradValue(parameters: Tensor | readonly Tensor[], limit: number): void {
  noGrad(() =>
    scope(() => {
      for (const grad of gradientsOf(parameters)) grad.clamp_(-limit, limit)
    }),
  )
}

function gradientsOf(parameters: Tensor | readonly Tensor[]): Tensor[] {
  const list = parameters instanceof Tensor ? [parameters] : parameters
  return list.map((parameter) => parameter.grad).filter((grad) => grad !== undefined)
}
