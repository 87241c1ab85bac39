// The stages of a comparison, each a training of its own that is reused when it is whole and gone on with when it is not:
// the masked autoencoder, one CMR encoder for each view, then the arms.
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { armViews } from '../batches/arms.ts'
import type { ContrastiveArm, ViewName } from '../batches/arms.ts'
import { ecgFeatures } from '../batches/ecg-features.ts'
import type { Held } from '../batches/held.ts'
import type { CmrEncoderConfig } from '../models/catalogue.ts'
import { EcgEncoder } from '../models/ecg-encoder.ts'
import { MaskedAutoencoder } from '../models/masked-autoencoder.ts'
import { PhenotypeRegressor } from '../models/phenotype-regressor.ts'
import { TwoTower, type TwoTowerConfig } from '../models/two-tower.ts'
import { phenotypeIds } from '../base/phenotypes.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { saveWeights } from '../train/checkpoint.ts'
import { stepSeed, trainLoop } from '../train/loop.ts'
import type { LoopOutcome } from '../train/loop.ts'
import type { Report } from './progress.ts'
import { createArmTask } from './train-arm-task.ts'
import type { FrozenFeatures } from './train-arm-task.ts'
import { createCmrTask } from './train-cmr-task.ts'
import { createPretrainTask } from './train-pretrain-task.ts'
import type { Selection } from './train-selection.ts'

/** What every stage needs. */
export type StageContext = {
  recipe: Recipe
  held: Held
  selection: Selection
  seed: number
  runFolder: string
  report: Report
  signal?: AbortSignal
}

/** Where a stage's states, weights and record lie. */
export const stageFolder = (context: StageContext, ...names: string[]): string => join(context.runFolder, `seed-${context.seed}`, ...names)

const encoderOf = (recipe: Recipe, view: ViewName): CmrEncoderConfig =>
  recipe.cmr.encoders[view === 'ed' || view === 'es' ? 'volume' : view]

async function runLoop(
  context: StageContext,
  name: string,
  folder: string,
  task: Parameters<typeof trainLoop>[0],
  config: Parameters<typeof trainLoop>[1],
): Promise<LoopOutcome> {
  const step = context.report.begin(name, config.numEpochs)
  const outcome = await trainLoop(task, config, {
    seed: `${context.seed}/${name}`,
    folder,
    signal: context.signal,
    onEpoch: ({ epoch, validation }) =>
      step.advance(
        epoch,
        validation === undefined
          ? undefined
          : `validation loss ${Number(validation.loss).toFixed(3)}, R² ${Number(validation.score).toFixed(3)}`,
      ),
    onAlarm: (sentence) => context.report.warn(`${name}: ${sentence}`),
  })
  step.done(`best R² ${outcome.bestScore.toFixed(3)} after epoch ${outcome.bestEpoch}`)
  return outcome
}

/** Seeds libtorch's generator so that a network's first weights depend on the run's seed and the network's name alone. */
const seedWeights = (context: StageContext, name: string): void => torch.manualSeed(stepSeed(`${context.seed}/${name}/weights`, 0))

/** Trains (or finds) the masked autoencoder of a seed. The caller frees the model. */
export async function pretrainEcg(context: StageContext): Promise<{ model: MaskedAutoencoder; outcome: LoopOutcome }> {
  const { recipe, held, selection, seed } = context
  seedWeights(context, 'pretrain')
  const model = torch.scope(() => new MaskedAutoencoder(recipe.pretrain.model))
  model.to({ device: held.device })
  const task = createPretrainTask(model, held, recipe.pretrain, selection, seed)
  const outcome = await runLoop(context, 'masked autoencoder', stageFolder(context, 'pretrain'), task, recipe.pretrain.loop)
  return { model, outcome }
}

/** Trains (or finds) the CMR encoder of a view. Frozen, in evaluation mode. */
export async function pretrainCmr(context: StageContext, view: ViewName): Promise<{ model: PhenotypeRegressor; outcome: LoopOutcome }> {
  const { recipe, held, seed } = context
  seedWeights(context, `cmr-${view}`)
  const model = torch.scope(() => new PhenotypeRegressor(encoderOf(recipe, view), phenotypeIds.length))
  model.to({ device: held.device })
  const task = createCmrTask(model, view, held, recipe.cmr, seed)
  const outcome = await runLoop(context, `CMR encoder (${view})`, stageFolder(context, `cmr-${view}`), task, recipe.cmr.loop)
  model.freeze()
  return { model, outcome }
}

const ROWS_AT_ONCE = 32 // bounds memory while frozen views are encoded

/** The features of a frozen view for every row. Shape [S, D]. */
export function frozenFeatures(model: PhenotypeRegressor, view: ViewName, held: Held): torch.Tensor {
  const numRows = held.source.subjects.length
  return torch.noGrad(() =>
    torch.scope(() => {
      const parts: torch.Tensor[] = []
      for (let from = 0; from < numRows; from += ROWS_AT_ONCE) {
        const rows = Array.from({ length: Math.min(ROWS_AT_ONCE, numRows - from) }, (_, i) => from + i)
        parts.push(torch.scope(() => model.encoder.forward(held.view(view, rows))))
      }
      return torch.cat(parts, 0)
    }),
  )
}

/** Trains (or finds) a contrastive arm from the pre-trained ECG encoder and CMR encoders. The caller frees the tower. */
export async function trainArm(
  context: StageContext,
  arm: ContrastiveArm,
  pretrained: { ecg: EcgEncoder; cmr: Readonly<Partial<Record<ViewName, PhenotypeRegressor>>>; features: FrozenFeatures },
): Promise<{ tower: TwoTower; outcome: LoopOutcome }> {
  const { recipe, held, selection, seed } = context
  const { contrast } = recipe
  seedWeights(context, 'arm') // the ECG projector starts alike in every arm
  const towerConfig: TwoTowerConfig = {
    ecg:
      contrast.ecgDropout === undefined
        ? recipe.pretrain.model.encoder
        : { ...recipe.pretrain.model.encoder, dropout: contrast.ecgDropout },
    views: Object.fromEntries(armViews[arm].map((view) => [view, encoderOf(recipe, view)])),
    hasEncoders: !contrast.isCmrFrozen,
    projector: contrast.projector,
    temperature: contrast.temperature,
  }
  const tower = torch.scope(() => new TwoTower(towerConfig))
  tower.ecg.loadStateDict(pretrained.ecg.stateDict())
  if (!contrast.isCmrFrozen) {
    for (const view of armViews[arm])
      tower.encoders.items[view].loadStateDict((pretrained.cmr[view] as PhenotypeRegressor).encoder.stateDict())
  }
  tower.to({ device: held.device })
  const frozen = contrast.isCmrFrozen ? pretrained.features : undefined
  const task = createArmTask({ arm, tower, frozen, held, recipe, selection, seed })
  const outcome = await runLoop(context, `arm ${arm}`, stageFolder(context, arm), task, contrast.loop)
  return { tower, outcome }
}

/**
 * Leaves what later steps take of a trained ECG encoder: its weights with all that is needed to use them, and its frozen features of
 * every subject, in the store's row order.
 */
export function exportEcgEncoder(context: StageContext, encoder: EcgEncoder, arm: string): { encoderPath: string; embeddingsPath: string } {
  const { held } = context
  const encoderPath = stageFolder(context, arm, 'encoder.safetensors')
  const embeddingsPath = stageFolder(context, arm, 'embeddings.safetensors')
  const rows = held.source.subjects.map((_, row) => row)
  encoder.eval()
  torch.scope(() => {
    const embeddings_SE = ecgFeatures((ecg, scale) => encoder.forward(ecg, scale), held, rows, encoder.config.numSamples)
    saveWeights(embeddingsPath, { stateDict: () => ({ embeddings_SE }) }, { arm, seed: String(context.seed) })
  })
  saveWeights(encoderPath, encoder, {
    arm,
    seed: String(context.seed),
    config: JSON.stringify(encoder.config),
    standards: JSON.stringify(held.standards),
  })
  return { encoderPath, embeddingsPath }
}
