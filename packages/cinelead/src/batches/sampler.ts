// The order in which rows are seen: a pure function of seed and epoch, so that a run resumed at any step goes on as if never stopped.
import { fault } from '../base/errors.ts'
import { createRandom } from '../base/seed.ts'

/** Which step of which epoch; both count from zero. */
export type Place = { epoch: number; step: number }

export type Sampler = {
  stepsPerEpoch: number
  /** The rows of one step. */
  rows(place: Place): number[]
}

/**
 * Shuffles rows anew each epoch and cuts them into batches of one size; the rows that fill no batch wait for the next shuffle.
 *
 * A subject with several rows gives one of them, drawn anew each epoch, so that no batch holds a subject twice.
 *
 * @param rows       Row indices to draw from.
 * @param subjects   Pseudonymous key of each row of the source (indexed by row).
 * @param batchSize  Rows of a step; with fewer subjects than that, all of them.
 * @param seed       Same seed, same order, on every machine.
 * @throws           batches/rows when there is nothing to draw from.
 */
export function createSampler(rows: readonly number[], subjects: readonly string[], batchSize: number, seed: number | string): Sampler {
  const rowsBySubject = new Map<string, number[]>()
  for (const row of rows) rowsBySubject.set(subjects[row], [...(rowsBySubject.get(subjects[row]) ?? []), row])
  const groups = [...rowsBySubject.values()]
  if (groups.length < 2) {
    throw fault({
      code: 'batches/rows',
      where: 'createSampler',
      expected: 'at least 2 subjects to draw from',
      received: String(groups.length),
      hint: 'The split is too small: ingest more subjects.',
    })
  }
  const size = Math.min(batchSize, groups.length)
  const stepsPerEpoch = Math.floor(groups.length / size)
  let known: { epoch: number; order: number[] } | undefined
  return {
    stepsPerEpoch,
    rows({ epoch, step }) {
      if (known?.epoch !== epoch) {
        const random = createRandom(seed).stream(`order/${epoch}`)
        known = { epoch, order: random.shuffle(groups).map((group) => group[group.length === 1 ? 0 : random.integer(group.length)]) }
      }
      return known.order.slice(step * size, (step + 1) * size)
    },
  }
}
