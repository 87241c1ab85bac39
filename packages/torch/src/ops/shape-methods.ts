// The group "shape" as methods of Tensor. Written by scripts/make-operators.mjs.

import { attach } from './attach.ts'
import * as ops from './shape.ts'

declare module '../tensor.ts' {
  interface Tensor {
    /** The same elements in another shape; one size may be -1. */
    reshape(shape: readonly number[]): Tensor
    /** Another shape on the same memory; refuses where that cannot be. */
    view(size: readonly number[]): Tensor
    /** Axes in another order. */
    permute(dims: readonly number[]): Tensor
    /** Two axes exchanged. */
    transpose(dim0: number, dim1: number): Tensor
    /** A matrix transposed. */
    t(): Tensor
    /** Axes of size one dropped. */
    squeeze(dim?: number): Tensor
    /** An axis of size one put in. */
    unsqueeze(dim: number): Tensor
    /** Axes from `startDim` to `endDim` made one. */
    flatten(startDim?: number, endDim?: number): Tensor
    /** One axis made several. */
    unflatten(dim: number, sizes: readonly number[]): Tensor
    /** Axes of size one repeated without memory; -1 keeps a size. */
    expand(size: readonly number[], options?: { implicit?: boolean }): Tensor
    /** Expanded to the shape of `other`. */
    expandAs(other: Tensor): Tensor
    /** Copied along each axis. */
    repeat(repeats: readonly number[]): Tensor
    /** Each element repeated along `dim`. */
    repeatInterleave(repeats: number | Tensor, dim?: number, options?: { outputSize?: number }): Tensor
    /** Copied along each axis, as NumPy's tile. */
    tile(dims: readonly number[]): Tensor
    /** Turned round along axes. */
    flip(dims: readonly number[]): Tensor
    /** Shifted round along axes. */
    roll(shifts: number | readonly number[], dims?: number | readonly number[]): Tensor
    /** Turned by right angles in a plane. */
    rot90(k?: number, dims?: readonly number[]): Tensor
    /** Axes moved, the others in order. */
    movedim(source: number | readonly number[], destination: number | readonly number[]): Tensor
    /** Two axes exchanged. */
    swapaxes(axis0: number, axis1: number): Tensor
    /** Cut into pieces of a size, or of sizes. */
    split(splitSize: number | readonly number[], dim?: number): Tensor[]
    /** Cut into a number of pieces. */
    chunk(chunks: number, dim?: number): Tensor[]
    /** Taken apart along an axis. */
    unbind(dim?: number): Tensor[]
    /** Part of an axis. */
    narrow(dim: number, start: number, length: number): Tensor
    /** One index of an axis. */
    select(dim: number, index: number): Tensor
    /** Sliding windows along an axis. */
    unfold(dimension: number, size: number, step: number): Tensor
    /** The diagonal of two axes. */
    diagonal(offset?: number, dim1?: number, dim2?: number): Tensor
    /** Expanded to a shape. */
    broadcastTo(size: readonly number[]): Tensor
    /** All in one axis. */
    ravel(): Tensor
  }
}

attach({
  reshape: ops.reshape,
  view: ops.view,
  permute: ops.permute,
  transpose: ops.transpose,
  t: ops.t,
  squeeze: ops.squeeze,
  unsqueeze: ops.unsqueeze,
  flatten: ops.flatten,
  unflatten: ops.unflatten,
  expand: ops.expand,
  expandAs: ops.expandAs,
  repeat: ops.repeat,
  repeatInterleave: ops.repeatInterleave,
  tile: ops.tile,
  flip: ops.flip,
  roll: ops.roll,
  rot90: ops.rot90,
  movedim: ops.movedim,
  swapaxes: ops.swapaxes,
  split: ops.split,
  chunk: ops.chunk,
  unbind: ops.unbind,
  narrow: ops.narrow,
  select: ops.select,
  unfold: ops.unfold,
  diagonal: ops.diagonal,
  broadcastTo: ops.broadcastTo,
  ravel: ops.ravel,
})
