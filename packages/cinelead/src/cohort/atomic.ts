// Files that are whole or not there: written beside their place, forced to disk, then renamed. A process killed at any
// moment leaves at most a file whose name ends in `.tmp`, which nobody reads.
// Hands on: writeWhole, openWhole (in pieces), makeFolder, sweepUnfinished, fileFault (a system error in the house's words).
//
// Source: rename(2), POSIX.1-2017: an existing target is replaced in one step.
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { CineLeadError, fault } from '../base/errors.ts'
import { redact } from '../base/privacy.ts'

/** A file on its way: pieces go in, `finish` makes it appear, `abandon` takes it back. */
export type WholeFile = {
  write(bytes: Uint8Array): void
  finish(): void
  abandon(): void
}

export type WriteOptions = {
  /** Permission bits of a new file. */
  mode?: number
  /** When somebody else made the file meanwhile, theirs stays. */
  keepFirst?: boolean
  /** What the file is, for the error message: never a path with a participant number. */
  what?: string
}

/**
 * Opens a file that appears only when it is whole.
 *
 * @param path  Where it will be; its folder exists.
 * @throws      cohort/disk-full, cohort/no-permission, cohort/write: from every call; the unfinished file is then removed.
 */
export function openWhole(path: string, options: WriteOptions = {}): WholeFile {
  const { mode = 0o644, keepFirst = false, what = 'a file' } = options
  const temporary = `${path}.${process.pid}-${threadId}.tmp`
  let descriptor = -1
  const guarded = <T>(action: () => T): T => {
    try {
      return action()
    } catch (error) {
      abandon()
      throw fileFault(error, 'writeWhole', what)
    }
  }
  const abandon = () => {
    if (descriptor >= 0) closeSync(descriptor)
    descriptor = -1
    rmSync(temporary, { force: true })
  }
  descriptor = guarded(() => openSync(temporary, 'w', mode))
  return {
    write(bytes) {
      guarded(() => {
        let done = 0
        while (done < bytes.length) done += writeSync(descriptor, bytes, done, bytes.length - done)
      })
    },
    finish() {
      guarded(() => {
        fsyncSync(descriptor)
        closeSync(descriptor)
        descriptor = -1
        if (keepFirst) linkFirst(temporary, path)
        else renameSync(temporary, path)
        syncFolder(dirname(path))
      })
    },
    abandon,
  }
}

/** Writes a whole file in one call: bytes or text. See `openWhole`. */
export function writeWhole(path: string, content: Uint8Array | string, options: WriteOptions = {}): void {
  const file = openWhole(path, options)
  file.write(typeof content === 'string' ? Buffer.from(content) : content)
  file.finish()
}

/**
 * Makes a folder and those above it. (Node's own recursive mkdir reports a read-only disk as a missing folder.)
 *
 * @param what  What the folder is, for the error message.
 * @throws      cohort/no-permission, cohort/not-found, cohort/disk-full, cohort/write.
 */
export function makeFolder(path: string, where: string, what: string): void {
  const parent = dirname(path)
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
    if (parent !== path) makeFolder(parent, where, what)
    mkdirSync(path)
  } catch (error) {
    if (error instanceof CineLeadError) throw error
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(path).isDirectory()) throw fileFault(error, where, what)
  }
}

/** Removes what a killed process left unfinished in a folder. Only for a folder that nobody else is writing to. */
export function sweepUnfinished(folder: string): number {
  const unfinished = readdirSync(folder).filter((name) => name.endsWith('.tmp'))
  for (const name of unfinished) rmSync(join(folder, name), { force: true })
  return unfinished.length
}

const FAULTS: Record<string, { code: string; received: string; hint: string }> = {
  ENOSPC: {
    code: 'cohort/disk-full',
    received: 'a full disk',
    hint: 'Free some space or choose another folder, then start again: finished work is kept.',
  },
  EDQUOT: {
    code: 'cohort/disk-full',
    received: 'a used-up quota',
    hint: 'Free some space or choose another folder, then start again: finished work is kept.',
  },
  EACCES: { code: 'cohort/no-permission', received: 'no permission', hint: 'Choose a folder that you may use, or ask its owner.' },
  EPERM: { code: 'cohort/no-permission', received: 'no permission', hint: 'Choose a folder that you may use, or ask its owner.' },
  EROFS: { code: 'cohort/no-permission', received: 'a read-only disk', hint: 'Choose a folder on another disk.' },
  ENOENT: { code: 'cohort/not-found', received: 'no such file or folder', hint: 'Check the path.' },
  EEXIST: { code: 'cohort/not-found', received: 'a file where a folder should be', hint: 'Check the path.' },
  ENOTDIR: { code: 'cohort/not-found', received: 'a file where a folder should be', hint: 'Check the path.' },
  EMFILE: {
    code: 'cohort/write',
    received: 'too many open files',
    hint: 'Raise the limit (ulimit -n) and start again: finished work is kept.',
  },
}

/** A system error as the house says it, without any path. */
export function fileFault(error: unknown, where: string, what: string): CineLeadError {
  const system = (error as NodeJS.ErrnoException).code ?? ''
  const known = FAULTS[system]
  return fault({
    code: known?.code ?? 'cohort/write',
    where,
    expected: `to read or write ${redact(what)}`,
    received: known?.received ?? `the system's answer ${system || redact(String((error as Error).message))}`,
    hint: known?.hint ?? 'Check the disk and start again: finished work is kept.',
    cause: error,
  })
}

function linkFirst(temporary: string, path: string): void {
  try {
    linkSync(temporary, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  rmSync(temporary)
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
