// Fixed positions: each place of a grid of tokens as sines and cosines of its row and column.
//
// Source: Vaswani 2017, arXiv 1706.03762, section 3.5; half of the width for each of two axes as in He 2022, arXiv 2111.06377.
import { fault } from '../base/errors.ts'

const LONGEST_WAVE = 10_000 // Vaswani 2017, section 3.5

function axisWaves(place: number, width: number): number[] {
  const half = width / 2
  const angles = Array.from({ length: half }, (_, i) => place / LONGEST_WAVE ** (i / half))
  return [...angles.map(Math.sin), ...angles.map(Math.cos)]
}

/**
 * Sine-cosine positions of a grid, row after row. A grid of one row spends the whole width on its columns.
 *
 * @param numRows     Rows of the grid (groups of leads).
 * @param numColumns  Columns (stretches of time).
 * @param width       Numbers for each place; a multiple of 4 (of 2 for one row).
 * @returns           Shape [numRows * numColumns, width].
 * @throws            models/width when the width does not divide.
 */
export function sinCosPositions(numRows: number, numColumns: number, width: number): Float32Array {
  const parts = numRows === 1 ? 2 : 4
  if (width % parts !== 0) {
    throw fault({
      code: 'models/width',
      where: 'sinCosPositions',
      expected: `a width that is a multiple of ${parts}`,
      received: String(width),
      hint: 'Choose another model width in the recipe.',
    })
  }
  const positions_ND = new Float32Array(numRows * numColumns * width)
  for (let row = 0; row < numRows; row++) {
    for (let column = 0; column < numColumns; column++) {
      const waves = numRows === 1 ? axisWaves(column, width) : [...axisWaves(row, width / 2), ...axisWaves(column, width / 2)]
      positions_ND.set(waves, (row * numColumns + column) * width)
    }
  }
  return positions_ND
}
