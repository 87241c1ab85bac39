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
  /** Of its process, where it has one of its own. */
  processId?: number
}

/** A process of its own that runs one stage at a time. */
export function createProcessRunner(start: WorkerStart, signal?: AbortSignal): StageRunner {
  const child: ChildProcess = fork(new URL('./train-worker.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const send = (request: WorkerRequest) => void (child.connected && child.send(request))
  send({ kind: 'start', start })
  const stop = () => send({ kind: 'stop' })
  signal?.addEventListener('abort', stop)
  return {
    processId: child.pid,
    run: (stage, tell) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          child.off('message', onMessage)
          child.off('exit', onExit)
          act()
        }
        const onExit = (exitCode: number | null, name: string | null) =>
          settle(() =>
            reject(
              fault({
                code: 'train/process',
                where: 'trainArms',
                expected: `the process that trains ${stage.name} to finish`,
                received: name === null ? `exit code ${exitCode}` : `the signal ${name}`,
                hint: 'Was it out of memory? Start the same command again: it goes on from the last whole checkpoint.',
              }),
            ),
          )
        const onMessage = (message: WorkerMessage) => {
          if (message.kind === 'epoch') tell.onEpoch(message.epoch, message.note)
          else if (message.kind === 'alarm') tell.onAlarm(message.sentence)
          else if (message.kind === 'done') settle(() => resolve(message.outcome))
          else settle(() => reject(fault(message.parts)))
        }
        child.on('message', onMessage)
        child.on('exit', onExit)
        if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode)
        else send({ kind: 'stage', seed: stage.seed, name: stage.name })
      }),
    end() {
      signal?.removeEventListener('abort', stop)
      child.kill()
    },
  }
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
