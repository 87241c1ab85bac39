// Work spread over all cores: worker threads that take one job after another. Used by `simulate` and `ingest`.
// Hands on: runPool (this side), serveJobs (the worker's side).
import { availableParallelism } from 'node:os'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { type FaultParts, fault, faultAt, isTold } from '../base/errors.ts'

type Answer<Result> = { ready: true } | { ok: true; result: Result } | { ok: false; parts: FaultParts }

export type PoolOptions<Job, Result> = {
  /** The worker's file; it calls `serveJobs`. */
  worker: URL
  /** What every worker is started with. */
  shared: unknown
  jobs: readonly Job[]
  numWorkers?: number
  /** Called once a job, in the order of completion. */
  onResult(result: Result, job: Job): void
  /**
   * Called when a worker that was ready died over a job (out of memory, a crash): gives the job's result, and another worker goes on.
   * Without it a death ends the pool.
   */
  onDeath?(error: unknown, job: Job): Result
}

/**
 * Runs jobs in worker threads, each worker one at a time; jobs begin in their order.
 *
 * @throws  The first job's error, after the other workers were stopped; cli/worker when a worker died without a word.
 */
export async function runPool<Job, Result>(options: PoolOptions<Job, Result>): Promise<void> {
  const { worker, shared, jobs, numWorkers, onResult, onDeath } = options
  const count = Math.max(1, Math.min(jobs.length, numWorkers ?? availableParallelism()))
  const workers: Asker<Job, Result>[] = []
  let next = 0
  let isEnding = false
  const drain = async () => {
    const hire = () => {
      const hired = createAsker<Job, Result>(new Worker(worker, { workerData: shared }))
      workers.push(hired)
      return hired
    }
    let asker = hire()
    while (next < jobs.length) {
      const job = jobs[next++]
      try {
        onResult(await asker.ask(job), job)
      } catch (error) {
        if (isEnding || onDeath === undefined || !asker.diedReady()) throw error
        onResult(onDeath(error, job), job)
        asker = hire()
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: jobs.length === 0 ? 0 : count }, drain))
  } finally {
    isEnding = true // the others are stopped now: that is no death over their jobs
    next = jobs.length
    await Promise.all(workers.map((asker) => asker.end()))
  }
}

type Asker<Job, Result> = { ask(job: Job): Promise<Result>; diedReady(): boolean; end(): Promise<unknown> }

/** A worker as a function: one question at a time. A worker that dies answers what it was asked with its error. */
function createAsker<Job, Result>(thread: Worker): Asker<Job, Result> {
  let waiting: { resolve(result: Result): void; reject(error: unknown): void } | undefined
  let failure: unknown
  let isReady = false
  const fail = (error: unknown) => {
    failure ??= error
    waiting?.reject(failure)
  }
  thread.on('message', (answer: Answer<Result>) => {
    if ('ready' in answer) isReady = true
    else if (answer.ok) waiting?.resolve(answer.result)
    else waiting?.reject(fault(answer.parts))
  })
  thread.on('error', (error) => fail(faultAt(error, 'a worker')))
  thread.on('exit', (exitCode) =>
    fail(
      fault({
        code: 'cli/worker',
        where: 'runPool',
        expected: 'an answer from every worker',
        received: `a worker that ended with exit code ${exitCode}`,
        hint: 'Was it out of memory? Start again with fewer workers: finished work is kept.',
      }),
    ),
  )
  return {
    ask: (job) =>
      new Promise<Result>((resolve, reject) => {
        waiting = { resolve, reject }
        if (failure === undefined) thread.postMessage(job)
        else reject(failure)
      }),
    diedReady: () => isReady && failure !== undefined,
    end: () => thread.terminate(),
  }
}

/**
 * The worker's side: answers each job with the handler's result or its error.
 *
 * @param start  Makes the handler from what the pool shares; called once.
 */
export function serveJobs<Shared, Job, Result>(start: (shared: Shared) => Promise<(job: Job) => Promise<Result>>): void {
  const port = parentPort
  if (port === null) return
  const handler = start(workerData as Shared)
  handler.then(
    () => port.postMessage({ ready: true }),
    () => {}, // every job is answered with this error
  )
  port.on('message', async (job: Job) => {
    let answer: Answer<Result>
    try {
      answer = { ok: true, result: await (await handler)(job) }
    } catch (error) {
      answer = { ok: false, parts: partsOf(error) }
    }
    port.postMessage(answer)
  })
}

/** An error's parts as they cross threads: a class does not survive the way, nor does a cause that is no plain text. */
function partsOf(error: unknown): FaultParts {
  const told = isTold(error) ? error : faultAt(error, 'a worker')
  const { code, where, expected, received, hint, at, cause } = told
  return { code, where, expected, received, hint, at, cause: cause instanceof Error ? cause.stack : String(cause ?? '') }
}
