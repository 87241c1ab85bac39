// How much of each phenotype the ECG can tell at all: the ceiling every trained arm is measured against.
// Hands on: explainCeiling.
import { Matrix, solve } from 'ml-matrix'
import { type PhenotypeId, phenotypeIds } from '../base/phenotypes.ts'
import { electricalMeasures } from './electrical-measures.ts'
import type { Person } from './person.ts'
import { truePhenotypes } from './phenotype-truth.ts'

export type CeilingRow = {
  phenotype: PhenotypeId
  /** Cross-validated R² of the best ridge regression on all noise-free electrical parameters. */
  r2: number
  /** R² of the best single parameter, and its name: how easy it would be to cheat. */
  bestSingleR2: number
  bestSingle: string
  n: number
}

const penalties = [1, 10, 100, 1000]

/**
 * Explains each phenotype from the noise-free electrical parameters of the same people.
 *
 * Parameters and the squares of the intervals are standardised; ridge regression, five folds in order of drawing (people are
 * independent), the best of four penalties. The result is a lower bound of what any reader could do and close to it, because the
 * simulated links are smooth.
 *
 * @param persons  At least 50; a few hundred give R² within about 0.05.
 * @throws         Nothing; with fewer persons than folds every R² is NaN.
 * @example        explainCeiling(persons).find(({ phenotype }) => phenotype === 'lvef')?.r2
 */
export function explainCeiling(persons: readonly Person[]): CeilingRow[] {
  const { names, features_BD } = featureTable(persons)
  return phenotypeIds.map((phenotype) => {
    const target_B = persons.map((person) => truePhenotypes(person)[phenotype])
    let best = Number.NEGATIVE_INFINITY
    for (const penalty of penalties) best = Math.max(best, crossValidatedR2(features_BD, target_B, penalty))
    let bestSingle = names[0]
    let bestSingleR2 = 0
    for (let d = 0; d < names.length; d++) {
      const r2 =
        correlation(
          features_BD.map((row) => row[d]),
          target_B,
        ) ** 2
      if (r2 > bestSingleR2) {
        bestSingleR2 = r2
        bestSingle = names[d]
      }
    }
    return { phenotype, r2: persons.length < 10 ? Number.NaN : best, bestSingleR2, bestSingle, n: persons.length }
  })
}

function featureTable(persons: readonly Person[]): { names: string[]; features_BD: number[][] } {
  const raw = persons.map(electricalMeasures)
  const names = Object.keys(raw[0] ?? {})
  const squared = names.filter((name) => !name.includes('.') && !name.startsWith('is'))
  const rows = raw.map((row) => [...names.map((name) => row[name]), ...squared.map((name) => row[name] ** 2)])
  const all = [...names, ...squared.map((name) => `${name}²`)]
  return { names: all, features_BD: standardise(rows) }
}

function standardise(rows: number[][]): number[][] {
  const width = rows[0]?.length ?? 0
  const mean = new Array<number>(width).fill(0)
  const sd = new Array<number>(width).fill(0)
  for (const row of rows) for (let d = 0; d < width; d++) mean[d] += row[d] / rows.length
  for (const row of rows) for (let d = 0; d < width; d++) sd[d] += (row[d] - mean[d]) ** 2 / rows.length
  return rows.map((row) => row.map((value, d) => (sd[d] > 1e-12 ? (value - mean[d]) / Math.sqrt(sd[d]) : 0)))
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const n = a.length
  let ma = 0
  let mb = 0
  for (let i = 0; i < n; i++) {
    ma += a[i] / n
    mb += b[i] / n
  }
  let ab = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < n; i++) {
    ab += (a[i] - ma) * (b[i] - mb)
    aa += (a[i] - ma) ** 2
    bb += (b[i] - mb) ** 2
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0
}

/** R² of held-out predictions over five folds. */
export function crossValidatedR2(features_BD: readonly number[][], target_B: readonly number[], penalty: number): number {
  const numFolds = 5
  const n = target_B.length
  const width = features_BD[0].length
  let residual = 0
  let total = 0
  const grand = target_B.reduce((sum, value) => sum + value / n, 0)
  for (let fold = 0; fold < numFolds; fold++) {
    const train = target_B.map((_, i) => i).filter((i) => i % numFolds !== fold)
    const mean = train.reduce((sum, i) => sum + target_B[i] / train.length, 0)
    const x = new Matrix(train.map((i) => features_BD[i]))
    const gram = x.transpose().mmul(x)
    for (let d = 0; d < width; d++) gram.set(d, d, gram.get(d, d) + penalty)
    const y = Matrix.columnVector(train.map((i) => target_B[i] - mean))
    const weights = solve(gram, x.transpose().mmul(y)).to1DArray()
    for (let i = fold; i < n; i += numFolds) {
      let predicted = mean
      for (let d = 0; d < width; d++) predicted += weights[d] * features_BD[i][d]
      residual += (target_B[i] - predicted) ** 2
      total += (target_B[i] - grand) ** 2
    }
  }
  return 1 - residual / total
}
