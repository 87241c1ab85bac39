// Trains the five models of one comparison, seed by seed, on equal terms, and says where their frozen ECG embeddings lie.
// runs/NAME/run.json, runs/NAME/seed-N/{pretrain, cmr-slice, cmr-cine, cmr-ed, cmr-es, ecg-only, cl-2d, cl-2dt, cl-3d, tcl}/
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'
import { armViews, contrastiveArms } from '../batches/arms.ts'
import type { ArmId, ViewName } from '../batches/arms.ts'
import { hold } from '../batches/held.ts'
import type { Source } from '../batches/source.ts'
import type { PhenotypeRegressor } from '../models/phenotype-regressor.ts'
import type { Recipe } from '../recipes/recipe.ts'
import type { MetricLine } from '../train/metrics.ts'
import { readRunRecord, writeRunRecord } from '../train/run-record.ts'
import type { RunRecord } from '../train/run-record.ts'
import type { Report } from './progress.ts'
import type { FrozenFeatures } from './train-arm-task.ts'
import { createSelection } from './train-selection.ts'
import { exportEcgEncoder, frozenFeatures, pretrainCmr, pretrainEcg, trainArm } from './train-stages.ts'
import type { StageContext } from './train-stages.ts'

/** One trained model of one seed. */
export type ArmRun = {
  arm: ArmId
  seed: number
  /** ECG encoder alone, with its configuration in the file's head. */
  encoderPath: string
  /** Tensor `embeddings_SE`, rows as in the store. */
  embeddingsPath: string
  bestEpoch: number
  /** Mean R² of the validation probe at that epoch. */
  bestScore: number
  /** The record of its training; for `ecg-only` that of the masked autoencoder. */
  lines: readonly MetricLine[]
}

export type TrainArmsOptions = {
  source: Source
  recipe: Recipe
  /** Made when it is not there; a run of the same recipe and cohort in it is gone on with. */
  runFolder: string
  /** Digest of the store, from its manifest. */
  cohortDigest: string
  device?: string
  /** Where the code stands, for the record. */
  commit?: { id: string; isDirty: boolean }
  signal?: AbortSignal
}

/**
 * Trains all arms of all seeds, or finishes what an earlier call began.
 *
 * @returns  Five models a seed, in the abstract's order.
 * @throws   train/other-run when the folder holds a run of another recipe or cohort; train/stopped when the signal ended it.
 */
export async function trainArms(options: TrainArmsOptions, report: Report): Promise<ArmRun[]> {
  const { source, recipe, runFolder, device = 'cpu' } = options
  mkdirSync(runFolder, { recursive: true })
  const started = Date.now()
  const record = openRecord(options)
  const held = hold(source, recipe.ecgInput, device)
  const selection = createSelection(source)
  const runs: ArmRun[] = []
  try {
    for (const seed of recipe.seeds) {
      runs.push(...(await trainSeed({ recipe, held, selection, seed, runFolder, report, signal: options.signal })))
    }
  } finally {
    held.free()
  }
  writeRunRecord(runFolder, { ...record, seconds: (Date.now() - started) / 1000, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 })
  return runs
}

async function trainSeed(context: StageContext): Promise<ArmRun[]> {
  const expectDone = (isDone: boolean) => {
    if (isDone) return
    throw fault({
      code: 'train/stopped',
      where: 'trainArms',
      expected: 'to train every arm',
      received: 'a request to stop',
      hint: 'Start the same command again: it goes on where it stopped.',
    })
  }
  const { model: autoencoder, outcome: pretraining } = await pretrainEcg(context)
  expectDone(pretraining.isDone)
  const { bestEpoch, bestScore, lines } = pretraining
  const runs: ArmRun[] = [
    { arm: 'ecg-only', seed: context.seed, bestEpoch, bestScore, lines, ...exportEcgEncoder(context, autoencoder.encoder, 'ecg-only') },
  ]
  const cmr: Partial<Record<ViewName, PhenotypeRegressor>> = {}
  const features: Partial<Record<ViewName, torch.Tensor>> = {}
  for (const view of new Set(contrastiveArms.flatMap((arm) => armViews[arm]))) {
    const { model, outcome } = await pretrainCmr(context, view)
    expectDone(outcome.isDone)
    cmr[view] = model
    if (context.recipe.contrast.isCmrFrozen) features[view] = frozenFeatures(model, view, context.held)
  }
  for (const arm of contrastiveArms) {
    const { tower, outcome } = await trainArm(context, arm, { ecg: autoencoder.encoder, cmr, features: features as FrozenFeatures })
    expectDone(outcome.isDone)
    runs.push({
      arm,
      seed: context.seed,
      bestEpoch: outcome.bestEpoch,
      bestScore: outcome.bestScore,
      lines: outcome.lines,
      ...exportEcgEncoder(context, tower.ecg, arm),
    })
    tower.free()
  }
  autoencoder.free()
  for (const model of Object.values(cmr)) model.free()
  for (const tensor of Object.values(features)) tensor.free()
  return runs
}

function openRecord({ runFolder, recipe, cohortDigest, device = 'cpu', commit }: TrainArmsOptions): RunRecord {
  const earlier = readRunRecord(runFolder)
  const library = torch.describeLibrary()
  if (earlier !== undefined) {
    const isSame = JSON.stringify(earlier.recipe) === JSON.stringify(recipe) && earlier.cohortDigest === cohortDigest
    if (isSame) return earlier
    throw fault({
      code: 'train/other-run',
      where: 'trainArms',
      expected: `a run of the recipe ${recipe.name} on this cohort`,
      received: `a run of ${earlier.name} with other numbers or another cohort`,
      hint: 'Choose another run name, or remove the run folder to train it again.',
    })
  }
  const record: RunRecord = {
    schema: 'cinelead.run/1',
    name: recipe.name,
    recipe,
    cohortDigest,
    commit: commit?.id ?? 'unknown',
    isDirty: commit?.isDirty ?? true,
    libtorch: library.version,
    device,
    numThreads: library.numThreads,
    seeds: recipe.seeds,
    startedAt: new Date().toISOString(),
  }
  writeRunRecord(runFolder, record)
  return record
}

/** Where a run's folder of one arm and seed is: what evaluation reads when training was done before. */
export const armFolder = (runFolder: string, arm: ArmId, seed: number): string => join(runFolder, `seed-${seed}`, arm)
