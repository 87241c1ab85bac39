// The group "reduction" as methods of Tensor. Written by scripts/make-operators.mjs.

import type { Dtype } from '../dtype.ts'
import { attach } from './attach.ts'
import * as ops from './reduction.ts'

declare module '../tensor.ts' {
  interface Tensor {
    /** Sum over `dim`, or over all. */
    sum(dim?: number | readonly number[], keepdim?: boolean, options?: { dtype?: Dtype }): Tensor
    /** Mean over `dim`, or over all. */
    mean(dim?: number | readonly number[], keepdim?: boolean, options?: { dtype?: Dtype }): Tensor
    /** Variance over `dim`; `correction` 1 (unbiased) when not given. */
    var(dim?: number | readonly number[], options?: { correction?: number; keepdim?: boolean }): Tensor
    /** Standard deviation over `dim`; `correction` 1 (unbiased) when not given. */
    std(dim?: number | readonly number[], options?: { correction?: number; keepdim?: boolean }): Tensor
    /** Product over `dim`, or over all. */
    prod(dim?: number, keepdim?: boolean, options?: { dtype?: Dtype }): Tensor
    /** Greatest over `dim`; gradient shared by equals. */
    amax(dim?: number | readonly number[], keepdim?: boolean): Tensor
    /** Least over `dim`; gradient shared by equals. */
    amin(dim?: number | readonly number[], keepdim?: boolean): Tensor
    /** Greatest of all, or values and indices along `dim`. */
    max(): Tensor
    max(dim: number, keepdim?: boolean): [Tensor, Tensor]
    /** Least of all, or values and indices along `dim`. */
    min(): Tensor
    min(dim: number, keepdim?: boolean): [Tensor, Tensor]
    /** Where the greatest stands. */
    argmax(dim?: number, keepdim?: boolean): Tensor
    /** Where the least stands. */
    argmin(dim?: number, keepdim?: boolean): Tensor
    /** Lower median of all, or values and indices along `dim`. */
    median(): Tensor
    median(dim: number, keepdim?: boolean): [Tensor, Tensor]
    /** Most frequent value and its index along `dim`. */
    mode(dim?: number, keepdim?: boolean): [Tensor, Tensor]
    /** Whether all are true. */
    all(dim?: number, keepdim?: boolean): Tensor
    /** Whether any is true. */
    any(dim?: number, keepdim?: boolean): Tensor
    /** Logarithm of the summed exponentials along `dim`. */
    logsumexp(dim: number | readonly number[], keepdim?: boolean): Tensor
    /** Running sum along `dim`. */
    cumsum(dim: number, options?: { dtype?: Dtype }): Tensor
    cumsum_(dim: number, options?: { dtype?: Dtype }): Tensor
    /** Running product along `dim`. */
    cumprod(dim: number, options?: { dtype?: Dtype }): Tensor
    cumprod_(dim: number, options?: { dtype?: Dtype }): Tensor
    /** Running greatest and its index along `dim`. */
    cummax(dim: number): [Tensor, Tensor]
    /** Running least and its index along `dim`. */
    cummin(dim: number): [Tensor, Tensor]
    /** Differences of neighbours along `dim`. */
    diff(n?: number, dim?: number, prepend?: Tensor, append?: Tensor): Tensor
    /** How many are not zero. */
    countNonzero(dim?: number): Tensor
    /** Sum with NaN as zero. */
    nansum(dim?: number | readonly number[], keepdim?: boolean, options?: { dtype?: Dtype }): Tensor
    /** Mean of those that are not NaN. */
    nanmean(dim?: number | readonly number[], keepdim?: boolean, options?: { dtype?: Dtype }): Tensor
    /** Quantile q in [0, 1] along `dim`. */
    quantile(q: number, dim?: number, keepdim?: boolean, options?: { interpolation?: string }): Tensor
    /** How often each whole number comes. */
    bincount(weights?: Tensor, minlength?: number): Tensor
    /** Histogram of equal bins. */
    histc(bins?: number, min?: number, max?: number): Tensor
    /** p-norm of the difference. */
    dist(other: Tensor, p?: number): Tensor
    /** exp over the summed exp along `dim`. */
    softmax(dim: number, dtype?: Dtype): Tensor
    /** Logarithm of softmax along `dim`. */
    logSoftmax(dim: number, dtype?: Dtype): Tensor
  }
}

attach({
  sum: ops.sum,
  mean: ops.mean,
  var: ops.var,
  std: ops.std,
  prod: ops.prod,
  amax: ops.amax,
  amin: ops.amin,
  max: ops.max,
  min: ops.min,
  argmax: ops.argmax,
  argmin: ops.argmin,
  median: ops.median,
  mode: ops.mode,
  all: ops.all,
  any: ops.any,
  logsumexp: ops.logsumexp,
  cumsum: ops.cumsum,
  cumsum_: ops.cumsum_,
  cumprod: ops.cumprod,
  cumprod_: ops.cumprod_,
  cummax: ops.cummax,
  cummin: ops.cummin,
  diff: ops.diff,
  countNonzero: ops.countNonzero,
  nansum: ops.nansum,
  nanmean: ops.nanmean,
  quantile: ops.quantile,
  bincount: ops.bincount,
  histc: ops.histc,
  dist: ops.dist,
  softmax: ops.softmax,
  logSoftmax: ops.logSoftmax,
})
