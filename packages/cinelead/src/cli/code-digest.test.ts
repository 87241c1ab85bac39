// Truth: what the files named here import, as anybody can read in them.
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { closure, codeDigest } from './code-digest.ts'

const source = join(import.meta.dirname, '..')
const of = (...entries: string[]) => [...closure(entries.map((entry) => join(source, entry)))].map((file) => relative(source, file))

describe('closure', () => {
  it('follows imports through rooms, and leaves out types, tests and packages', () => {
    const files = of('cli/ingest-subject.ts')
    for (const file of ['prepare/cmr/prepare-cine.ts', 'prepare/ecg/sections.ts', 'formats/dicom.ts', 'cohort/half.ts', 'base/errors.ts'])
      expect(files).toContain(file)
    expect(files).not.toContain('prepare/cmr/prepared-cine.ts') // types alone
    expect(files.filter((file) => file.endsWith('.test.ts') || file.startsWith('..') || file.startsWith('simulate'))).toEqual([])
  })
  it('does not mix readers into what the simulator writes', () => {
    const files = of('cli/simulate-files-worker.ts')
    expect(files).toContain('simulate/person.ts')
    expect(files).toContain('formats/dicom-writer.ts')
    expect(files).not.toContain('formats/ecg.ts')
  })
})

describe('codeDigest', () => {
  it('is the same for the same files and another for others', () => {
    expect(codeDigest(['base/seed.ts'])).toBe(codeDigest(['base/seed.ts']))
    expect(codeDigest(['base/seed.ts'])).not.toBe(codeDigest(['base/errors.ts']))
  })
})
