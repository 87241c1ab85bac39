// Convolutions and transposed convolutions over one, two and three axes.
// Hands on: Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d.

import { empty } from '../creation.ts'
import * as ops from '../ops/convolution.ts'
import type { Tensor } from '../tensor.ts'
import { fanOf, kaimingUniform_, uniform_ } from './init.ts'
import { Module, Parameter } from './module.ts'

/** One number for all axes, or one per axis. */
export type PerAxis = number | readonly number[]

export type ConvOptions = { stride?: PerAxis; padding?: PerAxis | 'same' | 'valid'; dilation?: PerAxis; groups?: number; bias?: boolean }

export type ConvTransposeOptions = {
  stride?: PerAxis
  padding?: PerAxis
  outputPadding?: PerAxis
  dilation?: PerAxis
  groups?: number
  bias?: boolean
}

type Conv = typeof ops.conv2d
type ConvTranspose = typeof ops.convTranspose2d

function perAxis(value: PerAxis, axes: number): number[] {
  return typeof value === 'number' ? new Array<number>(axes).fill(value) : [...value]
}

class ConvNd extends Module {
  readonly weight: Parameter
  readonly bias: Parameter | undefined
  readonly options: ConvOptions
  readonly #op: Conv

  constructor(op: Conv, axes: number, inChannels: number, outChannels: number, kernel: PerAxis, options: ConvOptions) {
    super()
    this.#op = op
    this.options = options
    this.weight = new Parameter(empty([outChannels, inChannels / (options.groups ?? 1), ...perAxis(kernel, axes)]))
    this.bias = (options.bias ?? true) ? new Parameter(empty([outChannels])) : undefined
    kaimingUniform_(this.weight, Math.sqrt(5))
    const bound = 1 / Math.sqrt(fanOf(this.weight).fanIn)
    if (this.bias) uniform_(this.bias, -bound, bound)
  }

  forward(input: Tensor): Tensor {
    const { stride, padding, dilation, groups } = this.options
    return this.#op(input, this.weight, this.bias, stride, padding, dilation, groups)
  }
}

/** Convolution of [B, C, X]. */
export class Conv1d extends ConvNd {
  constructor(inChannels: number, outChannels: number, kernel: PerAxis, options: ConvOptions = {}) {
    super(ops.conv1d, 1, inChannels, outChannels, kernel, options)
  }
}

/** Convolution of [B, C, Y, X]. */
export class Conv2d extends ConvNd {
  constructor(inChannels: number, outChannels: number, kernel: PerAxis, options: ConvOptions = {}) {
    super(ops.conv2d, 2, inChannels, outChannels, kernel, options)
  }
}

/** Convolution of [B, C, Z, Y, X]. */
export class Conv3d extends ConvNd {
  constructor(inChannels: number, outChannels: number, kernel: PerAxis, options: ConvOptions = {}) {
    super(ops.conv3d, 3, inChannels, outChannels, kernel, options)
  }
}

class ConvTransposeNd extends Module {
  readonly weight: Parameter
  readonly bias: Parameter | undefined
  readonly options: ConvTransposeOptions
  readonly #op: ConvTranspose

  constructor(op: ConvTranspose, axes: number, inChannels: number, outChannels: number, kernel: PerAxis, options: ConvTransposeOptions) {
    super()
    this.#op = op
    this.options = options
    this.weight = new Parameter(empty([inChannels, outChannels / (options.groups ?? 1), ...perAxis(kernel, axes)]))
    this.bias = (options.bias ?? true) ? new Parameter(empty([outChannels])) : undefined
    kaimingUniform_(this.weight, Math.sqrt(5))
    const bound = 1 / Math.sqrt(fanOf(this.weight).fanIn)
    if (this.bias) uniform_(this.bias, -bound, bound)
  }

  forward(input: Tensor): Tensor {
    const { stride, padding, outputPadding, dilation, groups } = this.options
    return this.#op(input, this.weight, this.bias, stride, padding, outputPadding, groups, dilation)
  }
}

/** Transposed convolution of [B, C, X]. */
export class ConvTranspose1d extends ConvTransposeNd {
  constructor(inChannels: number, outChannels: number, kernel: PerAxis, options: ConvTransposeOptions = {}) {
    super(ops.convTranspose1d, 1, inChannels, outChannels, kernel, options)
  }
}

/** Transposed convolution of [B, C, Y, X]. */
export class ConvTranspose2d extends ConvTransposeNd {
  constructor(inChannels: number, outChannels: number, kernel: PerAxis, options: ConvTransposeOptions = {}) {
    super(ops.convTranspose2d, 2, inChannels, outChannels, kernel, options)
  }
}

/** Transposed convolution of [B, C, Z, Y, X]. */
export class ConvTranspose3d extends ConvTransposeNd {
  constructor(inChannels: number, outChannels: number, kernel: PerAxis, options: ConvTransposeOptions = {}) {
    super(ops.convTranspose3d, 3, inChannels, outChannels, kernel, options)
  }
}
