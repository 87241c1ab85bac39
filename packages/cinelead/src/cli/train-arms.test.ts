// Truth: a cohort with a link that we planted; the chance lines ln B and predicting the mean.
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { armViews, contrastiveArms } from '../batches/arms.ts'
import { hold } from '../batches/held.ts'
import { plantedSource } from '../batches/planted-source.ts'
import { demo } from '../recipes/demo.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { createSilentReport } from './progress.ts'
import { createArmTask } from './train-arm-task.ts'
import { trainArms } from './train-arms.ts'
import { createSelection } from './train-selection.ts'
import { createTower } from './train-stages.ts'

const source = plantedSource(5, { numSubjects: 80, numSamples: 600, numFrames: 4, numSlices: 4, numRows: 24 })
const trunk = {
  rank: 2,
  norm: 'batch',
  block: 'basic',
  stem: { channels: 8, kernel: [3, 3], stride: [2, 2] },
  stages: [{ channels: 16, numBlocks: 1, kernel: [3, 3], stride: [2, 2] }],
} as const
const trunk3d = {
  rank: 3,
  norm: 'batch',
  block: 'basic',
  stem: { channels: 8, kernel: [1, 3, 3], stride: [1, 2, 2] },
  stages: [{ channels: 16, numBlocks: 1, kernel: [1, 3, 3], stride: [1, 2, 2] }],
} as const
const small: Recipe = {
  ...demo,
  name: 'small',
  seeds: [1],
  pretrain: {
    ...demo.pretrain,
    model: { ...demo.pretrain.model, encoder: { ...demo.pretrain.model.encoder, numSamples: 300, patch: [12, 25], width: 32, depth: 2 } },
    augmentation: { ...demo.pretrain.augmentation, cropSamples: 300 },
    loop: { ...demo.pretrain.loop, batchSize: 14, numEpochs: 60, learningRate: 3e-3, validateEvery: 20 },
  },
  cmr: {
    ...demo.cmr,
    encoders: {
      slice: { kind: '2d', trunk, width: 16 },
      cine: { kind: '2dt', trunk, width: 16 },
      volume: { kind: '3d', trunk: trunk3d, numSlices: 4, width: 16 },
    },
    loop: { ...demo.cmr.loop, batchSize: 28, numEpochs: 10, learningRate: 5e-3 },
  },
  contrast: {
    ...demo.contrast,
    ecgAugmentation: { ...demo.contrast.ecgAugmentation, cropSamples: 300 },
    loop: { ...demo.contrast.loop, batchSize: 28, numEpochs: 20 },
  },
}

let runFolder: string
beforeAll(() => torch.setNumThreads(1)) // small networks: a second thread costs more than it gives
beforeEach(() => {
  runFolder = mkdtempSync(join(tmpdir(), 'cinelead-arms-'))
})
afterEach(() => rmSync(runFolder, { recursive: true }))

describe('the arms', () => {
  it('differ in their views and terms and in nothing else', () => {
    const held = hold(source, small.ecgInput)
    const selection = createSelection(source, small.selection)
    const made = contrastiveArms.map((arm) => {
      const tower = createTower({ recipe: small, seed: 1 }, arm)
      return { arm, tower, task: createArmTask({ arm, tower, frozen: {}, held, recipe: small, selection, seed: 1 }) }
    })
    const [first, ...others] = made
    for (const { arm, tower, task } of others) {
      expect(task.stepsPerEpoch).toBe(first.task.stepsPerEpoch)
      for (const place of [
        { epoch: 0, step: 0 },
        { epoch: 7, step: 1 },
      ])
        expect(task.rows(place)).toEqual(first.task.rows(place))
      const { views: _, ...config } = tower.config
      expect({ ...config, views: first.tower.config.views }).toEqual(first.tower.config)
      expect(tower.projectors.namedChildren().map(([name]) => name)).toEqual([...armViews[arm]])
      for (const part of ['ecg', 'ecgProjector'] as const) {
        const weights = first.tower[part].stateDict()
        for (const [name, tensor] of Object.entries(tower[part].stateDict())) expect(torch.equal(tensor, weights[name])).toBe(true)
      }
    }
  })
})

describe('trainArms', () => {
  it('beats chance in every arm, takes up a finished run without training, and makes again what was lost of it', async () => {
    const options = { data: { source }, recipe: small, runFolder, cohortDigest: 'planted', storeDigest: 'planted' }
    const runs = await trainArms(options, createSilentReport())
    expect(runs.map(({ arm }) => arm)).toEqual(['ecg-only', 'cl-2d', 'cl-2dt', 'cl-3d', 'tcl'])
    for (const { arm, embeddingsPath } of runs) {
      const stage = arm === 'ecg-only' ? 'pretrain' : arm
      const lines = readFileSync(join(runFolder, 'seed-1', stage, 'metrics.jsonl'), 'utf8')
        .trim()
        .split('\n')
      const validations = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'validation')
      const best = Math.min(...validations.map(({ loss }) => loss))
      expect(best).toBeLessThan(validations[0][arm === 'ecg-only' ? 'meanPredictionLoss' : 'chance'])
      expect(torch.scope(() => torch.loadSafetensors(embeddingsPath).embeddings_SE.shape)).toEqual([80, 32])
    }
    const report = createSilentReport()
    const again = await trainArms(options, report)
    expect(again).toEqual(runs)
    expect(report.lines).toEqual(['9 of 9 trainings are already done'])

    const lost = ['tcl/embeddings.safetensors', 'cmr-ed/features.safetensors'].map((file) => join(runFolder, 'seed-1', file))
    const before = lost.map((path) => readFileSync(path))
    rmSync(lost[0])
    truncateSync(lost[1], 100)
    writeFileSync(join(runFolder, 'seed-1', 'cl-2d', 'outcome.json'), '{"isDone":tr')
    const mended = createSilentReport()
    await trainArms(options, mended)
    expect(mended.lines).toContain('6 of 9 trainings are already done')
    expect(lost.map((path) => readFileSync(path))).toEqual(before)
  }, 300_000)

  it('stops when asked, and refuses a folder that holds a run of another cohort', async () => {
    const stop = new AbortController()
    stop.abort()
    const options = { data: { source }, recipe: small, runFolder, cohortDigest: 'planted', storeDigest: 'planted', signal: stop.signal }
    await expect(trainArms(options, createSilentReport())).rejects.toThrow(/train\/stopped .*goes on where it stopped/)
    await expect(trainArms({ ...options, storeDigest: 'other' }, createSilentReport())).rejects.toThrow(
      /train\/other-run .* begun with a store of the digest planted…, now other…\. /,
    )
    const { loop } = small.contrast
    const other: Recipe = {
      ...small,
      seeds: [1, 8],
      contrast: { ...small.contrast, chunkSize: 4, loop: { ...loop, learningRate: 1, clipNorm: 7 } },
    }
    await expect(trainArms({ ...options, recipe: other }, createSilentReport())).rejects.toThrow(
      `begun with seeds.1 none, now 8; contrast.loop.learningRate ${loop.learningRate}, now 1; contrast.loop.clipNorm 1, now 7; and 1 more. `,
    )
    const turned = Object.fromEntries(Object.entries({ ...small, precision: small.precision }).reverse()) as Recipe // the order of fields is none
    await expect(trainArms({ ...options, recipe: turned }, createSilentReport())).rejects.toThrow(/train\/stopped/)
  })
})
