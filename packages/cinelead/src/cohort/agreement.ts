// How well what ingest measured agrees with what the tables say: the first thing to look at in a new cohort.
// Hands on: agreementOf, Agreement.
//
// Source: bias and standard deviation of differences, Bland and Altman 1986, Lancet 327:307-310; Pearson's r.
import { type PhenotypeId, phenotypeIds } from '../base/phenotypes.ts'
import type { StoreRow } from './store-layout.ts'

/** Measured less table, over the subjects that have both; r is absent where nothing varies. Units of `base/phenotypes`. */
export type Agreement = { n: number; bias: number; sd: number; r?: number }

const FEWEST = 3 // with two subjects r is 1 or -1 whatever was measured

/**
 * Agreement of each phenotype that at least three subjects have both measured and in the table.
 */
export function agreementOf(rows: readonly Pick<StoreRow, 'measured' | 'phenotypes'>[]): Partial<Record<PhenotypeId, Agreement>> {
  const found: Partial<Record<PhenotypeId, Agreement>> = {}
  for (const id of phenotypeIds) {
    const both = rows
      .map(({ measured, phenotypes }) => [measured[id], phenotypes[id]] as const)
      .filter((pair) => pair.every(Number.isFinite))
    if (both.length >= FEWEST) found[id] = agree(both)
  }
  return found
}

function agree(both: readonly (readonly [number, number])[]): Agreement {
  const n = both.length
  const mean = (value: (pair: readonly [number, number]) => number) => both.reduce((sum, pair) => sum + value(pair), 0) / n
  const [meanMeasured, meanTable] = [mean(([measured]) => measured), mean(([, table]) => table)]
  const bias = meanMeasured - meanTable
  const sd = Math.sqrt(mean(([measured, table]) => (measured - table - bias) ** 2) * (n / (n - 1)))
  const product = mean(([measured, table]) => (measured - meanMeasured) * (table - meanTable))
  const spread = Math.sqrt(mean(([measured]) => (measured - meanMeasured) ** 2) * mean(([, table]) => (table - meanTable) ** 2))
  return spread > 0 ? { n, bias, sd, r: product / spread } : { n, bias, sd }
}
