// `cinelead simulate`: digital hearts as files, straight as a store, or only their ceiling.
// Hands on: run, SimulateVerbOptions.
import { fault } from '../base/errors.ts'
import type { Report } from './progress.ts'
import { explainCohort } from './simulate-explain.ts'
import { type SimulateOptions, simulate } from './simulate-files.ts'
import { simulateStore } from './simulate-store.ts'

/** What the verb takes: a folder to make and what as, or the wish to be told how much these people's ECGs can tell at all. */
export type SimulateVerbOptions = Omit<SimulateOptions, 'out' | 'as'> & {
  out?: string
  as?: SimulateOptions['as'] | 'store'
  explain?: boolean
}

/**
 * The verb.
 *
 * @throws  cli/simulate-out when there is no folder to make; the codes of `simulate`, `simulateStore` and `explainCohort`.
 */
export async function run(options: SimulateVerbOptions, report: Report): Promise<void> {
  if (options.explain === true) return explainCohort(options, report)
  const { out, as, ...rest } = options
  if (out === undefined) {
    throw fault({
      code: 'cli/simulate-out',
      where: 'simulate',
      expected: 'a folder to make, or --explain',
      received: 'neither',
      hint: 'Name one: cinelead simulate --out raw.',
    })
  }
  if (as === 'store') {
    const { isReused, manifest } = await simulateStore({ ...rest, store: out }, report)
    const { numSubjects, counts, flow } = manifest
    const lost = flow.filter(({ dropped }) => dropped > 0).map(({ step, dropped, reason }) => `, ${dropped} dropped at ${step}: ${reason}`)
    report.answer(
      { store: out, isReused, manifest },
      `${out}: a store of ${numSubjects} simulated people, train ${counts.train}, validation ${counts.validation}, test ${counts.test}${lost.join('')}${isReused ? '; nothing to do' : ''}`,
    )
    return
  }
  const summary = await simulate({ ...rest, out, as }, report)
  const { subjects, isReused, numFiles, sizeBytes } = summary
  report.answer(
    summary,
    `${out}: ${subjects} simulated people, ${numFiles} files, ${(sizeBytes / 2 ** 20).toFixed(0)} MiB${isReused ? '; nothing to do' : ''}`,
  )
}
