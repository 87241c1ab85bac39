// Truth: result files shaped as Vitest's JSON reporter and check.mjs write them, counted by hand.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { countPart, summarise } from './count-results.mjs'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'count-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function write(name: string, value: unknown): string {
  writeFileSync(join(folder, name), JSON.stringify(value))
  return join(folder, name)
}

const passed = { status: 'passed', assertionResults: [{ status: 'passed' }] }

describe('countPart and summarise', () => {
  it('add tests and checks up', () => {
    const tests = write('t.json', { numPassedTests: 7, numFailedTests: 0, numPendingTests: 2, numTodoTests: 0, testResults: [passed] })
    const checks = write('c.json', [{ ok: true }, { ok: true }])
    expect(summarise([countPart(tests, 0), countPart(checks, 0)])).toEqual({ line: '9 passed, 0 failed, 2 skipped', exitCode: 0 })
  })
  it('count a failed check', () => {
    expect(summarise([countPart(write('c.json', [{ ok: true }, { ok: false }]), 1)])).toEqual({ line: '1 passed, 1 failed', exitCode: 1 })
  })
  it('count a file that broke before its first test', () => {
    const broken = { status: 'failed', assertionResults: [] }
    const tests = write('t.json', { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, testResults: [passed, broken] })
    expect(countPart(tests, 1)).toMatchObject({ numPassed: 3, numFailed: 1 })
  })
  it('count a part that left no result, ran nothing or failed unseen as one failure', () => {
    expect(countPart(join(folder, 'none.json'), 1).numFailed).toBe(1)
    expect(countPart(join(folder, 'none.json'), 0).numFailed).toBe(1)
    const empty = write('t.json', { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, testResults: [] })
    expect(countPart(empty, 0).numFailed).toBe(1)
    const unseen = write('u.json', { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, testResults: [passed] })
    expect(countPart(unseen, 1).numFailed).toBe(1)
  })
})
