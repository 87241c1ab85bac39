// What is measured, on this side: the same cases stand in twin.py by the same names.
// Hands on: cases, Case.

import * as torch from '../src/index.ts'
import { MaskedAutoencoder, ResNet, TwoTower } from '../test/networks.ts'

const { optim } = torch

/** Builds what a case needs and returns the piece of work to be timed. */
export type Case = { name: string; unit: 'step' | 'chain' | 'copy'; repeats: number; build(): () => void }

const SIZES = { numTokens: 48, patchWidth: 600, width: 192, depth: 4, numHeads: 6 } // 12 leads × 50 samples a token
const BATCH = 16
const EMBEDDING = 128
const CHAIN = 1000
const ARRAY_BYTES = 100_000_000

function trainingStep(module: torch.nn.Module, lossOf: () => torch.Tensor): () => void {
  const optimiser = new optim.AdamW(module.parameters(), { lr: 1e-3 })
  return () =>
    torch.scope(() => {
      optimiser.zeroGrad()
      const loss = lossOf()
      loss.backward()
      optimiser.step()
      loss.item()
    })
}

function contrastive(towers: () => ResNet[], views: () => torch.Tensor[]): () => () => void {
  return () => {
    const model = new TwoTower(SIZES, towers(), EMBEDDING)
    const tokens = torch.randn([BATCH, SIZES.numTokens, SIZES.patchWidth])
    const images = views()
    return trainingStep(model, () => model.forward(tokens, images))
  }
}

const volumes = () => torch.randn([BATCH, 1, 8, 64, 64])
const volumeTower = () => new ResNet(3, 1, [16, 32, 64], EMBEDDING)

export const cases: Case[] = [
  {
    name: 'step: masked autoencoder of the ECG (ViT)',
    unit: 'step',
    repeats: 5,
    build: () => {
      const model = new MaskedAutoencoder(SIZES)
      const tokens = torch.randn([BATCH, SIZES.numTokens, SIZES.patchWidth])
      return trainingStep(model, () => model.forward(tokens, torch.rand([BATCH, SIZES.numTokens])))
    },
  },
  {
    name: 'step: ViT and 2-D ResNet of a slice, contrastive',
    unit: 'step',
    repeats: 3,
    build: contrastive(
      () => [new ResNet(2, 1, [32, 64, 128], EMBEDDING)],
      () => [torch.randn([BATCH, 1, 96, 96])],
    ),
  },
  {
    name: 'step: ViT and 2-D ResNet of a cine, frames as channels',
    unit: 'step',
    repeats: 3,
    build: contrastive(
      () => [new ResNet(2, 25, [32, 64, 128], EMBEDDING)],
      () => [torch.randn([BATCH, 25, 96, 96])],
    ),
  },
  {
    name: 'step: ViT and 3-D ResNet of a volume, contrastive',
    unit: 'step',
    repeats: 2,
    build: contrastive(
      () => [volumeTower()],
      () => [volumes()],
    ),
  },
  {
    name: 'step: ViT and two 3-D ResNets (end-diastole, end-systole)',
    unit: 'step',
    repeats: 1,
    build: contrastive(
      () => [volumeTower(), volumeTower()],
      () => [volumes(), volumes()],
    ),
  },
  {
    name: 'chain: 1,000 additions of 4 × 4',
    unit: 'chain',
    repeats: 20,
    build: () => {
      const a = torch.ones([4, 4])
      return () =>
        torch.scope(() => {
          let y = a
          for (let i = 0; i < CHAIN; i++) y = y.add(a)
        })
    },
  },
  {
    name: 'array → tensor → array, 100 MB',
    unit: 'copy',
    repeats: 20,
    build: () => {
      const array = new Float32Array(ARRAY_BYTES / 4)
      return () =>
        torch.scope(() => {
          torch.fromArray(array, [1000, array.length / 1000]).asArray()
        })
    },
  },
]
