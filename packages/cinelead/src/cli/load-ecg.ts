// One ECG file from disk, with the files that lie beside it. Hands on: loadEcg, recogniseEcgFile.
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fault, faultAt } from '../base/errors.ts'
import { redact } from '../base/privacy.ts'
import { type EcgFormatId, expectEcg, headBytes, maxEcgBytes, readEcg, recogniseEcg } from '../formats/ecg.ts'
import type { Recording } from '../formats/recording.ts'
import { systemFault } from './failure.ts'

/** How a file begins and how long it is: what it takes to know its format and to refuse one that is too large. */
function headOf(path: string): { start: Uint8Array; sizeBytes: number } {
  const file = openSync(path, 'r')
  try {
    const start = new Uint8Array(headBytes)
    const held = readSync(file, start, 0, headBytes, 0)
    return { start: start.subarray(0, held), sizeBytes: fstatSync(file).size }
  } finally {
    closeSync(file)
  }
}

/** Reads a file that lies beside the header; a name that leads out of the folder is refused. */
function readBeside(path: string, name: string): Uint8Array {
  if (basename(name) !== name || name === '..') {
    throw fault({
      code: 'cli/companion',
      where: 'loadEcg',
      expected: 'signal files in the folder of the header',
      received: 'a name with a path',
      hint: 'Put the whole record into one folder.',
    })
  }
  const beside = join(dirname(path), name)
  const found = statSync(beside, { throwIfNoEntry: false })
  if (found?.isFile() !== true) {
    throw fault({
      code: 'cli/companion',
      where: 'loadEcg',
      expected: 'the signal files that the header names beside it',
      received: 'no such file',
      hint: 'Put the whole record into one folder, its files named as the header spells them.',
    })
  }
  if (found.size > maxEcgBytes) {
    throw fault({
      code: 'formats/ecg-size',
      where: 'loadEcg',
      expected: `at most ${maxEcgBytes / 2 ** 20} MiB in a signal file`,
      received: `${Math.ceil(found.size / 2 ** 20)} MiB`,
      hint: 'Cut the recording into shorter pieces first.',
    })
  }
  return readFileSync(beside)
}

/** What ECG format a file has by its beginning and name; undefined when none fits. */
export function recogniseEcgFile(path: string): EcgFormatId | undefined {
  const { start, sizeBytes } = headOf(path)
  return recogniseEcg(basename(path), start, sizeBytes)
}

/**
 * Reads one recording of any known format; one that is unknown or too large is refused by its first bytes.
 *
 * @throws  formats/ecg-* and what the readers throw, told with the file's base name (without a participant's number).
 */
export function loadEcg(path: string): Recording {
  const name = basename(path)
  try {
    const { start, sizeBytes } = headOf(path)
    expectEcg(name, start, sizeBytes)
    return readEcg(name, readFileSync(path), (companion) => readBeside(path, companion))
  } catch (error) {
    throw faultAt(systemFault(error) ?? error, redact(name))
  }
}
