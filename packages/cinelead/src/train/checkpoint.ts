// A checkpoint: everything a training needs to go on as if it had never stopped, in one safetensors file that is whole or not there.
// Weights and buffers under `model.`, the optimiser's moments under `optimiser.`, counters and best scores as text in the file's head.
// No generator state is kept because there is none: every step seeds libtorch's generator from the run's seed and its own number.
import { existsSync, renameSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import * as torch from '@cinelead/torch'
import { fault, isTold } from '../base/errors.ts'

/** Where a run stands. Also the sampler's position: its order is a function of seed and epoch. */
export type LoopState = {
  /** Epochs finished. */
  epoch: number
  /** Steps finished. */
  step: number
  bestScore: number | null
  bestEpoch: number
  validationsSinceBest: number
  isDone: boolean
}

const MODEL = 'model.'
const OPTIMISER = 'optimiser.'

/** Runs a write and tells its failure in the house's words: the files here are whole or not there. */
export function guardWrite(write: () => void): void {
  try {
    write()
  } catch (error) {
    if (isTold(error)) throw error // what was to be written could not be made: no fault of the disk
    const system = (error as NodeJS.ErrnoException).code
    throw fault({
      code: 'train/write',
      where: 'guardWrite',
      expected: 'to write a checkpoint or a record',
      received:
        system === 'ENOSPC' || system === 'EDQUOT'
          ? 'a full disk'
          : `the system's answer ${system ?? String((error as Error).message).split('\n', 1)[0]}`,
      hint: 'Free disk space or choose another folder and start again: the last whole checkpoint is still there and the run goes on from it.',
      cause: error,
    })
  }
}

/** Keeps the last two states in `folder`: `last.safetensors`, and `previous.safetensors` should the last one be lost. */
export function saveCheckpoint(folder: string, module: torch.nn.Module, optimiser: torch.optim.AdamW, state: LoopState): void {
  const last = join(folder, 'last.safetensors')
  const next = join(folder, 'next.safetensors')
  guardWrite(() => {
    torch.scope(() => {
      const tensors = { ...named(MODEL, module.stateDict()), ...named(OPTIMISER, optimiser.stateDict()) }
      torch.saveSafetensors(next, tensors, { state: JSON.stringify(state) })
    })
    if (existsSync(last)) renameSync(last, join(folder, 'previous.safetensors'))
    renameSync(next, last)
  })
}

/**
 * Brings module and optimiser to the last whole state of a folder.
 *
 * @returns  Where the run stood, or nothing when no state was kept yet.
 * @throws   train/checkpoint when states are there and none can be read or none fits the network.
 */
export function loadCheckpoint(folder: string, module: torch.nn.Module, optimiser: torch.optim.AdamW): LoopState | undefined {
  const kept = ['next.safetensors', 'last.safetensors', 'previous.safetensors'].filter((name) => existsSync(join(folder, name)))
  const refusals: unknown[] = []
  for (const name of kept) {
    try {
      const path = join(folder, name)
      const state = JSON.parse(torch.readSafetensorsMetadata(path).state) as LoopState
      torch.scope(() => {
        const tensors = torch.loadSafetensors(path)
        module.loadStateDict(unnamed(MODEL, tensors))
        optimiser.loadStateDict(unnamed(OPTIMISER, tensors))
      })
      return state
    } catch (error) {
      refusals.push(error)
    }
  }
  if (refusals.length === 0) return undefined
  throw fault({
    code: 'train/checkpoint',
    where: 'loadCheckpoint',
    expected: 'a checkpoint of this network',
    received: refusals.map((error) => (error instanceof Error ? error.message.split('\n', 1)[0] : String(error))).join('; '),
    hint: `The files are damaged, or the program has changed since this run began: remove ${basename(folder)} in the run's seed folder to train this stage again.`,
    cause: refusals[0],
  })
}

/** Saves the weights alone, for evaluation and for the next stage. */
export function saveWeights(path: string, module: Pick<torch.nn.Module, 'stateDict'>, metadata: Record<string, string> = {}): void {
  guardWrite(() => torch.saveSafetensors(path, module.stateDict(), metadata))
}

/**
 * Loads weights saved by `saveWeights`.
 *
 * @throws  train/weights when the file cannot be read or belongs to another network.
 */
export function loadWeights(path: string, module: torch.nn.Module): void {
  try {
    torch.scope(() => {
      module.loadStateDict(torch.loadSafetensors(path))
    })
  } catch (error) {
    throw fault({
      code: 'train/weights',
      where: 'loadWeights',
      expected: 'weights of this network',
      received: error instanceof Error ? error.message.split('\n', 1)[0] : String(error),
      at: basename(path),
      hint: `The file is damaged, or the program has changed since it was written: remove ${basename(dirname(path))} in the run's seed folder to train this stage again.`,
      cause: error,
    })
  }
}

/**
 * What a finished stage left for later ones, such as its encoder or its features.
 *
 * @throws  train/stage-file when it cannot be read or its numbers are not those that were written.
 */
export function loadStageFile(path: string): Record<string, torch.Tensor> {
  try {
    return torch.loadSafetensors(path)
  } catch (error) {
    throw stageFileFault(path, error)
  }
}

/** The fault of a finished stage's damaged file. */
export function stageFileFault(path: string, error: unknown) {
  const place = join(basename(dirname(path)), basename(path))
  return fault({
    code: 'train/stage-file',
    where: 'loadStageFile',
    expected: 'what a finished stage left',
    received: error instanceof Error ? error.message.split('\n', 1)[0] : String(error),
    at: place,
    hint: `Remove ${place} in the run's seed folder and start the same command again: it is made again from the stage's last state.`,
    cause: error,
  })
}

const named = (prefix: string, tensors: Record<string, torch.Tensor>): Record<string, torch.Tensor> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [prefix + name, tensor]))

const unnamed = (prefix: string, tensors: Record<string, torch.Tensor>): Record<string, torch.Tensor> =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [])),
  )
