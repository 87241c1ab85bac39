// Truth: the sets of rates themselves and what the words say of them.
import { describe, expect, it } from 'vitest'
import { enrichedPrevalence, populationPrevalence } from '../simulate/population.ts'
import { noQuirks, usualQuirkRates } from '../simulate/quirks.ts'
import { cohortOf } from './simulate-request.ts'

describe('cohortOf', () => {
  it('takes the enriched cohort with usual oddities where nothing is said', () => {
    expect(cohortOf({ subjects: 3 })).toEqual({
      numSubjects: 3,
      seed: 1,
      person: { prevalence: enrichedPrevalence },
      quirks: usualQuirkRates,
    })
  })

  it('reads named sets with single rates after them', () => {
    const { person, quirks } = cohortOf({ subjects: 3, prevalence: 'population, af=0.5', quirks: 'none,truncatedZip=1', link: 0.5 })
    expect(person).toEqual({ prevalence: { ...populationPrevalence, af: 0.5 }, ecgHeartLink: 0.5 })
    expect(quirks).toEqual({ ...noQuirks, truncatedZip: 1 })
  })

  it('takes the labelled share as the rate of empty phenotype cells', () => {
    expect(cohortOf({ subjects: 3, labelled: 0.1 }).quirks).toEqual({ ...usualQuirkRates, missingPhenotypes: 0.9 })
  })

  it.each([
    [{ prevalence: 'healthy' }, 'cli/rates'],
    [{ prevalence: 'af' }, 'cli/rates'],
    [{ prevalence: 'af=1.5' }, 'cli/rates'],
    [{ prevalence: 'af=' }, 'cli/rates'],
    [{ quirks: 'toString=0.5' }, 'cli/rates'],
    [{ link: 2 }, 'cli/share'],
    [{ labelled: Number.NaN }, 'cli/share'],
    [{ subjects: 0 }, 'cli/subjects'],
  ])('refuses %o', (options, code) => {
    expect(() => cohortOf({ subjects: 3, ...options })).toThrow(code)
  })
})
