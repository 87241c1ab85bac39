// Truth: training without a scale (scales are powers of two, so that scaling and unscaling are exact), and PyTorch's rules for the scale.

import { describe, expect, it } from 'vitest'
import * as torch from '../index.ts'

const { nn, optim } = torch

function task(seed: number) {
  torch.manualSeed(seed)
  const net = new nn.Linear(4, 2)
  const x = torch.randn([8, 4])
  return { net, optimiser: new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 }), lossOf: () => net.forward(x).square().mean() }
}

function weights(net: torch.nn.Module): number[] {
  return net.parameters().flatMap((parameter) => Array.from(parameter.toArray() as Float32Array))
}

describe('GradScaler', () => {
  it('trains to the bit like no scaling where nothing overflows', () => {
    const [plain, scaled] = [task(1), task(1)]
    const scaler = new optim.GradScaler({ initScale: 1024, growthInterval: 3 })
    for (let step = 0; step < 7; step++) {
      torch.scope(() => {
        for (const { optimiser } of [plain, scaled]) optimiser.zeroGrad()
        plain.lossOf().backward()
        plain.optimiser.step()
        scaler.scale(scaled.lossOf()).backward()
        expect(scaler.step(scaled.optimiser)).toBe(true)
        scaler.update()
      })
    }
    expect(weights(scaled.net)).toEqual(weights(plain.net))
    expect(scaler.getScale()).toBe(4096) // doubled after steps 3 and 6
  })

  it.each([Number.POSITIVE_INFINITY, Number.NaN])('leaves out a step whose gradient holds %s, and halves the scale', (bad) => {
    const { net, optimiser, lossOf } = task(2)
    const scaler = new optim.GradScaler({ initScale: 8 })
    const before = weights(net)
    torch.scope(() => {
      scaler.scale(lossOf()).backward()
      torch.noGrad(() => net.weight.grad?.at(1, 2).fill_(bad))
      expect(scaler.step(optimiser)).toBe(false)
      scaler.update()
    })
    expect(weights(net)).toEqual(before)
    expect(scaler.getScale()).toBe(4)
  })

  it('unscales once before clipping, and says so on a second call', () => {
    const { net, optimiser, lossOf } = task(3)
    const scaler = new optim.GradScaler({ initScale: 2 ** 20 })
    torch.scope(() => {
      lossOf().backward()
      const expected = Array.from(net.weight.grad?.toArray() as Float32Array)
      optimiser.zeroGrad()
      scaler.scale(lossOf()).backward()
      scaler.unscale_(optimiser)
      expect(Array.from(net.weight.grad?.toArray() as Float32Array)).toEqual(expected)
      expect(() => scaler.unscale_(optimiser)).toThrow(
        /torch\/scaler GradScaler.unscale_: expected one call between two updates but received a second/,
      )
      expect(scaler.step(optimiser)).toBe(true)
      expect(() => scaler.step(optimiser)).toThrow(/torch\/scaler GradScaler.step/)
    })
  })

  it('goes on from a saved state', () => {
    const first = new optim.GradScaler({ initScale: 2, growthInterval: 2 })
    const { optimiser, lossOf } = task(4)
    const step = (scaler: torch.optim.GradScaler) =>
      torch.scope(() => {
        scaler.scale(lossOf()).backward()
        scaler.step(optimiser)
        scaler.update()
      })
    step(first)
    const second = new optim.GradScaler({ growthInterval: 2 })
    second.loadStateDict(first.stateDict())
    step(second)
    expect(second.getScale()).toBe(4)
  })

  it('asks for what is missing', () => {
    const { optimiser } = task(5)
    expect(() => new optim.GradScaler().step(optimiser)).toThrow(/gradients to unscale but received none. Call scale\(loss\)/)
    expect(() => new optim.GradScaler().update()).toThrow(/a step before it/)
    expect(() => new optim.GradScaler({ growthFactor: 1 })).toThrow(/growth above 1/)
    const off = new optim.GradScaler({ enabled: false })
    expect([off.getScale(), off.step(optimiser)]).toEqual([1, true])
  })
})
