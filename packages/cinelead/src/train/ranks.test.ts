// Truth: shares that are counted by hand.
import { describe, expect, it } from 'vitest'
import { expectShares, shareOf } from './ranks.ts'

describe('shareOf', () => {
  it('gives every rank the same number of rows, in order, and leaves out what does not divide', () => {
    const rows = [5, 6, 7, 8, 9]
    expect([0, 1].map((rank) => shareOf(rows, { rank, size: 2 }))).toEqual([
      [5, 6],
      [7, 8],
    ])
    expect(shareOf(rows, { rank: 0, size: 1 })).toEqual(rows)
  })

  it('is refused where a rank would have nothing', () => {
    expect(() => expectShares(4, { rank: 0, size: 4 })).not.toThrow()
    expect(() => expectShares(3, { rank: 0, size: 4 })).toThrow(/train\/ranks .*each of the 4 ranks but received batches of 3/)
  })
})
