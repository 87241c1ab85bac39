// Truth: shapes, counts written out by hand, invariants, and gradients that reach every parameter.
import * as torch from '@cinelead/torch'
import { beforeEach, describe, expect, it } from 'vitest'
import { createCmrEncoder } from './catalogue.ts'
import type { CmrEncoderConfig } from './catalogue.ts'
import { EcgEncoder } from './ecg-encoder.ts'
import type { EcgEncoderConfig } from './ecg-encoder.ts'
import { MaskedAutoencoder } from './masked-autoencoder.ts'
import { sinCosPositions } from './position.ts'
import { Projector } from './projector.ts'
import { TwoTower } from './two-tower.ts'

const ecg: EcgEncoderConfig = {
  numLeads: 12,
  numSamples: 200,
  patch: [3, 50],
  width: 16,
  depth: 2,
  numHeads: 2,
  mlpRatio: 2,
  pooling: 'mean',
  numScales: 3,
  dropout: 0,
}
const stem = { channels: 8, kernel: [3, 3], stride: [2, 2] }
const trunk2d = {
  rank: 2,
  norm: 'batch',
  block: 'basic',
  stem,
  stages: [{ channels: 16, numBlocks: 1, kernel: [3, 3], stride: [2, 2] }],
} as const
const trunk3d = {
  rank: 3,
  norm: 'group',
  block: 'bottleneck',
  stem: { channels: 8, kernel: [1, 3, 3], stride: [1, 2, 2], pool: { kernel: [1, 3, 3], stride: [1, 2, 2] } },
  stages: [{ channels: 32, numBlocks: 2, kernel: [1, 3, 3], stride: [1, 2, 2], firstKernel: [3, 1, 1] }],
} as const
const encoders: Record<string, CmrEncoderConfig> = {
  slice: { kind: '2d', trunk: trunk2d, width: 12 },
  cine: { kind: '2dt', trunk: trunk2d, width: 12 },
  ed: { kind: '3d', trunk: trunk3d, numSlices: 6, width: 12 },
}

const count = (module: torch.nn.Module) => module.parameters().reduce((sum, parameter) => sum + parameter.numel, 0)
const largest = (tensor: torch.Tensor) => tensor.abs().max().item()
const withoutGradient = (module: torch.nn.Module) =>
  module
    .namedParameters()
    .filter(([, parameter]) => parameter.grad === undefined || parameter.grad.abs().sum().item() === 0)
    .map(([name]) => name)

beforeEach(() => torch.manualSeed(1))

describe('sinCosPositions', () => {
  it('gives every place its own vector, with rows and columns apart', () => {
    const positions = sinCosPositions(4, 5, 16)
    const places = Array.from({ length: 20 }, (_, n) => [...positions.subarray(n * 16, (n + 1) * 16)].map((x) => x.toFixed(5)).join())
    expect(new Set(places).size).toBe(20)
    expect([...positions.subarray(0, 8)]).toEqual([...positions.subarray(16, 24)]) // first two columns of row 0: the row half is the same
  })
  it('starts with sines of 0 and cosines of 0', () => {
    expect([...sinCosPositions(1, 2, 4).subarray(0, 4)]).toEqual([0, 0, 1, 1])
  })
})

describe('EcgEncoder', () => {
  it('cuts patches of leads by samples, in the order it says', () => {
    const encoder = new EcgEncoder(ecg)
    const input = torch.arange(12 * 200, { dtype: 'float32' }).reshape([1, 12, 200])
    const patches = encoder.patches(input)
    expect(patches.shape).toEqual([1, 16, 150])
    // patch 5: leads 3..5, samples 50..99; its second row is lead 4
    expect(patches.select(1, 5).select(1, 50).item()).toBe(4 * 200 + 50)
  })

  it('has the parameters its docstring counts', () => {
    const width = 96
    const encoder = new EcgEncoder({ ...ecg, numSamples: 2500, patch: [12, 50], width, depth: 4, numHeads: 4, mlpRatio: 4 })
    const block = 12 * width ** 2 + 13 * width
    const embedding = 12 * 50 * width + width + (3 * width + width) + width
    expect(count(encoder)).toBe(4 * block + embedding + 2 * width)
  })

  it('sends a gradient to every parameter, and feels the amplitudes', () => {
    const encoder = new EcgEncoder(ecg)
    const input = torch.randn([2, 12, 200])
    const scale = torch.randn([2, 3])
    const pooled = encoder.forward(input, scale)
    expect(pooled.shape).toEqual([2, 16])
    pooled
      .mul(torch.randn([2, 16]))
      .sum()
      .backward()
    expect(withoutGradient(encoder)).toEqual([])
    expect(largest(encoder.forward(input, scale.add(1)).sub(pooled))).toBeGreaterThan(1e-4)
  })

  it('treats subjects apart: permuting the batch permutes the output', () => {
    const encoder = new EcgEncoder({ ...ecg, pooling: 'class-token' }).eval()
    const [input, scale] = [torch.randn([3, 12, 200]), torch.randn([3, 3])]
    const turned = encoder.forward(input.flip([0]), scale.flip([0])).flip([0])
    expect(largest(turned.sub(encoder.forward(input, scale)))).toBeLessThan(1e-5)
  })

  it('refuses patches that do not tile, an ECG of another length and missing amplitudes', () => {
    expect(() => new EcgEncoder({ ...ecg, patch: [5, 50] })).toThrow(/models\/patch/)
    const encoder = new EcgEncoder(ecg)
    expect(() => encoder.forward(torch.zeros([1, 12, 250]), torch.zeros([1, 3]))).toThrow(/models\/shape/)
    expect(() => encoder.forward(torch.zeros([1, 12, 200]))).toThrow(/models\/scale/)
  })
})

describe('MaskedAutoencoder', () => {
  const config = { encoder: ecg, maskedFraction: 0.75, decoder: { width: 8, depth: 1, numHeads: 2, mlpRatio: 2 } }

  it('hides the share it was told, anew for every subject', () => {
    const model = new MaskedAutoencoder(config)
    const { masked_BN } = model.forward(torch.randn([4, 12, 200]), torch.randn([4, 3]))
    expect(Array.from(masked_BN.sum([1]).toArray() as Float32Array)).toEqual([12, 12, 12, 12])
    expect(largest(masked_BN.select(0, 0).sub(masked_BN.select(0, 1)))).toBe(1)
  })

  it('does not let hidden patches reach the prediction', () => {
    const model = new MaskedAutoencoder(config).eval()
    const [input, scale] = [torch.randn([1, 12, 200]), torch.randn([1, 3])]
    torch.manualSeed(7)
    const { predicted_BNP, masked_BN } = model.forward(input, scale)
    const mask = masked_BN.reshape([1, 4, 1, 4, 1]).expand([1, 4, 3, 4, 50]).reshape([1, 12, 200])
    torch.manualSeed(7)
    const other = model.forward(input.add(mask.mul(5)), scale).predicted_BNP
    expect(largest(other.sub(predicted_BNP))).toBeLessThan(1e-5)
    torch.manualSeed(7)
    const seen = model.forward(input.add(mask.mul(-1).add(1).mul(5)), scale).predicted_BNP
    expect(largest(seen.sub(predicted_BNP))).toBeGreaterThan(1e-3)
  })

  it('sends a gradient to every parameter', () => {
    const model = new MaskedAutoencoder(config)
    const { predicted_BNP } = model.forward(torch.randn([4, 12, 200]), torch.randn([4, 3]))
    predicted_BNP.square().mean().backward()
    expect(withoutGradient(model)).toEqual([])
  })
})

describe('createCmrEncoder', () => {
  const inputs: Record<string, number[]> = { slice: [3, 32, 32], cine: [3, 5, 32, 32], ed: [3, 6, 32, 32] }
  for (const view of ['slice', 'cine', 'ed']) {
    it(`turns a ${view} into one vector a subject, with a gradient to every parameter`, () => {
      const encoder = createCmrEncoder(encoders[view])
      const features = encoder.forward(torch.rand(inputs[view]))
      expect(features.shape).toEqual([3, 12])
      features
        .mul(torch.randn([3, 12]))
        .sum()
        .backward()
      expect(withoutGradient(encoder)).toEqual([])
    })
  }

  it('feels the order of frames and of slices', () => {
    const cine = createCmrEncoder(encoders.cine).eval()
    const frames = torch.rand([1, 5, 32, 32])
    expect(largest(cine.forward(frames).sub(cine.forward(frames.flip([1]))))).toBeGreaterThan(1e-5)
    const volume = createCmrEncoder(encoders.ed).eval()
    const slices = torch.rand([1, 6, 32, 32])
    expect(largest(volume.forward(slices).sub(volume.forward(slices.flip([1]))))).toBeGreaterThan(1e-5)
  })

  it('stands still when frozen, batch statistics too', () => {
    const encoder = createCmrEncoder(encoders.slice).freeze()
    encoder.train()
    const before = Object.values(encoder.stateDict()).map((tensor) => tensor.clone())
    const slice = torch.rand([4, 32, 32]).mul(9)
    const [first, second] = [encoder.forward(slice), encoder.forward(slice)]
    expect(largest(first.sub(second))).toBe(0)
    expect(first.requiresGrad).toBe(false)
    for (const [i, tensor] of Object.values(encoder.stateDict()).entries()) expect(largest(tensor.double().sub(before[i].double()))).toBe(0)
  })
})

describe('Projector', () => {
  it('gives unit length in float32 under autocast too', () => {
    const projector = new Projector(32, 64, 16)
    const embedding_BE = torch.autocast('cpu', () => projector.forward(torch.randn([64, 32])))
    expect(largest(embedding_BE.square().sum([1]).sub(1))).toBeLessThan(1e-5)
  })

  it('gives unit length, also to features of length zero', () => {
    const projector = new Projector(8, 16, 4)
    const lengths = projector
      .forward(torch.randn([5, 8]))
      .square()
      .sum([1])
    expect(largest(lengths.sub(1))).toBeLessThan(1e-5)
    torch.noGrad(() => {
      projector.out.weight.fill_(0)
      projector.out.bias?.fill_(0)
    })
    expect(
      projector
        .forward(torch.randn([1, 8]))
        .isfinite()
        .all()
        .item(),
    ).toBe(1)
  })
})

describe('TwoTower', () => {
  const config = {
    ecg,
    views: { ed: encoders.ed, slice: encoders.slice },
    hasEncoders: true,
    projector: { hiddenWidth: 16, embeddingWidth: 8 },
    temperature: { kind: 'learned', start: 0.07 },
  } as const

  it('names its embeddings, whatever the order of its inputs', () => {
    const tower = new TwoTower(config).eval()
    const [slice, ed] = [torch.rand([2, 32, 32]), torch.rand([2, 6, 32, 32])]
    const ecg_BD = torch.randn([2, 16])
    const one = tower.project(ecg_BD, tower.viewFeatures({ slice, ed }))
    const other = tower.project(ecg_BD, tower.viewFeatures({ ed, slice }))
    expect(Object.keys(one).sort()).toEqual(['ecg', 'ed', 'slice'])
    for (const name of Object.keys(one)) expect(largest(one[name].sub(other[name]))).toBe(0)
    expect(() => tower.viewFeatures({ ed })).toThrow(/models\/view .* Add slice/)
  })

  it('bounds a learned temperature and leaves a fixed one alone', () => {
    const tower = new TwoTower(config)
    const scale = () => tower.scale() as torch.Tensor
    expect(scale().item()).toBeCloseTo(1 / 0.07, 4)
    torch.noGrad(() => tower.logScale?.fill_(50))
    expect(scale().item()).toBeCloseTo(100, 3)
    scale().backward() // at the bound it can still come down
    expect(tower.logScale?.grad?.item()).toBeCloseTo(100, 3)
    const fixed = new TwoTower({ ...config, temperature: { kind: 'fixed', start: 0.1 } })
    expect(fixed.scale()).toBeCloseTo(10, 12)
    expect(Object.keys(fixed.stateDict()).some((name) => name.includes('scale'))).toBe(true) // the ECG's amplitudes
    expect(Object.keys(fixed.stateDict())).not.toContain('log_scale')
  })
})
