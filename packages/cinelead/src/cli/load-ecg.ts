// One ECG file from disk, with the files that lie beside it. Hands on: loadEcg.
import { readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fault, faultAt } from '../base/errors.ts'
import { redact } from '../base/privacy.ts'
import { type EcgFormatId, maxEcgBytes, readEcg, recogniseEcg } from '../formats/ecg.ts'
import type { Recording } from '../formats/recording.ts'

function expectSize(path: string): void {
  const { size } = statSync(path)
  if (size > maxEcgBytes) {
    throw fault({
      code: 'formats/ecg-size',
      where: 'loadEcg',
      expected: `at most ${maxEcgBytes} bytes`,
      received: `${size} bytes`,
      hint: 'A 12-lead recording is far smaller: is this another kind of file?',
      at: redact(basename(path)),
    })
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
  expectSize(beside)
  return readFileSync(beside)
}

/** What ECG format a file has by its content and name; undefined when none fits. */
export function recogniseEcgFile(path: string): EcgFormatId | undefined {
  if (statSync(path).size > maxEcgBytes) return undefined
  return recogniseEcg(basename(path), readFileSync(path))
}

/**
 * Reads one recording of any known format.
 *
 * @throws  formats/ecg-* and what the readers throw, told with the file's base name (without a participant's number).
 */
export function loadEcg(path: string): Recording {
  expectSize(path)
  try {
    return readEcg(basename(path), readFileSync(path), (name) => readBeside(path, name))
  } catch (error) {
    throw faultAt(error, redact(basename(path)))
  }
}
