// `cinelead runs`: the runs of a folder side by side: what they were, how far they are, what each model's probe said.
// Hands on: run, listRuns, RunSummary.
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fault } from '../base/errors.ts'
import { contrastiveArms } from '../batches/arms.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { readMetrics } from '../train/metrics.ts'
import { exportToMlflow, type TrackedTraining } from '../train/mlflow.ts'
import { type RunRecord, readRunRecord } from '../train/run-record.ts'
import { describeFailure } from './failure.ts'
import type { Report } from './progress.ts'
import { flatRecipe, recipeDifferences } from './recipe-differences.ts'
import { planStages } from './train-plan.ts'
import { readOutcome, stageFolder } from './train-stages.ts'

export type RunsOptions = {
  /** A folder of runs; default `runs`. */
  folder?: string
  /** Address of an MLflow tracking server that gets them too. */
  mlflow?: string
}

export type RunSummary = {
  folder: string
  recipe: string
  seeds: readonly number[]
  startedAt: string
  commit: string
  numStages: number
  numDone: number
  /** Wall time of all calls together, where one ended. */
  seconds?: number
  /** Validation R² of each model, mean over the seeds that are whole; nothing where none is. */
  validationR2: Record<string, number | undefined>
  /** Recipe fields that differ from the first run's, `contrast.temperature.start: 0.1`. */
  differs: string[]
}

/** The verb. */
export async function run({ folder = 'runs', mlflow }: RunsOptions, report: Report): Promise<void> {
  const found = listRuns(folder, report.warn)
  if (mlflow !== undefined) {
    const trainings = found.flatMap((summary) => orTold(summary.folder, report.warn, () => trackedTrainings(summary)))
    const { numSent, numKept } = await exportToMlflow(mlflow, trainings)
    report.say(`MLflow: ${numSent} trainings sent, ${numKept} there already`)
  }
  report.answer(found, found.length === 0 ? `${folder}: no runs` : found.map(describe).join('\n\n'))
}

function describe({ folder, recipe, seeds, startedAt, numStages, numDone, seconds, validationR2, differs }: RunSummary): string {
  const state =
    numDone === numStages ? `whole${seconds === undefined ? '' : `, ${Math.round(seconds)} s`}` : `${numDone} of ${numStages} trainings`
  const scores = Object.entries(validationR2).map(([arm, value]) => `${arm} ${value === undefined ? '–' : value.toFixed(3)}`)
  return [
    `${folder}: ${recipe}, seeds ${seeds.join(' ')}, begun ${startedAt.slice(0, 16).replace('T', ' ')}, ${state}`,
    `  validation R²: ${scores.join('  ')}`,
    ...(differs.length > 0 ? [`  differs: ${differs.join(', ')}`] : []),
  ].join('\n')
}

/**
 * The runs of a folder, the oldest first.
 *
 * @param warn  Told of a run that cannot be read; the others are listed.
 * @throws  cli/no-runs when there is no such folder.
 */
export function listRuns(folder: string, warn: (line: string) => void = () => undefined): RunSummary[] {
  if (!existsSync(folder)) {
    throw fault({
      code: 'cli/no-runs',
      where: 'listRuns',
      expected: 'a folder of runs',
      received: 'no such folder',
      hint: 'Train first (cinelead compare), or name the folder that your runs are in.',
    })
  }
  const records = readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) =>
      orTold(path, warn, () => {
        const record = readRunRecord(path)
        return record === undefined ? [] : [{ path, record }]
      }),
    )
    .sort((a, b) => (a.record.startedAt < b.record.startedAt ? -1 : 1))
  return records.map(({ path, record }) => {
    const recipe = record.recipe as Recipe
    const stages = planStages(recipe)
    const done = stages.filter(({ seed, name }) => readOutcome({ runFolder: path, seed }, name) !== undefined)
    const meanOf = (stage: 'pretrain' | (typeof contrastiveArms)[number]) => {
      const scores = recipe.seeds.flatMap((seed) => readOutcome({ runFolder: path, seed }, stage)?.bestScore ?? [])
      return scores.length === 0 ? undefined : scores.reduce((sum, score) => sum + score, 0) / scores.length
    }
    return {
      folder: path,
      recipe: record.name,
      seeds: record.seeds,
      startedAt: record.startedAt,
      commit: record.commit,
      numStages: stages.length,
      numDone: done.length,
      seconds: record.seconds,
      validationR2: { 'ecg-only': meanOf('pretrain'), ...Object.fromEntries(contrastiveArms.map((arm) => [arm, meanOf(arm)])) },
      differs: recipeDifferences(records[0].record.recipe, record.recipe).map(({ path: field, other = 'none' }) => `${field}: ${other}`),
    }
  })
}

/** What a run gives, or nothing and a word on why where it cannot be read: one broken run does not hide the others. */
function orTold<Item>(path: string, warn: (line: string) => void, read: () => Item[]): Item[] {
  try {
    return read()
  } catch (error) {
    warn(`${path} is left out: ${describeFailure(error).message}`)
    return []
  }
}

/** The trainings of a run as a tracking server takes them: recipe and versions, and every number of their records. */
function trackedTrainings({ folder, recipe: name, seeds, commit, startedAt }: RunSummary): TrackedTraining[] {
  const { recipe, cohortDigest, libtorch, device } = readRunRecord(folder) as RunRecord
  const params = Object.fromEntries([...flatRecipe(recipe)].map(([path, value]) => [path, String(value)]))
  return planStages(recipe as Recipe).flatMap((stage): TrackedTraining[] => {
    const lines = readMetrics(stageFolder({ runFolder: folder, seed: stage.seed }, stage.name))
    if (lines.length === 0) return []
    const title = `${basename(folder)} ${stage.name}${seeds.length > 1 ? ` (seed ${stage.seed})` : ''}`
    return [
      {
        key: `${basename(folder)}/${startedAt}/seed-${stage.seed}/${stage.name}`,
        name: title,
        params: { ...params, seed: String(stage.seed), stage: stage.name },
        tags: { recipe: name, commit, cohortDigest, libtorch, device },
        startedMs: Date.parse(startedAt),
        isDone: readOutcome({ runFolder: folder, seed: stage.seed }, stage.name) !== undefined,
        lines,
      },
    ]
  })
}
