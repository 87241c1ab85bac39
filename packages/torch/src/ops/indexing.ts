// Operators of the group "indexing", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'
import type { Unary } from './unary.ts'

const gatherOp = operator('aten::gather', 'self dim index')

/** Elements picked along `dim` by index. */
export function gather(input: Tensor, dim: number, index: Tensor): Tensor {
  return gatherOp(input, dim, index)
}

const indexSelectOp = operator('aten::index_select', 'self dim index')

/** Slices picked along `dim` by index. */
export function indexSelect(input: Tensor, dim: number, index: Tensor): Tensor {
  return indexSelectOp(input, dim, index)
}

const maskedSelectOp = operator('aten::masked_select', 'self mask')

/** Elements where the mask is true, in one axis. */
export function maskedSelect(input: Tensor, mask: Tensor): Tensor {
  return maskedSelectOp(input, mask)
}

const maskedFillTensor = operator('aten::masked_fill.Tensor', 'self mask value')
const maskedFillScalar = operator('aten::masked_fill.Scalar', 'self mask value')

/** `value` where the mask is true. */
export function maskedFill(input: Tensor, mask: Tensor, value: Tensor | number): Tensor {
  if (typeof value !== 'number') return maskedFillTensor(input, mask, value)
  return maskedFillScalar(input, mask, value)
}

const maskedFill_Tensor = operator('aten::masked_fill_.Tensor', 'self mask value')
const maskedFill_Scalar = operator('aten::masked_fill_.Scalar', 'self mask value')

export function maskedFill_(input: Tensor, mask: Tensor, value: Tensor | number): Tensor {
  if (typeof value !== 'number') return maskedFill_Tensor(input, mask, value)
  return maskedFill_Scalar(input, mask, value)
}

const maskedScatterOp = operator('aten::masked_scatter', 'self mask source')

/** Elements of `source` where the mask is true. */
export function maskedScatter(input: Tensor, mask: Tensor, source: Tensor): Tensor {
  return maskedScatterOp(input, mask, source)
}

const maskedScatter_Op = operator('aten::masked_scatter_', 'self mask source')

export function maskedScatter_(input: Tensor, mask: Tensor, source: Tensor): Tensor {
  return maskedScatter_Op(input, mask, source)
}

const scatterSrc = operator('aten::scatter.src', 'self dim index src')
const scatterValue = operator('aten::scatter.value', 'self dim index value')

/** Written along `dim` by index. */
export function scatter(input: Tensor, dim: number, index: Tensor, src: Tensor | number): Tensor {
  if (typeof src !== 'number') return scatterSrc(input, dim, index, src)
  return scatterValue(input, dim, index, src)
}

const scatter_Src = operator('aten::scatter_.src', 'self dim index src')
const scatter_Value = operator('aten::scatter_.value', 'self dim index value')

export function scatter_(input: Tensor, dim: number, index: Tensor, src: Tensor | number): Tensor {
  if (typeof src !== 'number') return scatter_Src(input, dim, index, src)
  return scatter_Value(input, dim, index, src)
}

const scatterAddOp = operator('aten::scatter_add', 'self dim index src')

/** Added along `dim` by index. */
export function scatterAdd(input: Tensor, dim: number, index: Tensor, src: Tensor): Tensor {
  return scatterAddOp(input, dim, index, src)
}

const scatterAdd_Op = operator('aten::scatter_add_', 'self dim index src')

export function scatterAdd_(input: Tensor, dim: number, index: Tensor, src: Tensor): Tensor {
  return scatterAdd_Op(input, dim, index, src)
}

const scatterReduceOp = operator('aten::scatter_reduce.two', 'self dim index src reduce include_self')

/** Reduced ('sum', 'prod', 'mean', 'amax', 'amin') along `dim` by index. */
export function scatterReduce(
  input: Tensor,
  dim: number,
  index: Tensor,
  src: Tensor,
  reduce: string,
  options: { includeSelf?: boolean } = {},
): Tensor {
  return scatterReduceOp(input, dim, index, src, reduce, options.includeSelf)
}

const indexAddOp = operator('aten::index_add', 'self dim index source alpha')

/** Slices added along `dim` by index. */
export function indexAdd(input: Tensor, dim: number, index: Tensor, source: Tensor, options: { alpha?: number } = {}): Tensor {
  return indexAddOp(input, dim, index, source, options.alpha)
}

const indexAdd_Op = operator('aten::index_add_', 'self dim index source alpha')

export function indexAdd_(input: Tensor, dim: number, index: Tensor, source: Tensor, options: { alpha?: number } = {}): Tensor {
  return indexAdd_Op(input, dim, index, source, options.alpha)
}

const indexCopyOp = operator('aten::index_copy', 'self dim index source')

/** Slices copied along `dim` by index. */
export function indexCopy(input: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return indexCopyOp(input, dim, index, source)
}

const indexCopy_Op = operator('aten::index_copy_', 'self dim index source')

export function indexCopy_(input: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return indexCopy_Op(input, dim, index, source)
}

const indexFillIntTensor = operator('aten::index_fill.int_Tensor', 'self dim index value')
const indexFillIntScalar = operator('aten::index_fill.int_Scalar', 'self dim index value')

/** Slices filled along `dim` by index. */
export function indexFill(input: Tensor, dim: number, index: Tensor, value: Tensor | number): Tensor {
  if (typeof value !== 'number') return indexFillIntTensor(input, dim, index, value)
  return indexFillIntScalar(input, dim, index, value)
}

const indexFill_IntTensor = operator('aten::index_fill_.int_Tensor', 'self dim index value')
const indexFill_IntScalar = operator('aten::index_fill_.int_Scalar', 'self dim index value')

export function indexFill_(input: Tensor, dim: number, index: Tensor, value: Tensor | number): Tensor {
  if (typeof value !== 'number') return indexFill_IntTensor(input, dim, index, value)
  return indexFill_IntScalar(input, dim, index, value)
}

const indexPutOp = operator('aten::index_put', 'self indices values accumulate')

/** Elements written at a list of index tensors. */
export function indexPut(input: Tensor, indices: readonly (Tensor | undefined)[], values: Tensor, accumulate?: boolean): Tensor {
  return indexPutOp(input, indices, values, accumulate)
}

const indexPut_Op = operator('aten::index_put_', 'self indices values accumulate')

export function indexPut_(input: Tensor, indices: readonly (Tensor | undefined)[], values: Tensor, accumulate?: boolean): Tensor {
  return indexPut_Op(input, indices, values, accumulate)
}

const takeOp = operator('aten::take', 'self index')

/** Elements by index in flat order. */
export function take(input: Tensor, index: Tensor): Tensor {
  return takeOp(input, index)
}

const takeAlongDimOp = operator('aten::take_along_dim', 'self indices dim')

/** Elements along `dim` by an index that broadcasts. */
export function takeAlongDim(input: Tensor, indices: Tensor, dim?: number): Tensor {
  return takeAlongDimOp(input, indices, dim)
}

/** Coordinates of what is not zero. */
export const nonzero: Unary = operator('aten::nonzero', 'self')

/** Coordinates of what is not zero. */
export const argwhere: Unary = operator('aten::argwhere', 'self')

const sortOp = operator('aten::sort', 'self dim descending')

/** Values in order and where they stood. */
export function sort(input: Tensor, dim?: number, descending?: boolean): [Tensor, Tensor] {
  return sortOp(input, dim, descending)
}

const argsortOp = operator('aten::argsort', 'self dim descending')

/** Where the values in order stand. */
export function argsort(input: Tensor, dim?: number, descending?: boolean): Tensor {
  return argsortOp(input, dim, descending)
}

const topkOp = operator('aten::topk', 'self k dim largest sorted')

/** The k greatest and where they stand. */
export function topk(input: Tensor, k: number, dim?: number, largest?: boolean, sorted?: boolean): [Tensor, Tensor] {
  return topkOp(input, k, dim, largest, sorted)
}

const kthvalueOp = operator('aten::kthvalue', 'self k dim keepdim')

/** The k-th least and where it stands. */
export function kthvalue(input: Tensor, k: number, dim?: number, keepdim?: boolean): [Tensor, Tensor] {
  return kthvalueOp(input, k, dim, keepdim)
}

const searchsortedTensor = operator('aten::searchsorted.Tensor', 'sorted_sequence self out_int32 right side sorter')
const searchsortedScalar = operator('aten::searchsorted.Scalar', 'sorted_sequence self out_int32 right side sorter')

/** Where values would go into a sorted sequence. */
export function searchsorted(
  sortedSequence: Tensor,
  input: Tensor | number,
  options: { outInt32?: boolean; right?: boolean; side?: string; sorter?: Tensor } = {},
): Tensor {
  if (typeof input !== 'number')
    return searchsortedTensor(sortedSequence, input, options.outInt32, options.right, options.side, options.sorter)
  return searchsortedScalar(sortedSequence, input, options.outInt32, options.right, options.side, options.sorter)
}

const bucketizeOp = operator('aten::bucketize.Tensor', 'self boundaries out_int32 right')

/** Between which boundaries each value lies. */
export function bucketize(input: Tensor, boundaries: Tensor, options: { outInt32?: boolean; right?: boolean } = {}): Tensor {
  return bucketizeOp(input, boundaries, options.outInt32, options.right)
}

const uniqueOp = operator('aten::_unique2', 'self sorted return_inverse return_counts')

/** Values once each; with inverse and counts on request. */
export function unique(input: Tensor, sorted?: boolean, returnInverse?: boolean, returnCounts?: boolean): [Tensor, Tensor, Tensor] {
  return uniqueOp(input, sorted, returnInverse, returnCounts)
}

const uniqueConsecutiveOp = operator('aten::unique_consecutive', 'self return_inverse return_counts dim')

/** Runs made one value each; with inverse and counts on request. */
export function uniqueConsecutive(input: Tensor, returnInverse?: boolean, returnCounts?: boolean, dim?: number): [Tensor, Tensor, Tensor] {
  return uniqueConsecutiveOp(input, returnInverse, returnCounts, dim)
}

const isinOp = operator('aten::isin.Tensor_Tensor', 'elements test_elements assume_unique invert')

/** Which elements are among the test elements. */
export function isin(elements: Tensor, testElements: Tensor, options: { assumeUnique?: boolean; invert?: boolean } = {}): Tensor {
  return isinOp(elements, testElements, options.assumeUnique, options.invert)
}

const trilOp = operator('aten::tril', 'self diagonal')

/** Lower triangle. */
export function tril(input: Tensor, diagonal?: number): Tensor {
  return trilOp(input, diagonal)
}

const tril_Op = operator('aten::tril_', 'self diagonal')

export function tril_(input: Tensor, diagonal?: number): Tensor {
  return tril_Op(input, diagonal)
}

const triuOp = operator('aten::triu', 'self diagonal')

/** Upper triangle. */
export function triu(input: Tensor, diagonal?: number): Tensor {
  return triuOp(input, diagonal)
}

const triu_Op = operator('aten::triu_', 'self diagonal')

export function triu_(input: Tensor, diagonal?: number): Tensor {
  return triu_Op(input, diagonal)
}

const diagOp = operator('aten::diag', 'self diagonal')

/** Diagonal of a matrix, or a matrix from a diagonal. */
export function diag(input: Tensor, diagonal?: number): Tensor {
  return diagOp(input, diagonal)
}

const diagEmbedOp = operator('aten::diag_embed', 'self offset dim1 dim2')

/** Matrices with these diagonals. */
export function diagEmbed(input: Tensor, offset?: number, dim1?: number, dim2?: number): Tensor {
  return diagEmbedOp(input, offset, dim1, dim2)
}

const fill_Op = operator('aten::fill_.Scalar', 'self value')

/** Every element set. */
export function fill_(input: Tensor, value: number): Tensor {
  return fill_Op(input, value)
}

/** Every element set to zero. */
export const zero_: Unary = operator('aten::zero_', 'self')

const copy_Op = operator('aten::copy_', 'self src non_blocking')

/** Values taken over from another tensor, dtype and device converted. */
export function copy_(input: Tensor, src: Tensor, nonBlocking?: boolean): Tensor {
  return copy_Op(input, src, nonBlocking)
}
