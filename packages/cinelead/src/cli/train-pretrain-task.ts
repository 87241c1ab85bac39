// Pre-training of the ECG encoder as a task for the loop: batches into the masked autoencoder into its loss.
import * as torch from '@cinelead/torch'
import { augmentEcg, evenCrops } from '../batches/augment-ecg.ts'
import { ecgFeatures } from '../batches/ecg-features.ts'
import type { Held } from '../batches/held.ts'
import { createSampler } from '../batches/sampler.ts'
import { rowsOf } from '../batches/source.ts'
import { overStretches } from '../batches/stretches.ts'
import { maskedReconstruction } from '../losses/masked-reconstruction.ts'
import type { MaskedAutoencoder } from '../models/masked-autoencoder.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { inPrecision } from '../train/precision.ts'
import { meanOverRanks } from '../train/ranks.ts'
import type { Task } from '../train/task.ts'
import type { Selection } from './train-selection.ts'

/** The loss that predicting the training mean of each place in a patch would have on these targets. */
function meanPredictionLoss(model: MaskedAutoencoder, held: Held, trainRows: readonly number[], validationRows: readonly number[]): number {
  const { numSamples } = model.config.encoder
  const patchesOf = (rows: readonly number[]) => model.encoder.patches(evenCrops(held.ecg(rows), numSamples)[0])
  return torch.scope(() => {
    const mean_11P = overStretches(trainRows, (some) => patchesOf(some).mean([1], true)).mean([0], true)
    return overStretches(validationRows, (some) => patchesOf(some).sub(mean_11P).square().mean([1, 2]))
      .mean()
      .item()
  })
}

/** The task; its validation also says what predicting the mean would have cost. */
export function createPretrainTask(
  model: MaskedAutoencoder,
  held: Held,
  { pretrain: recipe, precision }: Recipe,
  selection: Selection,
  seed: number,
): Task {
  const { source } = held
  const trainRows = rowsOf(source, 'train')
  const validationRows = rowsOf(source, 'validation')
  const sampler = createSampler(trainRows, source.subjects, recipe.loop.batchSize, `${seed}/pretrain`)
  const { numSamples } = model.config.encoder
  const meanLoss = meanPredictionLoss(model, held, trainRows, validationRows)
  const reconstruct = (ecg_BLT: torch.Tensor, rows: readonly number[]) => {
    const { predicted_BNP, target_BNP, masked_BN } = inPrecision(precision, held.device, () => model.forward(ecg_BLT, held.scale(rows)))
    return maskedReconstruction(predicted_BNP, target_BNP, masked_BN)
  }
  return {
    module: model,
    stepsPerEpoch: sampler.stepsPerEpoch,
    rows: sampler.rows,
    feed: held.feed(['ecg']),
    subjects: (rows) => rows.map((row) => source.subjects[row]),
    step(rows) {
      const loss = meanOverRanks(reconstruct(augmentEcg(held.ecg(rows), recipe.augmentation), rows)) // each hides as many patches
      return { loss, parts: { reconstruction: loss } }
    },
    validate() {
      const losses_V = overStretches(validationRows, (some) => {
        const loss = reconstruct(evenCrops(held.ecg(some), numSamples)[0], some)
        return loss.expand([some.length])
      })
      const loss = losses_V.mean().item()
      const features_SD = ecgFeatures((ecg, scale) => model.encoder.forward(ecg, scale), held, selection.rows, numSamples)
      return { score: selection.meanR2(features_SD), measures: { loss, meanPredictionLoss: meanLoss } }
    },
  }
}
