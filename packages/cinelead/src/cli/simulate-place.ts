// The folder that `simulate` fills: it is empty or was filled by `simulate` before, and a mark in it says that nobody there is real.
// Hands on: openPlace, writeMark, isMarkedComplete.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fault } from '../base/errors.ts'
import { fileFault, makeFolder, writeWhole } from '../cohort/atomic.ts'
import { type SimulatedMark, simulatedMarkName } from '../cohort/manifest.ts'
import { filesUnder } from './files-under.ts'

/**
 * Makes the folder or opens the one that is there.
 *
 * @param isOwn  Whether a name at the folder's top is one that this way of simulating writes.
 * @returns      What was asked for when it was filled before; undefined for a new folder or a mark that cannot be read.
 * @throws       cli/simulate-place when it holds anything else; cohort/no-permission, cohort/not-found.
 */
export function openPlace(out: string, isOwn: (name: string) => boolean): { request: string | undefined; isNew: boolean } {
  makeFolder(out, 'simulate', 'the folder of simulated people')
  const path = join(out, simulatedMarkName)
  const isMarked = existsSync(path)
  const strangers = isMarked
    ? readdirSync(out).filter((name) => name !== simulatedMarkName && !name.startsWith('.') && !isOwn(name))
    : filesUnder(out)
  if (strangers.length === 0) return { request: isMarked ? readMark(path)?.request : undefined, isNew: !isMarked }
  throw fault({
    code: 'cli/simulate-place',
    where: 'simulate',
    expected: 'an empty folder or one that simulate made',
    received: 'a folder with other files',
    hint: 'Simulated people must never lie among real ones: name another folder.',
  })
}

export function writeMark(out: string, mark: SimulatedMark): void {
  writeWhole(join(out, simulatedMarkName), `${JSON.stringify(mark, null, 2)}\n`, { what: simulatedMarkName })
}

export function isMarkedComplete(out: string): boolean {
  return readMark(join(out, simulatedMarkName))?.isComplete === true
}

function readMark(path: string): SimulatedMark | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as SimulatedMark
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw fileFault(error, 'simulate', simulatedMarkName)
  }
}
