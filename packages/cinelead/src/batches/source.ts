// Where batches come from, as far as this room cares: rows of named arrays, which split each row is in, and what was measured.
// `store-source.ts` makes one from the store on disk; tests make one in memory.
import type { Tensor } from '@cinelead/torch'
import type { PhenotypeId } from '../base/phenotypes.ts'

/** `none`: lacks one of the two modalities and takes part in no training. */
export type SplitName = 'train' | 'validation' | 'test' | 'none'

/**
 * The arrays a source has, by name, each with a first axis of subjects:
 * `ecg` [S, L, T] normalised by lead groups, no unit; `ecgMv` [S, L, T] the same before, mV;
 * `cine` [S, F, Y, X]; `ed` and `es` [S, Z, Y, X], intensities 0..1, base to apex.
 */
export type ArrayName = 'ecg' | 'ecgMv' | 'cine' | 'ed' | 'es'

export type Source = {
  /** Pseudonymous keys, one a row. */
  subjects: readonly string[]
  split: readonly SplitName[]
  /** Shape of one row of each array. */
  shapes: Readonly<Record<ArrayName, readonly number[]>>
  /**
   * Rows of an array, one after the other.
   *
   * @returns  float32, rows.length x the product of the row's shape.
   */
  read(name: ArrayName, rows: readonly number[]): Float32Array
  /** The same array without a copy, where it lies on disk: consecutive blocks of rows, in whatever precision. */
  mapped?(name: ArrayName): Tensor[]
  /** Reads rows of a mapped array from disk into the system's cache; done when they are there. */
  warm?(name: ArrayName, rows: readonly number[]): Promise<void>
  /** Phenotypes measured from the study's own masks; NaN where not measurable. One number a row. */
  measured: Readonly<Record<PhenotypeId, Float64Array>>
}

/** The rows of one split, in the source's order. */
export function rowsOf(source: Source, split: SplitName): number[] {
  return source.split.flatMap((name, row) => (name === split ? [row] : []))
}
