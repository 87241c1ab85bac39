// Truth: what two runs in one folder would do to each other, with a real second process.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockRun, lockStage } from './run-lock.ts'

describe('lockRun', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cinelead-lock-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('refuses a folder in which another process is at work, and takes it over when that was killed', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    writeFileSync(join(folder, '.lock'), `${other.pid}\n`)
    expect(() => lockRun(folder)).toThrow(expect.objectContaining({ code: 'cli/run-locked' }))
    const ended = new Promise((resolve) => other.once('exit', resolve))
    other.kill('SIGKILL')
    await ended
    lockRun(folder)[Symbol.dispose]()
    expect(existsSync(join(folder, '.lock'))).toBe(false)
  })

  it('is one for a verb and the verb that it calls in the same folder', () => {
    const outer = lockRun(folder)
    lockRun(`${folder}/.`)[Symbol.dispose]()
    expect(existsSync(join(folder, '.lock'))).toBe(true)
    outer[Symbol.dispose]()
    expect(existsSync(join(folder, '.lock'))).toBe(false)
  })

  it.runIf(process.platform === 'linux')('is not held by a later process that has the number of one that was killed', () => {
    writeFileSync(join(folder, '.lock'), `${process.ppid} 1\n`)
    lockRun(folder)[Symbol.dispose]()
    expect(existsSync(join(folder, '.lock'))).toBe(false)
  })

  it('takes over a lock that was cut off while it was written', () => {
    writeFileSync(join(folder, '.lock'), '')
    lockRun(folder)[Symbol.dispose]()
    expect(existsSync(join(folder, '.lock'))).toBe(false)
  })
})

describe('lockStage', () => {
  it('waits for the end of who is at work, and says so once; a request to stop ends the waiting', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cinelead-lock-'))
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    writeFileSync(join(folder, '.lock'), `${other.pid}\n`)
    await expect(lockStage(folder, () => {}, AbortSignal.abort())).rejects.toThrow(/cli\/run-locked/)
    const said: string[] = []
    setTimeout(() => other.kill('SIGKILL'), 300)
    const lock = await lockStage(folder, (sentence) => said.push(sentence))
    expect([other.killed, said]).toEqual([true, [expect.stringContaining(`process ${other.pid} is working in`)]])
    lock[Symbol.dispose]()
    rmSync(folder, { recursive: true })
  })
})
