// Activations, pooling and changes of shape as layers.
// Hands on: ReLU, GELU, SiLU, …, MaxPool/AvgPool/AdaptiveAvgPool 1d–3d, Flatten, Upsample.

import * as act from '../ops/activation.ts'
import { relu, sigmoid, tanh } from '../ops/elementwise.ts'
import * as pools from '../ops/pooling.ts'
import { logSoftmax, softmax } from '../ops/reduction.ts'
import type { Tensor } from '../tensor.ts'
import type { PerAxis } from './convolution.ts'
import { type InterpolateOptions, interpolate } from './interpolate.ts'
import { Module } from './module.ts'

type Unary = (input: Tensor) => Tensor

function layer(op: Unary) {
  return class extends Module {
    forward(input: Tensor): Tensor {
      return op(input)
    }
  }
}

export const ReLU = layer(relu)
export const ReLU6 = layer(act.relu6)
export const Sigmoid = layer(sigmoid)
export const Tanh = layer(tanh)
export const SiLU = layer(act.silu)
export const Mish = layer(act.mish)
export const SELU = layer(act.selu)
export const Hardswish = layer(act.hardswish)
export const Hardsigmoid = layer(act.hardsigmoid)
export const LogSigmoid = layer(act.logSigmoid)
export const Softplus = layer((input) => act.softplus(input))

/** x·Φ(x), or its tanh form. */
export class GELU extends Module {
  readonly approximate: 'none' | 'tanh'

  constructor(options: { approximate?: 'none' | 'tanh' } = {}) {
    super()
    this.approximate = options.approximate ?? 'none'
  }

  forward(input: Tensor): Tensor {
    return act.gelu(input, { approximate: this.approximate })
  }
}

export class LeakyReLU extends Module {
  readonly slope: number

  constructor(slope = 0.01) {
    super()
    this.slope = slope
  }

  forward(input: Tensor): Tensor {
    return act.leakyRelu(input, this.slope)
  }
}

export class ELU extends Module {
  readonly alpha: number

  constructor(alpha = 1) {
    super()
    this.alpha = alpha
  }

  forward(input: Tensor): Tensor {
    return act.elu(input, this.alpha)
  }
}

export class Softmax extends Module {
  readonly dim: number

  constructor(dim: number) {
    super()
    this.dim = dim
  }

  forward(input: Tensor): Tensor {
    return softmax(input, this.dim)
  }
}

export class LogSoftmax extends Softmax {
  override forward(input: Tensor): Tensor {
    return logSoftmax(input, this.dim)
  }
}

/** `stride` is the kernel's size unless given. */
export type PoolOptions = { stride?: PerAxis; padding?: PerAxis; dilation?: PerAxis; ceilMode?: boolean; countIncludePad?: boolean }

function maxPool(op: typeof pools.maxPool2d) {
  return class extends Module {
    readonly kernel: PerAxis
    readonly options: PoolOptions

    constructor(kernel: PerAxis, options: PoolOptions = {}) {
      super()
      this.kernel = kernel
      this.options = options
    }

    forward(input: Tensor): Tensor {
      const { stride, padding, dilation, ceilMode } = this.options
      return op(input, this.kernel, stride ?? this.kernel, padding, dilation, ceilMode)
    }
  }
}

function avgPool(op: typeof pools.avgPool2d | typeof pools.avgPool1d) {
  return class extends Module {
    readonly kernel: PerAxis
    readonly options: PoolOptions

    constructor(kernel: PerAxis, options: PoolOptions = {}) {
      super()
      this.kernel = kernel
      this.options = options
    }

    forward(input: Tensor): Tensor {
      const { stride, padding, ceilMode, countIncludePad } = this.options
      return op(input, this.kernel, stride ?? this.kernel, padding, ceilMode, countIncludePad)
    }
  }
}

function adaptivePool(op: (input: Tensor, size: PerAxis) => Tensor) {
  return class extends Module {
    readonly outputSize: PerAxis

    constructor(outputSize: PerAxis) {
      super()
      this.outputSize = outputSize
    }

    forward(input: Tensor): Tensor {
      return op(input, this.outputSize)
    }
  }
}

export const MaxPool1d = maxPool(pools.maxPool1d)
export const MaxPool2d = maxPool(pools.maxPool2d)
export const MaxPool3d = maxPool(pools.maxPool3d)
export const AvgPool1d = avgPool(pools.avgPool1d)
export const AvgPool2d = avgPool(pools.avgPool2d)
export const AvgPool3d = avgPool(pools.avgPool3d)
export const AdaptiveAvgPool1d = adaptivePool(pools.adaptiveAvgPool1d)
export const AdaptiveAvgPool2d = adaptivePool(pools.adaptiveAvgPool2d)
export const AdaptiveAvgPool3d = adaptivePool(pools.adaptiveAvgPool3d)
export const AdaptiveMaxPool1d = adaptivePool((input, size) => pools.adaptiveMaxPool1d(input, size)[0])
export const AdaptiveMaxPool2d = adaptivePool((input, size) => pools.adaptiveMaxPool2d(input, size)[0])
export const AdaptiveMaxPool3d = adaptivePool((input, size) => pools.adaptiveMaxPool3d(input, size)[0])

/** Axes from `startDim` to `endDim` made one. */
export class Flatten extends Module {
  readonly startDim: number
  readonly endDim: number

  constructor(startDim = 1, endDim = -1) {
    super()
    this.startDim = startDim
    this.endDim = endDim
  }

  forward(input: Tensor): Tensor {
    return input.flatten(this.startDim, this.endDim)
  }
}

export class Upsample extends Module {
  readonly options: InterpolateOptions

  constructor(options: InterpolateOptions) {
    super()
    this.options = options
  }

  forward(input: Tensor): Tensor {
    return interpolate(input, this.options)
  }
}
