// Trains the five models of one comparison, seed by seed, on equal terms, and says where their frozen ECG embeddings lie.
// runs/NAME/run.json, runs/NAME/seed-N/{pretrain, cmr-slice, cmr-cine, cmr-ed, cmr-es, ecg-only, cl-2d, cl-2dt, cl-3d, tcl}/
import { existsSync, mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'
import { type ArmId, contrastiveArms } from '../batches/arms.ts'
import type { Source } from '../batches/source.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { currentRanks } from '../train/ranks.ts'
import { type RunCall, type RunRecord, readRunRecord, writeRunRecord } from '../train/run-record.ts'
import { holdRecipe } from './hold-recipe.ts'
import type { Report } from './progress.ts'
import { recipeDifferences } from './recipe-differences.ts'
import { scoreText } from './score-text.ts'
import { planStages, type StageName } from './train-plan.ts'
import { createProcessRunner, runStages, type StageRunner } from './train-pool.ts'
import { freePort } from './train-ranks.ts'
import { createSelection } from './train-selection.ts'
import { readOutcome, runStage, stageFolder, type StageOutcome } from './train-stages.ts'

/** One trained model of one seed. */
export type ArmRun = {
  arm: ArmId
  seed: number
  /** ECG encoder alone, with its configuration in the file's head. */
  encoderPath: string
  /** Tensor `embeddings_SE`, rows as in the store. */
  embeddingsPath: string
  /** Of its training; for `ecg-only` that of the masked autoencoder. */
  outcome: StageOutcome
}

export type TrainArmsOptions = {
  recipe: Recipe
  /** Made when it is not there; a run of the same recipe and cohort in it is gone on with. */
  runFolder: string
  /** Of the store's manifest: who is in it, and every byte that training reads. */
  cohortDigest: string
  storeDigest: string
  /** The store's folder: trainings then run in processes of their own. Or a source at hand: one after the other in this process. */
  data: { storeDir: string } | { source: Source }
  /** `cpu` when left out. */
  device?: string
  /** Training processes at a time; default one a core, at most four, on a CPU, one on a GPU. */
  numWorkers?: number
  /** Processes that train one stage together, rows and gradients shared; default 1. */
  numRanks?: number
  /** Where the code stands, for the record. */
  commit?: { id: string; isDirty: boolean }
  signal?: AbortSignal
}

const MOST_TOLD = 3 // of what differs: two recipes of other sizes differ in dozens of fields
const MOST_WORKERS = 4 // each holds the cohort in memory; more arms than this do not run at a time anyway

/**
 * Trains all arms of all seeds, or finishes what an earlier call began.
 *
 * @returns  Five models a seed, in the abstract's order.
 * @throws   train/other-run when the folder holds a run of another recipe or cohort; train/stopped when the signal ended it;
 *           train/process when a training process died; what a stage threw.
 */
export async function trainArms(options: TrainArmsOptions, report: Report): Promise<ArmRun[]> {
  const { recipe, runFolder, signal } = options
  mkdirSync(runFolder, { recursive: true })
  const started = Date.now()
  const isDone = (seed: number, name: StageName) => readOutcome({ runFolder, seed }, name) !== undefined
  const stages = planStages(recipe)
  const waiting = stages.filter(({ seed, name }) => !isDone(seed, name))
  const layout = layOut(options, stages.length)
  const record = openRunRecord({ ...options, ...layout, isResumed: waiting.length > 0 })
  if (waiting.length < stages.length) report.say(`${stages.length - waiting.length} of ${stages.length} trainings are already done`)
  if (waiting.length > 0) {
    const numEpochs = waiting.reduce((sum, stage) => sum + stage.numEpochs, 0)
    const step = report.begin('training', numEpochs)
    const done = new Map<string, number>()
    const told = (stage: (typeof stages)[number], epoch: number, note = '') => {
      done.set(`${stage.seed}/${stage.name}`, epoch)
      step.advance(
        [...done.values()].reduce((sum, count) => sum + count, 0),
        `${stage.name} ${epoch}/${stage.numEpochs} ${note}`.trim(),
      )
    }
    warnOfOtherLayout(
      record,
      layout,
      waiting.some(({ seed, name }) => existsSync(stageFolder({ runFolder, seed }, name))),
      report,
    )
    const runners = await createRunners(options, { ...layout, numWorkers: Math.min(layout.numWorkers, waiting.length) })
    try {
      await runStages(waiting, runners, isDone, {
        epoch: told,
        alarm: (_, sentence) => report.warn(sentence),
        end: (stage, outcome) => {
          told(stage, stage.numEpochs)
          if (outcome.isDone) report.say(sentenceOf(stage.name, stage.seed, recipe.seeds.length, outcome))
        },
      })
    } finally {
      for (const runner of runners) runner.end()
    }
    step.done(signal?.aborted === true ? 'stopped' : `${waiting.length} trainings`)
  }
  expectAllDone(stages, isDone)
  if (waiting.length > 0 && currentRanks().rank === 0) {
    const peakMemoryBytes = Math.max(...stages.map(({ seed, name }) => readOutcome({ runFolder, seed }, name)?.peakMemoryBytes ?? 0))
    writeRunRecord(runFolder, { ...record, seconds: (record.seconds ?? 0) + (Date.now() - started) / 1000, peakMemoryBytes })
  }
  return recipe.seeds.flatMap((seed) => (['ecg-only', ...contrastiveArms] as const).map((arm) => armRun(runFolder, seed, arm)))
}

function armRun(runFolder: string, seed: number, arm: ArmId): ArmRun {
  const place = { runFolder, seed }
  return {
    arm,
    seed,
    encoderPath: stageFolder(place, arm, 'encoder.safetensors'),
    embeddingsPath: stageFolder(place, arm, 'embeddings.safetensors'),
    outcome: readOutcome(place, arm === 'ecg-only' ? 'pretrain' : arm) as StageOutcome,
  }
}

function sentenceOf(name: StageName, seed: number, numSeeds: number, { bestScore, bestEpoch, seconds }: StageOutcome): string {
  const which = numSeeds > 1 ? `${name} (seed ${seed})` : name
  return `${which}: validation R² ${scoreText(bestScore)} after epoch ${bestEpoch}, ${seconds.toFixed(0)} s`
}

/** How the cores are shared out. */
type Layout = { numWorkers: number; numRanks: number; numThreads: number }

/**
 * Of the whole run, whatever of it is left: a training that is gone on with has as many threads as it began with, and so the same sums.
 */
function layOut({ recipe, data, device = 'cpu', numWorkers: asked, numRanks = 1 }: TrainArmsOptions, numStages: number): Layout {
  if ('source' in data) return { numWorkers: 1, numRanks: currentRanks().size, numThreads: torch.getNumThreads() }
  const cores = availableParallelism()
  if (numRanks > 1) return { numWorkers: 1, numRanks, numThreads: Math.max(1, Math.floor(cores / numRanks)) }
  const wanted = asked ?? (device === 'cpu' ? Math.min(cores, MOST_WORKERS) : 1)
  const numWorkers = Math.max(1, Math.min(wanted, numStages, 4 * recipe.seeds.length)) // four of a seed's stages wait for nothing dear
  return { numWorkers, numRanks, numThreads: Math.max(1, Math.floor(cores / numWorkers)) }
}

function warnOfOtherLayout(begun: RunRecord, now: Layout, isTakenUp: boolean, report: Report): void {
  const text = ({ numThreads, numRanks }: Pick<RunRecord, 'numThreads' | 'numRanks'>) =>
    `${numThreads} ${numThreads === 1 ? 'thread' : 'threads'} a training and ${numRanks} ${numRanks === 1 ? 'rank' : 'ranks'}`
  if (!isTakenUp || text(begun) === text(now)) return
  report.warn(
    `This run began with ${text(begun)} and goes on with ${text(now)}: its numbers may differ from an unbroken run's in their last digits.`,
  )
}

async function createRunners(options: TrainArmsOptions, { numWorkers, numRanks, numThreads }: Layout): Promise<StageRunner[]> {
  const { recipe, runFolder, data, device = 'cpu', signal } = options
  if ('source' in data) {
    const { source } = data
    const held = holdRecipe(source, recipe, device)
    const selection = createSelection(source, recipe.selection)
    return [
      {
        run: ({ seed, name }, tell) => runStage({ recipe, held, selection, seed, runFolder, signal, ...tell }, name),
        end: () => held.free(),
      },
    ]
  }
  const start = { storeDir: data.storeDir, recipe, runFolder, device, numThreads }
  if (numRanks > 1) return [createProcessRunner(start, signal, { size: numRanks, port: await freePort() })]
  return Array.from({ length: numWorkers }, () => createProcessRunner(start, signal))
}

function expectAllDone(stages: ReturnType<typeof planStages>, isDone: (seed: number, name: StageName) => boolean): void {
  const open = stages.filter(({ seed, name }) => !isDone(seed, name))
  if (open.length === 0) return
  throw fault({
    code: 'train/stopped',
    where: 'trainArms',
    expected: 'to train every arm',
    received: `a request to stop with ${open.length} of ${stages.length} trainings left`,
    hint: 'Start the same command again: it goes on where it stopped.',
  })
}

export type RunRecordOptions = Omit<TrainArmsOptions, 'data'> & { numThreads?: number; isResumed?: boolean }

/**
 * The record of a run: the one in the folder when it is of this recipe and cohort, this call noted in it where it trains on
 * (`isResumed`); a new one when there is none.
 *
 * @throws  train/other-run when the folder holds a run of another recipe or cohort.
 */
export function openRunRecord(
  { runFolder, recipe, cohortDigest, storeDigest, device = 'cpu', commit, numThreads, numRanks = 1, isResumed = false }: RunRecordOptions,
  library: torch.LibraryInfo = torch.describeLibrary(),
): RunRecord {
  const earlier = readRunRecord(runFolder)
  const call: RunCall = {
    commit: commit?.id ?? 'unknown',
    isDirty: commit?.isDirty ?? true,
    libtorch: library.version,
    device,
    numThreads: numThreads ?? library.numThreads,
    numRanks,
    startedAt: new Date().toISOString(),
  }
  const keep = (record: RunRecord): RunRecord => {
    if (currentRanks().rank === 0) writeRunRecord(runFolder, record)
    return record
  }
  if (earlier !== undefined) {
    const changes = recipeDifferences(earlier.recipe, recipe).map(
      ({ path, first = 'none', other = 'none' }) => `${path} ${first}, now ${other}`,
    )
    if (earlier.storeDigest !== storeDigest)
      changes.unshift(`a store of the digest ${shortOf(earlier.storeDigest)}, now ${shortOf(storeDigest)}`)
    if (changes.length === 0) return isResumed ? keep({ ...earlier, resumed: [...(earlier.resumed ?? []), call] }) : earlier
    throw fault({
      code: 'train/other-run',
      where: 'trainArms',
      expected: `a run of the recipe ${recipe.name} on this store`,
      received: `one of ${earlier.name}, begun with ${changes.slice(0, MOST_TOLD).join('; ')}${more(changes.length - MOST_TOLD)}`,
      hint: 'Choose another run name, or remove the run folder to train it again.',
    })
  }
  return keep({ schema: 'cinelead.run/1', name: recipe.name, recipe, cohortDigest, storeDigest, ...call, seeds: recipe.seeds })
}

const shortOf = (digest: string) => `${digest.slice(0, 12)}…`
const more = (count: number) => (count > 0 ? `; and ${count} more` : '')
