// A training process: opens the store once, then runs the stages it is told, one at a time, and says how they go.
import * as torch from '@cinelead/torch'
import { faultAt } from '../base/errors.ts'
import { storeSource } from '../batches/store-source.ts'
import { openStore } from '../cohort/store.ts'
import { systemFault } from './failure.ts'
import { holdRecipe } from './hold-recipe.ts'
import { joinRanks } from './train-ranks.ts'
import type { WorkerMessage, WorkerRequest, WorkerStart } from './train-pool.ts'
import { createSelection } from './train-selection.ts'
import { runStage, type StageContext } from './train-stages.ts'

const stop = new AbortController()
let shared: Promise<Omit<StageContext, 'seed'>> | undefined

/** Once the parent is gone nobody is told: 'disconnect' below ends this process. */
const tell = (message: WorkerMessage): void => void process.send?.(message, () => undefined)

async function open({ storeDir, recipe, runFolder, device, numThreads }: WorkerStart): Promise<Omit<StageContext, 'seed'>> {
  torch.setNumThreads(numThreads)
  const own = joinRanks(device)
  const source = storeSource(await openStore(storeDir))
  return {
    recipe,
    runFolder,
    held: holdRecipe(source, recipe, own),
    selection: createSelection(source, recipe.selection),
    signal: stop.signal,
    onEpoch: (epoch, note) => tell({ kind: 'epoch', epoch, note }),
    onAlarm: (sentence) => tell({ kind: 'alarm', sentence }),
  }
}

process.on('message', async (request: WorkerRequest) => {
  if (request.kind === 'stop') return stop.abort()
  if (request.kind === 'start') {
    shared = open(request.start)
    shared.catch(() => undefined) // told when the first stage asks for it
    return
  }
  try {
    const context = await (shared as NonNullable<typeof shared>)
    tell({ kind: 'done', outcome: await runStage({ ...context, seed: request.seed }, request.name) })
  } catch (error) {
    const { code, where, expected, received, hint, at } = faultAt(systemFault(error) ?? error, `the stage ${request.name}`)
    tell({ kind: 'failed', parts: { code, where, expected, received, hint, at } })
  }
})
process.on('disconnect', () => process.exit(1)) // the parent is gone: what is on disk is whole, the next call goes on from there
