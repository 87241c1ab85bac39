// Truth: by definition a fitted study has the reference's means and spreads, whatever was done to its intensities; no fit, no change.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import {
  type ChannelStatistics,
  fitTo,
  fittedMix,
  type Reference,
  referenceState,
  referenceStatistics,
  splitState,
} from './segmenter-fit.ts'
import { segmenterConfig, SegmenterNetwork } from './segmenter-network.ts'

torch.manualSeed(5)
const network = new SegmenterNetwork({ ...segmenterConfig, isFolded: true })
network.eval()
const drawn_BCYX = torch.rand([4, 1, 32, 32])
const odd_BCYX = torch.rand([4, 1, 32, 32]).mul(0.4).add(0.5)
const reference = referenceStatistics(network, drawn_BCYX)

/** Statistics of every unit's output as the next layer meets them. */
function seen(pictures_BCYX: torch.Tensor, strength: number): Reference {
  const fit = fitTo(network, reference, pictures_BCYX, strength)
  const names = new Map([...network.units()].map(([name, unit]) => [unit, name]))
  const found = new Map<string, ChannelStatistics>()
  torch.noGrad(() =>
    torch.scope(() => {
      const mix = fittedMix(fit)
      network.forward(pictures_BCYX, (unit, input_BCYX) => {
        const mixed_BCYX = mix(unit, input_BCYX)
        const mean_C = mixed_BCYX.mean([0, 2, 3])
        const off_BCYX = mixed_BCYX.sub(mean_C.reshape([1, mixed_BCYX.shape[1], 1, 1]))
        const std_C = off_BCYX.mul(off_BCYX).mean([0, 2, 3]).sqrt()
        found.set(names.get(unit) as string, { mean_C: mean_C.toArray() as Float32Array, spread_C: std_C.toArray() as Float32Array })
        return mixed_BCYX
      })
    }),
  )
  return found
}

describe('fitTo', () => {
  it('gives every channel the mean and spread of the reference', () => {
    const found = seen(odd_BCYX, 1)
    expect([...found.keys()].sort()).toEqual([...reference.keys()].sort())
    for (const [name, { mean_C, spread_C }] of reference)
      for (let c = 0; c < mean_C.length; c++) {
        const size = spread_C[c] + 1e-3
        expect(Math.abs((found.get(name) as ChannelStatistics).mean_C[c] - mean_C[c]) / size).toBeLessThan(0.02) // float32
        // A channel that hardly moves in the study is not blown up all the way.
        expect((found.get(name) as ChannelStatistics).spread_C[c]).toBeLessThan(spread_C[c] * 1.02 + 1e-3)
      }
  })

  it('changes nothing at strength 0', () => {
    const difference = torch.noGrad(() =>
      torch.scope(() => {
        const fit = fitTo(network, reference, odd_BCYX, 0)
        return network
          .forward(odd_BCYX)
          .sub(network.forward(odd_BCYX, fittedMix(fit)))
          .abs()
          .max()
          .item() as number
      }),
    )
    expect(difference).toBeLessThan(1e-5)
  })
})

describe('splitState', () => {
  it('finds weights and reference of a file again', () => {
    const { weights, reference: read } = splitState({ ...network.stateDict(), ...referenceState(reference) })
    expect(Object.keys(weights)).toEqual(Object.keys(network.stateDict()))
    expect(read).toEqual(reference)
    expect(splitState(weights).reference).toBeUndefined()
  })
})
