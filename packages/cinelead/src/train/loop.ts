// The training loop: epochs of steps over a task, with validation, the best weights kept, and a state to go on from after any stop.
// Everything random in step n is drawn after seeding libtorch's generator from (seed, n), and the order of rows is a function of
// (seed, epoch): a run that was killed and started again gives the same curve, bit for bit on a CPU.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'
import { createRandom } from '../base/seed.ts'
import { guardWrite, loadCheckpoint, loadWeights, saveCheckpoint, saveWeights } from './checkpoint.ts'
import type { LoopState } from './checkpoint.ts'
import type { LoopConfig } from './config.ts'
import { openMetricLog, silentLog } from './metrics.ts'
import type { MetricLine } from './metrics.ts'
import { createRankBackward, currentRanks, expectShares, fromFirstRank, type Ranks, shareOf, waitForRanks } from './ranks.ts'
import { rateFactor } from './schedule.ts'
import type { Task, Validation } from './task.ts'

export type LoopOptions = {
  seed: number | string
  /** Where states, weights and the record of this training go; made when it is not there. */
  folder: string
  /** Where the module is; `cpu` when left out. */
  device?: string
  /** Asks the loop to stop after the epoch in hand; a state is kept first. */
  signal?: AbortSignal
  onEpoch?: (progress: { epoch: number; numEpochs: number; validation?: MetricLine }) => void
  onAlarm?: (sentence: string) => void
}

export type LoopOutcome = {
  /** False when the signal stopped it. */
  isDone: boolean
  /** Null where no validation could be scored. */
  bestScore: number | null
  bestEpoch: number
  numSteps: number
  /** The weights of the best validation. */
  bestPath: string
}

/** Parameters with one axis or none (biases, norms, the temperature) are not pulled towards zero. */
function parameterGroups(module: torch.nn.Module, weightDecay: number) {
  const trained = module.parameters().filter((parameter) => parameter.requiresGrad)
  return [
    { params: trained.filter((parameter) => parameter.ndim > 1), weightDecay },
    { params: trained.filter((parameter) => parameter.ndim <= 1), weightDecay: 0 },
  ].filter(({ params }) => params.length > 0)
}

/** The seed of libtorch's generator for one step. */
export function stepSeed(seed: number | string, step: number): number {
  return createRandom(`${seed}/step/${step}`).integer(2 ** 31)
}

/**
 * Trains a task to the end of its epochs, or goes on where an earlier call stopped.
 *
 * The task's module is left with the best weights, in evaluation mode.
 *
 * @throws  train/ranks when a batch has fewer rows than there are ranks; train/not-finite when a loss or gradient stops being a number: names the term and the subjects; the last state stays good.
 */
export async function trainLoop(task: Task, config: LoopConfig, options: LoopOptions): Promise<LoopOutcome> {
  guardWrite(() => mkdirSync(options.folder, { recursive: true }))
  const bestPath = join(options.folder, 'best.safetensors')
  const optimiser = new torch.optim.AdamW(parameterGroups(task.module, config.weightDecay), {
    lr: config.learningRate,
    betas: config.betas,
    weightDecay: config.weightDecay,
  })
  const state: LoopState = loadCheckpoint(options.folder, task.module, optimiser) ?? {
    epoch: 0,
    step: 0,
    bestScore: null,
    bestEpoch: -1,
    validationsSinceBest: 0,
    isDone: false,
  }
  const ranks = currentRanks()
  expectShares(task.rows({ epoch: 0, step: 0 }).length, ranks)
  const isFirst = ranks.rank === 0
  const log = isFirst ? openMetricLog(options.folder, state.step) : silentLog
  const stepper = createStepper(task, optimiser, config, ranks, options.seed)
  let isStopped = false

  while (!state.isDone && !isStopped) {
    task.module.train()
    const lines: MetricLine[] = []
    const epochMachine = await runEpoch(task, stepper, state, ranks, lines).catch((error: unknown) => {
      log.append(lines) // what led to it; a run that goes on from the last state drops them
      throw error
    })
    const machine = { ...epochMachine, ...deviceMemory(options.device) }
    state.epoch++
    const isLast = state.epoch >= config.numEpochs
    let validation: MetricLine | undefined
    if (isLast || state.epoch % config.validateEvery === 0) {
      const found = isFirst ? validate(task, options.seed) : { score: Number.NaN, measures: {} }
      const score = fromFirstRank(found.score, options.device)
      validation = { kind: 'validation', step: state.step, epoch: state.epoch, score, ...found.measures, ...machine }
      lines.push(validation)
      for (const sentence of found.alarms ?? []) {
        lines.push({ kind: 'alarm', step: state.step, epoch: state.epoch, sentence })
        options.onAlarm?.(sentence)
      }
      const isBetter = state.bestScore === null || score > state.bestScore
      state.validationsSinceBest = isBetter ? 0 : state.validationsSinceBest + 1
      if (isBetter) {
        state.bestScore = Number.isNaN(score) ? null : score // the first one that is a number is better than none
        state.bestEpoch = state.epoch
        if (isFirst) saveWeights(bestPath, task.module)
      }
    }
    state.isDone = isLast || (config.patience !== undefined && state.validationsSinceBest >= config.patience)
    isStopped = fromFirstRank(options.signal?.aborted === true ? 1 : 0, options.device) === 1
    log.append(lines)
    if (isFirst && (validation !== undefined || isStopped)) saveCheckpoint(options.folder, task.module, optimiser, state)
    options.onEpoch?.({ epoch: state.epoch, numEpochs: config.numEpochs, validation })
  }
  waitForRanks()
  if (state.isDone) loadWeights(bestPath, task.module)
  task.module.eval()
  optimiser.free()
  return {
    isDone: state.isDone,
    bestScore: state.bestScore,
    bestEpoch: state.bestEpoch,
    numSteps: state.step,
    bestPath,
  }
}

/** The steps of an epoch, each one's data fetched while the one before is computed. Their lines are added to `lines`. */
async function runEpoch(task: Task, stepper: Stepper, state: LoopState, ranks: Ranks, lines: MetricLine[]) {
  const started = performance.now()
  const loadedBefore = task.feed?.loadingSeconds() ?? 0
  let waitedMs = 0
  let numRows = 0
  const fetchOf = (step: number) => {
    const rows = shareOf(task.rows({ epoch: state.epoch, step }), ranks)
    const isThere = task.feed?.prefetch(rows)
    isThere?.catch(() => undefined) // told where it is awaited
    return { rows, isThere }
  }
  let coming = fetchOf(0)
  for (let step = 0; step < task.stepsPerEpoch; step++) {
    const { rows, isThere } = coming
    const asked = performance.now()
    await isThere
    waitedMs += performance.now() - asked
    const isLast = step + 1 === task.stepsPerEpoch
    if (!isLast) coming = fetchOf(step + 1)
    lines.push(stepper(rows, state, () => (isLast ? undefined : task.feed?.prepare(coming.rows))))
    numRows += rows.length * ranks.size
    state.step++
    await new Promise((resolve) => setImmediate(resolve)) // a word from the parent, or its end, is heard between two steps
  }
  const seconds = (performance.now() - started) / 1000
  const loadingFraction = ((task.feed?.loadingSeconds() ?? 0) - loadedBefore + waitedMs / 1000) / seconds
  return { seconds, loadingFraction, rowsPerSecond: numRows / seconds, memoryBytes: process.memoryUsage.rss() }
}

/** The most memory that tensors took on this process's GPU so far; nothing on a CPU, where it is in the process's own. */
function deviceMemory(device = 'cpu'): { deviceMemoryBytes?: number } {
  if (!device.startsWith('cuda')) return {}
  return { deviceMemoryBytes: torch.cuda.memoryBytes(device).most }
}

/** Every validation of a run draws the same masks. */
function validate(task: Task, seed: number | string): Validation {
  task.module.eval()
  torch.manualSeed(stepSeed(seed, -1))
  return torch.noGrad(() => torch.scope(() => task.validate()))
}

/** One step; `meanwhile` is run when all of it has been asked for and a GPU still computes. */
type Stepper = (rows: readonly number[], place: { step: number; epoch: number }, meanwhile: () => void) => MetricLine

function createStepper(task: Task, optimiser: torch.optim.AdamW, config: LoopConfig, ranks: Ranks, seed: number | string): Stepper {
  const numSteps = config.numEpochs * task.stepsPerEpoch
  const backwardOnRanks = createRankBackward(task.module)
  const rankSeed = ranks.size === 1 ? seed : `${seed}/rank ${ranks.rank}`
  return (rows, { step, epoch }, meanwhile) => {
    const learningRate = config.learningRate * rateFactor(step, numSteps, config.schedule)
    for (const group of optimiser.paramGroups) group.lr = learningRate
    torch.manualSeed(stepSeed(rankSeed, step))
    return torch.scope(() => {
      optimiser.zeroGrad()
      const { loss, parts, backward } = task.step(rows)
      backwardOnRanks(loss, backward)
      const norm = torch.nn.utils.clipGradNorm_(task.module.parameters(), config.clipNorm)
      optimiser.step()
      meanwhile()
      const { gradientNorm, ...numbers } = readTogether({ loss, ...parts, gradientNorm: norm })
      expectFinite(numbers, task, { epoch, step })
      expectFinite({ gradientNorm }, task, { epoch, step })
      return { kind: 'step', step, epoch, ...numbers, gradientNorm, learningRate }
    })
  }
}

/** Tensors of one element as numbers. One copy for all, once the whole step is on its way: a GPU that is asked in between has nothing to do. */
function readTogether(tensors: Record<string, torch.Tensor>): Record<string, number> {
  const values = torch
    .stack(Object.values(tensors).map((tensor) => tensor.detach().float().reshape([])))
    .cpu()
    .toArray()
  return Object.fromEntries(Object.keys(tensors).map((name, index) => [name, Number(values[index])]))
}

/** Names the subjects of the whole batch: losses and gradients are those of all ranks. */
function expectFinite(numbers: Record<string, number>, task: Task, { epoch, step }: { epoch: number; step: number }): void {
  const bad = Object.keys(numbers).filter((name) => !Number.isFinite(numbers[name]))
  if (bad.length === 0) return
  const rows = task.rows({ epoch, step: step % task.stepsPerEpoch })
  throw fault({
    code: 'train/not-finite',
    where: 'trainLoop',
    expected: 'finite losses and gradients',
    received: `${bad.map((name) => `${name} = ${numbers[name]}`).join(', ')} at step ${step} with the subjects ${task.subjects(rows).join(' ')}`,
    hint: 'Look at these subjects, or train with a lower learning rate under another run name: the same command comes to the same step again. The last state kept before this step is whole.',
  })
}
