// Truth: the three dialects as field.md 14.4 writes them.
import { describe, expect, it } from 'vitest'
import { listValues, parseColumn } from './fields.ts'

describe('parseColumn', () => {
  it.each(['f.24100.2.0', '24100-2.0', 'participant.p24100_i2_a0', 'p24100_i2_a0'])('reads %s', (name) => {
    expect(parseColumn(name)).toEqual({ field: 24100, instance: 2, array: 0 })
  })
  it('reads names without instance or array', () => {
    expect(parseColumn('participant.p24100_i2')).toEqual({ field: 24100, instance: 2, array: undefined })
    expect(parseColumn('p41270')).toEqual({ field: 41270, instance: undefined, array: undefined })
    expect(parseColumn('p41280_a12')).toEqual({ field: 41280, instance: undefined, array: 12 })
  })
  it.each(['f.eid', 'eid', 'participant.eid'])('knows %s as the participant number', (name) => {
    expect(parseColumn(name)).toBe('eid')
  })
  it.each(['24100', 'name', 'f.24100.2', '24100-2', 'xp24100_i2', ''])('leaves %s alone', (name) => {
    expect(parseColumn(name)).toBeUndefined()
  })
})

describe('listValues', () => {
  it.each(['I10|I251', '["I10","I251"]', "['I10', 'I251']", ' I10 | I251 '])('reads %s', (cell) => {
    expect(listValues(cell)).toEqual(['I10', 'I251'])
  })
  it('keeps the place of an empty item', () => {
    expect(listValues('2014-01-02||2015-03-04')).toEqual(['2014-01-02', '', '2015-03-04'])
  })
  it.each(['', 'NA', '[]'])('finds nothing in "%s"', (cell) => {
    expect(listValues(cell)).toEqual([])
  })
})
