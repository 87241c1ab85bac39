// Disease to come: among those without the disease at the visit, does a higher risk fall ill sooner?
import type { OutcomeId } from '../base/phenotypes.ts'
import { estimateOf } from './arm-scores.ts'
import { notEstimable } from './estimate.ts'
import type { EvaluationSettings, FollowUpScores } from './evaluation.ts'
import type { Task } from './probes.ts'
import { type AllPredictions, resampleScores } from './resampling.ts'
import { restrictTask } from './subgroups.ts'

/** Days from the visit to the event or the end of follow-up; NaN for those who have the disease already or of whom no date is known. */
export type FollowUp = { days_S: ArrayLike<number>; isEvent_S: ArrayLike<number> }

/**
 * Harrell's C of every arm and disease, with the risks of the logistic probes.
 *
 * @returns  One entry a disease that has a probe; not estimable with fewer than `minEvents` new events.
 */
export function scoreFollowUp(
  followUp: Partial<Record<OutcomeId, FollowUp>>,
  ids: readonly string[],
  tasks: readonly Task[],
  predictions: AllPredictions,
  testRows: readonly number[],
  settings: EvaluationSettings,
): FollowUpScores[] {
  return tasks.flatMap((task, t): FollowUpScores[] => {
    const known = followUp[task.id as OutcomeId]
    if (!task.isOutcome || task.refusal !== undefined || known === undefined) return []
    const kept = task.testPlaces.flatMap((place, n) => (Number.isFinite(known.days_S[testRows[place]]) ? [n] : []))
    const part = restrictTask(task, kept)
    const rows = part.testPlaces.map((place) => testRows[place])
    const days_N = Float64Array.from(rows, (row) => known.days_S[row])
    const truth_N = Float64Array.from(rows, (row) => known.isEvent_S[row])
    const events = truth_N.filter((value) => value === 1).length
    const outcome = task.id as OutcomeId
    if (events < settings.minEvents || rows.length < settings.minTest) {
      const refusal = notEstimable(
        'too-few-test-events',
        `${events} new events among ${rows.length}; at least ${settings.minEvents} among ${settings.minTest} are needed.`,
      )
      return [{ outcome, n: rows.length, events, arms: ids.map((id) => ({ id, cIndex: refusal })) }]
    }
    const mine = predictions.map((seeds) =>
      seeds.map((draws) => draws.map((row) => [row[t] && Float64Array.from(kept, (n) => (row[t] as Float64Array)[n])])),
    )
    const resampled = resampleScores(mine, [{ ...part, truth_N, days_N }], testRows.length, settings)
    const arms = ids.map((id, m) => {
      const one = resampled[m][0]
      return { id, cIndex: one === undefined ? notEstimable('no-variation', 'No score.') : estimateOf(one, settings) }
    })
    return [{ outcome, n: rows.length, events, arms }]
  })
}
