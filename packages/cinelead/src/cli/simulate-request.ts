// What `simulate` is asked for on the command line -> who is drawn and how odd their files are.
// Hands on: CohortOptions, Cohort, cohortOf, expectCount, parseRates, FileKind, fileFolders.
import { fault } from '../base/errors.ts'
import type { PersonOptions } from '../simulate/person.ts'
import { enrichedPrevalence, populationPrevalence } from '../simulate/population.ts'
import { noQuirks, type QuirkRates, usualQuirkRates } from '../simulate/quirks.ts'

/** Whose files a cohort is written as. */
export type FileKind = 'ukb' | 'acdc' | 'wfdb'

/** Folders of each kind; UK Biobank's are called by field: ECG, long-axis and short-axis cine. */
export const fileFolders: Record<FileKind, readonly string[]> = { ukb: ['20205', '20208', '20209'], acdc: ['acdc'], wfdb: ['wfdb'] }

/** The options that decide who is drawn, whatever their recordings are written as. */
export type CohortOptions = {
  /** How many people. */
  subjects: number
  /** Default 1. */
  seed?: number | string
  /** `enriched` (default), `population`, or with rates of single diseases: `population,af=0.1`. */
  prevalence?: string
  /** 0..1: how much of each cause the electrical heart shares with the pump; default that of `drawPerson`. */
  link?: number
  /** Share of people who have CMR phenotypes in the table; default what `quirks` leaves. */
  labelled?: number
  /** `usual` (default), `none`, or with rates of single oddities: `none,truncatedZip=0.1`. */
  quirks?: string
}

/** A cohort, told completely: the same cohort has the same people, tables and oddities. */
export type Cohort = { numSubjects: number; seed: number | string; person: PersonOptions; quirks: QuirkRates }

/**
 * Reads the options.
 *
 * @throws  cli/subjects, cli/rates, cli/share.
 */
export function cohortOf({ subjects, seed = 1, prevalence, link, labelled, quirks }: CohortOptions): Cohort {
  expectCount(subjects)
  expectShare(link, '--link')
  expectShare(labelled, '--labelled')
  const person: PersonOptions = {
    prevalence: parseRates('--prevalence', prevalence, { enriched: enrichedPrevalence, population: populationPrevalence }),
    ...(link === undefined ? {} : { ecgHeartLink: link }),
  }
  const rates = parseRates('--quirks', quirks, { usual: usualQuirkRates, none: noQuirks })
  return { numSubjects: subjects, seed, person, quirks: labelled === undefined ? rates : { ...rates, missingPhenotypes: 1 - labelled } }
}

/**
 * Rates from words: the name of a set, `name=rate` for single ones, or the first and then some of the second, parted by commas.
 *
 * @param sets  Named sets; the first is where an empty text and single rates start from.
 * @throws      cli/rates for a name that is in no set and a rate outside 0..1.
 */
export function parseRates<Rates extends Record<string, number>>(
  flag: string,
  text: string | undefined,
  sets: Record<string, Rates>,
): Rates {
  let rates = Object.values(sets)[0]
  for (const word of (text ?? '').split(',').filter((part) => part.trim() !== '')) {
    const [name, rate] = word.split('=').map((part) => part.trim())
    if (rate === undefined && Object.hasOwn(sets, name)) rates = sets[name]
    else if (Object.hasOwn(rates, name) && rate !== undefined && rate !== '' && Number(rate) >= 0 && Number(rate) <= 1)
      rates = { ...rates, [name]: Number(rate) }
    else {
      throw fault({
        code: 'cli/rates',
        where: 'simulate',
        expected: `${flag} of ${Object.keys(sets).join(' or ')}, or rates from 0 to 1 of ${Object.keys(rates).join(', ')}`,
        received: word,
        hint: `For example ${flag} ${Object.keys(sets)[1]},${Object.keys(rates)[0]}=0.2.`,
      })
    }
  }
  return rates
}

function expectShare(share: number | undefined, flag: string): void {
  if (share === undefined || (share >= 0 && share <= 1)) return
  throw fault({ code: 'cli/share', where: 'simulate', expected: `${flag} from 0 to 1`, received: String(share), hint: 'Half is 0.5.' })
}

/** @throws cli/subjects for a count that is none. */
export function expectCount(numSubjects: number): void {
  const most = 999_999 // seven digits that start with 9
  if (Number.isInteger(numSubjects) && numSubjects >= 1 && numSubjects <= most) return
  throw fault({
    code: 'cli/subjects',
    where: 'simulate',
    expected: `1 to ${most} subjects`,
    received: String(numSubjects),
    hint: 'Give a whole number: --subjects 240.',
  })
}
