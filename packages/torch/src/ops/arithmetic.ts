// Operators of the group "arithmetic", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'
import type { Unary } from './unary.ts'

const addTensor = operator('aten::add.Tensor', 'self other alpha')
const addScalar = operator('aten::add.Scalar', 'self other alpha')

/** Adds `alpha` times `other`. */
export function add(input: Tensor, other: Tensor | number, options: { alpha?: number } = {}): Tensor {
  if (typeof other !== 'number') return addTensor(input, other, options.alpha)
  return addScalar(input, other, options.alpha)
}

const add_Tensor = operator('aten::add_.Tensor', 'self other alpha')
const add_Scalar = operator('aten::add_.Scalar', 'self other alpha')

export function add_(input: Tensor, other: Tensor | number, options: { alpha?: number } = {}): Tensor {
  if (typeof other !== 'number') return add_Tensor(input, other, options.alpha)
  return add_Scalar(input, other, options.alpha)
}

const subTensor = operator('aten::sub.Tensor', 'self other alpha')
const subScalar = operator('aten::sub.Scalar', 'self other alpha')

/** Takes `alpha` times `other` away. */
export function sub(input: Tensor, other: Tensor | number, options: { alpha?: number } = {}): Tensor {
  if (typeof other !== 'number') return subTensor(input, other, options.alpha)
  return subScalar(input, other, options.alpha)
}

const sub_Tensor = operator('aten::sub_.Tensor', 'self other alpha')
const sub_Scalar = operator('aten::sub_.Scalar', 'self other alpha')

export function sub_(input: Tensor, other: Tensor | number, options: { alpha?: number } = {}): Tensor {
  if (typeof other !== 'number') return sub_Tensor(input, other, options.alpha)
  return sub_Scalar(input, other, options.alpha)
}

const mulTensor = operator('aten::mul.Tensor', 'self other')
const mulScalar = operator('aten::mul.Scalar', 'self other')

/** Multiplies element by element. */
export function mul(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return mulTensor(input, other)
  return mulScalar(input, other)
}

const mul_Tensor = operator('aten::mul_.Tensor', 'self other')
const mul_Scalar = operator('aten::mul_.Scalar', 'self other')

export function mul_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return mul_Tensor(input, other)
  return mul_Scalar(input, other)
}

const divTensorMode = operator('aten::div.Tensor_mode', 'self other rounding_mode')
const divScalarMode = operator('aten::div.Scalar_mode', 'self other rounding_mode')

/** Divides; `roundingMode` is 'trunc' or 'floor'. */
export function div(input: Tensor, other: Tensor | number, options: { roundingMode?: string } = {}): Tensor {
  if (typeof other !== 'number') return divTensorMode(input, other, options.roundingMode)
  return divScalarMode(input, other, options.roundingMode)
}

const div_TensorMode = operator('aten::div_.Tensor_mode', 'self other rounding_mode')
const div_ScalarMode = operator('aten::div_.Scalar_mode', 'self other rounding_mode')

export function div_(input: Tensor, other: Tensor | number, options: { roundingMode?: string } = {}): Tensor {
  if (typeof other !== 'number') return div_TensorMode(input, other, options.roundingMode)
  return div_ScalarMode(input, other, options.roundingMode)
}

const powTensorTensor = operator('aten::pow.Tensor_Tensor', 'self exponent')
const powTensorScalar = operator('aten::pow.Tensor_Scalar', 'self exponent')

/** Raises to a power. */
export function pow(input: Tensor, exponent: Tensor | number): Tensor {
  if (typeof exponent !== 'number') return powTensorTensor(input, exponent)
  return powTensorScalar(input, exponent)
}

const remainderTensor = operator('aten::remainder.Tensor', 'self other')
const remainderScalar = operator('aten::remainder.Scalar', 'self other')

/** Remainder with the sign of the divisor. */
export function remainder(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return remainderTensor(input, other)
  return remainderScalar(input, other)
}

const remainder_Tensor = operator('aten::remainder_.Tensor', 'self other')
const remainder_Scalar = operator('aten::remainder_.Scalar', 'self other')

export function remainder_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return remainder_Tensor(input, other)
  return remainder_Scalar(input, other)
}

const fmodTensor = operator('aten::fmod.Tensor', 'self other')
const fmodScalar = operator('aten::fmod.Scalar', 'self other')

/** Remainder with the sign of the dividend. */
export function fmod(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return fmodTensor(input, other)
  return fmodScalar(input, other)
}

const fmod_Tensor = operator('aten::fmod_.Tensor', 'self other')
const fmod_Scalar = operator('aten::fmod_.Scalar', 'self other')

export function fmod_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return fmod_Tensor(input, other)
  return fmod_Scalar(input, other)
}

const floorDividePlain = operator('aten::floor_divide', 'self other')
const floorDivideScalar = operator('aten::floor_divide.Scalar', 'self other')

/** Quotient rounded down. */
export function floorDivide(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return floorDividePlain(input, other)
  return floorDivideScalar(input, other)
}

const maximumOp = operator('aten::maximum', 'self other')

/** The greater of each pair. */
export function maximum(input: Tensor, other: Tensor): Tensor {
  return maximumOp(input, other)
}

const minimumOp = operator('aten::minimum', 'self other')

/** The lesser of each pair. */
export function minimum(input: Tensor, other: Tensor): Tensor {
  return minimumOp(input, other)
}

const fmaxOp = operator('aten::fmax', 'self other')

/** The greater of each pair, NaN passed over. */
export function fmax(input: Tensor, other: Tensor): Tensor {
  return fmaxOp(input, other)
}

const fminOp = operator('aten::fmin', 'self other')

/** The lesser of each pair, NaN passed over. */
export function fmin(input: Tensor, other: Tensor): Tensor {
  return fminOp(input, other)
}

const atan2Op = operator('aten::atan2', 'self other')

/** Angle of (other, input), with the quadrant. */
export function atan2(input: Tensor, other: Tensor): Tensor {
  return atan2Op(input, other)
}

const atan2_Op = operator('aten::atan2_', 'self other')

export function atan2_(input: Tensor, other: Tensor): Tensor {
  return atan2_Op(input, other)
}

const hypotOp = operator('aten::hypot', 'self other')

/** Length of the hypotenuse. */
export function hypot(input: Tensor, other: Tensor): Tensor {
  return hypotOp(input, other)
}

const hypot_Op = operator('aten::hypot_', 'self other')

export function hypot_(input: Tensor, other: Tensor): Tensor {
  return hypot_Op(input, other)
}

const lerpTensor = operator('aten::lerp.Tensor', 'self end weight')
const lerpScalar = operator('aten::lerp.Scalar', 'self end weight')

/** Straight line from `input` to `end` by `weight`. */
export function lerp(input: Tensor, end: Tensor, weight: Tensor | number): Tensor {
  if (typeof weight !== 'number') return lerpTensor(input, end, weight)
  return lerpScalar(input, end, weight)
}

const lerp_Tensor = operator('aten::lerp_.Tensor', 'self end weight')
const lerp_Scalar = operator('aten::lerp_.Scalar', 'self end weight')

export function lerp_(input: Tensor, end: Tensor, weight: Tensor | number): Tensor {
  if (typeof weight !== 'number') return lerp_Tensor(input, end, weight)
  return lerp_Scalar(input, end, weight)
}

const addcmulOp = operator('aten::addcmul', 'self tensor1 tensor2 value')

/** Adds `value` times `tensor1` times `tensor2`. */
export function addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, options: { value?: number } = {}): Tensor {
  return addcmulOp(input, tensor1, tensor2, options.value)
}

const addcmul_Op = operator('aten::addcmul_', 'self tensor1 tensor2 value')

export function addcmul_(input: Tensor, tensor1: Tensor, tensor2: Tensor, options: { value?: number } = {}): Tensor {
  return addcmul_Op(input, tensor1, tensor2, options.value)
}

const addcdivOp = operator('aten::addcdiv', 'self tensor1 tensor2 value')

/** Adds `value` times `tensor1` over `tensor2`. */
export function addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, options: { value?: number } = {}): Tensor {
  return addcdivOp(input, tensor1, tensor2, options.value)
}

const addcdiv_Op = operator('aten::addcdiv_', 'self tensor1 tensor2 value')

export function addcdiv_(input: Tensor, tensor1: Tensor, tensor2: Tensor, options: { value?: number } = {}): Tensor {
  return addcdiv_Op(input, tensor1, tensor2, options.value)
}

const logaddexpOp = operator('aten::logaddexp', 'self other')

/** Logarithm of the summed exponentials. */
export function logaddexp(input: Tensor, other: Tensor): Tensor {
  return logaddexpOp(input, other)
}

const xlogyTensor = operator('aten::xlogy.Tensor', 'self other')
const xlogyScalarOther = operator('aten::xlogy.Scalar_Other', 'self other')

/** `input · ln(other)`, zero where input is zero. */
export function xlogy(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return xlogyTensor(input, other)
  return xlogyScalarOther(input, other)
}

const copysignTensor = operator('aten::copysign.Tensor', 'self other')
const copysignScalar = operator('aten::copysign.Scalar', 'self other')

/** Magnitude of `input`, sign of `other`. */
export function copysign(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return copysignTensor(input, other)
  return copysignScalar(input, other)
}

const copysign_Tensor = operator('aten::copysign_.Tensor', 'self other')
const copysign_Scalar = operator('aten::copysign_.Scalar', 'self other')

export function copysign_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return copysign_Tensor(input, other)
  return copysign_Scalar(input, other)
}

const heavisideOp = operator('aten::heaviside', 'self values')

/** 0 below zero, `values` at zero, 1 above. */
export function heaviside(input: Tensor, values: Tensor): Tensor {
  return heavisideOp(input, values)
}

const heaviside_Op = operator('aten::heaviside_', 'self values')

export function heaviside_(input: Tensor, values: Tensor): Tensor {
  return heaviside_Op(input, values)
}

const bitwiseAndTensor = operator('aten::bitwise_and.Tensor', 'self other')
const bitwiseAndScalar = operator('aten::bitwise_and.Scalar', 'self other')

/** Bits set in both. */
export function bitwiseAnd(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return bitwiseAndTensor(input, other)
  return bitwiseAndScalar(input, other)
}

const bitwiseAnd_Tensor = operator('aten::bitwise_and_.Tensor', 'self other')
const bitwiseAnd_Scalar = operator('aten::bitwise_and_.Scalar', 'self other')

export function bitwiseAnd_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return bitwiseAnd_Tensor(input, other)
  return bitwiseAnd_Scalar(input, other)
}

const bitwiseOrTensor = operator('aten::bitwise_or.Tensor', 'self other')
const bitwiseOrScalar = operator('aten::bitwise_or.Scalar', 'self other')

/** Bits set in either. */
export function bitwiseOr(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return bitwiseOrTensor(input, other)
  return bitwiseOrScalar(input, other)
}

const bitwiseOr_Tensor = operator('aten::bitwise_or_.Tensor', 'self other')
const bitwiseOr_Scalar = operator('aten::bitwise_or_.Scalar', 'self other')

export function bitwiseOr_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return bitwiseOr_Tensor(input, other)
  return bitwiseOr_Scalar(input, other)
}

const bitwiseXorTensor = operator('aten::bitwise_xor.Tensor', 'self other')
const bitwiseXorScalar = operator('aten::bitwise_xor.Scalar', 'self other')

/** Bits set in one. */
export function bitwiseXor(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return bitwiseXorTensor(input, other)
  return bitwiseXorScalar(input, other)
}

const bitwiseXor_Tensor = operator('aten::bitwise_xor_.Tensor', 'self other')
const bitwiseXor_Scalar = operator('aten::bitwise_xor_.Scalar', 'self other')

export function bitwiseXor_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return bitwiseXor_Tensor(input, other)
  return bitwiseXor_Scalar(input, other)
}

/** Bits turned over. */
export const bitwiseNot: Unary = operator('aten::bitwise_not', 'self')

export const bitwiseNot_: Unary = operator('aten::bitwise_not_', 'self')
