// Truth: pairs whose bias, spread and correlation follow from how they were made.
import { describe, expect, it } from 'vitest'
import { type PhenotypeValues, phenotypeIds } from '../base/phenotypes.ts'
import { agreementOf } from './agreement.ts'

const values = (value: number) => Object.fromEntries(phenotypeIds.map((id) => [id, value])) as PhenotypeValues
const rows = (pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([measured, table]) => ({ measured: values(measured), phenotypes: values(table) }))

describe('agreementOf', () => {
  it('finds a constant shift as bias without spread', () => {
    const { lvedv } = agreementOf(
      rows([
        [110, 100],
        [130, 120],
        [160, 150],
      ]),
    )
    expect(lvedv?.n).toBe(3)
    expect(lvedv?.bias).toBeCloseTo(10, 9)
    expect(lvedv?.sd).toBeCloseTo(0, 9)
    expect(lvedv?.r).toBeCloseTo(1, 12)
  })
  it('finds spread and an inverted order', () => {
    const { lvm } = agreementOf(
      rows([
        [1, 3],
        [2, 2],
        [3, 1],
      ]),
    )
    expect(lvm).toMatchObject({ bias: 0, sd: 2 }) // differences -2, 0, 2
    expect(lvm?.r).toBeCloseTo(-1, 12)
  })
  it('leaves out subjects that lack one of the two, and phenotypes that too few have', () => {
    expect(
      agreementOf(
        rows([
          [1, 1],
          [2, Number.NaN],
          [3, 3],
          [4, 4],
        ]),
      ).rvef?.n,
    ).toBe(3)
    expect(
      agreementOf(
        rows([
          [1, 1],
          [2, 2],
        ]),
      ),
    ).toEqual({})
  })
  it('has no correlation where nothing varies', () => {
    expect(
      agreementOf(
        rows([
          [1, 5],
          [2, 5],
          [3, 5],
        ]),
      ).lvco?.r,
    ).toBeUndefined()
  })
})
