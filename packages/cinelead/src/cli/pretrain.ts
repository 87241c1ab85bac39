// `cinelead pretrain`: the masked autoencoder alone, into a run's folder where `compare` finds it.
// Hands on: run, PretrainOptions.
import { storeSource } from '../batches/store-source.ts'
import { makeFolder } from '../cohort/atomic.ts'
import { openStore } from '../cohort/store.ts'
import { checkStore } from './check-store.ts'
import { expectDevice } from './expect-device.ts'
import { holdRecipe } from './hold-recipe.ts'
import { parseRecipe } from './parse-recipe.ts'
import type { Report } from './progress.ts'
import { readCommit } from './read-commit.ts'
import { lockRun } from './run-lock.ts'
import { scoreText } from './score-text.ts'
import { openRunRecord } from './train-arms.ts'
import { createSelection } from './train-selection.ts'
import { readOutcome, runStage, stageFolder } from './train-stages.ts'

export type PretrainOptions = {
  store: string
  /** The run's folder. */
  run: string
  /** `demo` (default), `paper` or another of `recipes/catalogue`. */
  recipe?: string
  /** One seed instead of the recipe's own. */
  seed?: number
  /** `cpu` (default), `cuda:0`, … */
  device?: string
}

/** The verb. */
export async function run(options: PretrainOptions, report: Report): Promise<void> {
  const recipe = parseRecipe(options.recipe, options.seed)
  const device = options.device ?? 'cpu'
  expectDevice(device)
  using store = await openStore(options.store)
  makeFolder(options.run, 'pretrain', "the run's folder")
  using _lock = lockRun(options.run)
  const { cohortDigest, storeDigest } = store.manifest
  openRunRecord({ recipe, runFolder: options.run, cohortDigest, storeDigest, device, commit: readCommit() })
  checkStore(store, report)
  const source = storeSource(store)
  const held = holdRecipe(source, recipe, device)
  const selection = createSelection(source, recipe.selection)
  const found = []
  for (const seed of recipe.seeds) {
    const place = { runFolder: options.run, seed }
    const step = report.begin(`masked autoencoder (seed ${seed})`, recipe.pretrain.loop.numEpochs)
    const outcome =
      readOutcome(place, 'pretrain') ??
      (await runStage({ recipe, held, selection, ...place, onEpoch: step.advance, onAlarm: report.warn }, 'pretrain'))
    step.done(`validation R² ${scoreText(outcome.bestScore)} after epoch ${outcome.bestEpoch}`)
    found.push({ seed, ...outcome, encoder: stageFolder(place, 'ecg-only', 'encoder.safetensors') })
  }
  held.free()
  report.answer(found, found.map(({ seed, encoder }) => `seed ${seed}: ${encoder}`).join('\n'))
}
