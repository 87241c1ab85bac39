// The recipe at the abstract's scale, a few steps of each training on a CPU: it fits together, counts what it says and learns.
// Truth: published parameter counts, losses that steps on one batch must lower, gradients that must reach every weight.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { afterAll, describe, expect, it } from 'vitest'
import { hold } from '../batches/held.ts'
import { plantedSource } from '../batches/planted-source.ts'
import { createCmrEncoder } from '../models/catalogue.ts'
import { MaskedAutoencoder } from '../models/masked-autoencoder.ts'
import { PhenotypeRegressor } from '../models/phenotype-regressor.ts'
import { TwoTower } from '../models/two-tower.ts'
import { paper } from '../recipes/paper.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { trainLoop } from '../train/loop.ts'
import { readMetrics } from '../train/metrics.ts'
import type { Task } from '../train/task.ts'
import { createArmTask } from './train-arm-task.ts'
import { createCmrTask } from './train-cmr-task.ts'
import { createPretrainTask } from './train-pretrain-task.ts'
import { createSelection } from './train-selection.ts'

const ROWS = 2 // of a step: enough for batch statistics and one negative
const source = plantedSource(3, { numSubjects: 12, numSamples: 5000, numFrames: 3, numSlices: 6, numRows: 48 })
// float32: narrow arithmetic is for machines that have it; a fixed batch without augmentation, so that the loss can be compared
const still = { rotationRad: 0, scaleFraction: 0, shiftFraction: 0, intensityFraction: 0 }
const recipe: Recipe = {
  ...paper,
  precision: 'float32',
  cmr: { ...paper.cmr, augmentation: still },
  contrast: {
    ...paper.contrast,
    isCmrFrozen: false,
    ecgAugmentation: { cropSamples: 5000, jitter: 0, rescale: 0, leadDropout: 0 },
    cmrAugmentation: still,
  },
}
const held = hold(source, recipe.ecgInput)
const selection = createSelection(source, recipe.selection)
const folder = mkdtempSync(join(tmpdir(), 'cinelead-paper-'))
afterAll(() => rmSync(folder, { recursive: true }))

const count = (module: torch.nn.Module) => module.parameters().reduce((sum, parameter) => sum + parameter.numel, 0)

/** Losses of a few steps on one batch. */
async function fewSteps(name: string, task: Task): Promise<number[]> {
  const rows = Array.from({ length: ROWS }, (_, row) => row)
  const one: Task = { ...task, stepsPerEpoch: 3, rows: () => rows, validate: () => ({ score: 0, measures: {} }) }
  const loop = { ...recipe.contrast.loop, numEpochs: 1, schedule: { warmupFraction: 0, finalFraction: 1 } }
  await trainLoop(one, loop, { seed: 1, folder: join(folder, name) })
  const still = task.module.namedParameters().filter(([, { grad }]) => grad === undefined || grad.abs().max().item() === 0)
  expect(still.map(([parameter]) => parameter)).toEqual([])
  task.module.free()
  return readMetrics(join(folder, name))
    .filter(({ kind }) => kind === 'step')
    .map(({ loss }) => Number(loss))
}

describe('the paper recipe', () => {
  it('pre-trains the ECG encoder of 47.8 million parameters', async () => {
    torch.manualSeed(1)
    const model = torch.scope(() => new MaskedAutoencoder(recipe.pretrain.model))
    expect(count(model.encoder) / 1e6).toBeCloseTo(47.8 + 0.1, 0)
    expect(model.encoder.numTokens).toBe(600)
    const losses = await fewSteps('pretrain', createPretrainTask(model, held, recipe, selection, 1))
    expect(losses[2]).toBeLessThan(losses[0])
  }, 300_000)

  it('has CMR trunks of the published sizes', () => {
    const { slice, volume } = recipe.cmr.encoders
    const trunk = (config: typeof slice) => torch.scope(() => count(createCmrEncoder(config).trunk)) / 1e6
    expect(trunk(slice)).toBeCloseTo(23.5, 1) // ResNet-50 without its classifier: 23.51 M with three input channels, 6,272 weights less with one
    expect(trunk(volume)).toBeCloseTo(31.6, 1) // slow_r50 without its head: 31.63 M with three input channels
  })

  for (const view of ['slice', 'cine', 'ed'] as const) {
    it(`pre-trains the CMR encoder of a ${view}`, async () => {
      torch.manualSeed(1)
      const model = torch.scope(() => new PhenotypeRegressor(recipe.cmr.encoders[view === 'ed' ? 'volume' : view], 10))
      const losses = await fewSteps(`cmr-${view}`, createCmrTask(model, view, held, recipe, 1))
      expect(losses[2]).toBeLessThan(losses[0])
    }, 300_000)
  }

  it('trains three towers together', async () => {
    torch.manualSeed(1)
    const config = {
      ecg: { ...recipe.pretrain.model.encoder, depth: 2 }, // depth repeats itself; the whole depth stands above
      views: { ed: recipe.cmr.encoders.volume, es: recipe.cmr.encoders.volume },
      hasEncoders: true,
      projector: recipe.contrast.projector,
      temperature: recipe.contrast.temperature,
    }
    const tower = torch.scope(() => new TwoTower(config))
    const losses = await fewSteps('tcl', createArmTask({ arm: 'tcl', tower, frozen: undefined, held, recipe, selection, seed: 1 }))
    expect(losses.every(Number.isFinite)).toBe(true)
  }, 300_000)
})
