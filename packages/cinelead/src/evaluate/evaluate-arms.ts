// The whole comparison: frozen embeddings and labels in, every arm's scores, their intervals and paired differences out.
import { fault } from '../base/errors.ts'
import type { OutcomeId, PhenotypeId } from '../base/phenotypes.ts'
import { scoresOf } from './arm-scores.ts'
import { differencesFrom } from './differences.ts'
import { type Evaluation, type EvaluationSettings, evaluationSchema } from './evaluation.ts'
import { tellExamples } from './examples.ts'
import { type FollowUp, scoreFollowUp } from './follow-up.ts'
import { labelCurve } from './label-curve.ts'
import { type ArmEmbeddings, createTasks, probeArm } from './probes.ts'
import { resampleScores } from './resampling.ts'
import { type Subgroup, scoreSubgroup } from './subgroups.ts'

export type EvaluationInput = {
  /** The arms that are compared; all have the same training seeds. */
  arms: readonly ArmEmbeddings[]
  /** Probes on what needs no encoder (age, sex, body size; printed ECG measurements). Shown apart. */
  baselines?: readonly ArmEmbeddings[]
  /** Id of the arm that the others are compared with. */
  reference: string
  /** Labels, NaN where unknown. Each of shape [S]. */
  phenotypes: Record<PhenotypeId, ArrayLike<number>>
  /** 0, 1 or NaN. Each of shape [S]. */
  outcomes: Record<OutcomeId, ArrayLike<number>>
  /** `none` takes part in nothing. */
  split_S: readonly ('train' | 'validation' | 'test' | 'none')[]
  /** Parts of the test split to score apart. */
  subgroups?: readonly Subgroup[]
  /** Time to disease, where the cohort knows it. */
  followUp?: Partial<Record<OutcomeId, FollowUp>>
  /** Test subjects whose predictions are told one by one: row numbers. */
  exampleRows?: readonly number[]
  settings?: Partial<EvaluationSettings>
}

/** Choices of ours. 2,000 resamples: the 2.5 % limit then rests on 50 of them. Three events: with two, one resample in seven has none. */
export const defaultSettings: EvaluationSettings = {
  labelFraction: 1,
  numDraws: 5,
  curveFractions: [0.1, 0.25, 0.5, 1],
  seed: 1,
  numResamples: 2000,
  level: 0.95,
  minLabelled: 10,
  minTest: 10,
  minEvents: 3,
  minCalibration: 10,
}

/**
 * Probes every arm's frozen embeddings with the same labels and says how well each predicts the test subjects.
 *
 * Ridge for phenotypes, logistic for outcomes; penalties by cross-validation among the labelled training subjects; no label of the
 * test split is seen before scoring. Scores are averaged over training seeds and label draws.
 *
 * @throws  evaluate/reference, evaluate/seeds, evaluate/shape, evaluate/label-fraction.
 */
export function evaluateArms(input: EvaluationInput, onProgress: (doneFraction: number) => void = () => {}): Evaluation {
  expectComparable(input)
  const given = { ...defaultSettings, ...input.settings }
  const settings = { ...given, numDraws: given.labelFraction === 1 ? 1 : given.numDraws }
  const rowsOf = (part: string) => input.split_S.flatMap((name, row) => (name === part ? [row] : []))
  const trainRows = rowsOf('train')
  const testRows = rowsOf('test')
  const tasks = createTasks(input, trainRows, testRows, settings)
  const models = [...input.arms, ...(input.baselines ?? [])]
  const ids = input.arms.map(({ id }) => id)
  const predictions = models.map((arm, m) => {
    const found = probeArm(arm, tasks, testRows, input.split_S.length, settings)
    onProgress((0.6 * (m + 1)) / models.length)
    return found
  })
  const resampled = resampleScores(predictions, tasks, testRows.length, settings)
  onProgress(0.75)
  const scores = models.map((arm, m) => scoresOf(arm, tasks, predictions[m], resampled[m], settings))
  const armPredictions = predictions.slice(0, ids.length)
  const subgroups = (input.subgroups ?? []).map((group) => scoreSubgroup(group, ids, tasks, armPredictions, testRows, settings))
  onProgress(0.9)
  const curve = labelCurve(input.arms, input, trainRows, testRows, input.split_S.length, settings)
  onProgress(1)
  return {
    schema: evaluationSchema,
    reference: input.reference,
    settings,
    intervalCovers: coverage(settings, input.arms[0].seeds.length),
    split: { train: trainRows.length, validation: rowsOf('validation').length, test: testRows.length },
    arms: scores.slice(0, ids.length),
    baselines: scores.slice(ids.length),
    differences: differencesFrom(input.reference, ids, tasks, armPredictions, resampled, settings),
    subgroups,
    followUp: scoreFollowUp(input.followUp ?? {}, ids, tasks, armPredictions, testRows, settings),
    labelCurve: curve,
    examples: tellExamples(input.exampleRows ?? [], ids, tasks, armPredictions, testRows),
  }
}

function expectComparable({ arms, reference }: EvaluationInput): void {
  if (!arms.some(({ id }) => id === reference)) {
    throw fault({
      code: 'evaluate/reference',
      where: 'evaluateArms',
      expected: `an arm named ${reference} to compare with`,
      received: arms.length === 0 ? 'no arm' : arms.map(({ id }) => id).join(', '),
      hint: 'Train that arm too, or name another reference.',
    })
  }
  const seedsOf = (arm: ArmEmbeddings) => arm.seeds.map(({ seed }) => seed).join(', ')
  const odd = arms.filter((arm) => arm.seeds.length === 0 || seedsOf(arm) !== seedsOf(arms[0]))
  if (odd.length > 0) {
    throw fault({
      code: 'evaluate/seeds',
      where: 'evaluateArms',
      expected: `the same training seeds for every arm (${arms[0].id}: ${seedsOf(arms[0]) || 'none'})`,
      received: odd.map((arm) => `${arm.id}: ${seedsOf(arm) || 'none'}`).join('; '),
      hint: 'Paired differences need each seed in every arm: let the missing runs finish first.',
    })
  }
}

function coverage(settings: EvaluationSettings, numSeeds: number): string {
  const covered = ['which test subjects were drawn']
  const left = ['how the cohort was split']
  if (settings.labelFraction < 1) {
    const list = settings.numDraws > 1 ? covered : left
    list.push(`which ${Math.round(settings.labelFraction * 100)} % of the training labels the probes saw (${settings.numDraws} draws)`)
  }
  if (numSeeds > 1) covered.push(`the training seed (${numSeeds} seeds)`)
  else left.push('the training seed (one seed)')
  const level = Math.round(settings.level * 100)
  return `${level} % percentile intervals over ${settings.numResamples} bootstrap resamples. They cover ${covered.join('; ')}. They do not cover ${left.join('; ')}.`
}
