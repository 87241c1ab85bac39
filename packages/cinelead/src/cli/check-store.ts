// Whether a store still holds the numbers that were written, before they are trained on. Opening it does not read them.
import type { Store } from '../cohort/store.ts'
import type { Report } from './progress.ts'

/** Reads every byte of a store. @throws cohort/store-broken when one is another than was written. */
export function checkStore(store: Store, report: Report): void {
  const step = report.begin('checking the store', store.shards.length)
  store.verify((numDone) => step.advance(numDone))
  step.done('as it was written')
}
