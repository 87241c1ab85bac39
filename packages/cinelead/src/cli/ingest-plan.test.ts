// Truth: a table written here must reach whom it names, also where file names say no visit.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type PlanOptions, planIngest } from './ingest-plan.ts'
import { fixtureEid, putTable } from './raw-fixture.ts'

let root: string
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'cinelead-plan-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A folder with an ECG and images for each subject; nothing in them is read. */
function plan(numSubjects: number, more: Partial<PlanOptions> = {}) {
  const raw = join(root, 'raw')
  for (let i = 0; i < numSubjects; i++) {
    mkdirSync(join(raw, fixtureEid(i)), { recursive: true })
    for (const name of ['ecg.xml', 'a.dcm']) writeFileSync(join(raw, fixtureEid(i), name), '')
  }
  return planIngest({ raw, salt: join(root, 'salt'), ...more }, join(root, 'store'))
}

describe('planIngest', () => {
  it('gives folders of subjects the imaging values of the table, of whatever visit', () => {
    putTable(join(root, 'raw'), 2)
    const { jobs, labelsOf } = plan(2)
    const labels = jobs.map(labelsOf).toSorted((a, b) => a.ageYears - b.ageYears)
    expect(labels).toMatchObject([
      { ageYears: 50, sex: 'female', phenotypes: { lvedv: 1 } },
      { ageYears: 51, sex: 'male', phenotypes: { lvedv: 2 }, outcomes: { af: { prevalent: true } } },
    ])
  })

  it('notes rows that came twice, and that without the end of the records disease to come is not scored', () => {
    putTable(join(root, 'raw'), 2, [0, 1, 1])
    const notes = plan(2).notes.filter((note) => !note.startsWith('layout'))
    expect(notes).toEqual([
      'no end of the hospital records (--records-end): disease to come is not scored',
      'tables: rows of participants who had one already: 1; the later one counts',
    ])
    expect(plan(2, { recordsEnd: '2022-10-31' }).notes).not.toContain(notes[0])
  })
})
