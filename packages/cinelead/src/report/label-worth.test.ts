// Truth: curves whose crossing is known: half way on a logarithmic axis from 10 to 1,000 is 100.
import { describe, expect, it } from 'vitest'
import { labelWorth } from './label-worth.ts'

const point = (labelFraction: number, numLabelled: number, ecg: number | null, tcl: number | null) => ({
  labelFraction,
  numLabelled,
  arms: [
    { id: 'ecg-only', meanR2: { value: ecg, ciLow: ecg, ciHigh: ecg } },
    { id: 'tcl', meanR2: { value: tcl, ciLow: tcl, ciHigh: tcl } },
  ],
})

describe('labelWorth', () => {
  it('reads off where the reference catches up', () => {
    expect(labelWorth([point(0.01, 10, 0.2, 0.3), point(1, 1000, 0.4, 0.6)], 'ecg-only', 0.02)).toBe(
      'With 10 labels TCL, ED and ES volumes reaches a mean R² of 0.30; ECG only needs about 100 for it.',
    )
  })

  it('says where the reference never does', () => {
    expect(labelWorth([point(0.25, 42, 0.2, 0.5), point(1, 168, 0.4, 0.6)], 'ecg-only', 0.25)).toContain('ECG only does not with 168.')
  })

  it('says nothing where there is no gain or nothing is known', () => {
    expect(labelWorth([point(0.25, 42, 0.5, 0.4), point(1, 168, 0.6, 0.6)], 'ecg-only', 0.25)).toBeUndefined()
    expect(labelWorth([point(0.25, 42, -0.5, -0.4), point(1, 168, 0.6, 0.6)], 'ecg-only', 0.25)).toBeUndefined()
    expect(labelWorth([point(0.25, 42, null, null)], 'ecg-only', 0.25)).toBeUndefined()
    expect(labelWorth([], 'ecg-only', 0.25)).toBeUndefined()
  })
})
