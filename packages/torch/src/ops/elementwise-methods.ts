// The group "elementwise" as methods of Tensor. Written by scripts/make-operators.mjs.

import { attach } from './attach.ts'
import * as ops from './elementwise.ts'

declare module '../tensor.ts' {
  interface Tensor {
    /** Magnitude. */
    abs(): Tensor
    abs_(): Tensor
    /** Sign turned. */
    neg(): Tensor
    neg_(): Tensor
    /** -1, 0 or 1. */
    sign(): Tensor
    sign_(): Tensor
    /** e to the element. */
    exp(): Tensor
    exp_(): Tensor
    /** 2 to the element. */
    exp2(): Tensor
    exp2_(): Tensor
    /** e to the element, less one. */
    expm1(): Tensor
    expm1_(): Tensor
    /** Natural logarithm. */
    log(): Tensor
    log_(): Tensor
    /** Logarithm to base 2. */
    log2(): Tensor
    log2_(): Tensor
    /** Logarithm to base 10. */
    log10(): Tensor
    log10_(): Tensor
    /** Natural logarithm of one plus the element. */
    log1p(): Tensor
    log1p_(): Tensor
    /** Square root. */
    sqrt(): Tensor
    sqrt_(): Tensor
    /** One over the square root. */
    rsqrt(): Tensor
    rsqrt_(): Tensor
    /** The element times itself. */
    square(): Tensor
    square_(): Tensor
    /** One over the element. */
    reciprocal(): Tensor
    reciprocal_(): Tensor
    /** Sine of radians. */
    sin(): Tensor
    sin_(): Tensor
    /** Cosine of radians. */
    cos(): Tensor
    cos_(): Tensor
    /** Tangent of radians. */
    tan(): Tensor
    tan_(): Tensor
    /** Arc sine. */
    asin(): Tensor
    asin_(): Tensor
    /** Arc cosine. */
    acos(): Tensor
    acos_(): Tensor
    /** Arc tangent. */
    atan(): Tensor
    atan_(): Tensor
    /** Hyperbolic sine. */
    sinh(): Tensor
    sinh_(): Tensor
    /** Hyperbolic cosine. */
    cosh(): Tensor
    cosh_(): Tensor
    /** Hyperbolic tangent. */
    tanh(): Tensor
    tanh_(): Tensor
    /** Inverse hyperbolic sine. */
    asinh(): Tensor
    asinh_(): Tensor
    /** Inverse hyperbolic cosine. */
    acosh(): Tensor
    acosh_(): Tensor
    /** Inverse hyperbolic tangent. */
    atanh(): Tensor
    atanh_(): Tensor
    /** Error function. */
    erf(): Tensor
    erf_(): Tensor
    /** One less the error function. */
    erfc(): Tensor
    erfc_(): Tensor
    /** Inverse error function. */
    erfinv(): Tensor
    erfinv_(): Tensor
    /** Logarithm of the gamma function. */
    lgamma(): Tensor
    lgamma_(): Tensor
    /** Derivative of lgamma. */
    digamma(): Tensor
    digamma_(): Tensor
    /** Logistic function. */
    sigmoid(): Tensor
    sigmoid_(): Tensor
    /** Inverse of the logistic function, clamped by `eps`. */
    logit(eps?: number): Tensor
    logit_(eps?: number): Tensor
    /** Rounded down. */
    floor(): Tensor
    floor_(): Tensor
    /** Rounded up. */
    ceil(): Tensor
    ceil_(): Tensor
    /** Rounded to even halves. */
    round(): Tensor
    round_(): Tensor
    /** Rounded towards zero. */
    trunc(): Tensor
    trunc_(): Tensor
    /** What rounding towards zero took away. */
    frac(): Tensor
    frac_(): Tensor
    /** Kept between `min` and `max`. */
    clamp(min?: number, max?: number): Tensor
    clamp_(min?: number, max?: number): Tensor
    /** Kept at or above `min`. */
    clampMin(min: number): Tensor
    clampMin_(min: number): Tensor
    /** Kept at or below `max`. */
    clampMax(max: number): Tensor
    clampMax_(max: number): Tensor
    /** NaN and infinities replaced. */
    nanToNum(nan?: number, posinf?: number, neginf?: number): Tensor
    nanToNum_(nan?: number, posinf?: number, neginf?: number): Tensor
    /** Degrees to radians. */
    deg2rad(): Tensor
    deg2rad_(): Tensor
    /** Radians to degrees. */
    rad2deg(): Tensor
    rad2deg_(): Tensor
    /** sin(πx) / πx. */
    sinc(): Tensor
    sinc_(): Tensor
    /** Zero below zero. */
    relu(): Tensor
    relu_(): Tensor
    /** The same values without their history. */
    detach(): Tensor
    detach_(): Tensor
    /** A copy that gradients pass through. */
    clone(): Tensor
    /** The same values in row order in memory. */
    contiguous(): Tensor
  }
}

attach({
  abs: ops.abs,
  abs_: ops.abs_,
  neg: ops.neg,
  neg_: ops.neg_,
  sign: ops.sign,
  sign_: ops.sign_,
  exp: ops.exp,
  exp_: ops.exp_,
  exp2: ops.exp2,
  exp2_: ops.exp2_,
  expm1: ops.expm1,
  expm1_: ops.expm1_,
  log: ops.log,
  log_: ops.log_,
  log2: ops.log2,
  log2_: ops.log2_,
  log10: ops.log10,
  log10_: ops.log10_,
  log1p: ops.log1p,
  log1p_: ops.log1p_,
  sqrt: ops.sqrt,
  sqrt_: ops.sqrt_,
  rsqrt: ops.rsqrt,
  rsqrt_: ops.rsqrt_,
  square: ops.square,
  square_: ops.square_,
  reciprocal: ops.reciprocal,
  reciprocal_: ops.reciprocal_,
  sin: ops.sin,
  sin_: ops.sin_,
  cos: ops.cos,
  cos_: ops.cos_,
  tan: ops.tan,
  tan_: ops.tan_,
  asin: ops.asin,
  asin_: ops.asin_,
  acos: ops.acos,
  acos_: ops.acos_,
  atan: ops.atan,
  atan_: ops.atan_,
  sinh: ops.sinh,
  sinh_: ops.sinh_,
  cosh: ops.cosh,
  cosh_: ops.cosh_,
  tanh: ops.tanh,
  tanh_: ops.tanh_,
  asinh: ops.asinh,
  asinh_: ops.asinh_,
  acosh: ops.acosh,
  acosh_: ops.acosh_,
  atanh: ops.atanh,
  atanh_: ops.atanh_,
  erf: ops.erf,
  erf_: ops.erf_,
  erfc: ops.erfc,
  erfc_: ops.erfc_,
  erfinv: ops.erfinv,
  erfinv_: ops.erfinv_,
  lgamma: ops.lgamma,
  lgamma_: ops.lgamma_,
  digamma: ops.digamma,
  digamma_: ops.digamma_,
  sigmoid: ops.sigmoid,
  sigmoid_: ops.sigmoid_,
  logit: ops.logit,
  logit_: ops.logit_,
  floor: ops.floor,
  floor_: ops.floor_,
  ceil: ops.ceil,
  ceil_: ops.ceil_,
  round: ops.round,
  round_: ops.round_,
  trunc: ops.trunc,
  trunc_: ops.trunc_,
  frac: ops.frac,
  frac_: ops.frac_,
  clamp: ops.clamp,
  clamp_: ops.clamp_,
  clampMin: ops.clampMin,
  clampMin_: ops.clampMin_,
  clampMax: ops.clampMax,
  clampMax_: ops.clampMax_,
  nanToNum: ops.nanToNum,
  nanToNum_: ops.nanToNum_,
  deg2rad: ops.deg2rad,
  deg2rad_: ops.deg2rad_,
  rad2deg: ops.rad2deg,
  rad2deg_: ops.rad2deg_,
  sinc: ops.sinc,
  sinc_: ops.sinc_,
  relu: ops.relu,
  relu_: ops.relu_,
  detach: ops.detach,
  detach_: ops.detach_,
  clone: ops.clone,
  contiguous: ops.contiguous,
})
