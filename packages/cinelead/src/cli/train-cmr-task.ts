// Pre-training of one CMR encoder as a task for the loop: a view into phenotypes measured from the study's own masks.
import { augmentCmr } from '../batches/augment-cmr.ts'
import type { ViewName } from '../batches/arms.ts'
import type { Held } from '../batches/held.ts'
import { createSampler } from '../batches/sampler.ts'
import { rowsOf } from '../batches/source.ts'
import { overStretches } from '../batches/stretches.ts'
import { regression } from '../losses/regression.ts'
import type { PhenotypeRegressor } from '../models/phenotype-regressor.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { inPrecision } from '../train/precision.ts'
import { gatherRanks } from '../train/ranks.ts'
import type { Task } from '../train/task.ts'
import { expectFiniteRows } from './expect-finite-rows.ts'

/** The task. Its score is the share of the measured phenotypes' variance explained in the validation split. */
export function createCmrTask(
  model: PhenotypeRegressor,
  view: ViewName,
  held: Held,
  { cmr: recipe, precision }: Recipe,
  seed: number,
): Task {
  const { source } = held
  const validationRows = rowsOf(source, 'validation')
  const sampler = createSampler(rowsOf(source, 'train'), source.subjects, recipe.loop.batchSize, `${seed}/cmr-${view}`)
  return {
    module: model,
    stepsPerEpoch: sampler.stepsPerEpoch,
    rows: sampler.rows,
    feed: held.feed([view]),
    subjects: (rows) => rows.map((row) => source.subjects[row]),
    step(rows) {
      const whole = held.view(view, rows)
      const isSlice = whole.shape.length === 3
      const changed = augmentCmr(isSlice ? whole.unsqueeze(1) : whole, recipe.augmentation)
      const own = inPrecision(precision, held.device, () => model.forward(isSlice ? changed.squeeze(1) : changed))
      // of the whole batch: ranks may know different numbers of values
      const { predicted_BK, target_BK } = gatherRanks({ predicted_BK: own.predicted_BK, target_BK: held.measured(rows) })
      const loss = regression(predicted_BK, target_BK)
      return { loss, parts: { regression: loss } }
    },
    validate() {
      const target_BK = held.measured(validationRows)
      const predicted_BK = overStretches(validationRows, (some) => model.forward(held.view(view, some)).predicted_BK)
      const subjects = validationRows.map((row) => source.subjects[row])
      expectFiniteRows(predicted_BK.cpu().toArray() as Float32Array, subjects, 'the CMR encoder')
      const loss = regression(predicted_BK, target_BK).item()
      const meanLoss = regression(target_BK.mul(0).nanToNum(0), target_BK).item()
      return { score: 1 - loss / meanLoss, measures: { loss, meanPredictionLoss: meanLoss } }
    },
  }
}
