// The group "indexing" as methods of Tensor. Written by scripts/make-operators.mjs.

import { attach } from './attach.ts'
import * as ops from './indexing.ts'

declare module '../tensor.ts' {
  interface Tensor {
    /** Elements picked along `dim` by index. */
    gather(dim: number, index: Tensor): Tensor
    /** Slices picked along `dim` by index. */
    indexSelect(dim: number, index: Tensor): Tensor
    /** Elements where the mask is true, in one axis. */
    maskedSelect(mask: Tensor): Tensor
    /** `value` where the mask is true. */
    maskedFill(mask: Tensor, value: Tensor | number): Tensor
    maskedFill_(mask: Tensor, value: Tensor | number): Tensor
    /** Elements of `source` where the mask is true. */
    maskedScatter(mask: Tensor, source: Tensor): Tensor
    maskedScatter_(mask: Tensor, source: Tensor): Tensor
    /** Written along `dim` by index. */
    scatter(dim: number, index: Tensor, src: Tensor | number): Tensor
    scatter_(dim: number, index: Tensor, src: Tensor | number): Tensor
    /** Added along `dim` by index. */
    scatterAdd(dim: number, index: Tensor, src: Tensor): Tensor
    scatterAdd_(dim: number, index: Tensor, src: Tensor): Tensor
    /** Reduced ('sum', 'prod', 'mean', 'amax', 'amin') along `dim` by index. */
    scatterReduce(dim: number, index: Tensor, src: Tensor, reduce: string, options?: { includeSelf?: boolean }): Tensor
    /** Slices added along `dim` by index. */
    indexAdd(dim: number, index: Tensor, source: Tensor, options?: { alpha?: number }): Tensor
    indexAdd_(dim: number, index: Tensor, source: Tensor, options?: { alpha?: number }): Tensor
    /** Slices copied along `dim` by index. */
    indexCopy(dim: number, index: Tensor, source: Tensor): Tensor
    indexCopy_(dim: number, index: Tensor, source: Tensor): Tensor
    /** Slices filled along `dim` by index. */
    indexFill(dim: number, index: Tensor, value: Tensor | number): Tensor
    indexFill_(dim: number, index: Tensor, value: Tensor | number): Tensor
    /** Elements written at a list of index tensors. */
    indexPut(indices: readonly (Tensor | undefined)[], values: Tensor, accumulate?: boolean): Tensor
    indexPut_(indices: readonly (Tensor | undefined)[], values: Tensor, accumulate?: boolean): Tensor
    /** Elements by index in flat order. */
    take(index: Tensor): Tensor
    /** Elements along `dim` by an index that broadcasts. */
    takeAlongDim(indices: Tensor, dim?: number): Tensor
    /** Coordinates of what is not zero. */
    nonzero(): Tensor
    /** Coordinates of what is not zero. */
    argwhere(): Tensor
    /** Values in order and where they stood. */
    sort(dim?: number, descending?: boolean): [Tensor, Tensor]
    /** Where the values in order stand. */
    argsort(dim?: number, descending?: boolean): Tensor
    /** The k greatest and where they stand. */
    topk(k: number, dim?: number, largest?: boolean, sorted?: boolean): [Tensor, Tensor]
    /** The k-th least and where it stands. */
    kthvalue(k: number, dim?: number, keepdim?: boolean): [Tensor, Tensor]
    /** Runs made one value each; with inverse and counts on request. */
    uniqueConsecutive(returnInverse?: boolean, returnCounts?: boolean, dim?: number): [Tensor, Tensor, Tensor]
    /** Lower triangle. */
    tril(diagonal?: number): Tensor
    tril_(diagonal?: number): Tensor
    /** Upper triangle. */
    triu(diagonal?: number): Tensor
    triu_(diagonal?: number): Tensor
    /** Diagonal of a matrix, or a matrix from a diagonal. */
    diag(diagonal?: number): Tensor
    /** Matrices with these diagonals. */
    diagEmbed(offset?: number, dim1?: number, dim2?: number): Tensor
    /** Every element set. */
    fill_(value: number): Tensor
    /** Every element set to zero. */
    zero_(): Tensor
    /** Values taken over from another tensor, dtype and device converted. */
    copy_(src: Tensor, nonBlocking?: boolean): Tensor
  }
}

attach({
  gather: ops.gather,
  indexSelect: ops.indexSelect,
  maskedSelect: ops.maskedSelect,
  maskedFill: ops.maskedFill,
  maskedFill_: ops.maskedFill_,
  maskedScatter: ops.maskedScatter,
  maskedScatter_: ops.maskedScatter_,
  scatter: ops.scatter,
  scatter_: ops.scatter_,
  scatterAdd: ops.scatterAdd,
  scatterAdd_: ops.scatterAdd_,
  scatterReduce: ops.scatterReduce,
  indexAdd: ops.indexAdd,
  indexAdd_: ops.indexAdd_,
  indexCopy: ops.indexCopy,
  indexCopy_: ops.indexCopy_,
  indexFill: ops.indexFill,
  indexFill_: ops.indexFill_,
  indexPut: ops.indexPut,
  indexPut_: ops.indexPut_,
  take: ops.take,
  takeAlongDim: ops.takeAlongDim,
  nonzero: ops.nonzero,
  argwhere: ops.argwhere,
  sort: ops.sort,
  argsort: ops.argsort,
  topk: ops.topk,
  kthvalue: ops.kthvalue,
  uniqueConsecutive: ops.uniqueConsecutive,
  tril: ops.tril,
  tril_: ops.tril_,
  triu: ops.triu,
  triu_: ops.triu_,
  diag: ops.diag,
  diagEmbed: ops.diagEmbed,
  fill_: ops.fill_,
  zero_: ops.zero_,
  copy_: ops.copy_,
})
