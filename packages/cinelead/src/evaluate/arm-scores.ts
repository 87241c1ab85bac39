// One model's row of the results: its resampled scores as estimates, with the plain scores beside them.
import { type OutcomeId, outcomes, type PhenotypeId, phenotypes } from '../base/phenotypes.ts'
import { percentileInterval } from './bootstrap.ts'
import { calibration } from './calibration.ts'
import { type Estimate, notEstimable } from './estimate.ts'
import type { ArmScores, EvaluationSettings, OutcomeScore, PhenotypeScore } from './evaluation.ts'
import type { ArmEmbeddings, Predictions, Task } from './probes.ts'
import { auprc, brier, createRanking } from './ranking-scores.ts'
import { meanAbsoluteError, pearson } from './regression-scores.ts'
import { averageTasks, mean, type Resampled } from './resampling.ts'

/** An estimate from a score and its resamples. */
export function estimateOf(resampled: Pick<Resampled, 'value' | 'value_R'>, settings: EvaluationSettings): Estimate {
  const finite = resampled.value_R.filter(Number.isFinite)
  if (!Number.isFinite(resampled.value) || finite.length === 0)
    return notEstimable('no-variation', 'The score has no value on these subjects.')
  return { value: resampled.value, ...percentileInterval(finite, settings.level) }
}

/** Mean R² over the phenotypes and mean AUROC over the outcomes that can be scored. */
export function meansOf(tasks: readonly Task[], resampled: readonly (Resampled | undefined)[]): { r2?: Resampled; auroc?: Resampled } {
  const parts = (isOutcome: boolean) =>
    resampled.flatMap((part, t) => (part !== undefined && tasks[t].isOutcome === isOutcome ? [part] : []))
  const average = (list: Resampled[]) => (list.length === 0 ? undefined : averageTasks(list))
  return { r2: average(parts(false)), auroc: average(parts(true)) }
}

/** The mean's estimate, or that none of its parts can be scored. */
export function meanEstimate(resampled: Resampled | undefined, settings: EvaluationSettings): Estimate {
  return resampled === undefined ? notEstimable('no-parts', 'None of the labels can be scored.') : estimateOf(resampled, settings)
}

/** Everything the record says of one model. */
export function scoresOf(
  arm: ArmEmbeddings,
  tasks: readonly Task[],
  predictions: readonly (readonly (readonly (Predictions | undefined)[])[])[],
  resampled: readonly (Resampled | undefined)[],
  settings: EvaluationSettings,
): ArmScores {
  const means = meansOf(tasks, resampled)
  const phenotypeScores: Partial<Record<PhenotypeId, PhenotypeScore>> = {}
  const outcomeScores: Partial<Record<OutcomeId, OutcomeScore>> = {}
  for (const [t, task] of tasks.entries()) {
    const average = (score: (predicted_N: Predictions) => number): number | null => {
      const values = predictions.flatMap((draws) => draws.flatMap((row) => (row[t] === undefined ? [] : [score(row[t])])))
      const value = mean(values)
      return values.length > 0 && Number.isFinite(value) ? value : null
    }
    const lead = resampled[t]
    const estimate = lead === undefined ? (task.refusal ?? notEstimable('no-labels', 'No score.')) : estimateOf(lead, settings)
    const n = task.truth_N.length
    const numLabelled = mean(task.rows_D.map((rows) => rows.length))
    const phenotype = phenotypes.find(({ id }) => id === task.id)
    if (phenotype !== undefined) {
      phenotypeScores[phenotype.id] = {
        n,
        numLabelled,
        unit: phenotype.unit,
        r2: estimate,
        pearson: average((predicted_N) => pearson(task.truth_N, predicted_N)),
        mae: average((predicted_N) => meanAbsoluteError(task.truth_N, predicted_N)),
      }
    }
    const outcome = outcomes.find(({ id }) => id === task.id)
    if (outcome !== undefined) {
      const events = task.truth_N.filter((value) => value === 1).length
      const rarer = Math.min(events, n - events)
      const risks = predictions.flatMap((draws) => draws.flatMap((row) => (row[t] === undefined ? [] : [row[t]])))
      outcomeScores[outcome.id] = {
        n,
        numLabelled,
        events,
        labelledEvents: mean(task.rows_D.map((rows) => rows.filter((row) => task.label_S[row] === 1).length)),
        auroc: estimate,
        auprc: average((risk_N) => auprc(createRanking(risk_N), task.truth_N)),
        brier: average((risk_N) => brier(risk_N, task.truth_N)),
        brierOfPrevalence: risks.length > 0 ? (events / n) * (1 - events / n) : null,
        calibration: risks.length > 0 && rarer >= settings.minCalibration ? calibration(meanRisk(risks), task.truth_N) : null,
      }
    }
  }
  return {
    id: arm.id,
    numFeatures: arm.numFeatures,
    numSeeds: arm.seeds.length,
    meanR2: meanEstimate(means.r2, settings),
    meanR2PerSeed: means.r2?.perSeed ?? [],
    meanAuroc: meanEstimate(means.auroc, settings),
    phenotypes: phenotypeScores as Record<PhenotypeId, PhenotypeScore>,
    outcomes: outcomeScores as Record<OutcomeId, OutcomeScore>,
  }
}

function meanRisk(risks: readonly Predictions[]): Float64Array {
  return risks[0].map((_, i) => mean(risks.map((risk_N) => risk_N[i])))
}
