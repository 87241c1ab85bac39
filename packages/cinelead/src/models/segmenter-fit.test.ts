// Truth: a fitted study has, by definition, the reference's means and spreads where nothing is left alone, whatever was done to its
// intensities; a study within the range, or no strength, changes nothing.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { type ChannelRange, createReference, fitTo, fittedMix, type FitSettings, referenceState, splitState } from './segmenter-fit.ts'
import { segmenterConfig, SegmenterNetwork } from './segmenter-network.ts'

torch.manualSeed(5)
const network = new SegmenterNetwork({ ...segmenterConfig, isFolded: true })
network.eval()
const studies = [1, 0.9, 1.1].map((gain) => torch.rand([4, 1, 32, 32]).mul(gain))
const odd_BCYX = torch.rand([4, 1, 32, 32]).mul(0.6).add(0.5)
const reference = createReference(network, studies)

const logitsOf = (pictures_BCYX: torch.Tensor, settings?: FitSettings) => {
  const fit = settings === undefined ? undefined : fitTo(network, reference, pictures_BCYX, settings)
  return torch.noGrad(() =>
    torch.scope(() => network.forward(pictures_BCYX, fit === undefined ? undefined : fittedMix(fit)).toArray() as Float32Array),
  )
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from({ length: a.length }, (_, i) => Math.abs(a[i] - b[i])).reduce((most, one) => Math.max(most, one), 0)

describe('fitTo', () => {
  it('gives every channel the mean and spread of the reference', () => {
    const fit = fitTo(network, reference, odd_BCYX, { apart: 0, strength: 1 })
    const names = new Map([...network.units()].map(([name, unit]) => [unit, name]))
    const seen = new Set<string>()
    torch.noGrad(() =>
      torch.scope(() => {
        const mix = fittedMix(fit)
        network.forward(odd_BCYX, (unit, input_BCYX) => {
          const mixed_BCYX = mix(unit, input_BCYX)
          const name = names.get(unit) as string
          const { mean_C, logSpread_C } = reference.get(name) as ChannelRange
          const found_C = mixed_BCYX.mean([0, 2, 3]).toArray() as Float32Array
          const off_BCYX = mixed_BCYX.sub(mixed_BCYX.mean([0, 2, 3], true))
          const spread_C = off_BCYX.mul(off_BCYX).mean([0, 2, 3]).sqrt().toArray() as Float32Array
          for (let c = 0; c < mean_C.length; c++) {
            const spread = Math.exp(logSpread_C[c])
            expect(Math.abs(found_C[c] - mean_C[c])).toBeLessThan(0.02 * spread + 1e-3) // float32
            // A channel that hardly moves in the study is not blown up all the way.
            expect(spread_C[c]).toBeLessThan(1.02 * spread + 1e-3)
          }
          seen.add(name)
          return mixed_BCYX
        })
      }),
    )
    expect([...seen].sort()).toEqual([...reference.keys()].sort())
  })

  it('leaves alone what lies within the range, and everything at strength 0', () => {
    expect(furthest(logitsOf(studies[0], { apart: 9, strength: 1 }), logitsOf(studies[0]))).toBeLessThan(1e-4)
    expect(furthest(logitsOf(odd_BCYX, { apart: 0, strength: 0 }), logitsOf(odd_BCYX))).toBeLessThan(1e-4)
    expect(furthest(logitsOf(odd_BCYX, { apart: 0, strength: 1 }), logitsOf(odd_BCYX))).toBeGreaterThan(1e-3)
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
