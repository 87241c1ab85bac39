// Refuses anything that looks like a UK Biobank participant id, in text and in file names. Hands on: findPrivacyFaults, looksLikeId.
//
// An id is a number of seven digits that stands alone and begins with 1 to 6 (a working rule: UK Biobank publishes no range). People made by the simulator have ids from
// 9000001 on, which never match. Digits inside a longer number, a decimal fraction, a dotted UID or a word are no id.
import { realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listProjectFiles, readText } from './tracked.mjs'

const ID = /(?<![0-9A-Za-z]|[0-9][.])(?:(?:eid|id|sub|subject|participant)[_-]?)?([1-6][0-9]{6})(?![0-9A-Za-z]|[.][0-9])/gi

// Whole files whose numbers cannot be ids, each with its reason.
const ALLOWED_FILES = [{ path: 'package-lock.json', reason: 'written by npm: digests and version numbers' }]

// Single numbers that stand for something else, each with its reason.
const ALLOWED_NUMBERS = [
  { number: '3191723', reason: "in the name of a public demonstration recording of Philips' format" },
  { number: '1664525', reason: "multiplier of Numerical Recipes' random generator" },
  { number: '2097152', reason: '2 MiB: 2 ** 21' },
  { number: '4194304', reason: '4 MiB: 2 ** 22' },
  { number: '1048576', reason: '1 MiB: 2 ** 20' },
  { number: '1000000', reason: 'a million' },
  { number: '2000000', reason: 'two million' },
  { number: '5000000', reason: 'five million' },
]

const BITS = /^[01]+$/ // a code word written out, not a number

/** The numbers in a text that look like participant ids, with their lines. */
export function findIds(text) {
  const allowed = new Set(ALLOWED_NUMBERS.map(({ number }) => number))
  return text
    .split('\n')
    .flatMap((line, i) => [...line.matchAll(ID)].filter(([, id]) => !allowed.has(id) && !BITS.test(id)).map(() => ({ line: i + 1 })))
}

/** Each place that looks like a participant id; the number itself is not repeated. */
export function findPrivacyFaults(root) {
  const skipped = new Set(ALLOWED_FILES.map(({ path }) => path))
  return listProjectFiles(root).flatMap((file) => {
    const named =
      findIds(file).length > 0
        ? [{ file: file.replaceAll(/[0-9]{7}/g, '#######'), line: 1, message: 'has a name that holds what looks like a participant id' }]
        : []
    const text = skipped.has(file) ? undefined : readText(root, file)
    const found = text === undefined ? [] : findIds(text)
    return [...named, ...found.map(({ line }) => ({ file, line, message: 'holds what looks like a participant id (seven digits)' }))]
  })
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === realpathSync(process.argv[1])) {
  const faults = findPrivacyFaults(join(dirname(fileURLToPath(import.meta.url)), '..'))
  for (const { file, line, message } of faults) process.stdout.write(`${file}:${line} ${message}\n`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
