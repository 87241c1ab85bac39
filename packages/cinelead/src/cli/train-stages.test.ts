// Truth: at a rate of 0 a training ends with the weights it began with; people who are tested can be replaced by anybody.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { contrastiveArms } from '../batches/arms.ts'
import { plantedSource } from '../batches/planted-source.ts'
import { rowsOf, type Source } from '../batches/source.ts'
import { sha256 } from '../cohort/digest.ts'
import { demo } from '../recipes/demo.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { createSilentReport } from './progress.ts'
import { trainArms } from './train-arms.ts'
import { stageFolder } from './train-stages.ts'

const source = plantedSource(4, { numSubjects: 40, numSamples: 400, numFrames: 2, numSlices: 2, numRows: 12 })
const { model } = demo.pretrain
const short = <Loop extends Recipe['cmr']['loop']>(loop: Loop) => ({ ...loop, batchSize: 14, numEpochs: 1 })
const tiny: Recipe = {
  ...demo,
  seeds: [1],
  selection: { labelFraction: 1, numDraws: 1 },
  pretrain: {
    model: { ...model, encoder: { ...model.encoder, numSamples: 300, patch: [12, 50], width: 16, depth: 1, numHeads: 2 } },
    augmentation: { ...demo.pretrain.augmentation, cropSamples: 300 },
    loop: short(demo.pretrain.loop),
  },
  cmr: {
    ...demo.cmr,
    encoders: { ...demo.cmr.encoders, volume: { ...demo.cmr.encoders.volume, numSlices: 2 } },
    loop: short(demo.cmr.loop),
  },
  contrast: {
    ...demo.contrast,
    ecgAugmentation: { ...demo.contrast.ecgAugmentation, cropSamples: 300 },
    loop: short(demo.contrast.loop),
  },
}

let home: string
beforeAll(() => torch.setNumThreads(1))
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cinelead-stages-'))
})
afterEach(() => rmSync(home, { recursive: true }))

async function trained(name: string, recipe: Recipe, cohort: Source = source) {
  const runFolder = join(home, name)
  await trainArms({ recipe, runFolder, cohortDigest: 'planted', storeDigest: 'planted', data: { source: cohort } }, createSilentReport())
  return (...names: string[]) => stageFolder({ runFolder, seed: 1 }, ...names)
}

/** Digests of a file's tensors under a prefix, by the rest of their names. */
function digests(path: string, prefix = ''): Record<string, string> {
  return torch.scope(() =>
    Object.fromEntries(
      Object.entries(torch.loadSafetensors(path)).flatMap(([name, tensor]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), sha256(tensor.toArray().toString())]] : [],
      ),
    ),
  )
}

describe('the contrastive stages', () => {
  it('begin with the weights of the masked autoencoder, and trained MRI encoders with those of their own pre-training', async () => {
    const still = { ...tiny.contrast, isCmrFrozen: false, loop: { ...tiny.contrast.loop, learningRate: 0 } }
    const at = await trained('still', { ...tiny, contrast: still })
    const ecg = digests(at('ecg-only', 'encoder.safetensors'))
    for (const arm of contrastiveArms) expect(digests(at(arm, 'encoder.safetensors')), arm).toEqual(ecg)
    for (const view of ['ed', 'es']) {
      const weights = (all: Record<string, string>) => Object.entries(all).filter(([name]) => !/running|tracked/.test(name)) // those of batches go on
      const began = weights(digests(at(`cmr-${view}`, 'best.safetensors'), 'encoder.'))
      expect(began.length).toBeGreaterThan(10)
      expect(weights(digests(at('tcl', 'best.safetensors'), `encoders.${view}.`)), view).toEqual(began)
    }
  }, 60_000)

  it('learn nothing from the people who are tested', async () => {
    const tested = new Set(rowsOf(source, 'test'))
    const { measured } = source
    const others: Source = {
      ...source,
      read: (name, rows) => {
        const values = source.read(name, rows)
        const size = values.length / rows.length
        return values.map((value, i) => (tested.has(rows[Math.floor(i / size)]) ? Math.sin(i) : value))
      },
      measured: { ...measured, lvedv: measured.lvedv.map((value, row) => (tested.has(row) ? 3 * value : value)) },
    }
    const [here, there] = [await trained('here', tiny), await trained('there', tiny, others)]
    const stages = ['pretrain', 'cmr-slice', 'cmr-cine', 'cmr-ed', 'cmr-es', ...contrastiveArms]
    for (const stage of stages) {
      const [one, other] = [here, there].map((at) => readFileSync(at(stage, 'best.safetensors')))
      expect(one.equals(other), stage).toBe(true)
    }
  }, 60_000)
})

describe('a person whose recording holds no number', () => {
  it.each([
    ['validation', 'ecg'],
    ['validation', 'ed'],
    ['test', 'ecg'],
    ['test', 'ed'],
  ] as const)('of the %s split is named (%s)', async (split, array) => {
    const [bad] = rowsOf(source, split)
    const spoiled: Source = {
      ...source,
      read(name, rows) {
        const values = source.read(name, rows)
        if (name === array && rows.includes(bad)) values[(rows.indexOf(bad) * values.length) / rows.length + 5] = Number.NaN
        return values
      },
    }
    const encoder = array === 'ecg' ? 'ECG' : 'CMR'
    await expect(trained('spoiled', tiny, spoiled)).rejects.toThrow(
      `train/not-finite expectFiniteRows: expected numbers from the ${encoder} encoder for everybody but received none for the subjects ${source.subjects[bad]}. `,
    )
  })
})
