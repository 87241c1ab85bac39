// Truth: rows written here, one fact each.
import { describe, expect, it } from 'vitest'
import { outcomeIds, phenotypeIds } from '../base/phenotypes.ts'
import type { StoreRow } from '../cohort/store.ts'
import { followUpOf, labelsOf } from './evaluate-labels.ts'

const nothing = Number.NaN
const healthy = { ever: false, prevalent: false, incident: false, firstDays: nothing }
const unknown = Object.fromEntries(phenotypeIds.map((id) => [id, nothing]))

function row(more: Partial<StoreRow>, af: Partial<typeof healthy> = {}): StoreRow {
  const outcomes = { ...Object.fromEntries(outcomeIds.map((id) => [id, healthy])), af: { ...healthy, ...af } }
  return {
    split: 'train',
    sex: 'female',
    ageYears: 60,
    followUpDays: 1000,
    phenotypes: unknown,
    measured: unknown,
    outcomes,
    ...more,
  } as unknown as StoreRow
}

describe('labelsOf', () => {
  it('takes nobody for healthy whom no table names', () => {
    const rows = [row({}), row({}, { ever: true }), row({ sex: 'unknown' }), row({ sex: 'unknown', ageYears: nothing })]
    expect(labelsOf(rows).outcomes.af).toEqual([0, 1, 0, nothing])
  })
})

describe('followUpOf', () => {
  it('leaves out the ill as well as the well where the end of follow-up is not known', () => {
    const later = { ever: true, incident: true, firstDays: 400 }
    const rows = [row({}), row({}, later), row({}, { ever: true, prevalent: true, firstDays: -9 }), row({}, { ever: true })]
    expect(followUpOf(rows).af?.days_S).toEqual([1000, 400, nothing, nothing])
    const open = [row({ followUpDays: nothing }), row({ followUpDays: nothing }, later)]
    expect(followUpOf(open).af?.days_S).toEqual([nothing, nothing])
  })
})
