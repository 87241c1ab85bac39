// Means and deviations over the training split, and what is standardised with them. Plain numbers, no tensors.

/** Mean and deviation of each column. */
export type Standard = { mean: number[]; deviation: number[] }

const SMALLEST_DEVIATION = 1e-6 // keeps a constant column at zero instead of dividing by it

/** Column means and population deviations over chosen rows, leaving NaN out. */
export function standardOf(columns: readonly ArrayLike<number>[], rows: readonly number[]): Standard {
  const summaries = columns.map((column) => {
    const known = rows.map((row) => column[row]).filter((value) => !Number.isNaN(value))
    const count = Math.max(known.length, 1)
    const mean = known.reduce((sum, value) => sum + value, 0) / count
    const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count
    return { mean, deviation: Math.max(Math.sqrt(variance), SMALLEST_DEVIATION) }
  })
  return { mean: summaries.map(({ mean }) => mean), deviation: summaries.map(({ deviation }) => deviation) }
}

/** Columns side by side in units of their deviation. Shape [rows, columns]. */
export function standardised(columns: readonly ArrayLike<number>[], standard: Standard, numRows: number): Float32Array {
  const values = new Float32Array(numRows * columns.length)
  columns.forEach((column, k) => {
    for (let row = 0; row < numRows; row++) values[row * columns.length + k] = (column[row] - standard.mean[k]) / standard.deviation[k]
  })
  return values
}

/** Ends of the lead groups I-III, aVR-aVF, V1-V6: the groups that ECG preparation normalises by. */
export const leadGroupEnds = [3, 6, 12] as const

/** A lead group flatter than 1 µV has no meaningful logarithm. */
export const SMALLEST_AMPLITUDE_MV = 1e-3
