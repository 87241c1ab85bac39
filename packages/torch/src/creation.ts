// Tensors from numbers, typed arrays and shapes. Device and dtype are arguments, never globals; numbers are float32 unless said otherwise.
// Hands on: tensor, fromArray, zeros, ones, full, empty, arange, linspace, eye, rand, randn, randint, randperm and the `…Like` forms.

import { type Dtype, dtypeCode, dtypeOfArray, type TypedArray } from './dtype.ts'
import { fault } from './errors.ts'
import { native } from './native.ts'
import { operator } from './operator.ts'
import { describeShape, describeValue, Tensor } from './tensor.ts'

/** Keyword arguments of everything that makes a tensor. */
export type TensorOptions = { dtype?: Dtype; device?: string; requiresGrad?: boolean }

/** Numbers, or lists of them nested to any depth. */
export type Nested = number | boolean | bigint | readonly Nested[]

const toOp = operator('aten::to.dtype_layout', 'self dtype device copy')
const cloneOp = operator('aten::clone', 'self')

/**
 * A tensor that shares the memory of a typed array (also over a SharedArrayBuffer): writing to one changes the other.
 *
 * The array stays alive as long as the tensor. Do not transfer its buffer to another thread meanwhile.
 *
 * @param array  As many elements as the shape has; Uint16Array holds the bits of 16-bit floats and needs `dtype`.
 * @throws       torch/array when counts or kinds do not agree, or the buffer can be resized: the tensor would point at memory that is gone.
 */
export function fromArray(array: TypedArray, shape: readonly number[] = [array.length], options: { dtype?: Dtype } = {}): Tensor {
  if (!ArrayBuffer.isView(array) || array instanceof DataView) throw arrayFault('fromArray', 'a typed array', describeValue(array))
  const own = dtypeOfArray(array)
  const dtype = options.dtype ?? own
  const isBits = array instanceof Uint16Array && (dtype === 'bfloat16' || dtype === 'float16')
  const isFlag = dtype === 'bool' && array instanceof Uint8Array
  if (dtype === undefined || !(dtype === own || isBits || isFlag)) {
    throw arrayFault('fromArray', 'a typed array of the dtype', `${array.constructor.name} for ${dtype ?? 'no dtype'}`)
  }
  const { resizable, growable } = array.buffer as { resizable?: boolean; growable?: boolean }
  if (resizable || growable) {
    const expected = 'a typed array over a buffer of fixed length'
    throw arrayFault(
      'fromArray',
      expected,
      `one that can be ${resizable ? 'resized' : 'grown'}`,
      'Copy it first: fromArray(array.slice()).',
    )
  }
  expectShape('fromArray', shape)
  const count = shape.reduce((product, size) => product * size, 1)
  if (count !== array.length) throw arrayFault('fromArray', `${count} elements for shape ${describeShape(shape)}`, `${array.length}`)
  return new Tensor(native.fromTypedArray(array, shape, dtypeCode(dtype)))
}

/**
 * A tensor with a copy of the values given.
 *
 * @param data   A number, nested lists of equal lengths, or a typed array. Lists of booleans become bool, of bigints int64, all others float32.
 * @throws       torch/array for ragged lists or a shape that does not fit.
 * @example      torch.tensor([[1, 2], [3, 4]], { dtype: 'float64' })
 */
export function tensor(data: Nested | TypedArray, options: TensorOptions & { shape?: readonly number[] } = {}): Tensor {
  const isTyped = ArrayBuffer.isView(data) && !(data instanceof DataView)
  const { array, shape, dtype } = isTyped
    ? { array: data as TypedArray, shape: [(data as TypedArray).length], dtype: undefined }
    : flatten(data as Nested, options.dtype)
  const wanted = options.shape ?? shape
  const isBits = array instanceof Uint16Array || (options.dtype === 'bool' && array instanceof Uint8Array)
  const borrowed = fromArray(array, wanted, { dtype: isBits ? options.dtype : dtype })
  const needsMove = (options.dtype !== undefined && options.dtype !== borrowed.dtype) || (options.device ?? 'cpu') !== 'cpu'
  const result: Tensor = needsMove ? toOp(borrowed, dtypeCode(options.dtype), options.device, true) : cloneOp(borrowed)
  borrowed.free()
  return options.requiresGrad ? result.requiresGrad_() : result
}

type Maker = (shape: readonly number[], options?: TensorOptions) => Tensor

/** Zeros. */
export const zeros: Maker = maker('zeros', operator('aten::zeros', 'size dtype device'))
/** Ones. */
export const ones: Maker = maker('ones', operator('aten::ones', 'size dtype device'))
/** Whatever stands in fresh memory: to be written before it is read. */
export const empty: Maker = maker('empty', operator('aten::empty.memory_format', 'size dtype device'))
/** Uniform random numbers in [0, 1). */
export const rand: Maker = maker('rand', operator('aten::rand', 'size dtype device'))
/** Normal random numbers of mean 0 and variance 1. */
export const randn: Maker = maker('randn', operator('aten::randn', 'size dtype device'))

type LikeMaker = (input: Tensor, options?: TensorOptions) => Tensor

/** Zeros of another tensor's shape, dtype and device. */
export const zerosLike: LikeMaker = likeMaker(operator('aten::zeros_like', 'self dtype device'))
/** Ones of another tensor's shape, dtype and device. */
export const onesLike: LikeMaker = likeMaker(operator('aten::ones_like', 'self dtype device'))
/** Fresh memory of another tensor's shape, dtype and device. */
export const emptyLike: LikeMaker = likeMaker(operator('aten::empty_like', 'self dtype device'))
/** Uniform random numbers of another tensor's shape, dtype and device. */
export const randLike: LikeMaker = likeMaker(operator('aten::rand_like', 'self dtype device'))
/** Normal random numbers of another tensor's shape, dtype and device. */
export const randnLike: LikeMaker = likeMaker(operator('aten::randn_like', 'self dtype device'))

const fullOp = operator('aten::full', 'size fill_value dtype device')
const fullLikeOp = operator('aten::full_like', 'self fill_value dtype device')
const arangeOp = operator('aten::arange.start_step', 'start end step dtype device')
const linspaceOp = operator('aten::linspace', 'start end steps dtype device')
const logspaceOp = operator('aten::logspace', 'start end steps base dtype device')
const eyeOp = operator('aten::eye.m', 'n m dtype device')
const randintOp = operator('aten::randint.low', 'low high size dtype device')
const randpermOp = operator('aten::randperm', 'n dtype device')
const normalOp = operator('aten::normal_', 'self mean std')

/** One value everywhere; float32 for numbers and bool for booleans unless `dtype` says otherwise. */
export function full(shape: readonly number[], value: number | boolean, options: TensorOptions = {}): Tensor {
  expectShape('full', shape)
  const dtype = options.dtype ?? (typeof value === 'boolean' ? 'bool' : 'float32')
  return finish(fullOp(shape, value, dtypeCode(dtype), options.device), options)
}

/** One value in another tensor's shape, dtype and device. */
export function fullLike(input: Tensor, value: number | boolean, options: TensorOptions = {}): Tensor {
  return finish(fullLikeOp(input, value, dtypeCode(options.dtype), options.device), options)
}

/** `arange(end)` or `arange(start, end, step)`: evenly spaced, end excluded; int64 for whole numbers unless `dtype` says otherwise. */
export function arange(end: number, options?: TensorOptions): Tensor
export function arange(start: number, end: number, options?: TensorOptions): Tensor
export function arange(start: number, end: number, step: number, options?: TensorOptions): Tensor
export function arange(...args: (number | TensorOptions | undefined)[]): Tensor {
  const numbers = args.filter((arg) => typeof arg === 'number')
  const options = (args.find((arg) => typeof arg === 'object') as TensorOptions | undefined) ?? {}
  const [start, end, step] = numbers.length === 1 ? [0, numbers[0], 1] : [numbers[0], numbers[1], numbers[2] ?? 1]
  return finish(arangeOp(start, end, step, dtypeCode(options.dtype), options.device), options)
}

/** `steps` numbers from `start` to `end`, both included. */
export function linspace(start: number, end: number, steps: number, options: TensorOptions = {}): Tensor {
  return finish(linspaceOp(start, end, steps, dtypeCode(options.dtype), options.device), options)
}

/** Powers of `base` from base^start to base^end, both included. */
export function logspace(start: number, end: number, steps: number, base = 10, options: TensorOptions = {}): Tensor {
  return finish(logspaceOp(start, end, steps, base, dtypeCode(options.dtype), options.device), options)
}

/** Identity matrix of n rows and m columns (n when not given). */
export function eye(n: number, options?: TensorOptions): Tensor
export function eye(n: number, m: number, options?: TensorOptions): Tensor
export function eye(n: number, second?: number | TensorOptions, third?: TensorOptions): Tensor {
  const [m, options] = typeof second === 'number' ? [second, third ?? {}] : [n, second ?? {}]
  return finish(eyeOp(n, m, dtypeCode(options.dtype), options.device), options)
}

/** Random whole numbers from `low` up to but not with `high`. */
export function randint(low: number, high: number, shape: readonly number[], options: TensorOptions = {}): Tensor {
  expectShape('randint', shape)
  return finish(randintOp(low, high, shape, dtypeCode(options.dtype ?? 'int64'), options.device), options)
}

/** The numbers below n in random order. */
export function randperm(n: number, options: TensorOptions = {}): Tensor {
  return finish(randpermOp(n, dtypeCode(options.dtype ?? 'int64'), options.device), options)
}

/** Normal random numbers of a mean and a standard deviation. */
export function normal(mean: number, std: number, shape: readonly number[], options: TensorOptions = {}): Tensor {
  return finish(normalOp(empty(shape, { dtype: options.dtype, device: options.device }), mean, std), options)
}

function maker(name: string, op: (...args: unknown[]) => Tensor): Maker {
  return (shape, options = {}) => {
    expectShape(name, shape)
    return finish(op(shape, dtypeCode(options.dtype), options.device), options)
  }
}

function likeMaker(op: (...args: unknown[]) => Tensor): LikeMaker {
  return (input, options = {}) => finish(op(input, dtypeCode(options.dtype), options.device), options)
}

function finish(result: Tensor, options: TensorOptions): Tensor {
  return options.requiresGrad ? result.requiresGrad_() : result
}

function expectShape(where: string, shape: unknown): void {
  if (Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0)) return
  throw fault({
    code: 'torch/shape',
    where,
    expected: 'a shape: a list of whole numbers from zero up',
    received: describeValue(shape),
    hint: 'Write the sizes as one list: [2, 3].',
  })
}

function flatten(data: Nested, dtype: Dtype | undefined): { array: TypedArray; shape: number[]; dtype?: Dtype } {
  const shape: number[] = []
  for (let level: Nested = data; Array.isArray(level); level = level[0]) shape.push(level.length)
  const values: (number | boolean | bigint)[] = []
  const visit = (item: Nested, depth: number): void => {
    if (Array.isArray(item)) {
      if (item.length !== shape[depth])
        throw arrayFault('tensor', `lists of ${shape[depth] ?? 0} at depth ${depth}`, `one of ${item.length}`)
      for (const element of item) visit(element, depth + 1)
    } else if (depth !== shape.length || !['number', 'boolean', 'bigint'].includes(typeof item)) {
      throw arrayFault('tensor', 'numbers nested to one depth', describeValue(item))
    } else values.push(item as number)
  }
  visit(data, 0)
  const wide = values.find((value) => typeof value === 'bigint' && BigInt.asIntN(64, value) !== value)
  if (wide !== undefined)
    throw arrayFault('tensor', 'bigints of at most 64 bits', describeValue(wide), 'Give numbers to have the nearest float.')
  const areAll = (kind: string) => values.length > 0 && values.every((value) => typeof value === kind)
  if (areAll('bigint')) return { array: BigInt64Array.from(values as bigint[]), shape }
  if (areAll('boolean')) return { array: Uint8Array.from(values, Number), shape, dtype: 'bool' }
  const isSingle = dtype === undefined || dtype === 'float32'
  return { array: isSingle ? Float32Array.from(values, Number) : Float64Array.from(values, Number), shape }
}

const ARRAY_HINT = 'Uint16Array holds the bits of float16 or bfloat16; name which as dtype. Lists must be rectangular.'

function arrayFault(where: string, expected: string, received: string, hint = ARRAY_HINT) {
  return fault({ code: 'torch/array', where, expected, received, hint })
}
