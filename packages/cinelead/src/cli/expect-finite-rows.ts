// The guard of what encoders make of people: one recording that holds no number would void every score, and name nobody.
import { fault } from '../base/errors.ts'

const MOST_NAMED = 8

/**
 * Refuses features that are no numbers, and names whose they are.
 *
 * @param values    A row of features a person, one after the other.
 * @param subjects  Pseudonymous key of each row; undefined where nothing is expected (one modality is missing).
 * @param what      Whose features they are, such as `the ECG encoder`.
 * @throws          train/not-finite
 */
export function expectFiniteRows(values: Float32Array | Float64Array, subjects: readonly (string | undefined)[], what: string): void {
  const width = values.length / subjects.length
  const bad = subjects.filter(
    (subject, row) => subject !== undefined && !values.subarray(row * width, (row + 1) * width).every(Number.isFinite),
  )
  if (bad.length === 0) return
  const more = bad.length > MOST_NAMED ? ` and ${bad.length - MOST_NAMED} more` : ''
  throw fault({
    code: 'train/not-finite',
    where: 'expectFiniteRows',
    expected: `numbers from ${what} for everybody`,
    received: `none for the subjects ${bad.slice(0, MOST_NAMED).join(' ')}${more}`,
    hint: 'Look at these subjects: what the store holds of them is no number (cinelead inspect STORE --subject KEY). Ingest them again; where it is everybody, train with a lower learning rate under another run name.',
  })
}
