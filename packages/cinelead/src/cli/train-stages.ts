// One stage of a comparison: builds its network, trains it (or finds it trained), and leaves what later stages take on disk.
//   pretrain   masked autoencoder; also exports its ECG encoder as the arm `ecg-only`
//   cmr-VIEW   CMR encoder on measured phenotypes; its frozen features of every row
//   ARM        contrastive arm from both; exports its ECG encoder
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { phenotypeIds } from '../base/phenotypes.ts'
import { armViews, type ContrastiveArm, type ViewName } from '../batches/arms.ts'
import { ecgFeatures } from '../batches/ecg-features.ts'
import type { Held } from '../batches/held.ts'
import { overStretches } from '../batches/stretches.ts'
import { sweepUnfinished } from '../cohort/atomic.ts'
import type { CmrEncoderConfig } from '../models/catalogue.ts'
import type { EcgEncoder } from '../models/ecg-encoder.ts'
import { MaskedAutoencoder } from '../models/masked-autoencoder.ts'
import { PhenotypeRegressor } from '../models/phenotype-regressor.ts'
import { TwoTower, type TwoTowerConfig } from '../models/two-tower.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { guardWrite, loadStageFile, loadWeights, saveWeights } from '../train/checkpoint.ts'
import type { LoopConfig } from '../train/config.ts'
import { stepSeed, trainLoop } from '../train/loop.ts'
import { currentRanks, waitForRanks } from '../train/ranks.ts'
import type { Task } from '../train/task.ts'
import { expectFiniteRows } from './expect-finite-rows.ts'
import { lockStage } from './run-lock.ts'
import { scoreText } from './score-text.ts'
import { createArmTask, type FrozenFeatures } from './train-arm-task.ts'
import { createCmrTask } from './train-cmr-task.ts'
import type { StageName } from './train-plan.ts'
import { createPretrainTask } from './train-pretrain-task.ts'
import type { Selection } from './train-selection.ts'

/** What a stage's training came to; lies in its folder as `outcome.json`, written last. */
export type StageOutcome = {
  isDone: boolean
  bestScore: number | null
  bestEpoch: number
  numSteps: number
  seconds: number
  /** The most that the process which trained it had taken by then. */
  peakMemoryBytes: number
  /** Size in bytes of what later steps take, by its place in the seed's folder. */
  files?: Readonly<Record<string, number>>
}

/** What every stage needs, and whom it tells. */
export type StageContext = {
  recipe: Recipe
  held: Held
  selection: Selection
  seed: number
  runFolder: string
  signal?: AbortSignal
  onEpoch(epoch: number, note?: string): void
  onAlarm(sentence: string): void
}

type Place = { runFolder: string; seed: number }

/** Where a stage's states, weights and record lie. */
export const stageFolder = ({ runFolder, seed }: Place, ...names: string[]): string => join(runFolder, `seed-${seed}`, ...names)

/**
 * A finished stage's outcome; nothing where there is none, or where it or what the stage left was lost or cut short since: running the
 * stage again then makes these from its last state.
 */
export function readOutcome(place: Place, name: StageName): StageOutcome | undefined {
  const path = stageFolder(place, name, 'outcome.json')
  if (!existsSync(path)) return undefined
  try {
    const outcome = JSON.parse(readFileSync(path, 'utf8')) as StageOutcome
    const isWhole = ([file, sizeBytes]: [string, number]) =>
      statSync(stageFolder(place, file), { throwIfNoEntry: false })?.size === sizeBytes
    return Object.entries(outcome.files ?? {}).every(isWhole) ? outcome : undefined
  } catch {
    return undefined
  }
}

/** What later steps take of a stage, by its place in the seed's folder. */
function filesOf(name: StageName, { contrast }: Recipe): string[] {
  if (name.startsWith('cmr-')) return [`${name}/${contrast.isCmrFrozen ? 'features' : 'best'}.safetensors`]
  return ['encoder', 'embeddings'].map((file) => `${name === 'pretrain' ? 'ecg-only' : name}/${file}.safetensors`)
}

/** Runs a stage to its end, or goes on with it. Stages it needs must be whole. */
export async function runStage(context: StageContext, name: StageName): Promise<StageOutcome> {
  const started = Date.now()
  guardWrite(() => mkdirSync(stageFolder(context, name), { recursive: true }))
  const onWait = (sentence: string) => context.onAlarm(`${name} ${sentence}`)
  using _lock = isFirstRank() ? await lockStage(stageFolder(context, name), onWait, context.signal) : undefined
  if (isFirstRank()) sweepUnfinished(stageFolder(context, name)) // checkpoints of killed calls, cut short
  torch.manualSeed(stepSeed(`${context.seed}/${name}/weights`, 0)) // first weights depend on seed and network alone
  const outcome =
    name === 'pretrain'
      ? await pretrainEcg(context)
      : name.startsWith('cmr-')
        ? await pretrainCmr(context, name.slice(4) as ViewName)
        : await trainArm(context, name as ContrastiveArm)
  const { isDone, bestScore, bestEpoch, numSteps } = outcome
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024
  const told = { isDone, bestScore, bestEpoch, numSteps, seconds: (Date.now() - started) / 1000, peakMemoryBytes }
  if (isDone && isFirstRank()) {
    const path = join(stageFolder(context, name), 'outcome.json')
    guardWrite(() => {
      const files = Object.fromEntries(filesOf(name, context.recipe).map((file) => [file, statSync(stageFolder(context, file)).size]))
      writeFileSync(`${path}.tmp`, `${JSON.stringify({ ...told, files })}\n`, { flush: true })
      renameSync(`${path}.tmp`, path)
    })
  }
  waitForRanks()
  return told
}

const isFirstRank = (): boolean => currentRanks().rank === 0

function loop(context: StageContext, name: StageName, task: Task, config: LoopConfig) {
  return trainLoop(task, config, {
    seed: `${context.seed}/${name}`,
    folder: stageFolder(context, name),
    device: context.held.device,
    signal: context.signal,
    onEpoch: ({ epoch, validation }) =>
      context.onEpoch(
        epoch,
        validation && `validation loss ${Number(validation.loss).toFixed(3)}, R² ${scoreText(validation.score as number)}`,
      ),
    onAlarm: (sentence) => context.onAlarm(`${name}: ${sentence}`),
  })
}

async function pretrainEcg(context: StageContext) {
  const { recipe, held, selection, seed } = context
  const model = torch.scope(() => new MaskedAutoencoder(recipe.pretrain.model)).to({ device: held.device })
  const task = createPretrainTask(model, held, recipe, selection, seed)
  const outcome = await loop(context, 'pretrain', task, recipe.pretrain.loop)
  if (outcome.isDone && isFirstRank()) exportEcgEncoder(context, model.encoder, 'ecg-only')
  model.free()
  return outcome
}

const encoderOf = (recipe: Recipe, view: ViewName): CmrEncoderConfig =>
  recipe.cmr.encoders[view === 'ed' || view === 'es' ? 'volume' : view]

async function pretrainCmr(context: StageContext, view: ViewName) {
  const { recipe, held, seed } = context
  const model = torch.scope(() => new PhenotypeRegressor(encoderOf(recipe, view), phenotypeIds.length)).to({ device: held.device })
  const task = createCmrTask(model, view, held, recipe, seed)
  const outcome = await loop(context, `cmr-${view}`, task, recipe.cmr.loop)
  if (outcome.isDone && isFirstRank() && recipe.contrast.isCmrFrozen) {
    model.freeze()
    torch.scope(() => saveWeights(featuresPath(context, view), { stateDict: () => ({ features_SD: everyFeature(model, view, held) }) }))
  }
  model.free()
  return outcome
}

const featuresPath = (place: Place, view: ViewName): string => stageFolder(place, `cmr-${view}`, 'features.safetensors')

/** A frozen encoder's features of every row. Shape [S, D]. */
function everyFeature(model: PhenotypeRegressor, view: ViewName, held: Held): torch.Tensor {
  const features_SD = overStretches([...held.source.subjects.keys()], (some) => model.encoder.forward(held.view(view, some)))
  expectForPairs(features_SD, held, 'the CMR encoder')
  return features_SD
}

/** Those with one modality alone take part in nothing and may have none. */
function expectForPairs(features_SD: torch.Tensor, { source }: Held, what: string): void {
  const subjects = source.subjects.map((subject, row) => (source.split[row] === 'none' ? undefined : subject))
  expectFiniteRows(features_SD.cpu().toArray() as Float32Array, subjects, what)
}

/** An arm's network before any training. Its ECG encoder and projector have the same first weights in every arm of a seed. */
export function createTower({ recipe, seed }: Pick<StageContext, 'recipe' | 'seed'>, arm: ContrastiveArm): TwoTower {
  const { contrast } = recipe
  const encoder = recipe.pretrain.model.encoder
  torch.manualSeed(stepSeed(`${seed}/arm/weights`, 0))
  const config: TwoTowerConfig = {
    ecg: { ...encoder, dropout: contrast.ecgDropout ?? encoder.dropout },
    views: Object.fromEntries(armViews[arm].map((view) => [view, encoderOf(recipe, view)])),
    hasEncoders: !contrast.isCmrFrozen,
    projector: contrast.projector,
    temperature: contrast.temperature,
  }
  return torch.scope(() => new TwoTower(config))
}

async function trainArm(context: StageContext, arm: ContrastiveArm) {
  const { recipe, held, selection, seed } = context
  const { contrast } = recipe
  const tower = createTower(context, arm)
  loadPretrained(context, arm, tower)
  tower.to({ device: held.device })
  const frozen = contrast.isCmrFrozen ? loadFrozen(context, arm) : undefined
  const task = createArmTask({ arm, tower, frozen, held, recipe, selection, seed })
  const outcome = await loop(context, arm, task, contrast.loop)
  if (outcome.isDone && isFirstRank()) exportEcgEncoder(context, tower.ecg, arm)
  tower.free()
  for (const tensor of Object.values(frozen ?? {})) tensor.free()
  return outcome
}

function loadFrozen(context: StageContext, arm: ContrastiveArm): FrozenFeatures {
  const { device } = context.held
  return torch.keep(
    torch.scope(() =>
      Object.fromEntries(
        armViews[arm].map((view) => [view, loadStageFile(featuresPath(context, view)).features_SD.to({ device, copy: true })]),
      ),
    ),
  )
}

/** Every arm's ECG encoder starts from the masked autoencoder's best weights; a trained CMR encoder from its pre-training's. */
function loadPretrained(context: StageContext, arm: ContrastiveArm, tower: TwoTower): void {
  torch.scope(() => {
    tower.ecg.loadStateDict(loadStageFile(stageFolder(context, 'ecg-only', 'encoder.safetensors')))
  })
  if (context.recipe.contrast.isCmrFrozen) return
  for (const view of armViews[arm]) {
    torch.scope(() => {
      const model = new PhenotypeRegressor(encoderOf(context.recipe, view), phenotypeIds.length)
      loadWeights(stageFolder(context, `cmr-${view}`, 'best.safetensors'), model)
      tower.encoders.get(view).loadStateDict(model.encoder.stateDict())
      model.free()
    })
  }
}

/**
 * Leaves what later steps take of a trained ECG encoder: its weights with all that is needed to use them, and its frozen features of
 * every row, in the store's order.
 */
function exportEcgEncoder(context: StageContext, encoder: EcgEncoder, arm: string): void {
  const { held } = context
  guardWrite(() => mkdirSync(stageFolder(context, arm), { recursive: true }))
  const rows = held.source.subjects.map((_, row) => row)
  encoder.eval()
  const words = { arm, seed: String(context.seed) }
  saveWeights(stageFolder(context, arm, 'encoder.safetensors'), encoder, {
    ...words,
    config: JSON.stringify(encoder.config),
    standards: JSON.stringify(held.standards),
  })
  torch.scope(() => {
    const embeddings_SE = ecgFeatures((ecg, scale) => encoder.forward(ecg, scale), held, rows, encoder.config.numSamples)
    expectForPairs(embeddings_SE, held, 'the ECG encoder')
    saveWeights(stageFolder(context, arm, 'embeddings.safetensors'), { stateDict: () => ({ embeddings_SE }) }, words)
  })
}
