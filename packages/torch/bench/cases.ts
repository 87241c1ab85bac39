// What is measured, on this side: the same cases stand in twin.py by the same order.
// Hands on: casesOn, Case, Setting.

import * as torch from '../src/index.ts'
import { MaskedAutoencoder, ResNet, TwoTower } from '../test/networks.ts'

const { optim } = torch

/** Builds what a case needs and returns the piece of work to be timed. */
export type Case = { name: string; unit: 'step' | 'chain' | 'copy'; repeats: number; build(): () => void }

/** Where and how steps run: in a narrow dtype by autocast, as one captured graph. */
export type Setting = { device: string; dtype: torch.Dtype; isCaptured: boolean }

const SIZES = { numTokens: 48, patchWidth: 600, width: 192, depth: 4, numHeads: 6 } // 12 leads × 50 samples a token
const BATCH = 16
const EMBEDDING = 128
const CHAIN = 1000
const ARRAY_BYTES = 100_000_000

/** The cases, in twin.py's order. */
export function casesOn(setting: Setting): Case[] {
  const random = (shape: number[]) => torch.randn(shape, { device: setting.device })
  const tokens = () => random([BATCH, SIZES.numTokens, SIZES.patchWidth])
  const contrastive = (towers: () => ResNet[], views: () => torch.Tensor[]) => () => {
    const model = new TwoTower(SIZES, towers(), EMBEDDING)
    const [ecg, images] = [tokens(), views()]
    return trainingStep(setting, model, () => model.forward(ecg, images))
  }
  const volume = () => random([BATCH, 1, 8, 64, 64])
  const volumeTower = () => new ResNet(3, 1, [16, 32, 64], EMBEDDING)
  return [
    {
      name: 'step: masked autoencoder of the ECG (ViT)',
      unit: 'step',
      repeats: 4,
      build: () => {
        const model = new MaskedAutoencoder(SIZES)
        const ecg = tokens()
        return trainingStep(setting, model, () => model.forward(ecg, torch.rand([BATCH, SIZES.numTokens], { device: setting.device })))
      },
    },
    {
      name: 'step: ViT and 2-D ResNet of a slice, contrastive',
      unit: 'step',
      repeats: 1,
      build: contrastive(
        () => [new ResNet(2, 1, [32, 64, 128], EMBEDDING)],
        () => [random([BATCH, 1, 96, 96])],
      ),
    },
    {
      name: 'step: ViT and 2-D ResNet of a cine, frames as channels',
      unit: 'step',
      repeats: 1,
      build: contrastive(
        () => [new ResNet(2, 25, [32, 64, 128], EMBEDDING)],
        () => [random([BATCH, 25, 96, 96])],
      ),
    },
    {
      name: 'step: ViT and 3-D ResNet of a volume, contrastive',
      unit: 'step',
      repeats: 1,
      build: contrastive(
        () => [volumeTower()],
        () => [volume()],
      ),
    },
    {
      name: 'step: ViT and two 3-D ResNets (end-diastole, end-systole)',
      unit: 'step',
      repeats: 1,
      build: contrastive(
        () => [volumeTower(), volumeTower()],
        () => [volume(), volume()],
      ),
    },
    {
      name: 'chain: 1,000 additions of 4 × 4',
      unit: 'chain',
      repeats: 100,
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
}

function trainingStep({ device, dtype, isCaptured }: Setting, module: torch.nn.Module, lossOf: () => torch.Tensor): () => void {
  module.to({ device })
  const optimiser = new optim.AdamW(module.parameters(), { lr: 1e-3 })
  const kind = device === 'cpu' ? 'cpu' : 'cuda'
  const forward = () => (dtype === 'float32' ? lossOf() : torch.autocast(kind, lossOf, { dtype }))
  const result = torch.keep(torch.zeros([], { device }))
  const step = () =>
    torch.scope(() => {
      optimiser.zeroGrad({ setToNone: !isCaptured })
      const loss = forward()
      loss.backward()
      optimiser.step()
      torch.noGrad(() => result.copy_(loss))
    })
  const run = isCaptured ? torch.cuda.capture(step, device).replay : step
  return () => {
    run()
    result.item()
  }
}
