// Operators of the group "linear", typed. Written by scripts/make-operators.mjs from operators.txt and libtorch's schemas.

import type { Dtype } from '../dtype.ts'
import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'
import type { Unary } from './unary.ts'

const matmulOp = operator('aten::matmul', 'self other')

/** Matrix product with PyTorch's rules for batches and vectors. */
export function matmul(input: Tensor, other: Tensor): Tensor {
  return matmulOp(input, other)
}

const mmOp = operator('aten::mm', 'self mat2')

/** Product of two matrices. */
export function mm(input: Tensor, mat2: Tensor): Tensor {
  return mmOp(input, mat2)
}

const bmmOp = operator('aten::bmm', 'self mat2')

/** Products of two batches of matrices. */
export function bmm(input: Tensor, mat2: Tensor): Tensor {
  return bmmOp(input, mat2)
}

const mvOp = operator('aten::mv', 'self vec')

/** Product of a matrix and a vector. */
export function mv(input: Tensor, vec: Tensor): Tensor {
  return mvOp(input, vec)
}

const dotOp = operator('aten::dot', 'self tensor')

/** Inner product of two vectors. */
export function dot(input: Tensor, tensor: Tensor): Tensor {
  return dotOp(input, tensor)
}

const outerOp = operator('aten::outer', 'self vec2')

/** Outer product of two vectors. */
export function outer(input: Tensor, vec2: Tensor): Tensor {
  return outerOp(input, vec2)
}

const addmmOp = operator('aten::addmm', 'self mat1 mat2 beta alpha')

/** `beta · input + alpha · mat1 · mat2`. */
export function addmm(input: Tensor, mat1: Tensor, mat2: Tensor, options: { beta?: number; alpha?: number } = {}): Tensor {
  return addmmOp(input, mat1, mat2, options.beta, options.alpha)
}

const addmm_Op = operator('aten::addmm_', 'self mat1 mat2 beta alpha')

export function addmm_(input: Tensor, mat1: Tensor, mat2: Tensor, options: { beta?: number; alpha?: number } = {}): Tensor {
  return addmm_Op(input, mat1, mat2, options.beta, options.alpha)
}

const baddbmmOp = operator('aten::baddbmm', 'self batch1 batch2 beta alpha')

/** `beta · input + alpha · batch1 · batch2`. */
export function baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, options: { beta?: number; alpha?: number } = {}): Tensor {
  return baddbmmOp(input, batch1, batch2, options.beta, options.alpha)
}

const baddbmm_Op = operator('aten::baddbmm_', 'self batch1 batch2 beta alpha')

export function baddbmm_(input: Tensor, batch1: Tensor, batch2: Tensor, options: { beta?: number; alpha?: number } = {}): Tensor {
  return baddbmm_Op(input, batch1, batch2, options.beta, options.alpha)
}

const addmvOp = operator('aten::addmv', 'self mat vec beta alpha')

/** `beta · input + alpha · mat · vec`. */
export function addmv(input: Tensor, mat: Tensor, vec: Tensor, options: { beta?: number; alpha?: number } = {}): Tensor {
  return addmvOp(input, mat, vec, options.beta, options.alpha)
}

const addmv_Op = operator('aten::addmv_', 'self mat vec beta alpha')

export function addmv_(input: Tensor, mat: Tensor, vec: Tensor, options: { beta?: number; alpha?: number } = {}): Tensor {
  return addmv_Op(input, mat, vec, options.beta, options.alpha)
}

const einsumOp = operator('aten::einsum', 'equation tensors path')

/** Sum of products by index letters. */
export function einsum(equation: string, tensors: readonly Tensor[], options: { path?: readonly number[] } = {}): Tensor {
  return einsumOp(equation, tensors, options.path)
}

const tensordotOp = operator('aten::tensordot', 'self other dims_self dims_other')

/** Product over chosen axes. */
export function tensordot(input: Tensor, other: Tensor, dimsSelf: readonly number[], dimsOther: readonly number[]): Tensor {
  return tensordotOp(input, other, dimsSelf, dimsOther)
}

const kronOp = operator('aten::kron', 'self other')

/** Kronecker product. */
export function kron(input: Tensor, other: Tensor): Tensor {
  return kronOp(input, other)
}

const crossOp = operator('aten::cross', 'self other dim')

/** Cross product along an axis of three. */
export function cross(input: Tensor, other: Tensor, dim?: number): Tensor {
  return crossOp(input, other, dim)
}

/** Sum of a matrix's diagonal. */
export const trace: Unary = operator('aten::trace', 'self')

const linalgNormOp = operator('aten::linalg_norm', 'self ord dim keepdim dtype')

/** Matrix or vector norm. */
export function linalgNorm(
  input: Tensor,
  ord?: number,
  dim?: number | readonly number[],
  keepdim?: boolean,
  options: { dtype?: Dtype } = {},
): Tensor {
  return linalgNormOp(input, ord, dim, keepdim, options.dtype)
}

/** Inverse matrix. */
export const linalgInv: Unary = operator('aten::linalg_inv', 'A')

const linalgPinvOp = operator('aten::linalg_pinv.atol_rtol_float', 'self atol rtol hermitian')

/** Pseudo-inverse. */
export function linalgPinv(input: Tensor, options: { atol?: number; rtol?: number; hermitian?: boolean } = {}): Tensor {
  return linalgPinvOp(input, options.atol, options.rtol, options.hermitian)
}

const linalgSolveOp = operator('aten::linalg_solve', 'A B left')

/** Solution of A·X = B. */
export function linalgSolve(A: Tensor, B: Tensor, options: { left?: boolean } = {}): Tensor {
  return linalgSolveOp(A, B, options.left)
}

const linalgLstsqOp = operator('aten::linalg_lstsq', 'self b rcond driver')

/** Least-squares solution, residuals, rank and singular values. */
export function linalgLstsq(input: Tensor, b: Tensor, rcond?: number, options: { driver?: string } = {}): [Tensor, Tensor, Tensor, Tensor] {
  return linalgLstsqOp(input, b, rcond, options.driver)
}

const linalgCholeskyOp = operator('aten::linalg_cholesky', 'self upper')

/** Lower Cholesky factor. */
export function linalgCholesky(input: Tensor, options: { upper?: boolean } = {}): Tensor {
  return linalgCholeskyOp(input, options.upper)
}

const linalgQrOp = operator('aten::linalg_qr', 'A mode')

/** Orthogonal and triangular factors. */
export function linalgQr(A: Tensor, mode?: string): [Tensor, Tensor] {
  return linalgQrOp(A, mode)
}

const linalgSvdOp = operator('aten::linalg_svd', 'A full_matrices driver')

/** Singular vectors and values. */
export function linalgSvd(A: Tensor, fullMatrices?: boolean, options: { driver?: string } = {}): [Tensor, Tensor, Tensor] {
  return linalgSvdOp(A, fullMatrices, options.driver)
}

const linalgEighOp = operator('aten::linalg_eigh', 'self UPLO')

/** Eigenvalues and vectors of a symmetric matrix. */
export function linalgEigh(input: Tensor, UPLO?: string): [Tensor, Tensor] {
  return linalgEighOp(input, UPLO)
}

/** Determinant. */
export const linalgDet: Unary = operator('aten::linalg_det', 'A')

const linalgSlogdetOp = operator('aten::linalg_slogdet', 'A')

/** Sign and logarithm of the determinant's magnitude. */
export function linalgSlogdet(A: Tensor): [Tensor, Tensor] {
  return linalgSlogdetOp(A)
}

/** Matrix exponential. */
export const matrixExp: Unary = operator('aten::matrix_exp', 'self')
