// Layers that multiply by a matrix, and tables of vectors.
// Hands on: Identity, Linear, Embedding.

import { empty } from '../creation.ts'
import { linear } from '../ops/convolution.ts'
import type { Tensor } from '../tensor.ts'
import * as F from './functional.ts'
import { kaimingUniform_, normal_, uniform_ } from './init.ts'
import { Module, Parameter } from './module.ts'

/** Hands its input on. */
export class Identity extends Module {
  forward(input: Tensor): Tensor {
    return input
  }
}

/** `input · weightᵀ + bias` over the last axis. */
export class Linear extends Module {
  readonly weight: Parameter
  readonly bias: Parameter | undefined

  constructor(inFeatures: number, outFeatures: number, options: { bias?: boolean } = {}) {
    super()
    this.weight = new Parameter(empty([outFeatures, inFeatures]))
    this.bias = (options.bias ?? true) ? new Parameter(empty([outFeatures])) : undefined
    kaimingUniform_(this.weight, Math.sqrt(5))
    if (this.bias) uniform_(this.bias, -1 / Math.sqrt(inFeatures), 1 / Math.sqrt(inFeatures))
  }

  forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias)
  }
}

/** A vector for each index. */
export class Embedding extends Module {
  readonly weight: Parameter
  readonly paddingIdx: number | undefined

  constructor(numEmbeddings: number, embeddingDim: number, options: { paddingIdx?: number } = {}) {
    super()
    this.weight = normal_(new Parameter(empty([numEmbeddings, embeddingDim])))
    this.paddingIdx = options.paddingIdx
    if (this.paddingIdx !== undefined) this.weight.detach().select(0, this.paddingIdx).zero_()
  }

  forward(input: Tensor): Tensor {
    return F.embedding(input, this.weight, this.paddingIdx)
  }
}
