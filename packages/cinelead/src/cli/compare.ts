// `cinelead compare`: trains the five models of a recipe on a store, scores them with the same probes and writes the report.
// Hands on: run, compare, CompareOptions. Whatever an earlier call finished is kept.
import { evaluateRun, parseLabels } from './evaluate.ts'
import type { Report } from './progress.ts'
import { writeReport } from './report.ts'
import { scoreText } from './score-text.ts'
import { train, type TrainOptions } from './train.ts'
import { speaks } from './train-ranks.ts'

export type CompareOptions = TrainOptions & {
  /** Share of the training subjects whose labels the probes see, above 0 and at most 1. */
  labels?: number | string
  /** Single test subjects may be drawn in the report. Simulated ones always are; people only when this is set. */
  examples?: boolean
}

/** What a comparison leaves. */
export type Comparison = { pagePath: string; jsonPath: string; arms: { id: string; meanR2: number | null }[] }

/** The verb. Of a launcher's ranks all train, and the first scores. */
export async function run(options: CompareOptions, report: Report): Promise<void> {
  if (options.labels !== undefined) parseLabels(options.labels) // on every rank: none is left waiting
  if (!speaks()) return void (await train(options, report))
  const comparison = await compare(options, report)
  report.answer(comparison, describeComparison(comparison))
}

/** A comparison in a few lines of text. */
export function describeComparison({ arms, pagePath, jsonPath }: Comparison): string {
  const lines = arms.map(({ id, meanR2 }) => `  ${id.padEnd(9)} mean R² ${scoreText(meanR2)}`)
  return [...lines, `report ${pagePath}`, `numbers ${jsonPath}`].join('\n')
}

/**
 * Trains, scores and reports.
 *
 * @throws  Codes of `train`, `evaluateRun` and `writeReport`.
 */
export async function compare(options: CompareOptions, report: Report, signal?: AbortSignal): Promise<Comparison> {
  const { run: runFolder, store, labels, examples } = options
  if (labels !== undefined) parseLabels(labels) // before hours of training
  await train(options, report, signal)
  await evaluateRun({ run: runFolder, store, labels, examples }, report)
  const step = report.begin('writing the report')
  const { report: written, pagePath, jsonPath } = await writeReport({ run: runFolder, store })
  step.done()
  return { pagePath, jsonPath, arms: written.arms.map(({ id, meanR2 }) => ({ id, meanR2: meanR2.value })) }
}
