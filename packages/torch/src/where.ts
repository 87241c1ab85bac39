// Choosing between two tensors or numbers, and names that PyTorch has under other words.
// Hands on: where, linalg.

import { operator } from './operator.ts'
import * as ops from './ops/linear.ts'
import { linalgVectorNorm } from './ops/reduction.ts'
import type { Tensor } from './tensor.ts'

const whereTensors = operator('aten::where.self', 'condition self other')
const whereScalarSelf = operator('aten::where.ScalarSelf', 'condition self other')
const whereScalarOther = operator('aten::where.ScalarOther', 'condition self other')
const whereScalars = operator('aten::where.Scalar', 'condition self other')

/** `input` where the condition is true, `other` elsewhere. */
export function where(condition: Tensor, input: Tensor | number, other: Tensor | number): Tensor {
  if (typeof input === 'number')
    return typeof other === 'number' ? whereScalars(condition, input, other) : whereScalarSelf(condition, input, other)
  return typeof other === 'number' ? whereScalarOther(condition, input, other) : whereTensors(condition, input, other)
}

/** Linear algebra under PyTorch's name for it. */
export const linalg = {
  norm: ops.linalgNorm,
  vectorNorm: linalgVectorNorm,
  inv: ops.linalgInv,
  pinv: ops.linalgPinv,
  solve: ops.linalgSolve,
  lstsq: ops.linalgLstsq,
  cholesky: ops.linalgCholesky,
  qr: ops.linalgQr,
  svd: ops.linalgSvd,
  eigh: ops.linalgEigh,
  det: ops.linalgDet,
  slogdet: ops.linalgSlogdet,
}
