// Truth: central differences in float64, at the input and at every parameter of every layer.

import { describe, expect, it } from 'vitest'
import * as torch from '../src/index.ts'

const { nn } = torch
const STEP = 1e-5
const TOLERANCE = 1e-6 // of the largest: truncation is of order STEP², rounding 1e-16 / STEP

type Layer = torch.nn.Module & { forward(x: torch.Tensor): torch.Tensor }

/** A layer whose forward pass takes or returns more than one tensor. */
class Through extends nn.Module {
  readonly inner: torch.nn.Module
  readonly #run: (x: torch.Tensor) => torch.Tensor
  constructor(inner: torch.nn.Module, run: (x: torch.Tensor) => torch.Tensor) {
    super()
    this.inner = inner
    this.#run = run
  }
  forward(x: torch.Tensor): torch.Tensor {
    return this.#run(x)
  }
}

function lstm(options: torch.nn.RecurrentOptions): Layer {
  const layer = new nn.LSTM(3, 2, options)
  return new Through(layer, (x) => layer.forward(x)[0])
}

function gru(options: torch.nn.RecurrentOptions): Layer {
  const layer = new nn.GRU(3, 2, options)
  return new Through(layer, (x) => layer.forward(x)[0])
}

const layers: [name: string, make: () => Layer, shape: number[]][] = [
  ['Linear', () => new nn.Linear(3, 2), [2, 3]],
  ['Conv1d', () => new nn.Conv1d(2, 3, 3, { padding: 1, stride: 2 }), [1, 2, 5]],
  ['Conv2d', () => new nn.Conv2d(2, 2, 3, { padding: 1, dilation: 2 }), [1, 2, 5, 4]],
  ['Conv2d, grouped', () => new nn.Conv2d(4, 4, 3, { groups: 2, bias: false }), [1, 4, 3, 4]],
  ['Conv3d', () => new nn.Conv3d(1, 2, 2, { stride: [1, 2, 1] }), [1, 1, 3, 4, 3]],
  ['ConvTranspose1d', () => new nn.ConvTranspose1d(2, 1, 3, { stride: 2 }), [1, 2, 3]],
  ['ConvTranspose2d', () => new nn.ConvTranspose2d(2, 2, 2, { stride: 2, padding: 1 }), [1, 2, 3, 3]],
  ['ConvTranspose3d', () => new nn.ConvTranspose3d(1, 1, 2), [1, 1, 2, 3, 2]],
  ['BatchNorm1d', () => new nn.BatchNorm1d(3), [4, 3]],
  ['BatchNorm2d', () => new nn.BatchNorm2d(2), [2, 2, 3, 2]],
  ['BatchNorm3d', () => new nn.BatchNorm3d(2), [2, 2, 2, 2, 2]],
  ['SyncBatchNorm, alone', () => new nn.SyncBatchNorm(2), [3, 2, 2]],
  ['InstanceNorm2d', () => new nn.InstanceNorm2d(2, { affine: true }), [2, 2, 3, 2]],
  ['GroupNorm', () => new nn.GroupNorm(2, 4), [2, 4, 3]],
  ['LayerNorm', () => new nn.LayerNorm(4), [3, 4]],
  ['MultiheadAttention', () => new nn.MultiheadAttention(4, 2), [2, 3, 4]],
  ['TransformerEncoderLayer', () => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 6, dropout: 0, activation: 'gelu' }), [1, 3, 4]],
  [
    'TransformerEncoderLayer, norm first',
    () => new nn.TransformerEncoderLayer(4, 2, { dimFeedforward: 5, dropout: 0, normFirst: true }),
    [1, 2, 4],
  ],
  ['LSTM of two layers, both ways', () => lstm({ numLayers: 2, bidirectional: true }), [3, 2, 3]],
  ['GRU, batch first', () => gru({ batchFirst: true }), [2, 3, 3]],
  ['GELU', () => new nn.GELU(), [7]],
  ['SiLU', () => new nn.SiLU(), [7]],
  ['AvgPool2d', () => new nn.AvgPool2d(2), [1, 1, 4, 4]],
  ['MaxPool3d', () => new nn.MaxPool3d(2), [1, 1, 2, 4, 2]],
  ['AdaptiveAvgPool1d', () => new nn.AdaptiveAvgPool1d(2), [1, 2, 5]],
  ['AdaptiveAvgPool2d', () => new nn.AdaptiveAvgPool2d(2), [1, 1, 3, 5]],
  ['AdaptiveAvgPool3d', () => new nn.AdaptiveAvgPool3d(2), [1, 1, 3, 2, 3]],
  ['AdaptiveMaxPool1d', () => new nn.AdaptiveMaxPool1d(2), [1, 2, 5]],
  ['AdaptiveMaxPool2d', () => new nn.AdaptiveMaxPool2d(2), [1, 1, 3, 5]],
  ['AdaptiveMaxPool3d', () => new nn.AdaptiveMaxPool3d(2), [1, 1, 3, 2, 3]],
  ['AvgPool1d', () => new nn.AvgPool1d(3, { padding: 1, countIncludePad: false }), [1, 2, 5]],
  ['AvgPool3d', () => new nn.AvgPool3d(2, { stride: 1 }), [1, 1, 2, 3, 2]],
  ['MaxPool1d', () => new nn.MaxPool1d(2, { ceilMode: true }), [1, 2, 5]],
  ['MaxPool2d', () => new nn.MaxPool2d(3, { padding: 1, stride: 2 }), [1, 1, 4, 5]],
  ['Upsample', () => new nn.Upsample({ scaleFactor: 2, mode: 'bilinear' }), [1, 1, 3, 2]],
  ['Embedding', () => embedding(), [2, 2]],
  ['InstanceNorm1d', () => new nn.InstanceNorm1d(2), [2, 2, 5]],
  ['InstanceNorm3d', () => new nn.InstanceNorm3d(2, { affine: true }), [1, 2, 2, 2, 2]],
  ['Identity', () => new nn.Identity(), [3]],
  ['Flatten', () => new nn.Flatten(), [2, 2, 3]],
  ['Softmax', () => new nn.Softmax(1), [2, 4]],
  ['LogSoftmax', () => new nn.LogSoftmax(1), [2, 4]],
  ['LeakyReLU', () => new nn.LeakyReLU(0.3), [7]],
  ['ELU', () => new nn.ELU(0.7), [7]],
  ...(['ReLU', 'ReLU6', 'Sigmoid', 'Tanh', 'Mish', 'SELU', 'Hardswish', 'Hardsigmoid', 'LogSigmoid', 'Softplus'] as const).map(
    (name): (typeof layers)[number] => [name, () => new nn[name](), [7]],
  ),
]

/** Containers, what others extend, and what draws at random. */
const EXEMPT = /^(Module.*|Sequential|BatchNorm|InstanceNorm|Drop.*)$/

function embedding(): Layer {
  const layer = new nn.Embedding(3, 2)
  return new Through(layer, (x) => layer.forward(torch.tensor([2, 0], { dtype: 'int64' })).mul(x))
}

/** One number from a layer's output, with another weight for each element. */
function score(layer: Layer, x: torch.Tensor): torch.Tensor {
  const y = layer.forward(x)
  return y
    .mul(
      torch
        .arange(1, y.numel + 1, { dtype: 'float64' })
        .sin()
        .view(y.shape),
    )
    .sum()
}

function differences(layer: Layer, x: torch.Tensor, at: torch.Tensor): number[] {
  return torch.noGrad(() => {
    const flat = at.detach().view([-1])
    return Array.from({ length: flat.numel }, (_, index) =>
      torch.scope(() => {
        const element = flat.at(index)
        const before = element.item()
        const [above, below] = [STEP, -STEP].map((step) => {
          element.fill_(before + step)
          return score(layer, x).item()
        })
        element.fill_(before)
        return (above - below) / (2 * STEP)
      }),
    )
  })
}

describe('the gradient of', () => {
  it.each(layers)('%s is that of finite differences', (_name, make, shape) => {
    torch.manualSeed(7)
    torch.scope(() => {
      const layer = make()
      layer.to({ dtype: 'float64' })
      const x = torch.randn(shape, { dtype: 'float64', requiresGrad: true })
      score(layer, x).backward()
      for (const tensor of [x, ...layer.parameters()]) {
        const exact = Array.from(tensor.grad?.toArray() as Float64Array)
        const numeric = differences(layer, x, tensor)
        const scale = Math.max(1, ...numeric.map(Math.abs))
        expect(exact.length).toBe(numeric.length)
        for (const [index, value] of exact.entries()) expect(Math.abs(value - numeric[index]) / scale).toBeLessThan(TOLERANCE)
      }
    })
  })

  it('every layer there is, is looked at', () => {
    const seen = new Set(layers.map(([name]) => name.split(/[ ,]/)[0]))
    const all = Object.entries(nn).filter(
      ([name, value]) => typeof value === 'function' && value.prototype instanceof nn.Module && !EXEMPT.test(name),
    )
    expect(all.map(([name]) => name).filter((name) => !seen.has(name))).toEqual([])
  })
})
