// The rule by which every stage and every arm picks its checkpoint: how well a ridge probe on the frozen ECG features, fitted on the
// training split, predicts the phenotypes measured from the masks in the validation split. Never the loss, never the test split.
import type * as torch from '@cinelead/torch'
import { phenotypeIds } from '../base/phenotypes.ts'
import { rowsOf } from '../batches/source.ts'
import type { Source } from '../batches/source.ts'
import { createBasis } from '../evaluate/basis.ts'
import { predictLinear, ridgeProbe } from '../evaluate/ridge.ts'

export type Selection = {
  /** The rows to embed: training, then validation. */
  rows: readonly number[]
  /** Mean R² over the phenotypes that vary. @param features_SD Features of `rows`, in that order. */
  meanR2(features_SD: torch.Tensor): number
}

/** Prepares the probe for a source. */
export function createSelection(source: Source): Selection {
  const trainRows = rowsOf(source, 'train')
  const validationRows = rowsOf(source, 'validation')
  const rows = [...trainRows, ...validationRows]
  const places = (from: number, list: readonly number[], column: Float64Array) =>
    list.flatMap((row, place) => (Number.isFinite(column[row]) ? [from + place] : []))
  const tasks = phenotypeIds.flatMap((id) => {
    const column = source.measured[id]
    const fitted = places(0, trainRows, column)
    const held = places(trainRows.length, validationRows, column)
    const target = fitted.map((place) => column[rows[place]])
    const truth = held.map((place) => column[rows[place]])
    const isFlat = (values: number[]) => values.length < 2 || values.every((value) => value === values[0])
    return isFlat(target) || isFlat(truth) ? [] : [{ fitted, held, target, truth }]
  })
  return {
    rows,
    meanR2(features_SD) {
      const [, width] = features_SD.shape
      const values = Float32Array.from(features_SD.cpu().toArray() as Float32Array)
      const bases = new Map<string, ReturnType<typeof createBasis>>()
      const scores = tasks.map(({ fitted, held, target, truth }) => {
        const key = fitted.join()
        const basis = bases.get(key) ?? createBasis(values, width, fitted)
        bases.set(key, basis)
        const predicted = predictLinear(ridgeProbe(basis, target), basis.project(held), held.length)
        const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length
        const residual = truth.reduce((sum, value, i) => sum + (value - predicted[i]) ** 2, 0)
        const total = truth.reduce((sum, value) => sum + (value - mean) ** 2, 0)
        return 1 - residual / total
      })
      return scores.reduce((sum, score) => sum + score, 0) / scores.length
    },
  }
}
