// Scores of all models on all tasks, once on the subjects as they are and once per bootstrap resample. A resample draws test
// subjects, and with them training seeds and label draws, the same for every model: so differences are paired.
// Shapes: per model and task, value_R [R] of R resamples.
import { createRandom } from '../base/seed.ts'
import { resampleCounts } from './bootstrap.ts'
import { createConcordance } from './concordance.ts'
import type { EvaluationSettings } from './evaluation.ts'
import type { Predictions, Task } from './probes.ts'
import { auroc, createRanking, type Ranking } from './ranking-scores.ts'
import { rSquared } from './regression-scores.ts'

/** A model's leading score (R² or AUROC) for one task: as it is, and resampled. NaN where it has no value. */
export type Resampled = { value: number; perSeed: number[]; value_R: Float64Array }

/** `[model][seed][draw][task]`, as `probeArm` gives it. */
export type AllPredictions = readonly (readonly (readonly (readonly (Predictions | undefined)[])[])[])[]

/**
 * Leading scores and their bootstrap.
 *
 * @param numTest  Test subjects M; a task's `testPlaces` point into them.
 * @returns        `[model][task]`; `undefined` where the task is refused.
 *
 * Source:  Efron, Tibshirani 1993, chapter 8 (resampling subjects); seeds and draws are resampled as crossed factors, as in
 *          Owen 2007, Annals of Applied Statistics 1:386 (the pigeonhole bootstrap).
 */
export function resampleScores(
  predictions: AllPredictions,
  tasks: readonly Task[],
  numTest: number,
  settings: EvaluationSettings,
): (Resampled | undefined)[][] {
  const random = createRandom(`${settings.seed}/bootstrap`)
  const scorers = predictions.map((seeds) => seeds.map((draws) => draws.map((row) => row.map((p, t) => createScorer(p, tasks[t])))))
  const numSeeds = Math.max(...predictions.map((seeds) => seeds.length))
  const results = scorers.map((seeds) =>
    tasks.map((task, t): Resampled | undefined => {
      if (task.refusal !== undefined) return undefined
      const perSeed = seeds.map((draws) => mean(draws.map((row) => row[t]?.() ?? Number.NaN)))
      return { value: mean(perSeed), perSeed, value_R: new Float64Array(settings.numResamples) }
    }),
  )
  const counts_N = tasks.map((task) => new Float64Array(task.testPlaces.length))
  for (let r = 0; r < settings.numResamples; r++) {
    const counts_M = resampleCounts(random, numTest)
    const seedCounts = resampleCounts(random, numSeeds)
    const drawCounts = resampleCounts(random, settings.numDraws)
    for (const [t, task] of tasks.entries()) {
      if (task.refusal !== undefined) continue
      for (const [n, place] of task.testPlaces.entries()) counts_N[t][n] = counts_M[place]
      for (const [m, seeds] of scorers.entries()) {
        const target = results[m][t]
        if (target === undefined) continue
        // A baseline has one seed: it counts once whatever was drawn.
        const seedWeights = seeds.length === numSeeds ? seedCounts : [1]
        let total = 0
        let weight = 0
        for (const [s, draws] of seeds.entries()) {
          for (const [d, row] of draws.entries()) {
            const share = seedWeights[s] * drawCounts[d]
            if (share === 0) continue
            total += share * (row[t]?.(counts_N[t]) ?? Number.NaN)
            weight += share
          }
        }
        target.value_R[r] = total / weight
      }
    }
  }
  return results
}

/** The mean over tasks of resampled scores, resample by resample: one number for an arm. */
export function averageTasks(parts: readonly Resampled[]): Resampled {
  return {
    value: mean(parts.map((part) => part.value)),
    perSeed: parts[0].perSeed.map((_, s) => mean(parts.map((part) => part.perSeed[s]))),
    value_R: parts[0].value_R.map((_, r) => mean(parts.map((part) => part.value_R[r]))),
  }
}

/** Mean of values; NaN when one of them is. */
export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}

function createScorer(predicted_N: Predictions | undefined, task: Task): ((count_N?: Float64Array) => number) | undefined {
  if (predicted_N === undefined) return undefined
  const { days_N } = task
  if (days_N !== undefined) return createConcordance(predicted_N, days_N, task.truth_N)
  if (!task.isOutcome) return (count_N) => rSquared(task.truth_N, predicted_N, count_N)
  const ranking: Ranking = createRanking(predicted_N)
  return (count_N) => auroc(ranking, task.truth_N, count_N)
}
