// Truth: properties of a keyed hash, and the file system's own permission bits.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSalt, saltFromSeed, subjectKey } from './subject.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'cinelead-salt-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const eid = String(9_000_000 + 1)

describe('subjectKey', () => {
  it('gives 12 hexadecimal digits that do not hold the number', () => {
    expect(subjectKey(eid, saltFromSeed(1))).toMatch(/^s-[0-9a-f]{12}$/)
    expect(subjectKey(eid, saltFromSeed(1))).not.toContain(eid)
  })
  it('gives the same key for the same seed and another for another', () => {
    expect(subjectKey(eid, saltFromSeed(1))).toBe(subjectKey(eid, saltFromSeed(1)))
    expect(subjectKey(eid, saltFromSeed(1))).not.toBe(subjectKey(eid, saltFromSeed(2)))
  })
  it('keeps 20,000 participants apart', () => {
    const salt = saltFromSeed(3)
    expect(new Set(Array.from({ length: 20_000 }, (_, i) => subjectKey(String(9_000_000 + i), salt))).size).toBe(20_000)
  })
})

describe('openSalt', () => {
  it('makes a salt that only its owner may read, once', () => {
    const path = join(folder, 'secret', 'salt')
    const salt = openSalt(path)
    expect(salt.length).toBe(32)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(openSalt(path)).toEqual(salt)
    expect(readFileSync(path)).toEqual(Buffer.from(salt))
  })
  it('refuses to lie in a folder that is handed on', () => {
    mkdirSync(join(folder, 'store'))
    expect(() => openSalt(join(folder, 'store', 'salt'), [join(folder, 'store')])).toThrow(
      /^cohort\/salt-place openSalt: expected the salt outside/,
    )
    expect(() => openSalt(join(folder, 'store-salt'), [join(folder, 'store')])).not.toThrow()
  })
  it('refuses a file that is no salt', () => {
    writeFileSync(join(folder, 'salt'), 'short')
    expect(() => openSalt(join(folder, 'salt'))).toThrow('cohort/salt openSalt: expected a salt file of 32 bytes but received 5 bytes')
  })
})
