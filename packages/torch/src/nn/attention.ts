// Attention and the transformer's block, with PyTorch's parameter names.
// Hands on: MultiheadAttention, TransformerEncoderLayer.

import { empty } from '../creation.ts'
import { fault } from '../errors.ts'
import { linear } from '../ops/convolution.ts'
import { scope } from '../scope.ts'
import { describeShape, type Tensor } from '../tensor.ts'
import { Dropout } from './dropout.ts'
import * as F from './functional.ts'
import { constant_, xavierUniform_ } from './init.ts'
import { Linear } from './linear.ts'
import { Module, Parameter } from './module.ts'
import { LayerNorm } from './normalisation.ts'

/** Attention of several heads; batch first: [B, N, D] in, [B, N, D] out. */
export class MultiheadAttention extends Module {
  readonly inProjWeight: Parameter
  readonly inProjBias: Parameter | undefined
  readonly outProj: Linear
  readonly numHeads: number
  readonly dropout: number

  constructor(embedDim: number, numHeads: number, options: { dropout?: number; bias?: boolean } = {}) {
    super()
    if (embedDim % numHeads !== 0) {
      throw fault({
        code: 'torch/argument',
        where: 'MultiheadAttention',
        expected: 'embedDim to be a multiple of numHeads',
        received: `${embedDim} and ${numHeads}`,
        hint: 'Each head takes embedDim / numHeads numbers.',
      })
    }
    const bias = options.bias ?? true
    this.numHeads = numHeads
    this.dropout = options.dropout ?? 0
    this.inProjWeight = new Parameter(empty([3 * embedDim, embedDim]))
    this.inProjBias = bias ? new Parameter(empty([3 * embedDim])) : undefined
    this.outProj = new Linear(embedDim, embedDim, { bias })
    xavierUniform_(this.inProjWeight)
    if (this.inProjBias) constant_(this.inProjBias, 0)
    if (this.outProj.bias) constant_(this.outProj.bias, 0)
  }

  /**
   * @param query     Shape [B, N, D]; `key` and `value` [B, M, D], the query itself when left out.
   * @param options   A mask that broadcasts to [B, H, N, M] or is [B · H, N, M], or looking back only. Numbers are added; booleans are true
   *                  where NOT to look, as in torch.nn.MultiheadAttention, and so the other way round than in
   *                  `functional.scaledDotProductAttention`.
   */
  forward(query: Tensor, key: Tensor = query, value: Tensor = key, options: { attnMask?: Tensor; isCausal?: boolean } = {}): Tensor {
    if (query.ndim !== 3) {
      throw fault({
        code: 'torch/shape',
        where: 'MultiheadAttention',
        expected: 'a query of shape [B, N, D]',
        received: describeShape(query.shape),
        hint: 'Add the batch axis: x.unsqueeze(0).',
      })
    }
    return scope(() => {
      const [q, k, v] = this.#project(query, key, value)
      const dropoutP = this.training ? this.dropout : 0
      const attnMask = options.attnMask && this.#whereToLook(options.attnMask, query.size(0))
      const mixed = F.scaledDotProductAttention(q, k, v, { ...options, attnMask, dropoutP })
      const [batch, , length] = mixed.shape
      return this.outProj.forward(mixed.transpose(1, 2).reshape([batch, length, this.outProj.weight.size(1)]))
    })
  }

  /** A mask as scaledDotProductAttention takes it. */
  #whereToLook(mask: Tensor, batch: number): Tensor {
    const [first, ...rest] = mask.shape
    const wide = rest.length === 2 && first === batch * this.numHeads ? mask.view([batch, this.numHeads, ...rest]) : mask
    return mask.dtype === 'bool' ? wide.logicalNot() : wide
  }

  /** Query, key and value by heads, [B, H, N, D/H]; of one input in one product and one copy. */
  #project(query: Tensor, key: Tensor, value: Tensor): Tensor[] {
    const width = this.outProj.weight.size(1) / this.numHeads
    const byHead = (x: Tensor, parts: number) => x.view([x.size(0), x.size(1), parts, this.numHeads, width])
    if (query === key && key === value) {
      const all = byHead(linear(query, this.inProjWeight, this.inProjBias), 3)
      return all.permute([2, 0, 3, 1, 4]).contiguous().unbind(0)
    }
    const weights = this.inProjWeight.chunk(3, 0)
    const biases = this.inProjBias?.chunk(3, 0)
    return [query, key, value].map((x, index) =>
      byHead(linear(x, weights[index], biases?.[index]), 1)
        .squeeze(2)
        .transpose(1, 2),
    )
  }
}

export type TransformerLayerOptions = {
  dimFeedforward?: number
  dropout?: number
  activation?: 'relu' | 'gelu'
  normFirst?: boolean
  layerNormEps?: number
}

/** Attention and a two-layer perceptron, each with a residual and a LayerNorm; batch first. */
export class TransformerEncoderLayer extends Module {
  readonly selfAttn: MultiheadAttention
  readonly linear1: Linear
  readonly dropout: Dropout
  readonly linear2: Linear
  readonly norm1: LayerNorm
  readonly norm2: LayerNorm
  readonly dropout1: Dropout
  readonly dropout2: Dropout
  readonly normFirst: boolean
  readonly activation: 'relu' | 'gelu'

  constructor(dModel: number, numHeads: number, options: TransformerLayerOptions = {}) {
    super()
    const { dimFeedforward = 2048, dropout = 0.1, activation = 'relu', normFirst = false, layerNormEps = 1e-5 } = options
    this.selfAttn = new MultiheadAttention(dModel, numHeads, { dropout })
    this.linear1 = new Linear(dModel, dimFeedforward)
    this.dropout = new Dropout(dropout)
    this.linear2 = new Linear(dimFeedforward, dModel)
    this.norm1 = new LayerNorm(dModel, { eps: layerNormEps })
    this.norm2 = new LayerNorm(dModel, { eps: layerNormEps })
    this.dropout1 = new Dropout(dropout)
    this.dropout2 = new Dropout(dropout)
    this.normFirst = normFirst
    this.activation = activation
  }

  /**
   * @param input    Shape [B, N, D], and so the result.
   * @param options  A mask as MultiheadAttention takes it: booleans are true where not to look.
   */
  forward(input: Tensor, options: { attnMask?: Tensor; isCausal?: boolean } = {}): Tensor {
    const attend = (x: Tensor) => this.dropout1.forward(this.selfAttn.forward(x, x, x, options))
    return scope(() => {
      if (this.normFirst) {
        const x = input.add(attend(this.norm1.forward(input)))
        return x.add(this.#feedForward(this.norm2.forward(x)))
      }
      const x = this.norm1.forward(input.add(attend(input)))
      return this.norm2.forward(x.add(this.#feedForward(x)))
    })
  }

  #feedForward(x: Tensor): Tensor {
    const inner = this.linear1.forward(x)
    const active = this.activation === 'gelu' ? F.gelu(inner) : F.relu(inner)
    return this.dropout2.forward(this.linear2.forward(this.dropout.forward(active)))
  }
}
