// The oddities of real bulk files, each at a rate of its own, and which of them one person's files have.
// Hands on: QuirkRates, usualQuirkRates, noQuirks, Quirks, drawQuirks. Source: failure modes that public readers of the
// UK Biobank bulk fields 20205 and 20209 handle; how often they happen could not be checked.
import { createRandom } from '../base/seed.ts'
import type { Person } from './person.ts'

/** Shares of people, 0..1. */
export type QuirkRates = {
  /** The manifest is called `manifest.cvs`, not `.csv`. */
  cvsManifest: number
  /** A series of the scanner's own analysis that must be skipped. */
  inlineSeries: number
  /** All slices under one series name, `CINE_segmented_SAX`. */
  mixedSeries: number
  /** A slice taken twice; the later series counts. */
  duplicateSeries: number
  missingFrame: number
  truncatedZip: number
  /** The archive holds fewer slices than a volume needs. */
  tooFewSlices: number
  missingZip: number
  missingXml: number
  /** The ECG export has no samples. */
  emptyEcg: number
  truncatedXml: number
  nestedStrip: number
  differentDay: number
  /** Arm electrodes exchanged: 0.4 % and more of recordings in practice (Rudiger 2007, Swiss Med Wkly 137:346; from memory). */
  reversedArms: number
  secondVisit: number
  withdrawn: number
  /** A phenotype or outcome column is empty for this person. */
  missingPhenotypes: number
}

export const usualQuirkRates: QuirkRates = {
  cvsManifest: 0.6,
  inlineSeries: 0.25,
  mixedSeries: 0.01,
  duplicateSeries: 0.03,
  missingFrame: 0.02,
  truncatedZip: 0.008,
  tooFewSlices: 0.008,
  missingZip: 0.01,
  missingXml: 0.01,
  emptyEcg: 0.006,
  truncatedXml: 0.006,
  nestedStrip: 0.15,
  differentDay: 0.015,
  reversedArms: 0.004,
  secondVisit: 0.02,
  withdrawn: 0.008,
  missingPhenotypes: 0.02,
}

export const noQuirks: QuirkRates = Object.fromEntries(Object.keys(usualQuirkRates).map((name) => [name, 0])) as QuirkRates

export type Quirks = { [name in keyof QuirkRates]: boolean }

/** Which quirks one person's files have; each drawn on its own stream, so that changing one rate leaves the others. */
export function drawQuirks(person: Person, rates: Partial<QuirkRates> = {}): Quirks {
  const random = createRandom(`${person.seed}/quirks/${person.index}`)
  const all = { ...usualQuirkRates, ...rates }
  return Object.fromEntries(
    (Object.keys(usualQuirkRates) as (keyof QuirkRates)[]).map((name) => [name, random.stream(name).chance(all[name])]),
  ) as Quirks
}
