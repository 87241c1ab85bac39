// A store on disk as a source of batches. The only file here that knows the store.
import * as torch from '@cinelead/torch'
import { phenotypeIds } from '../base/phenotypes.ts'
import type { PhenotypeId } from '../base/phenotypes.ts'
import type { Store, TensorName } from '../cohort/store.ts'
import type { ArrayName, Source } from './source.ts'

const tensorOf: Readonly<Record<ArrayName, TensorName>> = {
  ecg: 'ecg_SLT',
  ecgMv: 'ecgMv_SLT',
  cine: 'cine_SFYX',
  ed: 'ed_SZYX',
  es: 'es_SZYX',
}

/**
 * All rows of a store, in its order; a row with one modality only has split `none` and NaN for the other.
 *
 * @param store  Stays open as long as the source is read.
 */
export function storeSource(store: Store): Source {
  const { rows: storeRows } = store
  const shapes = Object.fromEntries(Object.entries(tensorOf).map(([name, tensor]) => [name, store.recordShape(tensor)]))
  return {
    subjects: storeRows.map(({ subject }) => subject),
    split: storeRows.map(({ split }) => split),
    shapes: shapes as Record<ArrayName, readonly number[]>,
    read(name, rows) {
      const size = shapes[name].reduce((product, side) => product * side, 1)
      const values = new Float32Array(rows.length * size)
      rows.forEach((row, place) => store.readRow(tensorOf[name], row, values.subarray(place * size, (place + 1) * size)))
      return values
    },
    mapped: (name) => store.shards.map(({ path }) => torch.loadSafetensors(path)[tensorOf[name]]),
    warm: (name, rows) => store.warm(tensorOf[name], rows),
    measured: Object.fromEntries(phenotypeIds.map((id) => [id, Float64Array.from(storeRows, ({ measured }) => measured[id])])) as Record<
      PhenotypeId,
      Float64Array
    >,
  }
}
