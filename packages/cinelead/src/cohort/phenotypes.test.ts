// Truth: one made person written in all three dialects must come back as the same person.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { phenotypes } from '../base/phenotypes.ts'
import { imagingVisit, readPersons } from './phenotypes.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'cinelead-phenotypes-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const eid = String(9_000_000 + 1)
const everyone = () => true
const put = (name: string, rows: string[][], delimiter = ',') => {
  const path = join(folder, name)
  writeFileSync(path, rows.map((row) => row.join(delimiter)).join('\n'))
  return path
}

const volumes = phenotypes.map(({ field }) => [field, field === 24103 ? '59.5' : field === 24109 ? '57.3' : String(field - 24000)] as const)
const scalars: (readonly [number, number | undefined, string])[] = [
  [31, 0, '1'],
  [53, 2, '2016-05-04'],
  [21003, 2, '63'],
  [21001, 2, '27.5'],
  ...volumes.map(([field, value]) => [field, 2, value] as const),
]

function basket(style: (field: number, instance: number, array: number) => string, eidName: string): string[][] {
  const names = [eidName, ...scalars.map(([field, instance]) => style(field, instance ?? 0, 0))]
  const lists = [style(41270, 0, 0), style(41270, 0, 1), style(41280, 0, 0), style(41280, 0, 1), style(40001, 0, 0), style(40000, 0, 0)]
  return [
    [...names, ...lists],
    [eid, ...scalars.map(([, , value]) => value), 'I10', 'I251', '2009-01-02', '2017-03-04', 'I469', '2020-02-03'],
  ]
}

const dialects: Record<string, () => string> = {
  'an R basket': () =>
    put(
      'ukb.tab',
      basket((field, instance, array) => `f.${field}.${instance}.${array}`, 'f.eid'),
      '\t',
    ),
  'a CSV basket': () =>
    put(
      'ukb.csv',
      basket((field, instance, array) => `${field}-${instance}.${array}`, 'eid'),
    ),
  'the analysis platform': () =>
    put('participant.csv', [
      [
        'participant.eid',
        ...scalars.map(([field, instance]) => `participant.p${field}${field === 31 ? '' : `_i${instance}`}`),
        ...['p41270', 'p41280_a0', 'p41280_a1', 'p40001_i0', 'p40000_i0'].map((name) => `participant.${name}`),
      ],
      [eid, ...scalars.map(([, , value]) => value), 'I10|I251', '2009-01-02', '2017-03-04', 'I469', '2020-02-03'],
    ]),
  'the platform with a JSON list': () =>
    put('participant.csv', [
      [
        'eid',
        ...scalars.map(([field, instance]) => `p${field}${field === 31 ? '' : `_i${instance}`}`),
        'p41270',
        'p41280',
        'p40001_i0',
        'p40000_i0',
      ],
      [eid, ...scalars.map(([, , value]) => value), '"[""I10"",""I251""]"', '2009-01-02|2017-03-04', 'I469', '2020-02-03'],
    ]),
}

describe('readPersons', () => {
  it.each(Object.keys(dialects))('reads one person from %s', (dialect) => {
    const { persons, badCells } = readPersons([dialects[dialect]()], everyone)
    expect(badCells.size).toBe(0)
    const person = persons.get(eid)
    expect(person?.sex).toBe('male')
    expect(person?.history.diagnoses).toEqual([
      { code: 'I10', date: '2009-01-02' },
      { code: 'I251', date: '2017-03-04' },
    ])
    expect(person?.history).toMatchObject({ deathCauses: ['I469'], deathDate: '2020-02-03' })
    const visit = person?.visits.get(2)
    expect(visit).toMatchObject({ date: '2016-05-04', ageYears: 63, bmi: 27.5 })
    expect(visit?.phenotypes.lvef).toBeCloseTo(0.595, 12)
    expect(visit?.phenotypes.rvef).toBeCloseTo(0.573, 12)
    expect(visit?.phenotypes.lvedv).toBe(100)
    expect(visit?.heightCm).toBeNaN()
  })

  it('joins fields of one person from two tables, codes and dates apart', () => {
    const [names, row] = basket((field, instance, array) => `${field}-${instance}.${array}`, 'eid')
    const half = names.indexOf('41280-0.0')
    const one = put('a.csv', [names.slice(0, half), row.slice(0, half)])
    const two = put('b.csv', [
      ['eid', ...names.slice(half)],
      [eid, ...row.slice(half)],
    ])
    const { persons } = readPersons([one, two], everyone)
    expect(persons.get(eid)?.history.diagnoses[1]).toEqual({ code: 'I251', date: '2017-03-04' })
  })

  it('lists every missing field at once', () => {
    const path = put('table.csv', [
      ['eid', '31-0.0', '53-2.0', '24100-2.0'],
      [eid, '1', '2016-05-04', '150'],
    ])
    expect(() => readPersons([path], everyone)).toThrow(
      /^cohort\/table-fields readPersons: expected the fields eid, 31, .* but received 1 table without 21003, 41270, 41280, 24101, 24102, 24103, 24104, 24105, 24106, 24107, 24108, 24109\. Add these fields/,
    )
  })

  it('names the participant number among the missing fields', () => {
    expect(() =>
      readPersons(
        [
          put('table.csv', [
            ['id', '31-0.0'],
            ['x', '1'],
          ]),
        ],
        everyone,
      ),
    ).toThrow(/1 table without eid, 31,/)
  })

  it('counts cells that are no numbers and keeps the person', () => {
    const rows = basket((field, instance, array) => `${field}-${instance}.${array}`, 'eid')
    rows[1][rows[0].indexOf('24100-2.0')] = 'n/a'
    rows[1][rows[0].indexOf('24101-2.0')] = 'NA'
    const { persons, badCells } = readPersons([put('table.csv', rows)], everyone)
    expect([...badCells]).toEqual([[24100, 1]])
    expect(persons.get(eid)?.visits.get(2)?.phenotypes).toMatchObject({ lvedv: Number.NaN, lvesv: Number.NaN, lvm: 105 })
  })

  it('counts dates and sexes that cannot be read, and keeps that a dated event happened', () => {
    const rows = basket((field, instance, array) => `${field}-${instance}.${array}`, 'eid')
    const set = (name: string, text: string) => void (rows[1][rows[0].indexOf(name)] = text)
    rows[0].push('42000-0.0')
    rows[1].push('17.3.2015')
    set('31-0.0', 'M')
    set('53-2.0', '04/05/2016')
    set('41280-0.1', '2017-13-04')
    set('40000-0.0', '2020-02-03T00:00')
    const { persons, badCells } = readPersons([put('table.csv', rows)], everyone)
    expect([...badCells].toSorted(([a], [b]) => a - b)).toEqual([31, 53, 41280, 42000].map((field) => [field, 1]))
    const person = persons.get(eid)
    expect(person?.visits.get(2)?.date).toBeUndefined()
    expect(person?.history.diagnoses).toEqual([{ code: 'I10', date: '2009-01-02' }, { code: 'I251' }])
    expect(person?.history).toMatchObject({ deathDate: '2020-02-03', firstDates: { 42000: '' } })
  })

  it('counts rows of who had one in the same table already', () => {
    const rows = basket((field, instance, array) => `${field}-${instance}.${array}`, 'eid')
    const table = put('a.csv', rows)
    expect(readPersons([table, put('b.csv', rows)], everyone).numRepeated).toBe(0)
    expect(readPersons([put('c.csv', [...rows, rows[1]])], everyone).numRepeated).toBe(1)
  })

  it('keeps only who is asked for', () => {
    expect(readPersons([dialects['a CSV basket']()], () => false).persons.size).toBe(0)
  })
})

describe('imagingVisit', () => {
  it('is the visit with CMR phenotypes, whatever was measured earlier', () => {
    const rows = basket((field, instance, array) => `${field}-${instance}.${array}`, 'eid')
    rows[0].push('53-0.0')
    rows[1].push('2008-01-01')
    const person = readPersons([put('table.csv', rows)], everyone).persons.get(eid)
    expect(person && [[...person.visits.keys()].sort(), imagingVisit(person)]).toEqual([[0, 2], 2])
  })
})
