// The group "arithmetic" as methods of Tensor. Written by scripts/make-operators.mjs.

import { attach } from './attach.ts'
import * as ops from './arithmetic.ts'

declare module '../tensor.ts' {
  interface Tensor {
    /** Adds `alpha` times `other`. */
    add(other: Tensor | number, options?: { alpha?: number }): Tensor
    add_(other: Tensor | number, options?: { alpha?: number }): Tensor
    /** Takes `alpha` times `other` away. */
    sub(other: Tensor | number, options?: { alpha?: number }): Tensor
    sub_(other: Tensor | number, options?: { alpha?: number }): Tensor
    /** Multiplies element by element. */
    mul(other: Tensor | number): Tensor
    mul_(other: Tensor | number): Tensor
    /** Divides; `roundingMode` is 'trunc' or 'floor'. */
    div(other: Tensor | number, options?: { roundingMode?: string }): Tensor
    div_(other: Tensor | number, options?: { roundingMode?: string }): Tensor
    /** Raises to a power. */
    pow(exponent: Tensor | number): Tensor
    /** Remainder with the sign of the divisor. */
    remainder(other: Tensor | number): Tensor
    remainder_(other: Tensor | number): Tensor
    /** Remainder with the sign of the dividend. */
    fmod(other: Tensor | number): Tensor
    fmod_(other: Tensor | number): Tensor
    /** Quotient rounded down. */
    floorDivide(other: Tensor | number): Tensor
    /** The greater of each pair. */
    maximum(other: Tensor): Tensor
    /** The lesser of each pair. */
    minimum(other: Tensor): Tensor
    /** The greater of each pair, NaN passed over. */
    fmax(other: Tensor): Tensor
    /** The lesser of each pair, NaN passed over. */
    fmin(other: Tensor): Tensor
    /** Angle of (other, input), with the quadrant. */
    atan2(other: Tensor): Tensor
    atan2_(other: Tensor): Tensor
    /** Length of the hypotenuse. */
    hypot(other: Tensor): Tensor
    hypot_(other: Tensor): Tensor
    /** Straight line from `input` to `end` by `weight`. */
    lerp(end: Tensor, weight: Tensor | number): Tensor
    lerp_(end: Tensor, weight: Tensor | number): Tensor
    /** Adds `value` times `tensor1` times `tensor2`. */
    addcmul(tensor1: Tensor, tensor2: Tensor, options?: { value?: number }): Tensor
    addcmul_(tensor1: Tensor, tensor2: Tensor, options?: { value?: number }): Tensor
    /** Adds `value` times `tensor1` over `tensor2`. */
    addcdiv(tensor1: Tensor, tensor2: Tensor, options?: { value?: number }): Tensor
    addcdiv_(tensor1: Tensor, tensor2: Tensor, options?: { value?: number }): Tensor
    /** Logarithm of the summed exponentials. */
    logaddexp(other: Tensor): Tensor
    /** `input · ln(other)`, zero where input is zero. */
    xlogy(other: Tensor | number): Tensor
    /** Magnitude of `input`, sign of `other`. */
    copysign(other: Tensor | number): Tensor
    copysign_(other: Tensor | number): Tensor
    /** 0 below zero, `values` at zero, 1 above. */
    heaviside(values: Tensor): Tensor
    heaviside_(values: Tensor): Tensor
    /** Bits set in both. */
    bitwiseAnd(other: Tensor | number): Tensor
    bitwiseAnd_(other: Tensor | number): Tensor
    /** Bits set in either. */
    bitwiseOr(other: Tensor | number): Tensor
    bitwiseOr_(other: Tensor | number): Tensor
    /** Bits set in one. */
    bitwiseXor(other: Tensor | number): Tensor
    bitwiseXor_(other: Tensor | number): Tensor
    /** Bits turned over. */
    bitwiseNot(): Tensor
    bitwiseNot_(): Tensor
  }
}

attach({
  add: ops.add,
  add_: ops.add_,
  sub: ops.sub,
  sub_: ops.sub_,
  mul: ops.mul,
  mul_: ops.mul_,
  div: ops.div,
  div_: ops.div_,
  pow: ops.pow,
  remainder: ops.remainder,
  remainder_: ops.remainder_,
  fmod: ops.fmod,
  fmod_: ops.fmod_,
  floorDivide: ops.floorDivide,
  maximum: ops.maximum,
  minimum: ops.minimum,
  fmax: ops.fmax,
  fmin: ops.fmin,
  atan2: ops.atan2,
  atan2_: ops.atan2_,
  hypot: ops.hypot,
  hypot_: ops.hypot_,
  lerp: ops.lerp,
  lerp_: ops.lerp_,
  addcmul: ops.addcmul,
  addcmul_: ops.addcmul_,
  addcdiv: ops.addcdiv,
  addcdiv_: ops.addcdiv_,
  logaddexp: ops.logaddexp,
  xlogy: ops.xlogy,
  copysign: ops.copysign,
  copysign_: ops.copysign_,
  heaviside: ops.heaviside,
  heaviside_: ops.heaviside_,
  bitwiseAnd: ops.bitwiseAnd,
  bitwiseAnd_: ops.bitwiseAnd_,
  bitwiseOr: ops.bitwiseOr,
  bitwiseOr_: ops.bitwiseOr_,
  bitwiseXor: ops.bitwiseXor,
  bitwiseXor_: ops.bitwiseXor_,
  bitwiseNot: ops.bitwiseNot,
  bitwiseNot_: ops.bitwiseNot_,
})
