// Truth: the code lists of field.md section 16, case by case.
import { describe, expect, it } from 'vitest'
import { outcomeIds } from '../base/phenotypes.ts'
import { codeOutcomes, followUpDays, type History, normaliseCode } from './outcomes.ts'

const indexDate = '2016-06-01'
const history = (parts: Partial<History>): History => ({ indexDate, diagnoses: [], deathCauses: [], firstDates: {}, ...parts })
const everOf = (parts: Partial<History>) => outcomeIds.filter((id) => codeOutcomes(history(parts))[id].ever)
const coded = (code: string, date = '2010-01-01') => ({ diagnoses: [{ code, date }] })

describe('normaliseCode', () => {
  it('makes I48, I480 and i48.0 comparable', () => {
    expect(['I48', 'I480', 'i48.0', ' I48.0 '].map(normaliseCode)).toEqual(['I48', 'I480', 'I480', 'I480'])
  })
})

describe('codeOutcomes', () => {
  it.each([
    ['I48', ['af']],
    ['I48.9', ['af']],
    ['I251', ['cad']],
    ['I252', ['cad', 'mi']],
    ['I214', ['cad', 'mi']],
    ['I461', ['scd']],
    ['I472', []],
    ['I490', []],
    ['I50', ['hf']],
    ['I110', ['hf']],
    ['I119', []],
    ['I132', ['hf']],
    ['I131', []],
    ['I420', ['cmp']],
    ['I43', []],
    ['ICD9:4273', []],
  ])('codes %s as %j', (code, ids) => {
    expect(everOf(coded(code))).toEqual(ids)
  })
  it('counts ventricular fibrillation and sudden death only as a cause of death', () => {
    expect(everOf({ deathCauses: ['I490'], deathDate: '2018-01-01' })).toEqual(['scd'])
    expect(everOf({ deathCauses: ['R960'], deathDate: '2018-01-01' })).toEqual(['scd'])
  })
  it('tells before from after the visit, the day itself being before', () => {
    const at = (date: string) => codeOutcomes(history(coded('I48', date))).af
    expect(at('2016-05-31')).toEqual({ ever: true, prevalent: true, incident: false, firstDays: -1 })
    expect(at('2016-06-01')).toEqual({ ever: true, prevalent: true, incident: false, firstDays: 0 })
    expect(at('2016-06-02')).toEqual({ ever: true, prevalent: false, incident: true, firstDays: 1 })
  })
  it('takes the first of several dates', () => {
    const diagnoses = [
      { code: 'I500', date: '2020-01-01' },
      { code: 'I110', date: '2015-06-01' },
    ]
    expect(codeOutcomes(history({ diagnoses })).hf).toMatchObject({ prevalent: true, incident: false, firstDays: -366 })
  })
  it('takes the algorithmically defined date of infarction', () => {
    expect(codeOutcomes(history({ firstDates: { 42000: '2017-06-01' } })).mi).toMatchObject({ ever: true, incident: true, firstDays: 365 })
  })
  it.each([undefined, '1900-01-01', '2037-07-07'])('knows no time for a code dated %s', (date) => {
    expect(codeOutcomes(history({ diagnoses: [{ code: 'I48', date }] })).af).toEqual({
      ever: true,
      prevalent: false,
      incident: false,
      firstDays: Number.NaN,
    })
  })
  it('finds nothing in an empty history', () => {
    expect(everOf({})).toEqual([])
  })
})

describe('followUpDays', () => {
  it('ends at the first of death, loss and end of records', () => {
    expect(followUpDays(history({ deathDate: '2016-06-11', lostDate: '2017-01-01' }), '2022-10-31')).toBe(10)
    expect(followUpDays(history({}), '2022-10-31')).toBe(2343)
  })
  it('is known of nobody where the end of the records is not, not of the dead alone', () => {
    expect(followUpDays(history({}))).toBeNaN()
    expect(followUpDays(history({ deathDate: '2016-06-11' }))).toBeNaN()
  })
})
