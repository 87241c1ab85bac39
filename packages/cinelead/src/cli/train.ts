// `cinelead train`: all five models of a recipe on a store. `compare` does this and then evaluates and reports.
// Hands on: run, TrainOptions.
import { distributed } from '@cinelead/torch'
import { storeSource } from '../batches/store-source.ts'
import { makeFolder } from '../cohort/atomic.ts'
import { openStore, type Store } from '../cohort/store.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { currentRanks, expectShares } from '../train/ranks.ts'
import { checkStore } from './check-store.ts'
import { expectDevice } from './expect-device.ts'
import { parseRecipe } from './parse-recipe.ts'
import { createSilentReport, type Report } from './progress.ts'
import { readCommit } from './read-commit.ts'
import { lockRun } from './run-lock.ts'
import { scoreText } from './score-text.ts'
import { type ArmRun, trainArms } from './train-arms.ts'
import { planStages } from './train-plan.ts'
import { hasRanks, joinRanks, speaks } from './train-ranks.ts'
import { readOutcome } from './train-stages.ts'

export type TrainOptions = {
  store: string
  /** The run's folder; a run of the same recipe and cohort in it is gone on with. */
  run: string
  /** `demo` (default), `paper` or another of `recipes/catalogue`. */
  recipe?: string
  /** One seed instead of the recipe's own. */
  seed?: number
  /** `cpu` (default), `cuda:0`, … */
  device?: string
  /** Training processes at a time. */
  workers?: number
  /** Processes that train one model together. */
  ranks?: number
}

/** The verb. */
export async function run(options: TrainOptions, report: Report): Promise<void> {
  const runs = await train(options, report)
  if (!speaks()) return
  const lines = runs.map(({ arm, seed, outcome }) => `${arm} (seed ${seed}): validation R² ${scoreText(outcome.bestScore)}`)
  report.answer(runs, lines.join('\n'))
}

/**
 * Trains all arms of a recipe, or finishes what an earlier call began.
 *
 * Where the environment names several ranks (torchrun, Slurm, Kubernetes), every rank is such a call and all train each model together.
 *
 * @throws  Codes of `trainArms`, `openStore`, `makeFolder`, `lockRun`; train/ranks for more ranks than rows; cli/device, cli/recipe; torch/distributed.
 */
export async function train(options: TrainOptions, report: Report, signal?: AbortSignal): Promise<ArmRun[]> {
  expectDevice(options.device ?? 'cpu', options.ranks)
  const recipe = parseRecipe(options.recipe, options.seed)
  const store = await openStore(options.store)
  const { cohortDigest, storeDigest, counts } = store.manifest
  const common = { recipe, runFolder: options.run, cohortDigest, storeDigest, commit: readCommit(), signal }
  if (hasRanks()) {
    const device = joinRanks(options.device ?? 'cpu')
    const isFirst = currentRanks().rank === 0
    using _lock = isFirst ? takeRun(options.run) : undefined
    if (isFirst) checkBefore(store, recipe, options.run, report)
    if (isFirst && (options.ranks ?? options.workers) !== undefined)
      report.warn('--ranks and --workers are not looked at: WORLD_SIZE names the ranks.')
    const runs = await trainArms({ ...common, device, data: { source: storeSource(store) } }, isFirst ? report : createSilentReport())
    store.close()
    distributed.destroy()
    return runs
  }
  const { device, workers: numWorkers, ranks: numRanks } = options
  const batchSizes = [recipe.pretrain, recipe.cmr, recipe.contrast].map(({ loop }) => loop.batchSize)
  expectShares(Math.min(counts.train, ...batchSizes), { rank: 0, size: numRanks ?? 1 }) // before any process is started
  using _lock = takeRun(options.run)
  checkBefore(store, recipe, options.run, report)
  store.close()
  return await trainArms({ ...common, data: { storeDir: options.store }, device, numWorkers, numRanks }, report)
}

function takeRun(folder: string): Disposable {
  makeFolder(folder, 'train', "the run's folder")
  return lockRun(folder)
}

/** Reads the whole store where anything is left to train. */
function checkBefore(store: Store, recipe: Recipe, runFolder: string, report: Report): void {
  if (planStages(recipe).some(({ seed, name }) => readOutcome({ runFolder, seed }, name) === undefined)) checkStore(store, report)
}
