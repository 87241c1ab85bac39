// Truth: arithmetic. Subjects in equal subjects out, whatever is drawn.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectAddsUp, flowOf, ingestSteps } from './flow.ts'
import { dayNumber, daysApart, pairByVisit } from './pair.ts'
import { splitNames, splitSubjects } from './split.ts'

describe('flowOf', () => {
  it('adds up for any drops', () => {
    const drop = fc.record({ step: fc.constantFrom(...ingestSteps), reason: fc.constantFrom('a', 'b', 'formats/zip') })
    fc.assert(
      fc.property(fc.array(drop, { maxLength: 60 }), fc.nat(100), (drops, more) => {
        const flow = flowOf(drops.length + more, ingestSteps, drops)
        expectAddsUp(flow, more)
        expect(flow.reduce((sum, { dropped }) => sum + dropped, 0)).toBe(drops.length)
        expect(new Set(flow.map(({ step }) => step)).size).toBe(ingestSteps.length + 1)
      }),
    )
  })
  it('gives each reason its own line', () => {
    const drops = ['b', 'a', 'a'].map((reason) => ({ step: 'ECG quality', reason }))
    expect(flowOf(10, ['ECG quality'], drops)).toEqual([
      { step: 'found', kept: 10, dropped: 0, reason: '' },
      { step: 'ECG quality', kept: 8, dropped: 2, reason: 'a' },
      { step: 'ECG quality', kept: 7, dropped: 1, reason: 'b' },
    ])
  })
  it('refuses a drop at a step that is not in the list', () => {
    expect(() => flowOf(3, ['a'], [{ step: 'b', reason: '' }])).toThrow('cohort/flow')
  })
})

describe('expectAddsUp', () => {
  it('refuses the counts of the abstract', () => {
    const flow = [
      { step: 'paired', kept: 63_448, dropped: 0, reason: '' },
      { step: 'split', kept: 47_527 + 10_185 + 10_185, dropped: 0, reason: '' },
    ]
    expect(() => expectAddsUp(flow, 63_448)).toThrow(
      'cohort/flow expectAddsUp: expected 63448 subjects after line 2 (split) but received 67897',
    )
  })
})

describe('splitSubjects', () => {
  const subjects = (count: number) => Array.from({ length: count }, (_, i) => `s-${i}`)
  it('puts every subject in exactly one split, in counts that add up', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.string(), (count, seed) => {
        const split = splitSubjects(subjects(count), seed)
        expect(split.size).toBe(count)
        for (const [place, name] of splitNames.entries()) {
          const size = [...split.values()].filter((one) => one === name).length
          expect(Math.abs(size - count * [0.7, 0.15, 0.15][place])).toBeLessThan(1)
        }
      }),
    )
  })
  it('splits 240 into 168, 36 and 36', () => {
    const split = [...splitSubjects(subjects(240), 1).values()]
    expect(splitNames.map((name) => split.filter((one) => one === name).length)).toEqual([168, 36, 36])
  })
  it('does not depend on the order of subjects but on the seed', () => {
    const one = splitSubjects(subjects(50), 1)
    expect(splitSubjects(subjects(50).reverse(), 1)).toEqual(new Map([...one]))
    expect([...splitSubjects(subjects(50), 2)].sort()).not.toEqual([...one].sort())
  })
  it('refuses shares that do not add up and subjects that come twice', () => {
    expect(() => splitSubjects(['a'], 1, { train: 0.7, validation: 0.2, test: 0.2 })).toThrow(
      'cohort/split splitSubjects: expected three shares',
    )
    expect(() => splitSubjects(['a', 'a'], 1)).toThrow(
      'cohort/split splitSubjects: expected each subject once but received 1 subjects more than once',
    )
  })
})

describe('pairByVisit', () => {
  const visit = (number: number, ecg: string[], cine: string[]) => ({ visit: number, ecgPaths: ecg, cinePaths: cine, longAxisPaths: [] })
  const both = [visit(2, ['a'], []), visit(3, ['b0', 'b1'], ['c'])]
  it('takes the visit that has both, and the last ECG of it', () => {
    expect(pairByVisit('s', both)).toEqual({ subject: 's', visit: 3, ecgPath: 'b1', cinePaths: ['c'], longAxisPaths: [] })
  })
  it('takes the first or the last of two complete visits', () => {
    const visits = [visit(3, ['e'], ['f']), visit(2, ['a'], ['b'])]
    expect(pairByVisit('s', visits)).toMatchObject({ visit: 2 })
    expect(pairByVisit('s', visits, 'last')).toMatchObject({ visit: 3 })
    expect(pairByVisit('s', visits, 3)).toMatchObject({ visit: 3 })
  })
  it('says what is missing', () => {
    expect(pairByVisit('s', [visit(2, ['a'], [])])).toEqual({ missing: 'no short-axis cine' })
    expect(pairByVisit('s', [visit(2, [], ['a'])])).toEqual({ missing: 'no ECG' })
    expect(pairByVisit('s', [visit(2, ['a'], []), visit(3, [], ['b'])])).toEqual({ missing: 'ECG and cine at different visits' })
    expect(pairByVisit('s', both, 2)).toEqual({ missing: 'no short-axis cine' })
  })
})

describe('daysApart', () => {
  it('counts days across a leap day, without a sign', () => {
    expect(daysApart('2016-03-01', '2016-02-28')).toBe(2)
  })
  it('knows no days without a date', () => {
    expect(daysApart(undefined, '2016-02-28')).toBeNaN()
    expect(dayNumber('2015-02-30')).toBeNaN()
  })
})
