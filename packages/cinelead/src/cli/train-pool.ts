// Stages spread over processes, each stage in one of its own with its share of the cores: libtorch's generator and thread count are
// of a process, and small networks use two cores better as two trainings than as one. Or one after the other in this process.
import { type ChildProcess, fork } from 'node:child_process'
import { type FaultParts, fault } from '../base/errors.ts'
import type { Recipe } from '../recipes/recipe.ts'
import type { Stage, StageName } from './train-plan.ts'
import type { StageOutcome } from './train-stages.ts'

/** What a training process is started with. */
export type WorkerStart = { storeDir: string; recipe: Recipe; runFolder: string; device: string; numThreads: number }

export type WorkerMessage =
  | { kind: 'epoch'; epoch: number; note?: string }
  | { kind: 'alarm'; sentence: string }
  | { kind: 'done'; outcome: StageOutcome }
  | { kind: 'failed'; parts: FaultParts }

export type WorkerRequest = { kind: 'start'; start: WorkerStart } | { kind: 'stage'; seed: number; name: StageName } | { kind: 'stop' }

/** Runs one stage somewhere and tells how it goes. */
export type StageRunner = {
  run(stage: Stage, tell: { onEpoch(epoch: number, note?: string): void; onAlarm(sentence: string): void }): Promise<StageOutcome>
  end(): void
  /** Of its processes, where it has any of its own. */
  processIds?: readonly number[]
}

// A rank whose peer died often tells of a broken connection before the system tells of the death: the death is then the cause to name.
const LOST_RANK_MS = 1000

/**
 * A process of its own that runs one stage at a time; or, with several ranks, that many processes for each stage together.
 *
 * @param start  What they are started with. With ranks, they meet at a port of this machine.
 */
export function createProcessRunner(start: WorkerStart, signal?: AbortSignal, ranks?: { size: number; port: number }): StageRunner {
  const size = ranks?.size ?? 1
  const children = Array.from({ length: size }, (_, rank): ChildProcess => {
    const meeting = { RANK: rank, LOCAL_RANK: rank, WORLD_SIZE: size, MASTER_ADDR: '127.0.0.1', MASTER_PORT: ranks?.port }
    const env =
      ranks === undefined
        ? process.env
        : { ...process.env, ...Object.fromEntries(Object.entries(meeting).map(([name, value]) => [name, String(value)])) }
    return fork(new URL('./train-worker.ts', import.meta.url), { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  })
  const sendAll = (request: WorkerRequest) => {
    for (const child of children) if (child.connected) child.send(request)
  }
  sendAll({ kind: 'start', start })
  const stop = () => sendAll({ kind: 'stop' })
  signal?.addEventListener('abort', stop)
  return {
    processIds: children.map(({ pid }) => pid as number),
    run: (stage, tell) =>
      new Promise((resolve, reject) => {
        const ends: (() => void)[] = []
        let numDone = 0
        const failed = new Set<number>()
        const settle = (act: () => void) => {
          for (const end of ends) end()
          act()
        }
        const fail = (error: unknown) =>
          settle(() => {
            for (const child of children) child.kill('SIGKILL') // the other ranks would wait for the lost one
            reject(error)
          })
        children.forEach((child, rank) => {
          const onExit = (exitCode: number | null, name: string | null) => {
            if (!failed.has(rank)) fail(lostProcess(stage.name, size, rank, name ?? `exit code ${exitCode}`))
          }
          const onMessage = (message: WorkerMessage) => {
            if (message.kind === 'failed') {
              if (size === 1) return fail(fault(message.parts))
              failed.add(rank)
              if (failed.size > 1) return
              const waited = setTimeout(() => fail(fault(message.parts)), LOST_RANK_MS)
              ends.push(() => clearTimeout(waited))
            }
            if (message.kind === 'done' && ++numDone === size) settle(() => resolve(message.outcome))
            if (rank > 0) return
            if (message.kind === 'epoch') tell.onEpoch(message.epoch, message.note)
            if (message.kind === 'alarm') tell.onAlarm(message.sentence)
          }
          child.on('message', onMessage)
          child.on('exit', onExit)
          ends.push(() => {
            child.off('message', onMessage)
            child.off('exit', onExit)
          })
          if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode)
        })
        sendAll({ kind: 'stage', seed: stage.seed, name: stage.name })
      }),
    end() {
      signal?.removeEventListener('abort', stop)
      for (const child of children) child.kill()
    },
  }
}

function lostProcess(name: string, size: number, rank: number, how: string) {
  return fault({
    code: 'train/process',
    where: 'trainArms',
    expected: size === 1 ? `the process that trains ${name} to finish` : `all ${size} ranks that train ${name} to finish`,
    received: size === 1 ? how : `the end of rank ${rank}: ${how}`,
    hint: 'Was it out of memory? Start the same command again: it goes on from the last whole checkpoint.',
  })
}

/**
 * Runs stages on several runners, each as soon as what it needs is whole.
 *
 * @param stages  In an order in which they may begin; those already whole left out.
 * @param isDone  Whether a stage that another needs was whole before.
 * @throws        The first stage's error, after the others' present stages have ended or been stopped by their runners' end.
 */
export async function runStages(
  stages: readonly Stage[],
  runners: readonly StageRunner[],
  isDone: (seed: number, name: StageName) => boolean,
  on: {
    epoch(stage: Stage, epoch: number, note?: string): void
    alarm(stage: Stage, sentence: string): void
    end(stage: Stage, outcome: StageOutcome): void
  },
): Promise<void> {
  const waiting = [...stages]
  const finished = new Set<string>()
  const isReady = (stage: Stage) => stage.needs.every((name) => finished.has(`${stage.seed}/${name}`) || isDone(stage.seed, name))
  let wake: (() => void)[] = []
  let isOver = false
  const work = async (runner: StageRunner) => {
    while (!isOver && waiting.length > 0) {
      const next = waiting.findIndex(isReady)
      if (next < 0) {
        await new Promise<void>((resolve) => wake.push(resolve))
        continue
      }
      const [stage] = waiting.splice(next, 1)
      try {
        const outcome = await runner.run(stage, {
          onEpoch: (epoch, note) => on.epoch(stage, epoch, note),
          onAlarm: (sentence) => on.alarm(stage, sentence),
        })
        on.end(stage, outcome)
        finished.add(`${stage.seed}/${stage.name}`)
        if (!outcome.isDone) isOver = true
      } catch (error) {
        isOver = true
        throw error
      } finally {
        for (const resolve of wake) resolve()
        wake = []
      }
    }
  }
  await Promise.all(runners.map(work))
}
