// The rule by which every stage and every arm picks its checkpoint: how well a ridge probe on the frozen ECG features, fitted on part of
// the training split, predicts the phenotypes measured from the masks in the validation split. Never the loss, never the test split.
import type * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'
import { type PhenotypeId, phenotypeIds } from '../base/phenotypes.ts'
import { createRandom } from '../base/seed.ts'
import { rowsOf } from '../batches/source.ts'
import type { Source } from '../batches/source.ts'
import { createBasis } from '../evaluate/basis.ts'
import { predictLinear, ridgePath, sharedPenalty } from '../evaluate/ridge.ts'
import { expectFiniteRows } from './expect-finite-rows.ts'

export type Selection = {
  /** The rows to embed: those of the training split that the probe is fitted on, then the whole validation split. */
  rows: readonly number[]
  /** Mean R² over the phenotypes that vary and over the draws. @param features_SD Features of `rows`, in that order. @throws train/not-finite */
  meanR2(features_SD: torch.Tensor): number
}

/** How many of the training split's measured phenotypes the probe is fitted on, as labels will be at use, and how often drawn anew. */
export type SelectionConfig = { labelFraction: number; numDraws: number }

const FEWEST_ROWS = 10 // below that a ridge probe says little: all are taken
const FEWEST_FITTED = 5 // and with fewer there is none
const FEWEST_HELD = 2 // R² needs two values that differ

/**
 * Prepares the probe for a source. The draws are the same for every stage, arm and seed.
 *
 * A phenotype that is unknown for half of the people of a split or more (cardiac output where no heart rate was noted) is left out; of
 * the others each person in the probe has all.
 *
 * @throws  train/selection when too few people are left to fit or to score it on.
 */
export function createSelection(source: Source, { labelFraction, numDraws }: SelectionConfig): Selection {
  const trainRows = rowsOf(source, 'train')
  const validationRows = rowsOf(source, 'validation')
  const knows = (id: PhenotypeId) => (row: number) => Number.isFinite(source.measured[id][row])
  const usable = phenotypeIds.filter((id) => [trainRows, validationRows].every((rows) => rows.filter(knows(id)).length * 2 > rows.length))
  const isKnown = (row: number) => usable.every((id) => knows(id)(row))
  const fittable = trainRows.filter(isKnown)
  expectPeople(usable.length, fittable.length, usable.length === 0 ? 0 : validationRows.filter(isKnown).length)
  const numFitted = Math.min(fittable.length, Math.max(FEWEST_ROWS, Math.round(labelFraction * fittable.length)))
  const drawn = Array.from({ length: numFitted === fittable.length ? 1 : numDraws }, (_, draw) =>
    createRandom('selection').stream(draw).shuffle(fittable).slice(0, numFitted),
  )
  const fittedRows = [...new Set(drawn.flat())].sort((a, b) => a - b) // nobody else's features are needed
  const rows = [...fittedRows, ...validationRows]
  const subjects = rows.map((row) => source.subjects[row])
  const placeOf = new Map(fittedRows.map((row, place) => [row, place]))
  const draws = drawn.map((fitted) => fitted.map((row) => placeOf.get(row) as number))
  const held = validationRows.flatMap((row, place) => (isKnown(row) ? [fittedRows.length + place] : []))
  const columns = usable.map((id) => rows.map((row) => source.measured[id][row]))
  const varying = columns.filter((column) => [held, ...draws].every((places) => new Set(places.map((place) => column[place])).size > 1))
  return {
    rows,
    meanR2(features_SD) {
      const [, width] = features_SD.shape
      const values = features_SD.cpu().toArray() as Float32Array
      expectFiniteRows(values, subjects, 'the ECG encoder')
      let total = 0
      for (const fitted of draws) {
        const basis = createBasis(values, width, fitted)
        const projected = basis.project(held)
        const targets = varying.map((column) => fitted.map((place) => column[place]))
        const paths = targets.map((target) => ridgePath(basis, target))
        const chosen = sharedPenalty(
          paths.map((path) => path.map(({ cvError }) => cvError)),
          targets.map(varianceOf),
        )
        varying.forEach((column, t) => {
          const truth = held.map((place) => column[place])
          total += r2Of(predictLinear(paths[t][chosen], projected, held.length), truth)
        })
      }
      return total / (draws.length * varying.length)
    },
  }
}

function expectPeople(numPhenotypes: number, numFittable: number, numHeld: number): void {
  if (numPhenotypes > 0 && numFittable >= FEWEST_FITTED && numHeld >= FEWEST_HELD) return
  throw fault({
    code: 'train/selection',
    where: 'createSelection',
    expected: `${FEWEST_FITTED} people or more for training and ${FEWEST_HELD} for validation whose phenotypes are measured, to pick checkpoints by`,
    received: numPhenotypes === 0 ? 'no phenotype that more than half of both splits have' : `${numFittable} and ${numHeld}`,
    hint: 'Take in more people, or look at why their hearts were not measured: ingest names the reasons.',
  })
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
}

function r2Of(predicted: Float64Array, truth: readonly number[]): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length
  const residual = truth.reduce((sum, value, i) => sum + (value - predicted[i]) ** 2, 0)
  const total = truth.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return 1 - residual / total
}
