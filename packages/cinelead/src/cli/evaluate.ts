// Scores a trained run: frozen embeddings of every arm and the store's labels in, runs/NAME/evaluation.json out.
import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fault } from '../base/errors.ts'
import type { PhenotypeId } from '../base/phenotypes.ts'
import { writeWhole } from '../cohort/atomic.ts'
import { settingsDigest } from '../cohort/digest.ts'
import { openStore } from '../cohort/store.ts'
import { defaultSettings, evaluateArms } from '../evaluate/evaluate-arms.ts'
import { type Evaluation, type EvaluationSettings, evaluationSchema } from '../evaluate/evaluation.ts'
import { baselinesOf, exampleRows, followUpOf, type LabelSource, labelsOf, subgroupsOf } from './evaluate-labels.ts'
import { readCeiling, readTrainedRun } from './evaluate-run.ts'
import { expectFiniteRows } from './expect-finite-rows.ts'
import type { Recipe } from '../recipes/recipe.ts'
import type { Report } from './progress.ts'

export type EvaluateOptions = {
  /** Folder of the trained run, `runs/NAME`. */
  run: string
  /** Folder of the store that it was trained on. */
  store: string
  /** Share of the training subjects whose labels the probes see, above 0 and at most 1; the recipe's own, when left out. */
  labels?: number | string
  /** Single test subjects may be told and drawn. Simulated ones always are; people only when this is set. */
  examples?: boolean
  settings?: Partial<EvaluationSettings>
}

/** evaluation.json: the evaluation, and what it was made from. */
export type EvaluationFile = Evaluation & {
  /** Digest of embeddings, labels and settings: the same digest means the same numbers. */
  madeFrom: string
  storeDigest: string
  /** From the run's folder to the store's. */
  storePath: string
  labelSources: Record<PhenotypeId, LabelSource>
}

/** Bumped when the same input gives other numbers, so that an older evaluation.json is not taken for a new one. */
const EVALUATION_VERSION = 8

/**
 * Evaluates a run and writes `evaluation.json` into it; one that was made from the same things is kept.
 *
 * @returns  What was written or found.
 * @throws   cli/labels, train/not-finite, and what `openStore`, `readTrainedRun` and `evaluateArms` throw.
 */
export async function evaluateRun(options: EvaluateOptions, report: Report): Promise<EvaluationFile> {
  using store = await openStore(options.store)
  const { manifest, rows } = store
  const run = readTrainedRun(options.run, rows.length)
  const ceiling = readCeiling(options.run, run.record.seeds, rows.length)
  const pairs = rows.map(({ split, subject }) => (split === 'none' ? undefined : subject))
  for (const { id, seeds } of [...run.arms, ...ceiling.arms])
    for (const { seed, embeddings_SE } of seeds) expectFiniteRows(embeddings_SE, pairs, `${id} (seed ${seed})`)
  const labelFraction = parseLabels(options.labels ?? (run.record.recipe as Recipe).labelFraction)
  const settings = { ...defaultSettings, ...options.settings, labelFraction }
  const path = join(options.run, 'evaluation.json')
  const isTold = manifest.simulated || options.examples === true
  const digests = { ...run.digests, ...ceiling.digests }
  const madeFrom = settingsDigest({ version: EVALUATION_VERSION, digests, store: manifest.storeDigest, settings, isTold })
  const earlier = readEvaluation(path)
  if (earlier?.madeFrom === madeFrom) {
    report.say('Scores are those of an earlier evaluation of the same embeddings and labels.')
    return earlier
  }
  const { sources, ...labels } = labelsOf(rows)
  const step = report.begin('scoring the arms', 100)
  const evaluation = evaluateArms(
    {
      ...labels,
      arms: run.arms,
      baselines: [...baselinesOf(rows), ...ceiling.arms],
      reference: 'ecg-only',
      subgroups: subgroupsOf(rows),
      followUp: followUpOf(rows),
      exampleRows: isTold ? exampleRows(rows) : [],
      settings,
    },
    (doneFraction) => step.advance(Math.round(100 * doneFraction)),
  )
  step.done()
  const storePath = relative(resolve(options.run), resolve(options.store))
  const file: EvaluationFile = { ...evaluation, madeFrom, storeDigest: manifest.storeDigest, storePath, labelSources: sources }
  writeWhole(path, `${JSON.stringify(file, null, 2)}\n`, { what: 'evaluation.json' })
  return file
}

/** The evaluation in a file, or nothing when there is none. @throws cli/evaluation when it cannot be read. */
export function readEvaluation(path: string): EvaluationFile | undefined {
  if (!existsSync(path)) return undefined
  const refuse = (received: string, cause?: unknown) =>
    fault({
      code: 'cli/evaluation',
      where: 'readEvaluation',
      expected: `JSON of schema ${evaluationSchema}`,
      received,
      at: 'evaluation.json',
      hint: 'Remove the file and evaluate again.',
      cause,
    })
  let file: EvaluationFile
  try {
    file = JSON.parse(readFileSync(path, 'utf8')) as EvaluationFile
  } catch (error) {
    throw refuse('something else', error)
  }
  if (file.schema !== evaluationSchema) throw refuse(String(file.schema))
  return file
}

/** A share of labels. @throws cli/labels */
export function parseLabels(labels: number | string): number {
  const fraction = Number(labels)
  if (fraction > 0 && fraction <= 1) return fraction
  throw fault({
    code: 'cli/labels',
    where: 'evaluateRun',
    expected: 'a share of labels above 0 and at most 1',
    received: String(labels),
    hint: 'Give --labels 0.25 to let the probes see the labels of a quarter of the training subjects.',
  })
}
