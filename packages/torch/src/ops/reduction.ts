// Operators of the group "reduction", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import type { Dtype } from '../dtype.ts'
import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'

const sumOp = operator('aten::sum.dim_IntList', 'self dim keepdim dtype')

/** Sum over `dim`, or over all. */
export function sum(input: Tensor, dim?: number | readonly number[], keepdim?: boolean, options: { dtype?: Dtype } = {}): Tensor {
  return sumOp(input, dim, keepdim, options.dtype)
}

const meanOp = operator('aten::mean.dim', 'self dim keepdim dtype')

/** Mean over `dim`, or over all. */
export function mean(input: Tensor, dim?: number | readonly number[], keepdim?: boolean, options: { dtype?: Dtype } = {}): Tensor {
  return meanOp(input, dim, keepdim, options.dtype)
}

const varianceOp = operator('aten::var.correction', 'self dim correction keepdim')

/** Variance over `dim`; `correction` 1 (unbiased) when not given. */
export function variance(
  input: Tensor,
  dim?: number | readonly number[],
  options: { correction?: number; keepdim?: boolean } = {},
): Tensor {
  return varianceOp(input, dim, options.correction, options.keepdim)
}

const stdOp = operator('aten::std.correction', 'self dim correction keepdim')

/** Standard deviation over `dim`; `correction` 1 (unbiased) when not given. */
export function std(input: Tensor, dim?: number | readonly number[], options: { correction?: number; keepdim?: boolean } = {}): Tensor {
  return stdOp(input, dim, options.correction, options.keepdim)
}

const prodPlain = operator('aten::prod', 'self dtype')
const prodDimInt = operator('aten::prod.dim_int', 'self dim keepdim dtype')

/** Product over `dim`, or over all. */
export function prod(input: Tensor, dim?: number, keepdim?: boolean, options: { dtype?: Dtype } = {}): Tensor {
  if (dim === undefined) return prodPlain(input, options.dtype)
  return prodDimInt(input, dim, keepdim, options.dtype)
}

const amaxOp = operator('aten::amax', 'self dim keepdim')

/** Greatest over `dim`; gradient shared by equals. */
export function amax(input: Tensor, dim?: number | readonly number[], keepdim?: boolean): Tensor {
  return amaxOp(input, dim, keepdim)
}

const aminOp = operator('aten::amin', 'self dim keepdim')

/** Least over `dim`; gradient shared by equals. */
export function amin(input: Tensor, dim?: number | readonly number[], keepdim?: boolean): Tensor {
  return aminOp(input, dim, keepdim)
}

const maxPlain = operator('aten::max', 'self')
const maxDim = operator('aten::max.dim', 'self dim keepdim')

/** Greatest of all, or values and indices along `dim`. */
export function max(input: Tensor): Tensor
export function max(input: Tensor, dim: number, keepdim?: boolean): [Tensor, Tensor]
export function max(input: Tensor, dim?: number, keepdim?: boolean): Tensor | [Tensor, Tensor] {
  if (dim === undefined) return maxPlain(input)
  return maxDim(input, dim, keepdim)
}

const minPlain = operator('aten::min', 'self')
const minDim = operator('aten::min.dim', 'self dim keepdim')

/** Least of all, or values and indices along `dim`. */
export function min(input: Tensor): Tensor
export function min(input: Tensor, dim: number, keepdim?: boolean): [Tensor, Tensor]
export function min(input: Tensor, dim?: number, keepdim?: boolean): Tensor | [Tensor, Tensor] {
  if (dim === undefined) return minPlain(input)
  return minDim(input, dim, keepdim)
}

const argmaxOp = operator('aten::argmax', 'self dim keepdim')

/** Where the greatest stands. */
export function argmax(input: Tensor, dim?: number, keepdim?: boolean): Tensor {
  return argmaxOp(input, dim, keepdim)
}

const argminOp = operator('aten::argmin', 'self dim keepdim')

/** Where the least stands. */
export function argmin(input: Tensor, dim?: number, keepdim?: boolean): Tensor {
  return argminOp(input, dim, keepdim)
}

const medianPlain = operator('aten::median', 'self')
const medianDim = operator('aten::median.dim', 'self dim keepdim')

/** Lower median of all, or values and indices along `dim`. */
export function median(input: Tensor): Tensor
export function median(input: Tensor, dim: number, keepdim?: boolean): [Tensor, Tensor]
export function median(input: Tensor, dim?: number, keepdim?: boolean): Tensor | [Tensor, Tensor] {
  if (dim === undefined) return medianPlain(input)
  return medianDim(input, dim, keepdim)
}

const modeOp = operator('aten::mode', 'self dim keepdim')

/** Most frequent value and its index along `dim`. */
export function mode(input: Tensor, dim?: number, keepdim?: boolean): [Tensor, Tensor] {
  return modeOp(input, dim, keepdim)
}

const allPlain = operator('aten::all', 'self')
const allDim = operator('aten::all.dim', 'self dim keepdim')

/** Whether all are true. */
export function all(input: Tensor, dim?: number, keepdim?: boolean): Tensor {
  if (dim === undefined) return allPlain(input)
  return allDim(input, dim, keepdim)
}

const anyPlain = operator('aten::any', 'self')
const anyDim = operator('aten::any.dim', 'self dim keepdim')

/** Whether any is true. */
export function any(input: Tensor, dim?: number, keepdim?: boolean): Tensor {
  if (dim === undefined) return anyPlain(input)
  return anyDim(input, dim, keepdim)
}

const logsumexpOp = operator('aten::logsumexp', 'self dim keepdim')

/** Logarithm of the summed exponentials along `dim`. */
export function logsumexp(input: Tensor, dim: number | readonly number[], keepdim?: boolean): Tensor {
  return logsumexpOp(input, dim, keepdim)
}

const cumsumOp = operator('aten::cumsum', 'self dim dtype')

/** Running sum along `dim`. */
export function cumsum(input: Tensor, dim: number, options: { dtype?: Dtype } = {}): Tensor {
  return cumsumOp(input, dim, options.dtype)
}

const cumsum_Op = operator('aten::cumsum_', 'self dim dtype')

export function cumsum_(input: Tensor, dim: number, options: { dtype?: Dtype } = {}): Tensor {
  return cumsum_Op(input, dim, options.dtype)
}

const cumprodOp = operator('aten::cumprod', 'self dim dtype')

/** Running product along `dim`. */
export function cumprod(input: Tensor, dim: number, options: { dtype?: Dtype } = {}): Tensor {
  return cumprodOp(input, dim, options.dtype)
}

const cumprod_Op = operator('aten::cumprod_', 'self dim dtype')

export function cumprod_(input: Tensor, dim: number, options: { dtype?: Dtype } = {}): Tensor {
  return cumprod_Op(input, dim, options.dtype)
}

const cummaxOp = operator('aten::cummax', 'self dim')

/** Running greatest and its index along `dim`. */
export function cummax(input: Tensor, dim: number): [Tensor, Tensor] {
  return cummaxOp(input, dim)
}

const cumminOp = operator('aten::cummin', 'self dim')

/** Running least and its index along `dim`. */
export function cummin(input: Tensor, dim: number): [Tensor, Tensor] {
  return cumminOp(input, dim)
}

const diffOp = operator('aten::diff', 'self n dim prepend append')

/** Differences of neighbours along `dim`. */
export function diff(input: Tensor, n?: number, dim?: number, prepend?: Tensor, append?: Tensor): Tensor {
  return diffOp(input, n, dim, prepend, append)
}

const countNonzeroOp = operator('aten::count_nonzero', 'self dim')

/** How many are not zero. */
export function countNonzero(input: Tensor, dim?: number): Tensor {
  return countNonzeroOp(input, dim)
}

const nansumOp = operator('aten::nansum', 'self dim keepdim dtype')

/** Sum with NaN as zero. */
export function nansum(input: Tensor, dim?: number | readonly number[], keepdim?: boolean, options: { dtype?: Dtype } = {}): Tensor {
  return nansumOp(input, dim, keepdim, options.dtype)
}

const nanmeanOp = operator('aten::nanmean', 'self dim keepdim dtype')

/** Mean of those that are not NaN. */
export function nanmean(input: Tensor, dim?: number | readonly number[], keepdim?: boolean, options: { dtype?: Dtype } = {}): Tensor {
  return nanmeanOp(input, dim, keepdim, options.dtype)
}

const quantileOp = operator('aten::quantile.scalar', 'self q dim keepdim interpolation')

/** Quantile q in [0, 1] along `dim`. */
export function quantile(input: Tensor, q: number, dim?: number, keepdim?: boolean, options: { interpolation?: string } = {}): Tensor {
  return quantileOp(input, q, dim, keepdim, options.interpolation)
}

const bincountOp = operator('aten::bincount', 'self weights minlength')

/** How often each whole number comes. */
export function bincount(input: Tensor, weights?: Tensor, minlength?: number): Tensor {
  return bincountOp(input, weights, minlength)
}

const histcOp = operator('aten::histc', 'self bins min max')

/** Histogram of equal bins. */
export function histc(input: Tensor, bins?: number, min?: number, max?: number): Tensor {
  return histcOp(input, bins, min, max)
}

const linalgVectorNormOp = operator('aten::linalg_vector_norm', 'self ord dim keepdim dtype')

/** Vector norm of order `ord` over `dim`. */
export function linalgVectorNorm(
  input: Tensor,
  ord?: number,
  dim?: number | readonly number[],
  keepdim?: boolean,
  options: { dtype?: Dtype } = {},
): Tensor {
  return linalgVectorNormOp(input, ord, dim, keepdim, options.dtype)
}

const distOp = operator('aten::dist', 'self other p')

/** p-norm of the difference. */
export function dist(input: Tensor, other: Tensor, p?: number): Tensor {
  return distOp(input, other, p)
}

const cdistOp = operator('aten::cdist', 'x1 x2 p compute_mode')

/** Distances between the rows of two batches. */
export function cdist(x1: Tensor, x2: Tensor, p?: number, computeMode?: number): Tensor {
  return cdistOp(x1, x2, p, computeMode)
}

const softmaxOp = operator('aten::softmax.int', 'self dim dtype')

/** exp over the summed exp along `dim`. */
export function softmax(input: Tensor, dim: number, dtype?: Dtype): Tensor {
  return softmaxOp(input, dim, dtype)
}

const logSoftmaxOp = operator('aten::log_softmax.int', 'self dim dtype')

/** Logarithm of softmax along `dim`. */
export function logSoftmax(input: Tensor, dim: number, dtype?: Dtype): Tensor {
  return logSoftmaxOp(input, dim, dtype)
}

export { variance as var }
