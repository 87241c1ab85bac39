// The group "comparison" as methods of Tensor. Written by scripts/make-operators.mjs.

import { attach } from './attach.ts'
import * as ops from './comparison.ts'

declare module '../tensor.ts' {
  interface Tensor {
    /** Equal. */
    eq(other: Tensor | number): Tensor
    eq_(other: Tensor | number): Tensor
    /** Not equal. */
    ne(other: Tensor | number): Tensor
    ne_(other: Tensor | number): Tensor
    /** Less. */
    lt(other: Tensor | number): Tensor
    lt_(other: Tensor | number): Tensor
    /** Less or equal. */
    le(other: Tensor | number): Tensor
    le_(other: Tensor | number): Tensor
    /** Greater. */
    gt(other: Tensor | number): Tensor
    gt_(other: Tensor | number): Tensor
    /** Greater or equal. */
    ge(other: Tensor | number): Tensor
    ge_(other: Tensor | number): Tensor
    /** Both true. */
    logicalAnd(other: Tensor): Tensor
    logicalAnd_(other: Tensor): Tensor
    /** Either true. */
    logicalOr(other: Tensor): Tensor
    logicalOr_(other: Tensor): Tensor
    /** One true. */
    logicalXor(other: Tensor): Tensor
    logicalXor_(other: Tensor): Tensor
    /** Not true. */
    logicalNot(): Tensor
    logicalNot_(): Tensor
    /** Where NaN stands. */
    isnan(): Tensor
    /** Where an infinity stands. */
    isinf(): Tensor
    /** Where finite numbers stand. */
    isfinite(): Tensor
    /** Where both agree within `rtol` and `atol`. */
    isclose(other: Tensor, rtol?: number, atol?: number, equalNan?: boolean): Tensor
    /** Whether all agree within `rtol` and `atol`. */
    allclose(other: Tensor, rtol?: number, atol?: number, equalNan?: boolean): boolean
    /** Whether shape and all elements agree. */
    equal(other: Tensor): boolean
  }
}

attach({
  eq: ops.eq,
  eq_: ops.eq_,
  ne: ops.ne,
  ne_: ops.ne_,
  lt: ops.lt,
  lt_: ops.lt_,
  le: ops.le,
  le_: ops.le_,
  gt: ops.gt,
  gt_: ops.gt_,
  ge: ops.ge,
  ge_: ops.ge_,
  logicalAnd: ops.logicalAnd,
  logicalAnd_: ops.logicalAnd_,
  logicalOr: ops.logicalOr,
  logicalOr_: ops.logicalOr_,
  logicalXor: ops.logicalXor,
  logicalXor_: ops.logicalXor_,
  logicalNot: ops.logicalNot,
  logicalNot_: ops.logicalNot_,
  isnan: ops.isnan,
  isinf: ops.isinf,
  isfinite: ops.isfinite,
  isclose: ops.isclose,
  allclose: ops.allclose,
  equal: ops.equal,
})
