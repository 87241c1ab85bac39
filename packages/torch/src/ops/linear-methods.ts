// The group "linear" as methods of Tensor. Written by scripts/make-operators.mjs.

import { attach } from './attach.ts'
import * as ops from './linear.ts'

declare module '../tensor.ts' {
  interface Tensor {
    /** Matrix product with PyTorch's rules for batches and vectors. */
    matmul(other: Tensor): Tensor
    /** Product of two matrices. */
    mm(mat2: Tensor): Tensor
    /** Products of two batches of matrices. */
    bmm(mat2: Tensor): Tensor
    /** Product of a matrix and a vector. */
    mv(vec: Tensor): Tensor
    /** Inner product of two vectors. */
    dot(tensor: Tensor): Tensor
    /** Outer product of two vectors. */
    outer(vec2: Tensor): Tensor
    /** `beta · input + alpha · mat1 · mat2`. */
    addmm(mat1: Tensor, mat2: Tensor, options?: { beta?: number; alpha?: number }): Tensor
    addmm_(mat1: Tensor, mat2: Tensor, options?: { beta?: number; alpha?: number }): Tensor
    /** `beta · input + alpha · batch1 · batch2`. */
    baddbmm(batch1: Tensor, batch2: Tensor, options?: { beta?: number; alpha?: number }): Tensor
    baddbmm_(batch1: Tensor, batch2: Tensor, options?: { beta?: number; alpha?: number }): Tensor
    /** `beta · input + alpha · mat · vec`. */
    addmv(mat: Tensor, vec: Tensor, options?: { beta?: number; alpha?: number }): Tensor
    addmv_(mat: Tensor, vec: Tensor, options?: { beta?: number; alpha?: number }): Tensor
    /** Kronecker product. */
    kron(other: Tensor): Tensor
    /** Cross product along an axis of three. */
    cross(other: Tensor, dim?: number): Tensor
    /** Sum of a matrix's diagonal. */
    trace(): Tensor
    /** Matrix exponential. */
    matrixExp(): Tensor
  }
}

attach({
  matmul: ops.matmul,
  mm: ops.mm,
  bmm: ops.bmm,
  mv: ops.mv,
  dot: ops.dot,
  outer: ops.outer,
  addmm: ops.addmm,
  addmm_: ops.addmm_,
  baddbmm: ops.baddbmm,
  baddbmm_: ops.baddbmm_,
  addmv: ops.addmv,
  addmv_: ops.addmv_,
  kron: ops.kron,
  cross: ops.cross,
  trace: ops.trace,
  matrixExp: ops.matrixExp,
})
