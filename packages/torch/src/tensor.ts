// The tensor: a handle to libtorch's, with its description, its values and its end. Operators are attached in methods.ts.
// Hands on: Tensor, handleOf, isTensor.

import { type Dtype, dtypeName } from './dtype.ts'
import { fault, type TorchError } from './errors.ts'
import { native } from './native.ts'
import { adopt, callerLine, release, type Site, siteOf } from './scope.ts'

// The bits of traitsOf, as native/handle.cc sets them; the dtype's code stands above them.
const REQUIRES_GRAD = 1
const IS_LEAF = 2
const IS_CONTIGUOUS = 4
const DTYPE_UNIT = 8

/**
 * An array of numbers of one dtype on one device.
 *
 * Made by the functions of this package, never with `new`. It belongs to the `scope` around it; see the README's three rules.
 */
export class Tensor {
  /** Slot in the addon's table, -1 once freed. Only for this package. */
  handle: number
  /** Where it was freed. Only for this package. */
  freedAt: Site | undefined
  /** Who owns it. Only for this package. */
  ownership: number

  /** Only for this package: a handle must have no second owner. */
  constructor(handle: number) {
    if (typeof handle !== 'number') throw notTensorFault(handle, 'new Tensor')
    this.handle = handle
    this.freedAt = undefined
    this.ownership = 0
    adopt(this)
  }

  /** Sizes of the axes. */
  get shape(): number[] {
    return native.shapeOf(handleOf(this, 'shape'))
  }

  /** Steps between neighbours along each axis, in elements. */
  get strides(): number[] {
    return native.stridesOf(handleOf(this, 'strides'))
  }

  get dtype(): Dtype {
    return dtypeName(Math.floor(native.traitsOf(handleOf(this, 'dtype')) / DTYPE_UNIT))
  }

  /** `cpu` or `cuda:0` and so on. */
  get device(): string {
    return native.deviceOf(handleOf(this, 'device'))
  }

  /** Number of axes. */
  get ndim(): number {
    return this.shape.length
  }

  /** Number of elements. */
  get numel(): number {
    return this.shape.reduce((product, size) => product * size, 1)
  }

  get isLeaf(): boolean {
    return (native.traitsOf(handleOf(this, 'isLeaf')) & IS_LEAF) !== 0
  }

  get isContiguous(): boolean {
    return (native.traitsOf(handleOf(this, 'isContiguous')) & IS_CONTIGUOUS) !== 0
  }

  get requiresGrad(): boolean {
    return (native.traitsOf(handleOf(this, 'requiresGrad')) & REQUIRES_GRAD) !== 0
  }

  /**
   * The gradient that `backward` left here; undefined before. Each reading is a new handle on the same values.
   *
   * @throws  torch/gradient when it is set to a tensor of another shape, dtype or device.
   */
  get grad(): Tensor | undefined {
    const handle = native.gradOf(handleOf(this, 'grad'))
    return handle === null ? undefined : new Tensor(handle)
  }

  set grad(value: Tensor | null | undefined) {
    const given = value == null ? null : handleOf(value, 'grad')
    if (given !== null && describeValue(value) !== describeValue(this)) throw gradientFault(this, value)
    native.setGrad(handleOf(this, 'grad'), given)
  }

  /** Whether it has been freed. */
  get isFreed(): boolean {
    return this.handle < 0
  }

  /** Ends this handle now; libtorch gives the memory back when nothing else (a view, the graph) needs it. */
  free(): void {
    if (this.handle >= 0) release(this, siteOf('it was freed', this.free))
  }

  [Symbol.dispose](): void {
    if (this.handle >= 0) release(this, siteOf('its using block ended', this[Symbol.dispose]))
  }
}

/** The handle of a live tensor. `where` names the function that asks, for the message when the tensor was freed. */
export function handleOf(tensor: Tensor, where: string): number {
  const handle = (tensor as Tensor | null | undefined)?.handle
  if (handle === undefined) throw notTensorFault(tensor, where)
  if (handle < 0) throw freedFault(tensor, where)
  return handle
}

export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor
}

/** `[2, 3]`. */
export function describeShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}

/** `float32 [2, 3] on cpu`, also for freed tensors and things that are none. */
export function describeValue(value: unknown): string {
  if (value instanceof Tensor) {
    if (value.handle < 0) return 'a freed tensor'
    return `${value.dtype} ${describeShape(value.shape)}${value.device === 'cpu' ? '' : ` on ${value.device}`}`
  }
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(describeValue).join(', ')}${value.length > 8 ? ', …' : ''}]`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${value.byteLength} bytes`
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60))
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return `an object with ${Object.keys(value).slice(0, 5).join(', ') || 'no fields'}`
  return typeof value === 'bigint' ? `${value}n` : String(value)
}

function gradientFault(tensor: Tensor, gradient: unknown): TorchError {
  return fault({
    code: 'torch/gradient',
    where: 'grad',
    expected: `a gradient like its tensor, ${describeValue(tensor)}`,
    received: describeValue(gradient),
    hint: 'Convert it with to({ dtype, device }), and give it the shape with reshape, expand or sum.',
  })
}

function freedFault(tensor: Tensor, where: string): TorchError {
  const site = tensor.freedAt
  return fault({
    code: 'torch/freed',
    where,
    expected: 'a live tensor',
    received: `one that is gone: ${site?.what ?? 'it was freed'}${callerLine(site)}`,
    hint: 'Return it from the scope, keep() it there, or free it later.',
  })
}

function notTensorFault(value: unknown, where: string): TorchError {
  return fault({
    code: 'torch/argument',
    where,
    expected: 'a tensor',
    received: describeValue(value),
    hint: 'Make one: torch.tensor(values) or torch.fromArray(typedArray, shape).',
  })
}
