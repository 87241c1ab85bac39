// Every arm against the reference, on the same resamples: the paired difference and its interval.
import type { OutcomeId, PhenotypeId } from '../base/phenotypes.ts'
import { estimateOf, meansOf } from './arm-scores.ts'
import { delong, delongDifference } from './delong.ts'
import { type Estimate, notEstimable } from './estimate.ts'
import type { Difference, EvaluationSettings, Metric } from './evaluation.ts'
import type { Task } from './probes.ts'
import type { AllPredictions, Resampled } from './resampling.ts'

/**
 * Differences of every leading score and both means, arm minus reference.
 *
 * @param ids  Arm ids in the order of `predictions` and `resampled`.
 * @returns    For areas of single outcomes `p` is DeLong's two-sided test, not corrected for their number.
 */
export function differencesFrom(
  reference: string,
  ids: readonly string[],
  tasks: readonly Task[],
  predictions: AllPredictions,
  resampled: readonly (readonly (Resampled | undefined)[])[],
  settings: EvaluationSettings,
): Difference[] {
  const base = ids.indexOf(reference)
  const baseMeans = meansOf(tasks, resampled[base])
  return ids.flatMap((arm, m) => {
    if (m === base) return []
    const means = meansOf(tasks, resampled[m])
    const difference = (metric: Metric, mine?: Resampled, theirs?: Resampled): Difference => ({
      arm,
      versus: reference,
      metric,
      estimate: subtract(mine, theirs, settings),
    })
    const single = tasks.flatMap((task, t): Difference[] => {
      const mine = resampled[m][t]
      const theirs = resampled[base][t]
      if (mine === undefined || theirs === undefined) return []
      if (!task.isOutcome) return [difference(`r2.${task.id as PhenotypeId}`, mine, theirs)]
      const risks = [m, base].map((model) => predictions[model].flatMap((draws) => draws.flatMap((row) => row[t] ?? [])))
      const { p } = delongDifference(delong(risks, task.truth_N), 0, 1)
      return [{ ...difference(`auroc.${task.id as OutcomeId}`, mine, theirs), ...(Number.isFinite(p) ? { p } : {}) }]
    })
    return [difference('meanR2', means.r2, baseMeans.r2), difference('meanAuroc', means.auroc, baseMeans.auroc), ...single]
  })
}

function subtract(mine: Resampled | undefined, theirs: Resampled | undefined, settings: EvaluationSettings): Estimate {
  if (mine === undefined || theirs === undefined) return notEstimable('no-parts', 'None of the labels can be scored.')
  return estimateOf({ value: mine.value - theirs.value, value_R: mine.value_R.map((value, r) => value - theirs.value_R[r]) }, settings)
}
