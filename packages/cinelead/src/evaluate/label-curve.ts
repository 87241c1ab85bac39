// How an arm's mean R² grows with the number of labels: where pre-training pays is where labels are few.
import { meanEstimate, meansOf } from './arm-scores.ts'
import type { EvaluationSettings, LabelCurvePoint } from './evaluation.ts'
import { type ArmEmbeddings, createTasks, type Labels, probeArm } from './probes.ts'
import { mean, resampleScores } from './resampling.ts'

/**
 * Mean R² of every arm at each share of labels. Phenotypes only; outcomes are too rare for small shares.
 *
 * Shares are nested: what a probe sees at one, it sees at every larger one. A share at which no phenotype can be scored is left out.
 */
export function labelCurve(
  arms: readonly ArmEmbeddings[],
  labels: Labels,
  trainRows: readonly number[],
  testRows: readonly number[],
  numSubjects: number,
  settings: EvaluationSettings,
): LabelCurvePoint[] {
  return settings.curveFractions.flatMap((labelFraction) => {
    const own = { ...settings, labelFraction, numDraws: labelFraction === 1 ? 1 : settings.numDraws }
    const tasks = createTasks(labels, trainRows, testRows, own).filter(({ isOutcome }) => !isOutcome)
    const scored = tasks.filter(({ refusal }) => refusal === undefined)
    if (scored.length === 0) return []
    const predictions = arms.map((arm) => probeArm(arm, scored, testRows, numSubjects, own))
    const resampled = resampleScores(predictions, scored, testRows.length, own)
    return [
      {
        labelFraction,
        numLabelled: mean(scored.flatMap(({ rows_D }) => rows_D.map((rows) => rows.length))),
        arms: arms.map(({ id }, m) => ({ id, meanR2: meanEstimate(meansOf(scored, resampled[m]).r2, own) })),
      },
    ]
  })
}
