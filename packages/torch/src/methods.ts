// Methods of Tensor that are no plain operators: values out, conversion, indexing, the backward pass, printing.
// Importing this file attaches them and those of every group of operators.

import './ops/arithmetic-methods.ts'
import './ops/comparison-methods.ts'
import './ops/elementwise-methods.ts'
import './ops/indexing-methods.ts'
import './ops/linear-methods.ts'
import './ops/reduction-methods.ts'
import './ops/shape-methods.ts'
import { inspect } from 'node:util'
import { backward } from './autograd.ts'
import { arrayTypeOf, type Dtype, dtypeCode, type TypedArray } from './dtype.ts'
import { fault, TorchError } from './errors.ts'
import { native } from './native.ts'
import { operator } from './operator.ts'
import { attach } from './ops/attach.ts'
import { print } from './print.ts'
import { readArray } from './read-array.ts'
import { scope } from './scope.ts'
import { describeValue, handleOf, isTensor, Tensor } from './tensor.ts'

/** Where and as what: each left out stays as it is. `copy` makes a copy also where nothing changes. */
export type Target = { dtype?: Dtype; device?: string; copy?: boolean; nonBlocking?: boolean }

declare module './tensor.ts' {
  interface Tensor {
    /** The only element as a number; booleans are 0 or 1. */
    item(): number
    /** A copy of the values in row order; int64 as BigInt64Array, 16-bit floats as their bits in a Uint16Array. CPU tensors only. */
    toArray(): TypedArray
    /**
     * A typed array over the tensor's own memory, without a copy: contiguous CPU tensors only. The memory lives as long as the array, and can
     * be resized no more.
     */
    asArray(): TypedArray
    /** The values as nested lists of numbers. */
    tolist(): unknown
    /** The same values in another dtype or on another device; the tensor's own values where nothing changes. */
    to(target: Dtype | Target): Tensor
    float(): Tensor
    double(): Tensor
    half(): Tensor
    bfloat16(): Tensor
    long(): Tensor
    int(): Tensor
    bool(): Tensor
    cpu(): Tensor
    cuda(index?: number): Tensor
    /** A copy in page-locked memory of the CPU, from which `to({ device, nonBlocking: true })` runs beside other work. Needs CUDA. */
    pinMemory(): Tensor
    isPinned(): boolean
    /** Adds gradients to the leaves below; `gradient` is needed where the tensor has more than one element. */
    backward(gradient?: Tensor, options?: { retainGraph?: boolean; createGraph?: boolean }): void
    /** Says whether gradients of this leaf are wanted; returns the tensor itself. */
    requiresGrad_(on?: boolean): this
    /** Keeps the gradient of a tensor that is no leaf. */
    retainGrad(): void
    /** One index per axis from the first; counts from the end when negative. */
    at(...indices: number[]): Tensor
    /** `start` to `end` (excluded) of an axis in steps. */
    slice(dim: number, start?: number, end?: number, step?: number): Tensor
    /** Elements at lists of indices per axis, as NumPy's advanced indexing; undefined takes the whole axis. */
    index(indices: readonly (Tensor | undefined)[]): Tensor
    /** Vector norm of order p over `dim`, or over all. */
    norm(p?: number, dim?: number | readonly number[], keepdim?: boolean): Tensor
    /** Uniform random numbers in place. */
    uniform_(from?: number, to?: number): Tensor
    /** Normal random numbers in place. */
    normal_(mean?: number, std?: number): Tensor
    /** Random zeros and ones in place. */
    bernoulli_(p?: number): Tensor
    /** The size of one axis. */
    size(dim: number): number
    /** Splits complex or other views aside, the same bytes read as another dtype. */
    viewDtype(dtype: Dtype): Tensor
    toString(): string
  }
}

const itemOp = operator('aten::item', 'self')
const toOp = operator('aten::to.dtype_layout', 'self dtype device non_blocking copy')
const requiresGradOp = operator('aten::requires_grad_', 'self requires_grad')
const selectOp = operator('aten::select.int', 'self dim index')
const sliceOp = operator('aten::slice.Tensor', 'self dim start end step')
const indexOp = operator('aten::index.Tensor', 'self indices')
const normOp = operator('aten::linalg_vector_norm', 'self ord dim keepdim')
const retainGradOp = operator('aten::retain_grad', 'self')
const viewDtypeOp = operator('aten::view.dtype', 'self dtype')

attach({
  item: (input) => Number(itemOp(input)),
  toArray: (input) => {
    if (input.device !== 'cpu') throw deviceFault('toArray', input)
    return readArray(input)
  },
  asArray: (input) => {
    const ArrayType = arrayTypeOf(input.dtype)
    if (input.device !== 'cpu' || ArrayType === undefined) throw deviceFault('asArray', input)
    if (input.numel === 0) return new ArrayType(0)
    try {
      return new ArrayType(native.shareArrayBuffer(handleOf(input, 'asArray')))
    } catch (cause) {
      throw deviceFault('asArray', input, cause)
    }
  },
  tolist: (input) => {
    const isNarrow = input.dtype === 'float16' || input.dtype === 'bfloat16' // whose arrays hold bits
    const array = isNarrow ? scope(() => input.float().toArray()) : input.toArray()
    const values = Array.from(array as Float32Array, Number)
    const nest = (shape: number[], from: number): unknown => {
      if (shape.length === 0) return values[from]
      const [size, ...rest] = shape
      const step = rest.reduce((product, n) => product * n, 1)
      return Array.from({ length: size }, (_, index) => nest(rest, from + index * step))
    }
    return nest(input.shape, 0)
  },
  to: (input, target: Dtype | Target) => {
    const { dtype, device, copy, nonBlocking } = typeof target === 'string' ? targetOf(target) : target
    return toOp(input, dtypeCode(dtype), device, nonBlocking, copy)
  },
  float: (input) => toOp(input, dtypeCode('float32')),
  double: (input) => toOp(input, dtypeCode('float64')),
  half: (input) => toOp(input, dtypeCode('float16')),
  bfloat16: (input) => toOp(input, dtypeCode('bfloat16')),
  long: (input) => toOp(input, dtypeCode('int64')),
  int: (input) => toOp(input, dtypeCode('int32')),
  bool: (input) => toOp(input, dtypeCode('bool')),
  cpu: (input) => toOp(input, undefined, 'cpu'),
  pinMemory: operator('aten::pin_memory', 'self'),
  isPinned: operator('aten::is_pinned', 'self'),
  cuda: (input, index: number = 0) => toOp(input, undefined, `cuda:${index}`),
  backward: (input, gradient?: Tensor, options?: { retainGraph?: boolean; createGraph?: boolean }) =>
    backward([input], [gradient], options),
  requiresGrad_: (input, on: boolean = true) => {
    try {
      return requiresGradOp(input, on)
    } catch (cause) {
      if (cause instanceof TorchError && cause.code !== 'torch/call') throw cause
      throw fault({
        code: 'torch/requires-grad',
        where: 'requiresGrad_',
        expected: 'a leaf of floating point',
        received: `${describeValue(input)}${input.isLeaf ? '' : ', computed from others'}`,
        hint: 'Convert whole numbers first; for a computed tensor detach() makes a new leaf.',
        cause,
      })
    }
  },
  retainGrad: (input) => retainGradOp(input),
  slice: (input, dim: number, start?: number, end?: number, step?: number) => sliceOp(input, dim, start, end, step),
  index: (input, indices: readonly (Tensor | undefined)[]) => indexOp(input, indices),
  norm: (input, p: number = 2, dim?: number | readonly number[], keepdim?: boolean) => normOp(input, p, dim, keepdim),
  uniform_: operator('aten::uniform_', 'self from to'),
  normal_: operator('aten::normal_', 'self mean std'),
  bernoulli_: operator('aten::bernoulli_.float', 'self p'),
  size: operator('aten::size.int', 'self dim'),
  viewDtype: (input, dtype: Dtype) => viewDtypeOp(input, dtypeCode(dtype)),
})

Object.defineProperties(Tensor.prototype, {
  at: {
    value(this: Tensor, ...indices: number[]) {
      let result = this
      for (const index of indices) {
        const next: Tensor = selectOp(result, 0, index)
        if (result !== this) result.free()
        result = next
      }
      return result
    },
  },
  toString: {
    value(this: Tensor) {
      return print(this)
    },
  },
  [inspect.custom]: {
    value(this: Tensor) {
      return print(this)
    },
  },
})

function targetOf(word: string): Target {
  return /^(cpu|cuda|mps)(:\d+)?$/.test(word) ? { device: word } : { dtype: word as Dtype }
}

function deviceFault(where: string, input: Tensor, cause?: unknown) {
  return fault({
    code: 'torch/device',
    where,
    expected: where === 'asArray' ? 'a contiguous tensor on the cpu, of a dtype that a typed array can hold' : 'a tensor on the cpu',
    received: isTensor(input) ? describeValue(input) : typeof input,
    hint: 'Copies between devices are never silent: call cpu() first, and contiguous() or clone() for asArray.',
    cause,
  })
}
