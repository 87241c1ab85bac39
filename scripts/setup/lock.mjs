// One set-up at a time in a folder: a lock file that names its owner, and that a dead owner does not keep.
// Hands on: withLock.
//
// The file appears whole (written aside, then hard-linked, which fails when the name is taken). It lists the owner and the
// programs the owner started: if set-up was killed but its npm still runs, the next set-up waits for that too.
import { appendFileSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { SetupFault, say } from './run.mjs'

const POLL_MS = 250

/** A process's start in clock ticks, where /proc tells it: a number used again by the system is another process. */
function startTicks(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'ended' : fields[19]
  } catch {
    return 'unknown'
  }
}

function isAlive(line) {
  const [pid, ticks] = line.split(' ')
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  return startTicks(pid) === ticks
}

function readOwners(path) {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean)
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
}

function take(path) {
  const own = `${path}.${process.pid}`
  writeFileSync(own, `${process.pid} ${startTicks(process.pid)}\n`)
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

/** Moves a dead owner's lock out of the way; if another set-up was faster and the lock is new, puts it back. */
function breakDead(path) {
  const aside = `${path}.dead.${process.pid}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (error.code === 'ENOENT') return
    throw error
  }
  if (readOwners(aside).some(isAlive)) {
    try {
      linkSync(aside, path)
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
  }
  rmSync(aside, { force: true })
}

/** Runs `work(noteChild)` while no other process works under the lock at `path`; waits as long as the owner lives. */
export async function withLock(path, work) {
  let hasSaid = false
  try {
    while (!take(path)) {
      const owners = readOwners(path)
      if (owners.length > 0 && !owners.some(isAlive)) {
        breakDead(path)
        continue
      }
      if (!hasSaid && owners.length > 0) say(`another set-up is at work here (process ${owners[0].split(' ')[0]}): waiting for it`)
      hasSaid = true
      await sleep(POLL_MS)
    }
  } catch (error) {
    if (error.code === 'EACCES' || error.code === 'EROFS') {
      throw new SetupFault(
        'setup/write',
        'a folder that can be written',
        `${error.code} at ${error.path ?? path}`,
        'Use a copy of your own.',
      )
    }
    throw error
  }
  try {
    return await work((pid) => appendFileSync(path, `${pid} ${startTicks(pid)}\n`))
  } finally {
    rmSync(path, { force: true })
  }
}
