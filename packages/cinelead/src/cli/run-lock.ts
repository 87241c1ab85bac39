// One process at a time works in a folder of a run: a file that holds its process number and when it began.
// A lock whose process is gone (kill -9) is taken over.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CineLeadError, fault } from '../base/errors.ts'
import { fileFault } from '../cohort/atomic.ts'

const LOCK_NAME = '.lock'
const WAIT_MS = 100

const held = new Set<string>() // by this process: a verb that calls another in the same folder

type Owner = { pid: number; birth?: string }

/** When a process began, in ticks since the machine did: no later process of the same number has it. Linux alone tells. */
function birthOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19] // proc_pid_stat(5): (22) starttime
  } catch {
    return undefined
  }
}

function isAlive({ pid, birth }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false // with EPERM it is there, but somebody else's
  }
  return birth === undefined || birthOf(pid) === birth
}

/** Who holds a lock; undefined when it was given back meanwhile or names none (its owner died while writing it). */
function readOwner(path: string): Owner | undefined {
  try {
    const [pid, birth] = readFileSync(path, 'utf8').trim().split(' ')
    return /^\d+$/.test(pid) ? { pid: Number(pid), birth } : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw fileFault(error, 'lockRun', "the run's lock")
  }
}

/**
 * Takes a folder for this process.
 *
 * @returns  Gives it back; nothing to give back where this process holds it already.
 * @throws   cli/run-locked when another process is at work in it; cohort/no-permission, cohort/disk-full, cohort/write.
 */
export function lockRun(folder: string): Disposable {
  const path = join(resolve(folder), LOCK_NAME)
  if (held.has(path)) return { [Symbol.dispose]: () => undefined }
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(path, `${process.pid} ${birthOf(process.pid) ?? ''}\n`, { flag: 'wx' })
      held.add(path)
      return {
        [Symbol.dispose]: () => {
          held.delete(path)
          rmSync(path, { force: true })
        },
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFault(error, 'lockRun', "the run's folder")
      const owner = readOwner(path)
      if (owner !== undefined && owner.pid !== process.pid && isAlive(owner)) throw lockedFault(owner.pid)
      rmSync(path, { force: true })
    }
  }
  throw lockedFault(undefined)
}

/**
 * Takes a stage's folder for this process, once whoever is at work in it has ended: a training whose command was killed hears of
 * that between two steps only, and may write until then.
 *
 * @param onWait  Told once when there is somebody to wait for.
 * @param signal  Ends the waiting.
 * @throws        As `lockRun`; cli/run-locked only when the signal ended the waiting.
 */
export async function lockStage(folder: string, onWait: (sentence: string) => void, signal?: AbortSignal): Promise<Disposable> {
  for (let numWaits = 0; ; numWaits++) {
    try {
      return lockRun(folder)
    } catch (error) {
      if (!(error instanceof CineLeadError && error.code === 'cli/run-locked') || signal?.aborted === true) throw error
      if (numWaits === 0) onWait(`waits for the end of an earlier training of it: found ${error.received}`)
      await sleep(WAIT_MS)
    }
  }
}

function lockedFault(owner: number | undefined) {
  return fault({
    code: 'cli/run-locked',
    where: 'lockRun',
    expected: 'a folder in which no other run is at work',
    received: owner === undefined ? 'a lock that keeps coming back' : `one that process ${owner} is working in`,
    hint: `Wait for that run, stop it, or choose another folder (--out, --run). If that process is no run of this program, remove ${LOCK_NAME} there.`,
  })
}
