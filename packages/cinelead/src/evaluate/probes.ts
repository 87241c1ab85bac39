// Fits every probe on every model and predicts the test subjects. What is fitted where, and what is not, is decided here once
// for all arms: same subjects, same labels, same folds.
import { fault } from '../base/errors.ts'
import { type OutcomeId, outcomeIds, type PhenotypeId, phenotypeIds } from '../base/phenotypes.ts'
import { createRandom } from '../base/seed.ts'
import { type Basis, createBasis } from './basis.ts'
import { type NotEstimable, notEstimable } from './estimate.ts'
import type { EvaluationSettings } from './evaluation.ts'
import { labelledRows } from './label-budget.ts'
import { sigmoid } from './logistic.ts'
import { logisticAt, logisticErrors, takeRows } from './logistic-probe.ts'
import { type LinearModel, predictLinear, ridgePath, sharedPenalty } from './ridge.ts'

/** A model's frozen features. Row order is the labels'. */
export type ArmEmbeddings = {
  id: string
  numFeatures: number
  /** One array per training seed, each of shape [S, E]. */
  seeds: readonly { seed: number; embeddings_SE: Float32Array | Float64Array }[]
}

/** Labels by name, NaN where unknown. Each of shape [S]. */
export type Labels = { phenotypes: Record<PhenotypeId, ArrayLike<number>>; outcomes: Record<OutcomeId, ArrayLike<number>> }

/** A label with the subjects it is learned from and tested on, the same for every model. */
export type Task = {
  id: PhenotypeId | OutcomeId
  isOutcome: boolean
  label_S: ArrayLike<number>
  /** Labelled training rows of each draw. */
  rows_D: number[][]
  /** Places in the test list of those with this label. */
  testPlaces: number[]
  truth_N: Float64Array
  /** Days to the event or the end of follow-up, where the order in time is scored. Shape [N]. */
  days_N?: Float64Array
  /** Set when no score of this label can be given. */
  refusal?: NotEstimable
}

/** One probe's values for the test subjects of its task: label unit for phenotypes, probability for outcomes. Shape [N]. */
export type Predictions = Float64Array

/** Draws the label budget for every label and says which labels cannot be scored, and why. */
export function createTasks(
  labels: Labels,
  trainRows: readonly number[],
  testRows: readonly number[],
  settings: EvaluationSettings,
): Task[] {
  const make = (id: PhenotypeId | OutcomeId, label_S: ArrayLike<number>, isOutcome: boolean): Task => {
    const rows_D = Array.from({ length: settings.numDraws }, (_, draw) =>
      labelledRows(label_S, trainRows, settings.labelFraction, createRandom(`${settings.seed}/labels/${draw}`), {
        isOutcome,
        minEvents: settings.minEvents,
      }),
    )
    const testPlaces = testRows.flatMap((row, place) => (Number.isFinite(label_S[row]) ? [place] : []))
    const truth_N = Float64Array.from(testPlaces, (place) => label_S[testRows[place]])
    const task: Task = { id, isOutcome, label_S, rows_D, testPlaces, truth_N }
    return { ...task, refusal: refusalOf(task, settings) }
  }
  return [
    ...phenotypeIds.map((id) => make(id, labels.phenotypes[id], false)),
    ...outcomeIds.map((id) => make(id, labels.outcomes[id], true)),
  ]
}

/** Why a label cannot be scored on these subjects, or nothing. */
export function refusalOf(
  task: Pick<Task, 'isOutcome' | 'label_S' | 'rows_D' | 'truth_N'>,
  settings: EvaluationSettings,
): NotEstimable | undefined {
  const { rows_D, truth_N, label_S, isOutcome } = task
  const numLabelled = Math.min(...rows_D.map((rows) => rows.length))
  const { minLabelled, minTest, minEvents } = settings
  if (numLabelled === 0 || truth_N.length === 0)
    return notEstimable('no-labels', 'No subject has this label in the training or in the test split.')
  if (numLabelled < minLabelled) {
    return notEstimable('too-few-labelled', `${numLabelled} labelled training subjects; at least ${minLabelled} are needed.`)
  }
  if (truth_N.length < minTest) {
    return notEstimable('too-few-test-subjects', `${truth_N.length} test subjects with this label; at least ${minTest} are needed.`)
  }
  if (!isOutcome) {
    const isFlat = truth_N.every((value) => value === truth_N[0])
    return isFlat ? notEstimable('no-variation', 'All test subjects have the same value.') : undefined
  }
  const rarer = (values: readonly number[]) => Math.min(values.filter((v) => v === 1).length, values.filter((v) => v !== 1).length)
  const labelled = Math.min(...rows_D.map((rows) => rarer(rows.map((row) => label_S[row]))))
  const tested = rarer([...truth_N])
  if (labelled < minEvents) {
    return notEstimable('too-few-labelled-events', `${labelled} events or non-events among the labelled; at least ${minEvents} are needed.`)
  }
  if (tested < minEvents) {
    return notEstimable('too-few-test-events', `${tested} events or non-events in the test split; at least ${minEvents} are needed.`)
  }
  return undefined
}

/**
 * Fits and predicts: for every seed and label draw of one model, every task that can be scored.
 *
 * @returns  `[seed][draw][task]`; `undefined` where the task is refused.
 * @throws   evaluate/shape when an embedding does not have a row for every subject.
 */
export function probeArm(
  arm: ArmEmbeddings,
  tasks: readonly Task[],
  testRows: readonly number[],
  numSubjects: number,
  settings: EvaluationSettings,
): (Predictions | undefined)[][][] {
  return arm.seeds.map(({ embeddings_SE }) => {
    if (embeddings_SE.length !== numSubjects * arm.numFeatures) {
      throw fault({
        code: 'evaluate/shape',
        where: 'probeArm',
        expected: `embeddings_SE of ${arm.id} of shape [${numSubjects}, ${arm.numFeatures}]`,
        received: `${embeddings_SE.length} values`,
        hint: 'The embeddings belong to another store: train this arm again, or give the store it was trained on.',
      })
    }
    return Array.from({ length: settings.numDraws }, (_, draw) => {
      const bases = new Map<string, { basis: Basis; scores_MK: Float64Array }>()
      const fits = tasks.map((task) => {
        if (task.refusal !== undefined) return undefined
        const rows = task.rows_D[draw]
        const key = rows.join()
        const found = bases.get(key) ?? projectTest(createBasis(embeddings_SE, arm.numFeatures, rows), testRows)
        bases.set(key, found)
        const { basis, scores_MK } = found
        const label_N = rows.map((row) => task.label_S[row])
        const testScores_NK = takeRows(scores_MK, basis.numComponents, task.testPlaces)
        return { id: task.id, basis, label_N, testScores_NK, numTest: task.testPlaces.length }
      })
      const phenotypeFits = fits.map((fit, t) => (tasks[t].isOutcome ? undefined : fit))
      const outcomeFits = fits.map((fit, t) => (tasks[t].isOutcome ? fit : undefined))
      const predicted = [predictPhenotypes(phenotypeFits), predictOutcomes(outcomeFits, `${settings.seed}/folds/${draw}`)]
      return tasks.map((_, t) => predicted[0][t] ?? predicted[1][t])
    })
  })
}

const projectTest = (basis: Basis, testRows: readonly number[]) => ({ basis, scores_MK: basis.project(testRows) })

type Fit = { id: string; basis: Basis; label_N: number[]; testScores_NK: Float64Array; numTest: number }

/** Ridge probes of all phenotypes with one penalty between them. */
function predictPhenotypes(fits: readonly (Fit | undefined)[]): (Predictions | undefined)[] {
  const paths = fits.map((fit) => fit && ridgePath(fit.basis, fit.label_N))
  const errors = paths.flatMap((path) => (path ? [path.map(({ cvError }) => cvError)] : []))
  if (errors.length === 0) return []
  const place = sharedPenalty(
    errors,
    fits.flatMap((fit) => (fit ? [varianceOf(fit.label_N)] : [])),
  )
  return fits.map((fit, t) => fit && predictLinear((paths[t] as LinearModel[])[place], fit.testScores_NK, fit.numTest))
}

/** Logistic probes of all outcomes with one penalty between them; folds are the same for every arm. */
function predictOutcomes(fits: readonly (Fit | undefined)[], foldSeed: string): (Predictions | undefined)[] {
  const found = fits.flatMap((fit) => (fit ? [logisticErrors(fit.basis, fit.label_N, createRandom(`${foldSeed}/${fit.id}`))] : []))
  if (found.length === 0) return []
  const place = sharedPenalty(
    found.map(({ errors }) => errors),
    found.map(({ blind }) => blind),
  )
  return fits.map((fit) => fit && predictLinear(logisticAt(fit.basis, fit.label_N, place), fit.testScores_NK, fit.numTest).map(sigmoid))
}

/** Infinite for a label that does not vary among the labelled, so that its rounding has no say in the penalty of the others. */
function varianceOf(values: readonly number[]): number {
  if (values.every((value) => value === values[0])) return Number.POSITIVE_INFINITY
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
}
