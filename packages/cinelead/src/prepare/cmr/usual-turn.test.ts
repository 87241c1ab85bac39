// Truth: one picture stored in all eight ways, with the direction cosines that belong to each.
import { describe, expect, it } from 'vitest'
import { dot, times, unit, type Vector } from './vector.ts'
import { type Turn, usualTurn } from './usual-turn.ts'

const row = unit([0.79, 0, 0.61])
const column = unit([0.38, 0.79, -0.49])
const picture_YX = [0, 1, 2, 3, 4, 5] // 2 rows of 3
const at = (y: number, x: number) => picture_YX[y * 3 + x]

/** The picture stored so, and how its file says it lies. */
function storedAs(isSwapped: boolean, flipsRow: boolean, flipsColumn: boolean, [over, down]: readonly [Vector, Vector] = [row, column]) {
  const [numRows, numColumns] = isSwapped ? [3, 2] : [2, 3]
  const [alongRow, alongColumn] = isSwapped ? [down, over] : [over, down]
  const axes = [times(alongRow, flipsRow ? -1 : 1), times(alongColumn, flipsColumn ? -1 : 1), [0, 0, 0], [0, 0, 0]]
  const stored = Float32Array.from({ length: 6 }, (_, index) => {
    const [y, x] = [Math.floor(index / numColumns), index % numColumns]
    const [j, i] = [flipsColumn ? numRows - 1 - y : y, flipsRow ? numColumns - 1 - x : x]
    return isSwapped ? at(i, j) : at(j, i)
  })
  const affine = Float64Array.from([0, 1, 2].flatMap((axis) => axes.map((vector) => vector[axis])))
  const spacingMm = [8, ...(isSwapped ? [2, 1] : [1, 2])] as [number, number, number]
  return {
    stored,
    spacingMm,
    volume: { affine, shape: [1, 1, numRows, numColumns], spacingMm } as unknown as Parameters<typeof usualTurn>[0],
  }
}

function shownOf({ stored, spacingMm, volume }: ReturnType<typeof storedAs>): [turn: Turn, ...ReturnType<Turn['shown']>] {
  const turn = usualTurn(volume)
  return [turn, ...turn.shown(stored, [1, volume.shape[2], volume.shape[3]], [spacingMm[1], spacingMm[2]])]
}

const bits = Array.from({ length: 8 }, (_, way) => [(way & 4) > 0, (way & 2) > 0, (way & 1) > 0] as const)

describe('usualTurn', () => {
  it('shows a picture the same way round however a file stores it, and puts labels back', () => {
    expect(Math.abs(dot(row, column))).toBeLessThan(0.01)
    for (const way of bits) {
      const kept = storedAs(...way)
      const [turn, slices_BYX, shape, spacingMm] = shownOf(kept)
      expect([...slices_BYX]).toEqual(picture_YX)
      expect([shape, spacingMm]).toEqual([
        [1, 2, 3],
        [1, 2],
      ])
      expect([...turn.stored(Uint8Array.from(slices_BYX))]).toEqual([...kept.stored])
    }
  })

  it('leaves a stack as it is stored where its place in the patient tells nothing', () => {
    const axial = storedAs(false, true, false, [
      [1, 0, 0],
      [0, 1, 0],
    ])
    expect([...shownOf(axial)[1]]).toEqual([...axial.stored])
  })
})
