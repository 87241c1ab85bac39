// Truth: PyTorch's names and counts of parameters, closed forms, and invariants of saving and loading.

import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as torch from '../index.ts'

const { nn, optim } = torch

class Net extends nn.Module {
  readonly conv1 = new nn.Conv2d(1, 4, 3, { padding: 1, bias: false })
  readonly batchNorm = new nn.BatchNorm2d(4)
  readonly layers = [new nn.Linear(4, 8), new nn.Linear(8, 2)]

  forward(x: torch.Tensor): torch.Tensor {
    return torch.scope(() => {
      const y = this.batchNorm.forward(this.conv1.forward(x)).relu().mean([2, 3])
      return this.layers[1].forward(this.layers[0].forward(y).relu())
    })
  }
}

describe('Module', () => {
  it('names parameters and buffers as PyTorch does', () => {
    expect(Object.keys(new Net().stateDict())).toEqual([
      'conv1.weight',
      'batch_norm.weight',
      'batch_norm.bias',
      'batch_norm.running_mean',
      'batch_norm.running_var',
      'batch_norm.num_batches_tracked',
      'layers.0.weight',
      'layers.0.bias',
      'layers.1.weight',
      'layers.1.bias',
    ])
    expect(Object.keys(new nn.LSTM(3, 5, { bidirectional: true }).stateDict())).toContain('weight_hh_l0_reverse')
    expect(Object.keys(new nn.MultiheadAttention(8, 2).stateDict())).toEqual([
      'in_proj_weight',
      'in_proj_bias',
      'out_proj.weight',
      'out_proj.bias',
    ])
  })

  it('saves what is shared by each of its names and lists it once', () => {
    class Tied extends nn.Module {
      readonly encode = new nn.Linear(2, 2, { bias: false })
      readonly decode = this.encode
    }
    const net = new Tied()
    expect(Object.keys(net.stateDict())).toEqual(['encode.weight', 'decode.weight'])
    expect(net.namedParameters().map(([name]) => name)).toEqual(['encode.weight'])
    net.loadStateDict({ 'encode.weight': torch.ones([2, 2]), 'decode.weight': torch.ones([2, 2]) })
  })

  it('is synchronised in ModuleDict and ModuleList too', () => {
    const net = new nn.ModuleList<torch.nn.Module>([new nn.ModuleDict({ norm: new nn.BatchNorm1d(2) }), new nn.BatchNorm1d(2)])
    const norms = nn.SyncBatchNorm.convert(net)
      .modules()
      .filter((module) => module instanceof nn.BatchNorm)
    expect(norms.map((norm) => norm.constructor.name)).toEqual(['SyncBatchNorm', 'SyncBatchNorm'])
  })

  it('finds the parameters of recurrent layers inside others', () => {
    const net = new nn.ModuleList<torch.nn.Module>([new nn.GRU(2, 3), new nn.Linear(3, 1)])
    expect(net.namedParameters().map(([name]) => name)).toEqual([
      ...['0.weight_ih_l0', '0.weight_hh_l0', '0.bias_ih_l0', '0.bias_hh_l0'],
      ...['1.weight', '1.bias'],
    ])
  })

  it('learns a separable task, and a saved and loaded training goes on alike', () => {
    torch.manualSeed(1)
    const folder = mkdtempSync(join(tmpdir(), 'torch-'))
    const x = torch.randn([16, 1, 6, 6])
    const y = x.mean([1, 2, 3]).gt(0).long()
    const run = (net: Net, optimiser: torch.optim.AdamW, steps: number) => {
      let last = 0
      for (let i = 0; i < steps; i++) {
        last = torch.scope(() => {
          optimiser.zeroGrad()
          const loss = nn.functional.crossEntropy(net.forward(x), y)
          loss.backward()
          nn.utils.clipGradNorm_(net.parameters(), 1)
          optimiser.step()
          return loss.item()
        })
      }
      return last
    }
    const net = new Net()
    const optimiser = new optim.AdamW(net.parameters(), { lr: 1e-2 })
    const first = run(net, optimiser, 1)
    expect(run(net, optimiser, 60)).toBeLessThan(first / 2)
    torch.saveSafetensors(join(folder, 'net.safetensors'), net.stateDict())
    torch.saveSafetensors(join(folder, 'optimiser.safetensors'), optimiser.stateDict())
    const other = new Net()
    const again = new optim.AdamW(other.parameters(), { lr: 1 })
    other.loadStateDict(torch.loadSafetensors(join(folder, 'net.safetensors')))
    again.loadStateDict(torch.loadSafetensors(join(folder, 'optimiser.safetensors')))
    expect(run(other, again, 5)).toBe(run(net, optimiser, 5))
    expect(readdirSync(folder)).toEqual(['net.safetensors', 'optimiser.safetensors'])
  })

  it('has an optimiser that takes its own state back and frees all of it', () => {
    const before = torch.live().handles
    torch.scope(() => {
      const weight = torch.ones([3], { requiresGrad: true })
      const optimiser = new optim.AdamW([weight])
      const step = () =>
        torch.scope(() => {
          optimiser.zeroGrad()
          weight.square().sum().backward()
          optimiser.step()
        })
      step()
      const held = torch.live().handles
      torch.scope(() => {
        const state = { ...optimiser.stateDict(), 'group.0.lr': torch.tensor(9), '0.exp_avg': torch.ones([9]) }
        expect(() => optimiser.loadStateDict(state)).toThrow(/torch\/state AdamW: .* an entry 0.exp_avg/)
        expect(optimiser.paramGroups[0].lr).toBe(1e-3) // nothing has changed
        optimiser.loadStateDict(optimiser.stateDict())
      })
      step()
      expect(torch.live().handles).toBe(held)
      expect(optimiser.stateDict()['0.step'].item()).toBe(2)
      optimiser.free()
    })
    expect(torch.live().handles).toBe(before)
  })

  it('leaves the number of live tensors alone over many steps', () => {
    const net = new Net()
    const optimiser = new optim.AdamW(net.parameters())
    const x = torch.randn([2, 1, 6, 6])
    const step = () =>
      torch.scope(() => {
        optimiser.zeroGrad()
        net.forward(x).square().mean().backward()
        optimiser.step()
      })
    step()
    const before = torch.live().handles
    for (let i = 0; i < 20; i++) step()
    expect(torch.live().handles).toBe(before)
  })

  it('says every name and shape that does not fit when loading, and copies nothing', () => {
    const layer = new nn.Linear(2, 3)
    const before = layer.weight.tolist()
    const state = { weight: torch.zeros([3, 4]), extra: torch.zeros([1]) }
    expect(() => layer.loadStateDict(state)).toThrow(/missing: bias; not expected: extra; weight is \[3, 2\] here and \[3, 4\] there/)
    const numbers = { weight: [1, 2] as unknown as torch.Tensor, bias: torch.zeros([3]) }
    expect(() => layer.loadStateDict(numbers)).toThrow(/weight is \[3, 2\] here and \[1, 2\] there/)
    expect(layer.weight.tolist()).toEqual(before)
  })

  it('freezes batch statistics with the parameters', () => {
    const net = new Net().freeze().train()
    const before = net.batchNorm.runningMean?.tolist()
    net.forward(torch.randn([4, 1, 6, 6]))
    expect(net.batchNorm.runningMean?.tolist()).toEqual(before)
    expect(net.parameters().some((parameter) => parameter.requiresGrad)).toBe(false)
  })
})

describe('scaledDotProductAttention', () => {
  it('attends to the only allowed key under a causal mask', () => {
    const q = torch.randn([1, 2, 3, 4])
    const v = torch.randn([1, 2, 3, 4])
    const out = nn.functional.scaledDotProductAttention(q, q, v, { isCausal: true })
    expect(torch.allclose(out.select(2, 0), v.select(2, 0))).toBe(true)
  })
})

describe('DropPath', () => {
  it('keeps the mean and drops whole samples', () => {
    torch.manualSeed(3)
    const out = new nn.DropPath(0.25).forward(torch.ones([4000, 2])).toArray() as Float32Array
    const kept = Array.from(out).filter((value) => value > 0)
    expect(kept[0]).toBeCloseTo(4 / 3, 5)
    expect(kept.length / out.length).toBeCloseTo(0.75, 1)
    expect(out[0]).toBe(out[1])
  })
})
