// Single test subjects: what was measured beside what each arm predicts. Only for subjects that were asked for.
import type { OutcomeId, PhenotypeId } from '../base/phenotypes.ts'
import type { ExampleScores } from './evaluation.ts'
import type { Task } from './probes.ts'
import { type AllPredictions, mean } from './resampling.ts'

/**
 * Labels and predictions of chosen subjects.
 *
 * @param rows  Row numbers; those that are not in the test split are left out.
 * @param ids   Arm ids in the order of `predictions`.
 */
export function tellExamples(
  rows: readonly number[],
  ids: readonly string[],
  tasks: readonly Task[],
  predictions: AllPredictions,
  testRows: readonly number[],
): ExampleScores[] {
  return rows
    .filter((row) => testRows.includes(row))
    .map((row) => {
      const example: ExampleScores = { row, phenotypes: {}, outcomes: {} }
      for (const [t, task] of tasks.entries()) {
        const place = task.testPlaces.indexOf(testRows.indexOf(row))
        if (task.refusal !== undefined || place < 0) continue
        const predicted = Object.fromEntries(
          ids.map((id, m) => [id, mean(predictions[m].flatMap((draws) => draws.map((one) => one[t]?.[place] ?? Number.NaN)))]),
        )
        const told = { measured: task.truth_N[place], predicted }
        if (task.isOutcome) example.outcomes[task.id as OutcomeId] = told
        else example.phenotypes[task.id as PhenotypeId] = told
      }
      return example
    })
}
