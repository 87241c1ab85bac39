// Truth: folders made here, with names as field.md 14.1 and 14.2 give them.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { discover, readWithdrawn } from './manifest.ts'

let root: string
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'cinelead-raw-'))))
afterEach(() => rmSync(root, { recursive: true }))

const eid = (i: number) => String(9_000_000 + i)
function put(path: string, text = ''): string {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  return join(root, path)
}

describe('discover', () => {
  it('sorts UK Biobank files by subject and visit, in any folder', () => {
    const cine = put(`cmr/${eid(1)}_20209_2_0.zip`)
    const long = put(`cmr/lax/${eid(1)}_20208_2_0.zip`)
    const ecg = put(`ecg/${eid(1)}_20205_2_0.xml`)
    const again = put(`ecg/${eid(1)}_20205_3_0.xml`)
    put(`ecg/${eid(2)}_20205_2_0.xml`)
    const table = put('tables/ukb.csv', 'eid')
    const list = put('w12345_20240101.csv')
    const wide = put('tables/wide.csv', 'eid')
    put('tables/notes.txt')
    put(`cmr/${eid(3)}_20209_2_0.zip.tmp`)
    put('.hidden/x.zip')
    const found = discover(root)
    expect(found).toMatchObject({ layout: 'uk-biobank', tables: [table, wide], withdrawnLists: [list], numOther: 1 })
    expect(found.simulated).toBeUndefined()
    expect([...found.subjects.keys()].sort()).toEqual([eid(1), eid(2)])
    expect(found.subjects.get(eid(1))).toEqual([
      { visit: 2, ecgPaths: [ecg], cinePaths: [cine], longAxisPaths: [long] },
      { visit: 3, ecgPaths: [again], cinePaths: [], longAxisPaths: [] },
    ])
  })

  it('takes a folder for each subject', () => {
    for (const name of ['anna', 'bert']) {
      put(`${name}/rest.xml`)
      put(`${name}/sax/1.dcm`)
    }
    const found = discover(root)
    expect(found.layout).toBe('folder-per-subject')
    expect(found.subjects.get('anna')).toEqual([
      { visit: 0, ecgPaths: [join(root, 'anna/rest.xml')], cinePaths: [join(root, 'anna')], longAxisPaths: [] },
    ])
    expect(found.subjects.size).toBe(2)
  })

  it('takes one folder of images as one study', () => {
    put('Se1/IM1')
    put('Se2/2.dcm')
    const found = discover(root)
    expect(found.layout).toBe('one-study')
    expect([...found.subjects.values()]).toEqual([[{ visit: 0, ecgPaths: [], cinePaths: [root], longAxisPaths: [] }]])
  })

  it('does not walk in circles', () => {
    put(`a/${eid(1)}_20209_2_0.zip`)
    symlinkSync(root, join(root, 'a', 'loop'))
    expect(discover(root).subjects.size).toBe(1)
  })

  it('says when nobody is in the folder', () => {
    put('tables/ukb.csv', 'eid')
    put('readme.txt')
    expect(() => discover(root)).toThrow(
      /^cohort\/no-subjects discover: expected files such as .* but received a folder with 1 tables and 1 other files\. Check the path/,
    )
  })

  it('says when the folder is not there', () => {
    expect(() => discover(join(root, 'none'))).toThrow(
      'cohort/not-found discover: expected to read or write the raw folder but received no such file or folder',
    )
  })

  it('reads the mark of a simulated cohort and refuses a broken one', () => {
    put(`${eid(1)}_20209_2_0.zip`)
    put('simulated.json', '{"schema":"cinelead.simulated/1","seed":7,"isComplete":true}')
    expect(discover(root).simulated?.seed).toBe(7)
    put('simulated.json', '{')
    expect(() => discover(root)).toThrow('cohort/simulated-mark discover: expected simulated.json of a finished cohort')
    put('simulated.json', '{"schema":"cinelead.simulated/1","seed":7,"isComplete":false}')
    expect(() => discover(root)).toThrow('received one that is not finished. Run `cinelead simulate` again')
  })

  it('walks 20,000 files in no time that grows with their square', () => {
    for (let folder = 0; folder < 20; folder++) mkdirSync(join(root, String(folder)))
    for (let i = 0; i < 20_000; i++)
      writeFileSync(join(root, String(i % 20), `${eid(i)}_2020${i % 2 ? 5 : 9}_2_0.${i % 2 ? 'xml' : 'zip'}`), '')
    const begin = performance.now()
    expect(discover(root).subjects.size).toBe(20_000)
    expect(performance.now() - begin).toBeLessThan(10_000) // measured 0.1 s; every file against every other would take minutes
  })
})

describe('readWithdrawn', () => {
  it('reads numbers with or without header and quotes', () => {
    const one = put('w1_20240101.csv', `${eid(1)}\n${eid(2)}\n`)
    const two = put('w1_20250101.csv', `eid\r\n"${eid(3)}"\r\n`)
    expect([...readWithdrawn([one, two], new Set())]).toEqual([eid(1), eid(2), eid(3)])
  })
  it('finds them beside other columns, and by the names that a study has', () => {
    const dated = put('w1_20240101.csv', `eid,date\n${eid(1)},20240131\n2024-01-31;${eid(2)}\n`)
    const named = put('w1_20250101.csv', 'P-7\n0012\n')
    const withdrawn = readWithdrawn([dated, named], new Set(['P-7', '0012', '12']))
    expect([eid(1), eid(2), 'P-7', '0012', '12'].map((one) => withdrawn.has(one))).toEqual([true, true, true, true, false])
  })
  it.each([`${eid(1)}\n${eid(2)} withdrew by letter\n`, `${eid(1)}\n${eid(2)}.0\n`, `${eid(1)}.0\n${eid(2)}\n`])(
    'refuses a list of which a line names nobody',
    (text) => {
      const received = 'one participant number a line but received 1 of 2 lines without one'
      expect(() => readWithdrawn([put('w1.csv', text)], new Set())).toThrow(`cohort/withdrawn readWithdrawn: expected ${received}`)
    },
  )
  it('takes an empty list as nobody and refuses one without numbers', () => {
    expect(readWithdrawn([put('w1.csv')], new Set()).size).toBe(0)
    expect(() => readWithdrawn([put('w2.csv', '<html>\nlog in')], new Set())).toThrow(
      'cohort/withdrawn readWithdrawn: expected one participant number a line',
    )
  })
})
