// A whole cohort, or a split of it, a stretch of rows at a time: what is summarised or encoded never has to fit in memory at once.
import * as torch from '@cinelead/torch'

const ROWS_AT_ONCE = 64 // bounds memory; results do not depend on it beyond rounding

/** Calls with one stretch of rows after the other, each in a scope of its own. */
export function eachStretch(rows: readonly number[], visit: (some: readonly number[]) => void): void {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) torch.scope(() => visit(rows.slice(from, from + ROWS_AT_ONCE)))
}

/**
 * What a function makes of each stretch, joined along the rows.
 *
 * @param encode  Gives a tensor of some rows, [rows, …]. Runs without gradient.
 * @returns       Shape [all rows, …].
 */
export function overStretches(rows: readonly number[], encode: (some: readonly number[]) => torch.Tensor): torch.Tensor {
  return torch.noGrad(() =>
    torch.scope(() => {
      const parts: torch.Tensor[] = []
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
        parts.push(torch.scope(() => encode(rows.slice(from, from + ROWS_AT_ONCE))))
      }
      return torch.cat(parts, 0)
    }),
  )
}
