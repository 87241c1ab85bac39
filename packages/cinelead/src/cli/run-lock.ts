// One process at a time works in a run's folder: a file that holds the worker's process number.
// A lock whose process is gone (kill -9) is taken over.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fault } from '../base/errors.ts'
import { fileFault } from '../cohort/atomic.ts'

const LOCK_NAME = '.lock'

const held = new Set<string>() // by this process: a verb that calls another in the same folder

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // there, but somebody else's
  }
}

/** The process number in a lock; undefined when it was given back meanwhile or holds none (its owner died while writing it). */
function readOwner(path: string): number | undefined {
  try {
    const owner = Number.parseInt(readFileSync(path, 'utf8'), 10)
    return Number.isInteger(owner) ? owner : undefined
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
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx' })
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
      if (owner !== undefined && owner !== process.pid && isAlive(owner)) throw lockedFault(owner)
      rmSync(path, { force: true })
    }
  }
  throw lockedFault(undefined)
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
