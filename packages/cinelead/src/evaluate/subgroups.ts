// The same predictions scored on a part of the test split: does an arm's gain hold in women and men, young and old?
import { meanEstimate, meansOf } from './arm-scores.ts'
import type { EvaluationSettings, SubgroupScores } from './evaluation.ts'
import { refusalOf, type Task } from './probes.ts'
import { type AllPredictions, resampleScores } from './resampling.ts'

/** A part of the subjects. */
export type Subgroup = { id: string; name: string; isMember_S: ArrayLike<boolean> }

/**
 * Mean R² and mean AUROC of every arm among a subgroup's test subjects; probes are those of the whole cohort.
 *
 * R² is about the subgroup's own mean, so it can be lower in every subgroup than over all (sex explains much of heart size).
 */
export function scoreSubgroup(
  group: Subgroup,
  ids: readonly string[],
  tasks: readonly Task[],
  predictions: AllPredictions,
  testRows: readonly number[],
  settings: EvaluationSettings,
): SubgroupScores {
  const kept_T = tasks.map((task) => task.testPlaces.flatMap((place, n) => (group.isMember_S[testRows[place]] ? [n] : [])))
  const parts = tasks.map((task, t): Task => {
    const part = restrictTask(task, kept_T[t])
    return { ...part, refusal: task.refusal ?? refusalOf(part, settings) }
  })
  const partPredictions = predictions.map((seeds) =>
    seeds.map((draws) =>
      draws.map((row) => row.map((predicted_N, t) => predicted_N && Float64Array.from(kept_T[t], (n) => predicted_N[n]))),
    ),
  )
  const resampled = resampleScores(partPredictions, parts, testRows.length, settings)
  return {
    id: group.id,
    name: group.name,
    n: testRows.filter((row) => group.isMember_S[row]).length,
    arms: ids.map((id, m) => {
      const means = meansOf(parts, resampled[m])
      return { id, meanR2: meanEstimate(means.r2, settings), meanAuroc: meanEstimate(means.auroc, settings) }
    }),
  }
}

/** A task on some of its test subjects. @param kept Places in `testPlaces` and `truth_N`. */
export function restrictTask(task: Task, kept: readonly number[]): Task {
  return { ...task, testPlaces: kept.map((n) => task.testPlaces[n]), truth_N: Float64Array.from(kept, (n) => task.truth_N[n]) }
}
