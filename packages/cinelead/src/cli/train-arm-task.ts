// One contrastive arm as a task for the loop: ECG and CMR views into the towers, embeddings by name into the arm's loss terms.
import * as torch from '@cinelead/torch'
import { armViews } from '../batches/arms.ts'
import type { ContrastiveArm, ViewName } from '../batches/arms.ts'
import { augmentCmr } from '../batches/augment-cmr.ts'
import { augmentEcg } from '../batches/augment-ecg.ts'
import { ecgFeatures } from '../batches/ecg-features.ts'
import type { Held } from '../batches/held.ts'
import { createSampler } from '../batches/sampler.ts'
import { rowsOf } from '../batches/source.ts'
import { overStretches } from '../batches/stretches.ts'
import { alignment, DEGENERATE_COSINE } from '../losses/alignment.ts'
import { chanceOf, pairLosses } from '../losses/catalogue.ts'
import { contrastive, termName } from '../losses/contrastive.ts'
import type { LossParts } from '../losses/contrastive.ts'
import type { TwoTower } from '../models/two-tower.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { chunkedStep, chunksOf } from '../train/accumulate.ts'
import { inPrecision } from '../train/precision.ts'
import { gatherRanks } from '../train/ranks.ts'
import type { Task } from '../train/task.ts'
import type { Selection } from './train-selection.ts'

/** The features of frozen views, all rows, by name. Shapes [S, D]. Absent where the encoders are trained. */
export type FrozenFeatures = Readonly<Partial<Record<ViewName, torch.Tensor>>>

type Named = Record<string, torch.Tensor>

export type ArmTaskParts = {
  arm: ContrastiveArm
  tower: TwoTower
  frozen: FrozenFeatures | undefined
  held: Held
  recipe: Recipe
  selection: Selection
  seed: number
}

/** The task; its validation gives the loss beside its chance line, retrieval, modality gap and the ED-ES cosine. */
export function createArmTask({ arm, tower, frozen, held, recipe, selection, seed }: ArmTaskParts): Task {
  const { source } = held
  const { contrast } = recipe
  const { terms } = recipe.arms[arm]
  const { numSamples } = tower.config.ecg
  const pairLoss = pairLosses[contrast.pairLoss]
  const validationRows = rowsOf(source, 'validation')
  const sampler = createSampler(rowsOf(source, 'train'), source.subjects, contrast.loop.batchSize, `${seed}/arm`) // the same order for every arm
  const validationSize = Math.min(contrast.loop.batchSize, validationRows.length)

  const feed = held.feed(frozen === undefined ? ['ecg', ...armViews[arm]] : ['ecg'])
  const frozenRows = (features: FrozenFeatures, rows: readonly number[]): Named => {
    const index = torch.tensor([...rows], { dtype: 'int64', device: held.device })
    return Object.fromEntries(armViews[arm].map((view) => [view, (features[view] as torch.Tensor).indexSelect(0, index)]))
  }
  const viewInputs = (rows: readonly number[]): Named =>
    Object.fromEntries(
      armViews[arm].map((view) => {
        const whole = held.view(view, rows)
        const isSlice = whole.shape.length === 3
        const changed = augmentCmr(isSlice ? whole.unsqueeze(1) : whole, contrast.cmrAugmentation)
        return [view, isSlice ? changed.squeeze(1) : changed]
      }),
    )
  const viewFeatures = (rows: readonly number[]): Named =>
    frozen === undefined ? tower.viewFeatures(viewInputs(rows)) : frozenRows(frozen, rows)
  /** A view at a time, so that no more than a stretch of pictures is in memory. */
  const validationFeatures = (): Named =>
    frozen === undefined
      ? Object.fromEntries(
          armViews[arm].map((view) => [
            view,
            overStretches(validationRows, (some) => tower.encoders.get(view).forward(held.view(view, some))),
          ]),
        )
      : frozenRows(frozen, validationRows)
  const lossOf = (embeddings: Named): LossParts =>
    contrastive(embeddings, terms, pairLoss, { scale: tower.scale(), margin: contrast.margin })

  /** Negatives come from every rank. */
  const lossOfAll = (embeddings: Named): LossParts => lossOf(gatherRanks(embeddings))
  const embed = (rows: readonly number[]): Named =>
    inPrecision(recipe.precision, held.device, () => {
      const ecg_BLT = augmentEcg(held.ecg(rows), contrast.ecgAugmentation)
      return tower.project(tower.ecg.forward(ecg_BLT, held.scale(rows)), viewFeatures(rows))
    })

  return {
    module: tower,
    stepsPerEpoch: sampler.stepsPerEpoch,
    rows: sampler.rows,
    // A step begins with its first chunk; the others are gathered while the GPU computes those before.
    feed: { ...feed, prepare: (rows) => feed.prepare(chunksOf(rows, contrast.chunkSize ?? rows.length)[0]) },
    subjects: (rows) => rows.map((row) => source.subjects[row]),
    step(rows) {
      const chunks = chunksOf(rows, contrast.chunkSize ?? rows.length)
      return chunks.length === 1 ? lossOfAll(embed(rows)) : chunkedStep({ chunks, embed, lossOf: lossOfAll })
    },
    validate() {
      const features_SD = ecgFeatures((ecg, scale) => tower.ecg.forward(ecg, scale), held, selection.rows, numSamples)
      const numTrain = selection.rows.length - validationRows.length
      const ecg_VD = features_SD.narrow(0, numTrain, validationRows.length)
      const embeddings = tower.project(ecg_VD, validationFeatures())
      const { alarms, measures } = agreement(embeddings)
      const { loss, parts } = meanOverBatches(embeddings, validationSize, lossOf)
      return {
        score: selection.meanR2(features_SD),
        measures: {
          loss,
          chance: chanceOf(contrast.pairLoss, validationSize, contrast.margin),
          ...parts,
          ...measures,
          temperature: temperatureOf(tower),
        },
        alarms,
      }
    },
  }

  function agreement(embeddings: Named): { measures: Record<string, number>; alarms: string[] } {
    const measures: Record<string, number> = {}
    for (const term of terms) {
      const found = alignment(embeddings[term.left], embeddings[term.right])
      const name = termName(term)
      for (const k of ['r1', 'r5', 'r10'] as const) {
        measures[`${name}.${k}.leftToRight`] = found.leftToRight[k]
        measures[`${name}.${k}.rightToLeft`] = found.rightToLeft[k]
      }
      measures[`${name}.modalityGap`] = found.modalityGap
      measures[`${name}.meanCosine`] = found.meanCosine
    }
    // also where no term pulls the phases together: they may become one through the ECG
    if (embeddings.ed !== undefined && embeddings.es !== undefined)
      measures['ed-es.meanCosine'] = alignment(embeddings.ed, embeddings.es).meanCosine
    const phases = measures['ed-es.meanCosine']
    const alarms =
      phases > DEGENERATE_COSINE
        ? [`ED and ES embeddings have become one: mean cosine ${phases.toFixed(4)} is above ${DEGENERATE_COSINE}.`]
        : []
    return { measures, alarms }
  }
}

/** The loss over batches of one size, the rows that fill none left out, so that its chance level is ln of that size. */
function meanOverBatches(
  embeddings: Named,
  size: number,
  lossOf: (embeddings: Named) => LossParts,
): { loss: number; parts: Record<string, number> } {
  const numRows = embeddings.ecg.shape[0]
  const numBatches = Math.floor(numRows / size)
  let loss = 0
  const parts: Record<string, number> = {}
  for (let batch = 0; batch < numBatches; batch++) {
    const some = Object.fromEntries(Object.entries(embeddings).map(([name, all_VE]) => [name, all_VE.narrow(0, batch * size, size)]))
    const found = lossOf(some)
    loss += found.loss.item() / numBatches
    for (const [name, part] of Object.entries(found.parts)) parts[name] = (parts[name] ?? 0) + part.item() / numBatches
  }
  return { loss, parts }
}

function temperatureOf(tower: TwoTower): number {
  const scale = tower.scale()
  return 1 / (typeof scale === 'number' ? scale : scale.item())
}
