// Recurrent layers over sequences, with PyTorch's parameter names and order.
// Hands on: LSTM, GRU.

import { empty, zeros } from '../creation.ts'
import { fault } from '../errors.ts'
import { operator } from '../operator.ts'
import { scope } from '../scope.ts'
import { describeShape, type Tensor } from '../tensor.ts'
import { uniform_ } from './init.ts'
import { Module, Parameter } from './module.ts'

export type RecurrentOptions = { numLayers?: number; bias?: boolean; batchFirst?: boolean; dropout?: number; bidirectional?: boolean }

const NAMES = 'input hx params has_biases num_layers dropout train bidirectional batch_first'
const lstmOp = operator('aten::lstm.input', NAMES)
const gruOp = operator('aten::gru.input', NAMES)

class Recurrent extends Module {
  readonly hiddenSize: number
  readonly numLayers: number
  readonly hasBias: boolean
  readonly batchFirst: boolean
  readonly dropout: number
  readonly bidirectional: boolean
  readonly #weights: [string, Parameter][] = []

  constructor(gates: number, inputSize: number, hiddenSize: number, options: RecurrentOptions) {
    super()
    const { numLayers = 1, bias = true, batchFirst = false, dropout = 0, bidirectional = false } = options
    this.hiddenSize = hiddenSize
    this.numLayers = numLayers
    this.hasBias = bias
    this.batchFirst = batchFirst
    this.dropout = dropout
    this.bidirectional = bidirectional
    const directions = bidirectional ? 2 : 1
    const bound = 1 / Math.sqrt(hiddenSize)
    for (let layer = 0; layer < numLayers; layer++) {
      for (let direction = 0; direction < directions; direction++) {
        const suffix = `_l${layer}${direction === 1 ? '_reverse' : ''}`
        const width = layer === 0 ? inputSize : hiddenSize * directions
        this.#add(`weight_ih${suffix}`, [gates * hiddenSize, width], bound)
        this.#add(`weight_hh${suffix}`, [gates * hiddenSize, hiddenSize], bound)
        if (bias) this.#add(`bias_ih${suffix}`, [gates * hiddenSize], bound)
        if (bias) this.#add(`bias_hh${suffix}`, [gates * hiddenSize], bound)
      }
    }
  }

  protected override ownParameters(): [string, Parameter][] {
    return this.#weights
  }

  protected run(op: (...args: unknown[]) => Tensor[], input: Tensor, state: Tensor | Tensor[]): Tensor[] {
    const weights = this.#weights.map(([, weight]) => weight)
    return op(input, state, weights, this.hasBias, this.numLayers, this.dropout, this.training, this.bidirectional, this.batchFirst)
  }

  /** Runs on [T, B, D] (or [B, T, D]), or on one sequence [T, D], whose batch axis is put in and taken out again, of states too. */
  protected withBatch<State>(
    input: Tensor,
    run: (x: Tensor, batched: (state: Tensor) => Tensor, single: (state: Tensor) => Tensor) => [Tensor, State],
  ): [Tensor, State] {
    const same = (x: Tensor) => x
    if (input.ndim === 3) return scope(() => run(input, same, same))
    if (input.ndim !== 2) {
      throw fault({
        code: 'torch/shape',
        where: this.constructor.name,
        expected: `an input of shape ${this.batchFirst ? '[B, T, D]' : '[T, B, D]'} or [T, D]`,
        received: describeShape(input.shape),
        hint: 'Put the missing axis in with unsqueeze, or join axes with flatten.',
      })
    }
    const axis = this.batchFirst ? 0 : 1
    return scope(() => {
      const [output, state] = run(
        input.unsqueeze(axis),
        (each) => each.unsqueeze(1),
        (each) => each.squeeze(1),
      )
      return [output.squeeze(axis), state]
    })
  }

  /** The state before the first element: zeros [layers · directions, B, H]. */
  protected startState(input: Tensor): Tensor {
    const batch = input.size(this.batchFirst ? 0 : 1)
    const count = this.numLayers * (this.bidirectional ? 2 : 1)
    return zeros([count, batch, this.hiddenSize], { dtype: input.dtype, device: input.device })
  }

  #add(name: string, shape: number[], bound: number): void {
    this.#weights.push([name, uniform_(new Parameter(empty(shape)), -bound, bound)])
  }
}

/** Long short-term memory; [T, B, D] in (or [B, T, D] when batchFirst). */
export class LSTM extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(4, inputSize, hiddenSize, options)
  }

  /** The outputs at every step, and the last hidden and cell state. */
  forward(input: Tensor, state?: [Tensor, Tensor]): [Tensor, [Tensor, Tensor]] {
    return this.withBatch(input, (x, batched, single) => {
      const start = state?.map(batched) ?? [this.startState(x), this.startState(x)]
      const [output, hidden, cell] = this.run(lstmOp, x, start)
      return [output, [single(hidden), single(cell)]]
    })
  }
}

/** Gated recurrent unit; [T, B, D] in (or [B, T, D] when batchFirst). */
export class GRU extends Recurrent {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(3, inputSize, hiddenSize, options)
  }

  /** The outputs at every step, and the last hidden state. */
  forward(input: Tensor, state?: Tensor): [Tensor, Tensor] {
    return this.withBatch(input, (x, batched, single) => {
      const [output, hidden] = this.run(gruOp, x, state === undefined ? this.startState(x) : batched(state))
      return [output, single(hidden)]
    })
  }
}
