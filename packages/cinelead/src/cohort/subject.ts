// Who a participant is inside this project: a pseudonymous key made from the participant number and a secret salt.
// Hands on: subjectKey, openSalt, saltFromSeed. The salt never enters a store, a run, a log or a message.
//
// Source: HMAC, RFC 2104, with SHA-256 (FIPS 180-4) from node:crypto.
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { fault } from '../base/errors.ts'
import { fileFault, makeFolder, writeWhole } from './atomic.ts'

const SALT_BYTES = 32 // as long as SHA-256's output: RFC 2104 section 3 advises no shorter key
const KEY_DIGITS = 12 // 48 bits: among 100,000 subjects two keys meet with a chance of 2e-5, and ingest refuses that

/** The secret that turns participant numbers into keys. */
export type Salt = Uint8Array

/**
 * A participant's key in this project.
 *
 * @param eid   Participant number, or a study's own identifier, as the files have it.
 * @param salt  The project's secret; another salt gives unrelated keys.
 * @returns     `s-` and 12 hexadecimal digits.
 */
export function subjectKey(eid: string, salt: Salt): string {
  return `s-${createHmac('sha256', salt).update(eid).digest('hex').slice(0, KEY_DIGITS)}`
}

/**
 * The salt of a simulated cohort: it hides nobody, so it follows from the seed, and the same seed gives the same keys anywhere.
 *
 * @param seed  The simulation's seed.
 */
export function saltFromSeed(seed: number | string): Salt {
  return createHash('sha256').update(`cinelead simulated cohort ${seed}`).digest()
}

/**
 * The project's salt from its file; made on first use, readable by its owner alone.
 *
 * @param path       The salt's file: beside the raw data, whose readers know the participant numbers anyway.
 * @param forbidden  Folders that may be handed to others (store, runs); the salt may lie in none of them.
 * @throws           cohort/salt-place when it would lie in a folder that is handed on; cohort/salt when the file is no salt;
 *                   cohort/no-permission, cohort/disk-full when it cannot be written.
 */
export function openSalt(path: string, forbidden: readonly string[] = []): Salt {
  const place = realPlace(path)
  for (const folder of forbidden) {
    if (place.startsWith(realPlace(folder) + sep)) {
      throw fault({
        code: 'cohort/salt-place',
        where: 'openSalt',
        expected: 'the salt outside the store and the run folders',
        received: 'a place inside one of them',
        hint: 'Whoever holds salt and store can find participants again: give another place with --salt.',
      })
    }
  }
  if (!existsSync(path)) {
    makeFolder(dirname(resolve(path)), 'openSalt', 'the salt file')
    writeWhole(path, randomBytes(SALT_BYTES), { mode: 0o600, keepFirst: true, what: 'the salt file' })
  }
  const salt = read(path)
  if (salt.length !== SALT_BYTES) {
    throw fault({
      code: 'cohort/salt',
      where: 'openSalt',
      expected: `a salt file of ${SALT_BYTES} bytes`,
      received: `${salt.length} bytes`,
      hint: 'Is this the right file? With another salt the same participants get other keys: restore the old file if you have it.',
    })
  }
  return salt
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw fileFault(error, 'openSalt', 'the salt file')
  }
}

/** The absolute path with links followed as far as it exists. */
function realPlace(path: string): string {
  const full = resolve(path)
  if (existsSync(full)) return realpathSync(full)
  const parent = dirname(full)
  return parent === full ? full : realPlace(parent) + full.slice(parent.length)
}
