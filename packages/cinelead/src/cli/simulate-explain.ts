// `cinelead simulate --explain`: how much of each phenotype the ECG of these people can tell at all. Makes no files.
// Hands on: explainCohort.
import { explainCeiling } from '../simulate/explain.ts'
import { drawPerson } from '../simulate/person.ts'
import type { Report } from './progress.ts'
import { type CohortOptions, cohortOf } from './simulate-request.ts'

/** Fewer people give a ceiling that is mostly noise; a few hundred give R² within about 0.05 (see `explainCeiling`). */
const FEWEST = 50

/** Prints the ceiling table of a cohort. @throws The codes of `cohortOf`. */
export function explainCohort(options: CohortOptions, report: Report): void {
  const { numSubjects, seed, person } = cohortOf(options)
  if (numSubjects < FEWEST) report.warn(`${numSubjects} people are few: the ceiling wants at least ${FEWEST}, better 1,000`)
  const rows = explainCeiling(Array.from({ length: numSubjects }, (_, index) => drawPerson(seed, index, person)))
  const number = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : 'not estimable')
  const lines = rows.map(
    ({ phenotype, r2, bestSingleR2, bestSingle }) =>
      `  ${phenotype.padEnd(6)} ${number(r2).padStart(5)}   best single parameter ${number(bestSingleR2)} (${bestSingle})`,
  )
  report.answer(
    rows,
    [`R² of the best regression from noise-free electrical parameters, ${numSubjects} simulated people`, ...lines].join('\n'),
  )
}
