// Values out of libtorch's memory into a typed array.
// Hands on: readArray.

import { arrayTypeOf, dtypeCode, type TypedArray } from './dtype.ts'
import { fault } from './errors.ts'
import { native } from './native.ts'
import { operator } from './operator.ts'
import { scope } from './scope.ts'
import { describeShape, Tensor } from './tensor.ts'

const copyOp = operator('aten::copy_', 'self src')

/** A new typed array with the values of a tensor on the CPU, in row order. */
export function readArray(tensor: Tensor): TypedArray {
  const { dtype, shape } = tensor
  const ArrayType = arrayTypeOf(dtype)
  if (ArrayType === undefined) {
    throw fault({
      code: 'torch/dtype',
      where: 'toArray',
      expected: 'a dtype that a typed array can hold',
      received: `${dtype} ${describeShape(shape)}`,
      hint: 'Convert first: x.to({ dtype: "float32" }).',
    })
  }
  const array = new ArrayType(tensor.numel)
  scope(() => {
    copyOp(new Tensor(native.fromTypedArray(array, shape, dtypeCode(dtype))), tensor)
  })
  return array
}
