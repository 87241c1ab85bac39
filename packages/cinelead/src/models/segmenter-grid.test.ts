// Truth: pictures of closed form (a ramp, a disc) and an identity of going there and back.
import { describe, expect, it } from 'vitest'
import { labelsOnSlice, normaliseSlice, toWorkingGrid, WORKING_MM, WORKING_SIZE, workingGrid } from './segmenter-grid.ts'

/** A disc about the middle of a scanner's picture, offset in mm. */
function disc(
  numRows: number,
  numColumns: number,
  spacingMm: readonly [number, number],
  radiusMm: number,
  offsetMm: readonly [number, number],
) {
  return Float32Array.from({ length: numRows * numColumns }, (_, at) => {
    const y = (Math.floor(at / numColumns) - (numRows - 1) / 2) * spacingMm[0] - offsetMm[0]
    const x = ((at % numColumns) - (numColumns - 1) / 2) * spacingMm[1] - offsetMm[1]
    return Math.hypot(x, y) < radiusMm ? 1 : 0
  })
}

const scanners = [
  [208, 256, [1.40625, 1.40625]],
  [208, 187, [1.82, 1.82]],
  [256, 256, [1.25, 1.25]],
  [96, 120, [2.6, 2.4]],
] as const

describe('toWorkingGrid', () => {
  it.each(scanners)('keeps place and size of what a scanner of %i x %i pixels shows', (numRows, numColumns, spacingMm) => {
    const picture_YX = toWorkingGrid(
      disc(numRows, numColumns, spacingMm, 40, [12, -20]),
      numRows,
      numColumns,
      workingGrid(numRows, numColumns, spacingMm),
    )
    let area = 0
    let row = 0
    let column = 0
    for (let at = 0; at < picture_YX.length; at++) {
      area += picture_YX[at]
      row += picture_YX[at] * Math.floor(at / WORKING_SIZE)
      column += picture_YX[at] * (at % WORKING_SIZE)
    }
    // Edges fall on pixels of up to 2.6 mm: 2 % of the area, a tenth of a pixel of the place.
    expect((area * WORKING_MM ** 2) / (Math.PI * 40 ** 2)).toBeCloseTo(1, 1.4)
    expect(Math.abs((row / area - (WORKING_SIZE - 1) / 2) * WORKING_MM - 12)).toBeLessThan(0.3)
    expect(Math.abs((column / area - (WORKING_SIZE - 1) / 2) * WORKING_MM + 20)).toBeLessThan(0.3)
  })

  it('leaves zeros outside the scanner’s picture', () => {
    const picture_YX = toWorkingGrid(new Float32Array(50 * 50).fill(7), 50, 50, workingGrid(50, 50, [3, 3]))
    expect(picture_YX[0]).toBe(0)
    expect(picture_YX[64 * WORKING_SIZE + 64]).toBe(7)
  })

  it('uses the whole of a small animal’s field', () => {
    expect(workingGrid(192, 192, [0.13, 0.13]).pixelMm).toBeCloseTo((192 * 0.13) / WORKING_SIZE, 9)
    expect(workingGrid(208, 208, [1.8, 1.8]).pixelMm).toBe(WORKING_MM)
  })
})

describe('labelsOnSlice', () => {
  it.each(scanners)('brings a disc back onto a scanner of %i x %i pixels', (numRows, numColumns, spacingMm) => {
    const grid = workingGrid(numRows, numColumns, spacingMm)
    const size = WORKING_SIZE * WORKING_SIZE
    const logits_CYX = new Float32Array(4 * size)
    for (let at = 0; at < size; at++) {
      const y = (Math.floor(at / WORKING_SIZE) - (WORKING_SIZE - 1) / 2) * WORKING_MM
      const x = ((at % WORKING_SIZE) - (WORKING_SIZE - 1) / 2) * WORKING_MM
      logits_CYX[3 * size + at] = 30 - Math.hypot(x - 10, y + 6)
    }
    const labels_YX = new Uint8Array(numRows * numColumns)
    labelsOnSlice(logits_CYX, labels_YX, numRows, numColumns, grid)
    const truth_YX = disc(numRows, numColumns, spacingMm, 30, [-6, 10])
    let both = 0
    let sum = 0
    for (let at = 0; at < truth_YX.length; at++) {
      both += labels_YX[at] === 3 && truth_YX[at] === 1 ? 1 : 0
      sum += (labels_YX[at] === 3 ? 1 : 0) + truth_YX[at]
    }
    // Only pixels cut by the edge may differ.
    expect((2 * both) / sum).toBeGreaterThan(0.99)
  })
})

describe('normaliseSlice', () => {
  it('does not change when the scanner’s scale does', () => {
    const ramp = () => Float32Array.from({ length: 10_000 }, (_, at) => at % 997)
    const [plain, scaled] = [ramp(), ramp().map((value) => 37 * value + 1000)]
    normaliseSlice(plain)
    normaliseSlice(scaled)
    for (let at = 0; at < plain.length; at += 100) expect(scaled[at]).toBeCloseTo(plain[at], 4)
    expect(Math.max(...plain)).toBeLessThan(1.1)
    expect(Math.min(...plain)).toBe(0)
  })

  it('stands a picture of one value', () => {
    const flat = new Float32Array(100).fill(5)
    normaliseSlice(flat)
    expect(flat.every((value) => value === 0)).toBe(true)
  })
})
