// Truth: shapes whose parts, holes and outlines can be counted.
import { describe, expect, it } from 'vitest'
import { convexFill, fillHoles, findComponents } from './components.ts'

const SIZE = 40

function draw(isIn: (y: number, x: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: SIZE * SIZE }, (_, at) => (isIn(Math.floor(at / SIZE), at % SIZE) ? 1 : 0))
}

const pixelsOf = (isIn_YX: Uint8Array) => Int32Array.from([...isIn_YX.keys()].filter((at) => isIn_YX[at] === 1))

describe('findComponents', () => {
  it('counts parts that touch at corners as two, largest first, with their middles', () => {
    const parts = findComponents(
      draw((y, x) => (y < 3 && x < 3) || (y >= 3 && y < 8 && x >= 3 && x < 8)),
      SIZE,
      SIZE,
    )
    expect(parts.map(({ size, rowMean, columnMean }) => [size, rowMean, columnMean])).toEqual([
      [25, 5, 5],
      [9, 1, 1],
    ])
  })

  it('does not join the end of a row to the start of the next', () => {
    expect(
      findComponents(
        draw((y, x) => (y === 4 && x === SIZE - 1) || (y === 5 && x === 0)),
        SIZE,
        SIZE,
      ).length,
    ).toBe(2)
  })
})

describe('fillHoles', () => {
  it('finds what a ring encloses, also at the border of the picture', () => {
    const ring = draw((y, x) => Math.hypot(y - 9, x - 9) < 9.5 && Math.hypot(y - 9, x - 9) >= 6)
    const inside = [...draw((y, x) => Math.hypot(y - 9, x - 9) < 6).keys()].filter(
      (at) => Math.hypot(Math.floor(at / SIZE) - 9, (at % SIZE) - 9) < 6,
    )
    expect(fillHoles(pixelsOf(ring), SIZE).sort((a, b) => a - b)).toEqual(inside)
  })

  it('finds nothing in a ring with a gap', () => {
    const open = draw((y, x) => Math.hypot(y - 20, x - 20) < 12 && Math.hypot(y - 20, x - 20) >= 8 && !(y === 20 && x > 20))
    expect(fillHoles(pixelsOf(open), SIZE)).toEqual([])
  })
})

describe('convexFill', () => {
  it('gives a convex part back and closes a bite out of it', () => {
    const disc = draw((y, x) => Math.hypot(y - 20, x - 20) < 10)
    expect(convexFill(pixelsOf(disc), SIZE).sort((a, b) => a - b)).toEqual([...pixelsOf(disc)])
    const bitten = draw((y, x) => Math.hypot(y - 20, x - 20) < 10 && Math.hypot(y - 20, x - 28) > 3)
    const closed = new Set(convexFill(pixelsOf(bitten), SIZE))
    expect([...pixelsOf(disc)].filter((at) => !closed.has(at)).length).toBeLessThan(12) // the bulge beyond the chord of the bite's mouth
  })

  it('stands parts of one pixel and of one row', () => {
    expect(convexFill(Int32Array.of(77), SIZE)).toEqual([77])
    expect(convexFill(Int32Array.of(80, 81, 82), SIZE)).toEqual([80, 81, 82])
  })
})
