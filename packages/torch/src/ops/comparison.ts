// Operators of the group "comparison", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'
import type { Unary } from './unary.ts'

const eqTensor = operator('aten::eq.Tensor', 'self other')
const eqScalar = operator('aten::eq.Scalar', 'self other')

/** Equal. */
export function eq(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return eqTensor(input, other)
  return eqScalar(input, other)
}

const eq_Tensor = operator('aten::eq_.Tensor', 'self other')
const eq_Scalar = operator('aten::eq_.Scalar', 'self other')

export function eq_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return eq_Tensor(input, other)
  return eq_Scalar(input, other)
}

const neTensor = operator('aten::ne.Tensor', 'self other')
const neScalar = operator('aten::ne.Scalar', 'self other')

/** Not equal. */
export function ne(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return neTensor(input, other)
  return neScalar(input, other)
}

const ne_Tensor = operator('aten::ne_.Tensor', 'self other')
const ne_Scalar = operator('aten::ne_.Scalar', 'self other')

export function ne_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return ne_Tensor(input, other)
  return ne_Scalar(input, other)
}

const ltTensor = operator('aten::lt.Tensor', 'self other')
const ltScalar = operator('aten::lt.Scalar', 'self other')

/** Less. */
export function lt(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return ltTensor(input, other)
  return ltScalar(input, other)
}

const lt_Tensor = operator('aten::lt_.Tensor', 'self other')
const lt_Scalar = operator('aten::lt_.Scalar', 'self other')

export function lt_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return lt_Tensor(input, other)
  return lt_Scalar(input, other)
}

const leTensor = operator('aten::le.Tensor', 'self other')
const leScalar = operator('aten::le.Scalar', 'self other')

/** Less or equal. */
export function le(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return leTensor(input, other)
  return leScalar(input, other)
}

const le_Tensor = operator('aten::le_.Tensor', 'self other')
const le_Scalar = operator('aten::le_.Scalar', 'self other')

export function le_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return le_Tensor(input, other)
  return le_Scalar(input, other)
}

const gtTensor = operator('aten::gt.Tensor', 'self other')
const gtScalar = operator('aten::gt.Scalar', 'self other')

/** Greater. */
export function gt(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return gtTensor(input, other)
  return gtScalar(input, other)
}

const gt_Tensor = operator('aten::gt_.Tensor', 'self other')
const gt_Scalar = operator('aten::gt_.Scalar', 'self other')

export function gt_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return gt_Tensor(input, other)
  return gt_Scalar(input, other)
}

const geTensor = operator('aten::ge.Tensor', 'self other')
const geScalar = operator('aten::ge.Scalar', 'self other')

/** Greater or equal. */
export function ge(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return geTensor(input, other)
  return geScalar(input, other)
}

const ge_Tensor = operator('aten::ge_.Tensor', 'self other')
const ge_Scalar = operator('aten::ge_.Scalar', 'self other')

export function ge_(input: Tensor, other: Tensor | number): Tensor {
  if (typeof other !== 'number') return ge_Tensor(input, other)
  return ge_Scalar(input, other)
}

const logicalAndOp = operator('aten::logical_and', 'self other')

/** Both true. */
export function logicalAnd(input: Tensor, other: Tensor): Tensor {
  return logicalAndOp(input, other)
}

const logicalAnd_Op = operator('aten::logical_and_', 'self other')

export function logicalAnd_(input: Tensor, other: Tensor): Tensor {
  return logicalAnd_Op(input, other)
}

const logicalOrOp = operator('aten::logical_or', 'self other')

/** Either true. */
export function logicalOr(input: Tensor, other: Tensor): Tensor {
  return logicalOrOp(input, other)
}

const logicalOr_Op = operator('aten::logical_or_', 'self other')

export function logicalOr_(input: Tensor, other: Tensor): Tensor {
  return logicalOr_Op(input, other)
}

const logicalXorOp = operator('aten::logical_xor', 'self other')

/** One true. */
export function logicalXor(input: Tensor, other: Tensor): Tensor {
  return logicalXorOp(input, other)
}

const logicalXor_Op = operator('aten::logical_xor_', 'self other')

export function logicalXor_(input: Tensor, other: Tensor): Tensor {
  return logicalXor_Op(input, other)
}

/** Not true. */
export const logicalNot: Unary = operator('aten::logical_not', 'self')

export const logicalNot_: Unary = operator('aten::logical_not_', 'self')

/** Where NaN stands. */
export const isnan: Unary = operator('aten::isnan', 'self')

/** Where an infinity stands. */
export const isinf: Unary = operator('aten::isinf', 'self')

/** Where finite numbers stand. */
export const isfinite: Unary = operator('aten::isfinite', 'self')

const iscloseOp = operator('aten::isclose', 'self other rtol atol equal_nan')

/** Where both agree within `rtol` and `atol`. */
export function isclose(input: Tensor, other: Tensor, rtol?: number, atol?: number, equalNan?: boolean): Tensor {
  return iscloseOp(input, other, rtol, atol, equalNan)
}

const allcloseOp = operator('aten::allclose', 'self other rtol atol equal_nan')

/** Whether all agree within `rtol` and `atol`. */
export function allclose(input: Tensor, other: Tensor, rtol?: number, atol?: number, equalNan?: boolean): boolean {
  return allcloseOp(input, other, rtol, atol, equalNan)
}

const equalOp = operator('aten::equal', 'self other')

/** Whether shape and all elements agree. */
export function equal(input: Tensor, other: Tensor): boolean {
  return equalOp(input, other)
}
