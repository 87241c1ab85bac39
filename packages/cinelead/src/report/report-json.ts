// What a program reads of a comparison: `report.json`, schema cinelead.report/1. Fields may be added, never changed.
// Hands on: ReportJson and its parts, buildReport.
import type { OutcomeId, PhenotypeId } from '../base/phenotypes.ts'
import type { FlowStep } from '../cohort/flow.ts'
import type { Calibration } from '../evaluate/calibration.ts'
import type { Estimate, NotEstimableReason } from '../evaluate/estimate.ts'
import type { ArmScores, Evaluation, EvaluationSettings, Metric, OutcomeScore, PhenotypeScore } from '../evaluate/evaluation.ts'

export const reportSchema = 'cinelead.report/1'

/** Present where a figure cannot be given: the value fields beside it are null. */
type Reasoned = { reason?: NotEstimableReason; detail?: string }
type Interval = { ciLow: number | null; ciHigh: number | null }

/** A score with its interval; all three are null together, and then `reason` says why. */
export type ValueJson = { value: number | null } & Interval & Reasoned
export type PhenotypeJson = { r2: number | null } & Interval &
  Reasoned & { pearson: number | null; mae: number | null; n: number; unit: string; numLabelled: number }
export type OutcomeJson = { auroc: number | null } & Interval &
  Reasoned & {
    auprc: number | null
    brier: number | null
    brierOfPrevalence: number | null
    calibration: Calibration | null
    n: number
    events: number
    numLabelled: number
    labelledEvents: number
  }

export type ArmJson = {
  id: string
  meanR2: ValueJson
  /** One number a training seed. */
  meanR2PerSeed: number[]
  meanAuroc: ValueJson
  phenotypes: Record<PhenotypeId, PhenotypeJson>
  outcomes: Record<OutcomeId, OutcomeJson>
}

export type DifferenceJson = { arm: string; versus: string; metric: Metric; p?: number } & ValueJson

/** Who was in it. `split` adds up to `pairs`, and `pairs` is where the flow ends. */
export type CohortJson = {
  simulated: boolean
  pairs: number
  split: { train: number; validation: number; test: number }
  flow: FlowStep[]
}

/** How one contrastive or masked training went, in short; the curve itself is on the page. */
export type CurveJson = {
  id: string
  seed: number
  numEpochs: number
  bestValidationLoss: number
  referenceLoss: number
  reference: string
  /** The epoch whose weights were kept, and how well the modalities agreed in the validation split then, by name. */
  chosenEpoch?: number
  measures?: Record<string, number>
}

export type SubgroupJson = { id: string; name: string; n: number; arms: { id: string; meanR2: ValueJson; meanAuroc: ValueJson }[] }

/** Harrell's C among those without the disease at the visit. */
export type FollowUpJson = { outcome: OutcomeId; n: number; events: number; arms: { id: string; cIndex: ValueJson }[] }

export type LabelCurveJson = { labelFraction: number; numLabelled: number; arms: { id: string; meanR2: ValueJson }[] }

export type ReportJson = {
  schema: typeof reportSchema
  cohort: CohortJson
  arms: ArmJson[]
  differences: DifferenceJson[]
  /** Probes on what needs no ECG encoder, for scale. Not among the arms. */
  baselines: ArmJson[]
  subgroups: SubgroupJson[]
  followUp: FollowUpJson[]
  /** Mean R² of every arm against the number of labels a probe sees. */
  labelCurve: LabelCurveJson[]
  curves: CurveJson[]
  method: { reference: string; settings: EvaluationSettings; intervalCovers: string }
  /** What made it: recipe, commit, machine, times; whatever the run recorded. */
  run: Record<string, string | number | boolean | null>
}

/**
 * Lays an evaluation out as report.json.
 *
 * @returns  Plain data: `JSON.stringify` loses nothing.
 */
export function buildReport(parts: {
  evaluation: Evaluation
  cohort: CohortJson
  curves: readonly CurveJson[]
  run: ReportJson['run']
}): ReportJson {
  const { evaluation, cohort, curves, run } = parts
  return {
    schema: reportSchema,
    cohort,
    arms: evaluation.arms.map(armJson),
    differences: evaluation.differences.map(({ estimate, ...rest }) => ({ ...rest, ...valueJson(estimate) })),
    baselines: evaluation.baselines.map(armJson),
    subgroups: evaluation.subgroups.map((group) => ({
      ...group,
      arms: group.arms.map(({ id, meanR2, meanAuroc }) => ({ id, meanR2: valueJson(meanR2), meanAuroc: valueJson(meanAuroc) })),
    })),
    followUp: evaluation.followUp.map((one) => ({ ...one, arms: one.arms.map(({ id, cIndex }) => ({ id, cIndex: valueJson(cIndex) })) })),
    labelCurve: evaluation.labelCurve.map((point) => ({
      ...point,
      arms: point.arms.map(({ id, meanR2 }) => ({ id, meanR2: valueJson(meanR2) })),
    })),
    curves: [...curves],
    method: { reference: evaluation.reference, settings: evaluation.settings, intervalCovers: evaluation.intervalCovers },
    run,
  }
}

function armJson(scores: ArmScores): ArmJson {
  const each = <Id extends string, From, To>(record: Record<Id, From>, map: (from: From) => To) =>
    Object.fromEntries(Object.entries(record).map(([id, from]) => [id, map(from as From)])) as Record<Id, To>
  return {
    id: scores.id,
    meanR2: valueJson(scores.meanR2),
    meanR2PerSeed: scores.meanR2PerSeed,
    meanAuroc: valueJson(scores.meanAuroc),
    phenotypes: each(scores.phenotypes, phenotypeJson),
    outcomes: each(scores.outcomes, outcomeJson),
  }
}

function phenotypeJson({ r2, ...others }: PhenotypeScore): PhenotypeJson {
  const { value, ...rest } = valueJson(r2)
  return { r2: value, ...rest, ...others }
}

function outcomeJson({ auroc, ...others }: OutcomeScore): OutcomeJson {
  const { value, ...rest } = valueJson(auroc)
  return { auroc: value, ...rest, ...others }
}

function valueJson(estimate: Estimate): ValueJson {
  const { value, ciLow, ciHigh } = estimate
  return estimate.value === null ? { value, ciLow, ciHigh, reason: estimate.reason, detail: estimate.detail } : { value, ciLow, ciHigh }
}
