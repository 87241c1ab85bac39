// Operators of the group "activation", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'
import type { Unary } from './unary.ts'

const geluOp = operator('aten::gelu', 'self approximate')

/** x·Φ(x); `approximate` 'none' or 'tanh'. */
export function gelu(input: Tensor, options: { approximate?: string } = {}): Tensor {
  return geluOp(input, options.approximate)
}

/** x·σ(x). */
export const silu: Unary = operator('aten::silu', 'self')

/** x·tanh(softplus(x)). */
export const mish: Unary = operator('aten::mish', 'self')

const eluOp = operator('aten::elu', 'self alpha scale input_scale')

/** x above zero, α(exp x − 1) below. */
export function elu(input: Tensor, alpha?: number, scale?: number, inputScale?: number): Tensor {
  return eluOp(input, alpha, scale, inputScale)
}

/** Scaled elu of self-normalising networks. */
export const selu: Unary = operator('aten::selu', 'self')

const celuOp = operator('aten::celu', 'self alpha')

/** Continuously differentiable elu. */
export function celu(input: Tensor, alpha?: number): Tensor {
  return celuOp(input, alpha)
}

const leakyReluOp = operator('aten::leaky_relu', 'self negative_slope')

/** x above zero, a small slope below. */
export function leakyRelu(input: Tensor, negativeSlope?: number): Tensor {
  return leakyReluOp(input, negativeSlope)
}

const preluOp = operator('aten::prelu', 'self weight')

/** x above zero, a learned slope below. */
export function prelu(input: Tensor, weight: Tensor): Tensor {
  return preluOp(input, weight)
}

/** relu kept at or below 6. */
export const relu6: Unary = operator('aten::relu6', 'self')

const hardtanhOp = operator('aten::hardtanh', 'self min_val max_val')

/** Kept between two bounds. */
export function hardtanh(input: Tensor, minVal?: number, maxVal?: number): Tensor {
  return hardtanhOp(input, minVal, maxVal)
}

/** Piecewise x·σ(x). */
export const hardswish: Unary = operator('aten::hardswish', 'self')

/** Piecewise logistic function. */
export const hardsigmoid: Unary = operator('aten::hardsigmoid', 'self')

const softplusOp = operator('aten::softplus', 'self beta threshold')

/** ln(1 + exp x), smoothed relu. */
export function softplus(input: Tensor, beta?: number, threshold?: number): Tensor {
  return softplusOp(input, beta, threshold)
}

const softshrinkOp = operator('aten::softshrink', 'self lambd')

/** Drawn towards zero by λ. */
export function softshrink(input: Tensor, lambd?: number): Tensor {
  return softshrinkOp(input, lambd)
}

/** Logarithm of the logistic function. */
export const logSigmoid: Unary = operator('aten::log_sigmoid', 'self')

const gluOp = operator('aten::glu', 'self dim')

/** First half of an axis gated by the second. */
export function glu(input: Tensor, dim?: number): Tensor {
  return gluOp(input, dim)
}
