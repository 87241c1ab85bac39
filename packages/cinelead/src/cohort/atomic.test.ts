// Truth: what is on disk after each step, and the sentence of each code.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileFault, openWhole, sweepUnfinished, writeWhole } from './atomic.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'cinelead-atomic-'))))
afterEach(() => rmSync(folder, { recursive: true }))

describe('openWhole', () => {
  it('shows nothing under the name until it is finished', () => {
    const path = join(folder, 'a')
    const file = openWhole(path)
    file.write(Buffer.from('half'))
    expect(existsSync(path)).toBe(false)
    file.write(Buffer.from(' and half'))
    file.finish()
    expect(readFileSync(path, 'utf8')).toBe('half and half')
    expect(readdirSync(folder)).toEqual(['a'])
  })
  it('leaves the old file when the new one is abandoned', () => {
    const path = join(folder, 'a')
    writeWhole(path, 'old')
    const file = openWhole(path)
    file.write(Buffer.from('new'))
    file.abandon()
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['a'])
  })
  it('says where there is no folder', () => {
    expect(() => writeWhole(join(folder, 'none', 'a'), 'x')).toThrow(
      'cohort/not-found writeWhole: expected to read or write a file but received no such file or folder',
    )
  })
  it('keeps what somebody else made first when asked to', () => {
    const path = join(folder, 'a')
    writeWhole(path, 'first')
    writeWhole(path, 'second', { keepFirst: true })
    expect(readFileSync(path, 'utf8')).toBe('first')
    expect(readdirSync(folder)).toEqual(['a'])
  })
})

describe('sweepUnfinished', () => {
  it('removes what a killed process left and nothing else', () => {
    writeFileSync(join(folder, 'part.safetensors.12-0.tmp'), '')
    writeFileSync(join(folder, 'part.safetensors'), '')
    expect(sweepUnfinished(folder)).toBe(1)
    expect(readdirSync(folder)).toEqual(['part.safetensors'])
  })
})

describe('fileFault', () => {
  const system = (code: string) => Object.assign(new TypeError('x'), { code })
  it.each([
    ['ENOSPC', 'cohort/disk-full writeWhole: expected to read or write the index but received a full disk. Free some space'],
    ['EACCES', 'cohort/no-permission writeWhole: expected to read or write the index but received no permission. Choose a folder'],
    ['EROFS', 'cohort/no-permission writeWhole: expected to read or write the index but received a read-only disk.'],
    ['EIO', "cohort/write writeWhole: expected to read or write the index but received the system's answer EIO."],
  ])('puts %s in one sentence', (code, sentence) => {
    expect(fileFault(system(code), 'writeWhole', 'the index').message).toContain(sentence)
  })
  it('never shows a participant number', () => {
    const eid = String(9_000_000 + 7)
    expect(fileFault(system('EIO'), 'x', `${eid}.xml`).message).not.toContain(eid)
  })
})
