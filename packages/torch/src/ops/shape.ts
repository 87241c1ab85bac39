// Operators of the group "shape", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'
import type { Unary } from './unary.ts'

const reshapeOp = operator('aten::reshape', 'self shape')

/** The same elements in another shape; one size may be -1. */
export function reshape(input: Tensor, shape: readonly number[]): Tensor {
  return reshapeOp(input, shape)
}

const viewOp = operator('aten::view', 'self size')

/** Another shape on the same memory; refuses where that cannot be. */
export function view(input: Tensor, size: readonly number[]): Tensor {
  return viewOp(input, size)
}

const permuteOp = operator('aten::permute', 'self dims')

/** Axes in another order. */
export function permute(input: Tensor, dims: readonly number[]): Tensor {
  return permuteOp(input, dims)
}

const transposeOp = operator('aten::transpose.int', 'self dim0 dim1')

/** Two axes exchanged. */
export function transpose(input: Tensor, dim0: number, dim1: number): Tensor {
  return transposeOp(input, dim0, dim1)
}

/** A matrix transposed. */
export const t: Unary = operator('aten::t', 'self')

const squeezePlain = operator('aten::squeeze', 'self')
const squeezeDim = operator('aten::squeeze.dim', 'self dim')

/** Axes of size one dropped. */
export function squeeze(input: Tensor, dim?: number): Tensor {
  if (dim === undefined) return squeezePlain(input)
  return squeezeDim(input, dim)
}

const unsqueezeOp = operator('aten::unsqueeze', 'self dim')

/** An axis of size one put in. */
export function unsqueeze(input: Tensor, dim: number): Tensor {
  return unsqueezeOp(input, dim)
}

const flattenOp = operator('aten::flatten.using_ints', 'self start_dim end_dim')

/** Axes from `startDim` to `endDim` made one. */
export function flatten(input: Tensor, startDim?: number, endDim?: number): Tensor {
  return flattenOp(input, startDim, endDim)
}

const unflattenOp = operator('aten::unflatten.int', 'self dim sizes')

/** One axis made several. */
export function unflatten(input: Tensor, dim: number, sizes: readonly number[]): Tensor {
  return unflattenOp(input, dim, sizes)
}

const expandOp = operator('aten::expand', 'self size implicit')

/** Axes of size one repeated without memory; -1 keeps a size. */
export function expand(input: Tensor, size: readonly number[], options: { implicit?: boolean } = {}): Tensor {
  return expandOp(input, size, options.implicit)
}

const expandAsOp = operator('aten::expand_as', 'self other')

/** Expanded to the shape of `other`. */
export function expandAs(input: Tensor, other: Tensor): Tensor {
  return expandAsOp(input, other)
}

const repeatOp = operator('aten::repeat', 'self repeats')

/** Copied along each axis. */
export function repeat(input: Tensor, repeats: readonly number[]): Tensor {
  return repeatOp(input, repeats)
}

const repeatInterleaveSelfInt = operator('aten::repeat_interleave.self_int', 'self repeats dim output_size')
const repeatInterleaveSelfTensor = operator('aten::repeat_interleave.self_Tensor', 'self repeats dim output_size')

/** Each element repeated along `dim`. */
export function repeatInterleave(input: Tensor, repeats: number | Tensor, dim?: number, options: { outputSize?: number } = {}): Tensor {
  if (typeof repeats === 'number') return repeatInterleaveSelfInt(input, repeats, dim, options.outputSize)
  return repeatInterleaveSelfTensor(input, repeats, dim, options.outputSize)
}

const tileOp = operator('aten::tile', 'self dims')

/** Copied along each axis, as NumPy's tile. */
export function tile(input: Tensor, dims: readonly number[]): Tensor {
  return tileOp(input, dims)
}

const flipOp = operator('aten::flip', 'self dims')

/** Turned round along axes. */
export function flip(input: Tensor, dims: readonly number[]): Tensor {
  return flipOp(input, dims)
}

const rollOp = operator('aten::roll', 'self shifts dims')

/** Shifted round along axes. */
export function roll(input: Tensor, shifts: number | readonly number[], dims?: number | readonly number[]): Tensor {
  return rollOp(input, shifts, dims)
}

const rot90Op = operator('aten::rot90', 'self k dims')

/** Turned by right angles in a plane. */
export function rot90(input: Tensor, k?: number, dims?: readonly number[]): Tensor {
  return rot90Op(input, k, dims)
}

const movedimInt = operator('aten::movedim.int', 'self source destination')
const movedimIntlist = operator('aten::movedim.intlist', 'self source destination')

/** Axes moved, the others in order. */
export function movedim(input: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
  if (typeof source === 'number') return movedimInt(input, source, destination)
  return movedimIntlist(input, source, destination)
}

const swapaxesOp = operator('aten::swapaxes', 'self axis0 axis1')

/** Two axes exchanged. */
export function swapaxes(input: Tensor, axis0: number, axis1: number): Tensor {
  return swapaxesOp(input, axis0, axis1)
}

const catOp = operator('aten::cat', 'tensors dim')

/** Joined along an axis. */
export function cat(tensors: readonly Tensor[], dim?: number): Tensor {
  return catOp(tensors, dim)
}

const stackOp = operator('aten::stack', 'tensors dim')

/** Joined along a new axis. */
export function stack(tensors: readonly Tensor[], dim?: number): Tensor {
  return stackOp(tensors, dim)
}

const splitTensor = operator('aten::split.Tensor', 'self split_size dim')
const splitSizes = operator('aten::split.sizes', 'self split_size dim')

/** Cut into pieces of a size, or of sizes. */
export function split(input: Tensor, splitSize: number | readonly number[], dim?: number): Tensor[] {
  if (typeof splitSize === 'number') return splitTensor(input, splitSize, dim)
  return splitSizes(input, splitSize, dim)
}

const chunkOp = operator('aten::chunk', 'self chunks dim')

/** Cut into a number of pieces. */
export function chunk(input: Tensor, chunks: number, dim?: number): Tensor[] {
  return chunkOp(input, chunks, dim)
}

const unbindOp = operator('aten::unbind.int', 'self dim')

/** Taken apart along an axis. */
export function unbind(input: Tensor, dim?: number): Tensor[] {
  return unbindOp(input, dim)
}

const narrowOp = operator('aten::narrow', 'self dim start length')

/** Part of an axis. */
export function narrow(input: Tensor, dim: number, start: number, length: number): Tensor {
  return narrowOp(input, dim, start, length)
}

const selectOp = operator('aten::select.int', 'self dim index')

/** One index of an axis. */
export function select(input: Tensor, dim: number, index: number): Tensor {
  return selectOp(input, dim, index)
}

const unfoldOp = operator('aten::unfold', 'self dimension size step')

/** Sliding windows along an axis. */
export function unfold(input: Tensor, dimension: number, size: number, step: number): Tensor {
  return unfoldOp(input, dimension, size, step)
}

const diagonalOp = operator('aten::diagonal', 'self offset dim1 dim2')

/** The diagonal of two axes. */
export function diagonal(input: Tensor, offset?: number, dim1?: number, dim2?: number): Tensor {
  return diagonalOp(input, offset, dim1, dim2)
}

const broadcastToOp = operator('aten::broadcast_to', 'self size')

/** Expanded to a shape. */
export function broadcastTo(input: Tensor, size: readonly number[]): Tensor {
  return broadcastToOp(input, size)
}

const broadcastTensorsOp = operator('aten::broadcast_tensors', 'tensors')

/** All expanded to one shape. */
export function broadcastTensors(tensors: readonly Tensor[]): Tensor[] {
  return broadcastTensorsOp(tensors)
}

const meshgridOp = operator('aten::meshgrid.indexing', 'tensors indexing')

/** Coordinates of a grid; `indexing` 'ij' or 'xy'. */
export function meshgrid(tensors: readonly Tensor[], options: { indexing: string }): Tensor[] {
  return meshgridOp(tensors, options.indexing)
}

/** All in one axis. */
export const ravel: Unary = operator('aten::ravel', 'self')

const pixelShuffleOp = operator('aten::pixel_shuffle', 'self upscale_factor')

/** Channels to finer rows and columns. */
export function pixelShuffle(input: Tensor, upscaleFactor: number): Tensor {
  return pixelShuffleOp(input, upscaleFactor)
}

const pixelUnshuffleOp = operator('aten::pixel_unshuffle', 'self downscale_factor')

/** Rows and columns to channels. */
export function pixelUnshuffle(input: Tensor, downscaleFactor: number): Tensor {
  return pixelUnshuffleOp(input, downscaleFactor)
}
