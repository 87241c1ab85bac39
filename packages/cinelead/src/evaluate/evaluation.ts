// The record that evaluation hands to report and serve: every score of every arm with its interval. Plain data, JSON as it is.
import type { OutcomeId, PhenotypeId } from '../base/phenotypes.ts'
import type { Calibration } from './calibration.ts'
import type { Estimate } from './estimate.ts'

export const evaluationSchema = 'cinelead.evaluation/1'

/** How scores were made; everything a reader needs to make them again from the same embeddings. */
export type EvaluationSettings = {
  /** Share of the training subjects whose labels a probe sees, 0 < share <= 1. */
  labelFraction: number
  /** How many such shares are drawn and averaged; one when the share is 1. */
  numDraws: number
  /** Shares at which mean R² is scored too, for the curve. Empty: no curve. */
  curveFractions: readonly number[]
  /** Of label draws, folds and resamples. */
  seed: number
  /** Bootstrap resamples of test subjects. */
  numResamples: number
  /** What an interval covers, 0.95 for 95 %. */
  level: number
  /** Fewer labelled training subjects than this: not estimable. */
  minLabelled: number
  /** Fewer test subjects than this: not estimable. */
  minTest: number
  /** Calibration needs at least so many events and non-events in the test split. */
  minCalibration: number
  /** Fewer events or non-events, among the labelled or in the test split: not estimable. */
  minEvents: number
}

export type PhenotypeScore = {
  /** Test subjects with this label. */
  n: number
  /** Training subjects whose label the probe saw, mean over draws. */
  numLabelled: number
  /** Unit of `mae`. */
  unit: string
  r2: Estimate
  pearson: number | null
  mae: number | null
}

export type OutcomeScore = {
  n: number
  /** Test subjects with the disease. */
  events: number
  numLabelled: number
  /** Events among the labelled, mean over draws. */
  labelledEvents: number
  auroc: Estimate
  auprc: number | null
  brier: number | null
  /** Brier score of the test split's own prevalence: what knowing nothing else gives. */
  brierOfPrevalence: number | null
  /** Of the mean risk over seeds and draws; null with fewer than `minCalibration` events or non-events in the test split. */
  calibration: Calibration | null
}

/** One model's scores. An arm is a trained encoder; a baseline is a probe on what needs no encoder. */
export type ArmScores = {
  id: string
  numFeatures: number
  numSeeds: number
  meanR2: Estimate
  /** Mean R² of each seed alone, averaged over label draws: how much training luck moves the result. */
  meanR2PerSeed: number[]
  meanAuroc: Estimate
  phenotypes: Record<PhenotypeId, PhenotypeScore>
  outcomes: Record<OutcomeId, OutcomeScore>
}

export type Metric = 'meanR2' | 'meanAuroc' | `r2.${PhenotypeId}` | `auroc.${OutcomeId}`

/** Arm minus reference on the same subjects, seeds and labels. `p` is DeLong's, for areas only. */
export type Difference = { arm: string; versus: string; metric: Metric; estimate: Estimate; p?: number }

/** Mean R² and mean AUROC within a part of the test split. */
export type SubgroupScores = { id: string; name: string; n: number; arms: { id: string; meanR2: Estimate; meanAuroc: Estimate }[] }

/** Harrell's C of every arm for one disease, among test subjects without it at the visit. */
export type FollowUpScores = { outcome: OutcomeId; n: number; events: number; arms: { id: string; cIndex: Estimate }[] }

/** One point of the label curve: mean R² of every arm when the probes see this share. */
export type LabelCurvePoint = { labelFraction: number; numLabelled: number; arms: { id: string; meanR2: Estimate }[] }

/** One test subject: the label and what each arm predicts, mean over seeds and draws; absent where a label was not scored. */
export type ExampleScores = {
  /** Row of the store. */
  row: number
  phenotypes: Partial<Record<PhenotypeId, { measured: number; predicted: Record<string, number> }>>
  /** `predicted` is a probability. */
  outcomes: Partial<Record<OutcomeId, { measured: number; predicted: Record<string, number> }>>
}

/** The five arms compared. */
export type Evaluation = {
  schema: typeof evaluationSchema
  reference: string
  settings: EvaluationSettings
  /** In words: what the intervals cover and what they do not. */
  intervalCovers: string
  split: { train: number; validation: number; test: number }
  arms: ArmScores[]
  baselines: ArmScores[]
  differences: Difference[]
  subgroups: SubgroupScores[]
  /** Empty where the cohort has no follow-up. */
  followUp: FollowUpScores[]
  labelCurve: LabelCurvePoint[]
  examples: ExampleScores[]
}
