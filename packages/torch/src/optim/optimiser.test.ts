// Truth: PyTorch 1.13 (Debian's python3-torch). Made by /usr/bin/python3 of:
//   import torch
//   wave = lambda shape, phase: (torch.arange(0, torch.Size(shape).numel(), dtype=torch.float32) * 0.7 + phase).sin().reshape(shape)
//   def train(kind, **settings):
//       a, b = wave([3], 0).requires_grad_(), wave([2], 1).requires_grad_()
//       optimiser = getattr(torch.optim, kind)([{"params": [a]}, {"params": [b], "lr": 0.05}], lr=0.1, **settings)
//       for step in range(4):
//           a.grad, b.grad = wave([3], 2 + step), None if step == 1 else wave([2], 3 + step)
//           optimiser.step()
//       return [round(v, 5) for v in a.tolist() + b.tolist()]
//   print(train("SGD"), train("SGD", momentum=0.9, nesterov=True, weight_decay=0.2), train("SGD", momentum=0.9, dampening=0.3),
//         train("AdamW", betas=(0.8, 0.95), eps=1e-3, weight_decay=0.3), train("Adam", weight_decay=0.3), train("Adam"))
// and what its constructors and clip_grad_norm_ do with the settings and gradients below.

import { describe, expect, it } from 'vitest'
import * as torch from '../index.ts'

const { nn, optim } = torch

function wave(shape: readonly number[], phase: number): torch.Tensor {
  const count = shape.reduce((product, size) => product * size, 1)
  return torch.arange(0, count, { dtype: 'float32' }).mul(0.7).add(phase).sin().reshape(shape)
}

function leaf(values: number[]): torch.Tensor {
  return torch.tensor(values, { requiresGrad: true })
}

function adam(numEach: number[], options: { lr?: number; betas?: [number, number] } = {}) {
  const groups = numEach.map((count) => ({ params: Array.from({ length: count }, () => leaf([1, 2])) }))
  return new optim.AdamW(groups, options)
}

const { SGD, AdamW, Adam } = optim
const TRAININGS: [string, typeof SGD | typeof AdamW, object, number[]][] = [
  ['SGD', SGD, {}, [0.06653, 0.80952, 1.17179, 0.89633, 1.02545]],
  ['SGD with nesterov', SGD, { momentum: 0.9, nesterov: true, weightDecay: 0.2 }, [-0.00014, 0.87818, 1.34347, 0.90611, 1.03678]],
  ['SGD with dampening', SGD, { momentum: 0.9, dampening: 0.3 }, [-0.1717, 0.76929, 1.34847, 0.8959, 1.08591]],
  ['AdamW', AdamW, { betas: [0.8, 0.95], eps: 1e-3, weightDecay: 0.3 }, [-0.11371, 0.63835, 1.20849, 0.82287, 1.06077]],
  ['Adam with decay', Adam, { weightDecay: 0.3 }, [-0.14077, 0.61182, 1.07016, 0.82238, 1.0786]],
  ['Adam', Adam, { weightDecay: undefined }, [-0.15055, 0.68842, 1.33943, 0.85598, 1.11092]],
]

describe('optimisers', () => {
  it.each(TRAININGS)("%s takes PyTorch's steps, with groups and a gradient left out", (_name, Kind, settings, expected) => {
    const [a, b] = [wave([3], 0), wave([2], 1)].map((values) => values.requiresGrad_())
    const optimiser = new Kind([{ params: [a] }, { params: [b], lr: 0.05 }], { lr: 0.1, ...settings })
    for (let step = 0; step < 4; step++) {
      a.grad = wave([3], 2 + step)
      b.grad = step === 1 ? undefined : wave([2], 3 + step)
      optimiser.step()
    }
    const values = [a, b].flatMap((tensor) => tensor.tolist() as number[])
    for (const [index, value] of expected.entries()) expect(values[index]).toBeCloseTo(value, 4)
  })

  it.each([
    [SGD, { lr: -1 }],
    [SGD, { lr: Number.NaN }],
    [SGD, { momentum: -1 }],
    [SGD, { weightDecay: -1 }],
    [SGD, { nesterov: true }],
    [SGD, { nesterov: true, momentum: 0.9, dampening: 0.1 }],
    [AdamW, { betas: [1, 0.9] }],
    [AdamW, { betas: [0.9, 1.2] }],
    [Adam, { eps: -1 }],
  ] as [typeof SGD, object][])('%o refuses %o', (Kind, settings) => {
    expect(() => new Kind([leaf([1])], settings)).toThrow(/torch\/argument \w+: expected settings from zero up/)
    expect(() => new Kind([{ params: [leaf([1])], ...settings }])).toThrow(/expected settings from zero up/)
  })

  it('take undefined for the default, and refuse a parameter computed from others', () => {
    expect(new AdamW([leaf([1])], { lr: undefined }).paramGroups[0].lr).toBe(1e-3)
    expect(() => new AdamW([leaf([1]).mul(2)])).toThrow(/1 computed from other tensors/)
  })

  it.each([[leaf([1])], [undefined], [[{ params: [leaf([1])] }, leaf([2])]], [[{ params: [] }]], [[{ params: leaf([1]) }]]])(
    'refuse what is no list of parameters or groups (%#)',
    (params) => {
      expect(() => new AdamW(params as torch.Tensor[])).toThrow(/torch\/argument AdamW: expected one or more parameters, each in one group/)
    },
  )
})

describe('the state of an optimiser', () => {
  it('brings back betas and switches as well as numbers', () => {
    const other = adam([2])
    other.loadStateDict(adam([2], { lr: 0.5, betas: [0.5, 0.6] }).stateDict())
    expect(other.paramGroups[0]).toMatchObject({ lr: 0.5, betas: [0.5, 0.6] })
    const sgd = new SGD([leaf([1])])
    sgd.loadStateDict(new SGD([leaf([1])], { momentum: 0.9, nesterov: true }).stateDict())
    expect(sgd.paramGroups[0]).toMatchObject({ momentum: 0.9, nesterov: true })
  })

  it.each([
    ['fewer groups', [3]],
    ['parameters in other groups', [2, 1]],
    ['fewer parameters', [1, 1]],
  ])('is refused when it has %s', (_what, numEach) => {
    expect(() => adam([1, 2]).loadStateDict(adam(numEach).stateDict())).toThrow(/torch\/state AdamW: expected 2 groups, 3 parameters/)
  })

  it('stays as it was when another is refused', () => {
    const optimiser = adam([1])
    optimiser.paramGroups[0].params[0].grad = torch.ones([2])
    optimiser.step()
    const before = optimiser.stateDict()
    expect(() => optimiser.loadStateDict({ ...before, 'group.0.lr': torch.tensor(7), '0.exp_avg': torch.ones([5]) })).toThrow(/0\.exp_avg/)
    expect(() => optimiser.loadStateDict({ ...before, '0.exp_avg': [1, 2] as unknown as torch.Tensor })).toThrow(/an entry 0\.exp_avg/)
    const after = optimiser.stateDict()
    expect(Object.keys(after)).toEqual(Object.keys(before))
    for (const [name, value] of Object.entries(after)) expect(torch.equal(value, before[name])).toBe(true)
  })
})

describe('clipGradNorm_', () => {
  const clipped = (grads: number[][], maxNorm: number, normType?: number) => {
    const params = grads.map((grad) => leaf(grad.map(() => 0)))
    for (const [index, param] of params.entries()) param.grad = torch.tensor(grads[index])
    const norm = nn.utils.clipGradNorm_(params, maxNorm, normType).item()
    return [norm, params.map((param) => (param.grad as torch.Tensor).tolist())]
  }

  it('makes all gradients NaN where their norm is, as in PyTorch', () => {
    const none = [Number.NaN, Number.NaN]
    const grads = [
      [Number.NaN, 1],
      [2, 3],
    ]
    expect(clipped(grads, 1)).toEqual([Number.NaN, [none, none]])
    expect(clipped([[3], [-4]], 2, Number.POSITIVE_INFINITY)[0]).toBe(4)
  })

  it('gives zero where there are no gradients or no parameters, and takes a single one', () => {
    const one = leaf([0])
    one.grad = torch.tensor([-5])
    expect([nn.utils.clipGradNorm_(one, 10).item(), one.grad.item()]).toEqual([5, -5])
    expect(nn.utils.clipGradNorm_([leaf([1])], 1).item()).toBe(0)
    expect(nn.utils.clipGradNorm_([], 1).item()).toBe(0)
  })
})

describe('clipGradValue_', () => {
  it('keeps every element within the limit', () => {
    const param = leaf([0, 0, 0])
    param.grad = torch.tensor([-3, 0.5, 2])
    nn.utils.clipGradValue_([param], 1)
    expect(param.grad?.tolist()).toEqual([-1, 0.5, 1])
  })
})
