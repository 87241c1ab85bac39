// Operators of the group "elementwise", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'
import type { Unary } from './unary.ts'

/** Magnitude. */
export const abs: Unary = operator('aten::abs', 'self')

export const abs_: Unary = operator('aten::abs_', 'self')

/** Sign turned. */
export const neg: Unary = operator('aten::neg', 'self')

export const neg_: Unary = operator('aten::neg_', 'self')

/** -1, 0 or 1. */
export const sign: Unary = operator('aten::sign', 'self')

export const sign_: Unary = operator('aten::sign_', 'self')

/** e to the element. */
export const exp: Unary = operator('aten::exp', 'self')

export const exp_: Unary = operator('aten::exp_', 'self')

/** 2 to the element. */
export const exp2: Unary = operator('aten::exp2', 'self')

export const exp2_: Unary = operator('aten::exp2_', 'self')

/** e to the element, less one. */
export const expm1: Unary = operator('aten::expm1', 'self')

export const expm1_: Unary = operator('aten::expm1_', 'self')

/** Natural logarithm. */
export const log: Unary = operator('aten::log', 'self')

export const log_: Unary = operator('aten::log_', 'self')

/** Logarithm to base 2. */
export const log2: Unary = operator('aten::log2', 'self')

export const log2_: Unary = operator('aten::log2_', 'self')

/** Logarithm to base 10. */
export const log10: Unary = operator('aten::log10', 'self')

export const log10_: Unary = operator('aten::log10_', 'self')

/** Natural logarithm of one plus the element. */
export const log1p: Unary = operator('aten::log1p', 'self')

export const log1p_: Unary = operator('aten::log1p_', 'self')

/** Square root. */
export const sqrt: Unary = operator('aten::sqrt', 'self')

export const sqrt_: Unary = operator('aten::sqrt_', 'self')

/** One over the square root. */
export const rsqrt: Unary = operator('aten::rsqrt', 'self')

export const rsqrt_: Unary = operator('aten::rsqrt_', 'self')

/** The element times itself. */
export const square: Unary = operator('aten::square', 'self')

export const square_: Unary = operator('aten::square_', 'self')

/** One over the element. */
export const reciprocal: Unary = operator('aten::reciprocal', 'self')

export const reciprocal_: Unary = operator('aten::reciprocal_', 'self')

/** Sine of radians. */
export const sin: Unary = operator('aten::sin', 'self')

export const sin_: Unary = operator('aten::sin_', 'self')

/** Cosine of radians. */
export const cos: Unary = operator('aten::cos', 'self')

export const cos_: Unary = operator('aten::cos_', 'self')

/** Tangent of radians. */
export const tan: Unary = operator('aten::tan', 'self')

export const tan_: Unary = operator('aten::tan_', 'self')

/** Arc sine. */
export const asin: Unary = operator('aten::asin', 'self')

export const asin_: Unary = operator('aten::asin_', 'self')

/** Arc cosine. */
export const acos: Unary = operator('aten::acos', 'self')

export const acos_: Unary = operator('aten::acos_', 'self')

/** Arc tangent. */
export const atan: Unary = operator('aten::atan', 'self')

export const atan_: Unary = operator('aten::atan_', 'self')

/** Hyperbolic sine. */
export const sinh: Unary = operator('aten::sinh', 'self')

export const sinh_: Unary = operator('aten::sinh_', 'self')

/** Hyperbolic cosine. */
export const cosh: Unary = operator('aten::cosh', 'self')

export const cosh_: Unary = operator('aten::cosh_', 'self')

/** Hyperbolic tangent. */
export const tanh: Unary = operator('aten::tanh', 'self')

export const tanh_: Unary = operator('aten::tanh_', 'self')

/** Inverse hyperbolic sine. */
export const asinh: Unary = operator('aten::asinh', 'self')

export const asinh_: Unary = operator('aten::asinh_', 'self')

/** Inverse hyperbolic cosine. */
export const acosh: Unary = operator('aten::acosh', 'self')

export const acosh_: Unary = operator('aten::acosh_', 'self')

/** Inverse hyperbolic tangent. */
export const atanh: Unary = operator('aten::atanh', 'self')

export const atanh_: Unary = operator('aten::atanh_', 'self')

/** Error function. */
export const erf: Unary = operator('aten::erf', 'self')

export const erf_: Unary = operator('aten::erf_', 'self')

/** One less the error function. */
export const erfc: Unary = operator('aten::erfc', 'self')

export const erfc_: Unary = operator('aten::erfc_', 'self')

/** Inverse error function. */
export const erfinv: Unary = operator('aten::erfinv', 'self')

export const erfinv_: Unary = operator('aten::erfinv_', 'self')

/** Logarithm of the gamma function. */
export const lgamma: Unary = operator('aten::lgamma', 'self')

export const lgamma_: Unary = operator('aten::lgamma_', 'self')

/** Derivative of lgamma. */
export const digamma: Unary = operator('aten::digamma', 'self')

export const digamma_: Unary = operator('aten::digamma_', 'self')

/** Logistic function. */
export const sigmoid: Unary = operator('aten::sigmoid', 'self')

export const sigmoid_: Unary = operator('aten::sigmoid_', 'self')

const logitOp = operator('aten::logit', 'self eps')

/** Inverse of the logistic function, clamped by `eps`. */
export function logit(input: Tensor, eps?: number): Tensor {
  return logitOp(input, eps)
}

const logit_Op = operator('aten::logit_', 'self eps')

export function logit_(input: Tensor, eps?: number): Tensor {
  return logit_Op(input, eps)
}

/** Rounded down. */
export const floor: Unary = operator('aten::floor', 'self')

export const floor_: Unary = operator('aten::floor_', 'self')

/** Rounded up. */
export const ceil: Unary = operator('aten::ceil', 'self')

export const ceil_: Unary = operator('aten::ceil_', 'self')

/** Rounded to even halves. */
export const round: Unary = operator('aten::round', 'self')

export const round_: Unary = operator('aten::round_', 'self')

/** Rounded towards zero. */
export const trunc: Unary = operator('aten::trunc', 'self')

export const trunc_: Unary = operator('aten::trunc_', 'self')

/** What rounding towards zero took away. */
export const frac: Unary = operator('aten::frac', 'self')

export const frac_: Unary = operator('aten::frac_', 'self')

const clampOp = operator('aten::clamp', 'self min max')

/** Kept between `min` and `max`. */
export function clamp(input: Tensor, min?: number, max?: number): Tensor {
  return clampOp(input, min, max)
}

const clamp_Op = operator('aten::clamp_', 'self min max')

export function clamp_(input: Tensor, min?: number, max?: number): Tensor {
  return clamp_Op(input, min, max)
}

const clampMinOp = operator('aten::clamp_min', 'self min')

/** Kept at or above `min`. */
export function clampMin(input: Tensor, min: number): Tensor {
  return clampMinOp(input, min)
}

const clampMin_Op = operator('aten::clamp_min_', 'self min')

export function clampMin_(input: Tensor, min: number): Tensor {
  return clampMin_Op(input, min)
}

const clampMaxOp = operator('aten::clamp_max', 'self max')

/** Kept at or below `max`. */
export function clampMax(input: Tensor, max: number): Tensor {
  return clampMaxOp(input, max)
}

const clampMax_Op = operator('aten::clamp_max_', 'self max')

export function clampMax_(input: Tensor, max: number): Tensor {
  return clampMax_Op(input, max)
}

const nanToNumOp = operator('aten::nan_to_num', 'self nan posinf neginf')

/** NaN and infinities replaced. */
export function nanToNum(input: Tensor, nan?: number, posinf?: number, neginf?: number): Tensor {
  return nanToNumOp(input, nan, posinf, neginf)
}

const nanToNum_Op = operator('aten::nan_to_num_', 'self nan posinf neginf')

export function nanToNum_(input: Tensor, nan?: number, posinf?: number, neginf?: number): Tensor {
  return nanToNum_Op(input, nan, posinf, neginf)
}

/** Degrees to radians. */
export const deg2rad: Unary = operator('aten::deg2rad', 'self')

export const deg2rad_: Unary = operator('aten::deg2rad_', 'self')

/** Radians to degrees. */
export const rad2deg: Unary = operator('aten::rad2deg', 'self')

export const rad2deg_: Unary = operator('aten::rad2deg_', 'self')

/** sin(πx) / πx. */
export const sinc: Unary = operator('aten::sinc', 'self')

export const sinc_: Unary = operator('aten::sinc_', 'self')

/** Zero below zero. */
export const relu: Unary = operator('aten::relu', 'self')

export const relu_: Unary = operator('aten::relu_', 'self')

/** The same values without their history. */
export const detach: Unary = operator('aten::detach', 'self')

export const detach_: Unary = operator('aten::detach_', 'self')

/** A copy that gradients pass through. */
export const clone: Unary = operator('aten::clone', 'self')

/** The same values in row order in memory. */
export const contiguous: Unary = operator('aten::contiguous', 'self')
