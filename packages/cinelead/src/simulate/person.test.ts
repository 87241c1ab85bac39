// Truth: UK Biobank training means of fields 24100-24109 as read in public code; Petersen 2017 (JCMR 19:18, abstract) for the SD of
// EF by sex; Petersen 2017 (PLoS ONE 12:e0185114) for how much age, sex, body and pressure explain; Mason 2007
// (J Electrocardiol 40:228) for 2nd-98th percentiles of healthy ECGs.
import { describe, expect, test } from 'vitest'
import { type PhenotypeId, phenotypeIds } from '../base/phenotypes.ts'
import { beatAxes } from './electrical-measures.ts'
import { crossValidatedR2 } from './explain.ts'
import { heartbeat } from './heartbeat.ts'
import { personLater } from './later.ts'
import { drawPerson, type Person } from './person.ts'
import { truePhenotypes } from './phenotype-truth.ts'
import { enrichedPrevalence, populationPrevalence } from './population.ts'

const many = Array.from({ length: 6000 }, (_, i) => drawPerson('population', i, { prevalence: populationPrevalence }))
const healthy = many.filter(({ diseases }) => diseases.length === 0)

/** Who the reference paper kept: 45 to 74, body mass index below 30, no high pressure, no known disease. */
const reference = healthy.filter(({ isMale, ageYears, bmi, systolicMmhg }) => !isMale && ageYears < 75 && bmi < 30 && systolicMmhg < 140)

/** Limits of 95 % of 432 women as normal values: Petersen 2017, JCMR 19:18, table 3, as a public program of another group quotes it. */
const referenceLimits = {
  lvedv: [88, 161],
  lvesv: [31, 68],
  lvsv: [49, 100],
  lvef: [0.51, 0.7],
  rvedv: [85, 166],
  rvesv: [27, 77],
  rvsv: [48, 99],
  rvef: [0.47, 0.68],
} as const
const referenceWomen = Object.fromEntries(
  Object.entries(referenceLimits).map(([id, [low, high]]) => [id, { middle: (low + high) / 2, sd: (high - low) / 3.92 }]),
) as Record<keyof typeof referenceLimits, { middle: number; sd: number }>

function moments(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) }
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [moments(a), moments(b)]
  return a.reduce((sum, value, i) => sum + (value - x.mean) * (b[i] - y.mean), 0) / (a.length * x.sd * y.sd)
}

describe('drawPerson', () => {
  test('gives the same person whatever was drawn before', () => {
    const alone = drawPerson(7, 41)
    drawPerson(7, 3)
    drawPerson(8, 41)
    expect(drawPerson(7, 41)).toEqual(alone)
    expect(drawPerson(8, 41)).not.toEqual(alone)
  })

  test('gives eids that are plainly made', () => {
    expect(drawPerson(1, 0).eid).toBe(String(9_000_001))
    expect(drawPerson(1, 999).eid).toBe(String(9_001_000))
  })

  test('has the mean of each published phenotype within 3 %', () => {
    const published: Record<PhenotypeId, number> = {
      lvedv: 147.6,
      lvesv: 60.3,
      lvsv: 87.3,
      lvef: 0.595,
      lvco: 5.42,
      lvm: 85.9,
      rvedv: 156.3,
      rvesv: 67.4,
      rvsv: 88.9,
      rvef: 0.573,
    }
    for (const id of phenotypeIds) {
      const { mean } = moments(many.map((person) => truePhenotypes(person)[id]))
      expect(Math.abs(mean / published[id] - 1), id).toBeLessThan(0.03)
    }
  })

  test.each([
    ['women', false, 0.61],
    ['men', true, 0.58],
  ] as const)('has the published mean (within 3 %%) and SD (within 15 %%) of LVEF in healthy %s', (_, isMale, mean) => {
    const group = healthy.filter((person) => person.isMale === isMale)
    const lvef = moments(group.map((person) => truePhenotypes(person).lvef))
    expect(Math.abs(lvef.mean / mean - 1)).toBeLessThan(0.03)
    expect(Math.abs(lvef.sd / 0.05 - 1)).toBeLessThan(0.15)
    const index = moments(group.map((person) => person.pump.lvmG / person.bsaM2))
    expect(Math.abs(index.sd / (isMale ? 9 : 7) - 1)).toBeLessThan(0.15)
  })

  test('spreads each volume of reference women as published, within 15 %, about middles within 5 %', () => {
    for (const [id, { middle, sd }] of Object.entries(referenceWomen)) {
      const found = moments(reference.map((person) => truePhenotypes(person)[id as PhenotypeId]))
      expect(Math.abs(found.sd / sd - 1), `${id}: ${found.sd.toFixed(3)}`).toBeLessThan(0.15)
      // The manual contours behind the limits and the automated ones behind the means above differ by so much.
      expect(Math.abs(found.mean / middle - 1), `${id}: ${found.mean.toFixed(3)}`).toBeLessThan(0.05)
    }
  })

  test('spreads each volume of healthy men, and every mass, as remembered of the same tables, within 15 %', () => {
    const remembered: readonly [PhenotypeId, boolean, number][] = [
      ['lvedv', true, 32],
      ['lvesv', true, 16],
      ['lvsv', true, 20],
      ['lvm', true, 21],
      ['lvm', false, 13],
      ['rvedv', true, 36],
      ['rvesv', true, 22],
      ['rvsv', true, 20],
      ['rvef', true, 0.06],
    ]
    for (const [id, sex, published] of remembered) {
      const group = healthy.filter(({ isMale }) => isMale === sex)
      const { sd } = moments(group.map((person) => truePhenotypes(person)[id]))
      expect(Math.abs(sd / published - 1), `${id} ${sex}: ${sd.toFixed(3)}`).toBeLessThan(0.15)
    }
  })

  test.each([
    ['lvef', 'lvesv', 'lvedv', 'lvsv'],
    ['rvef', 'rvesv', 'rvedv', 'rvsv'],
  ] as const)('ties %s to %s as the published spreads imply, within 0.15', (ef, esv, edv, sv) => {
    // The spread of a difference tells the covariance of its parts; EF = 1 - ES/ED to first order then gives the rest.
    const [d, s] = [referenceWomen[edv], referenceWomen[esv]]
    const together = (d.sd ** 2 + s.sd ** 2 - referenceWomen[sv].sd ** 2) / 2
    const [perS, perD] = [-1 / d.middle, s.middle / d.middle ** 2]
    const efSd = Math.sqrt((perS * s.sd) ** 2 + (perD * d.sd) ** 2 + 2 * perS * perD * together)
    const implied = (perS * s.sd ** 2 + perD * together) / (efSd * s.sd)
    expect(implied).toBeLessThan(-0.6)
    const of = (id: PhenotypeId) => reference.map((person) => truePhenotypes(person)[id])
    expect(Math.abs(correlation(of(ef), of(esv)) - implied)).toBeLessThan(0.15)
  })

  test('lets sex, age, body and pressure explain as much of each volume as published, within 0.15', () => {
    const features = healthy.map((person) => [
      person.isMale ? 1 : -1,
      (person.ageYears - 61) / 7.5,
      (person.bmi - 26.6) / 4.3,
      (person.heightCm - 169) / 9,
      (person.systolicMmhg - 137) / 18,
    ])
    const published = { lvm: 0.655, lvedv: 0.522, lvesv: 0.416, lvsv: 0.412, lvef: 0.067 }
    for (const [id, r2] of Object.entries(published)) {
      const found = crossValidatedR2(
        features,
        healthy.map((person) => truePhenotypes(person)[id as PhenotypeId]),
        1,
      )
      expect(Math.abs(found - r2), `${id} ${found.toFixed(3)}`).toBeLessThan(0.15)
    }
  })

  test('ties mass to volume, and both stroke volumes to each other', () => {
    const of = (id: PhenotypeId) => healthy.map((person) => truePhenotypes(person)[id])
    expect(correlation(of('lvm'), of('lvedv'))).toBeGreaterThan(0.6)
    expect(correlation(of('lvsv'), of('rvsv'))).toBeGreaterThan(0.95)
  })

  test('keeps 93 % of the healthy inside the published limits of each ECG interval and of the axis', () => {
    const limits: [string, number, number, (person: Person) => number][] = [
      ['heart rate', 48, 98, (person) => person.ecgHeartRateBpm],
      ['PR', 113, 212, (person) => person.conduction.prMs],
      ['QRS', 69, 109, (person) => person.conduction.qrsMs],
      ['QT', 325, 452, (person) => person.conduction.qtMs],
      ['QTc', 359, 445, (person) => person.conduction.qtMs / Math.cbrt(60 / person.ecgHeartRateBpm)],
      ['axis', -40, 91, (person) => beatAxes(person, heartbeat(person)).qrsDeg],
    ]
    const sample = healthy.slice(0, 400)
    for (const [name, low, high, value] of limits) {
      const inside = sample.filter((person) => value(person) >= low && value(person) <= high).length / sample.length
      expect(inside, name).toBeGreaterThan(0.93)
    }
  })

  test('gives each disease at the rate the option asks for, before and after the visit', () => {
    const people = Array.from({ length: 4000 }, (_, i) => drawPerson('sick', i))
    for (const [id, rate] of Object.entries(enrichedPrevalence)) {
      const of = people.map(({ diseases }) => diseases.find((disease) => disease.id === id)).filter((disease) => disease !== undefined)
      // 4 standard errors of a share, and infarcts that bring coronary disease with them.
      expect(Math.abs(of.length / people.length - rate), id).toBeLessThan(0.03 + (id === 'cad' ? 0.03 : 0))
      expect(of.filter(({ isPrevalent }) => isPrevalent).length, id).toBeGreaterThan(40)
      expect(of.filter(({ isPrevalent }) => !isPrevalent).length, id).toBeGreaterThan(40)
    }
  })

  test('is older at a later visit, with a heart that is much the same', () => {
    const person = drawPerson(7, 5)
    const later = personLater(person, 900)
    expect(later.ageYears - person.ageYears).toBeCloseTo(900 / 365.25, 6)
    expect(Math.abs(later.pump.lvedvMl / person.pump.lvedvMl - 1)).toBeLessThan(0.1)
    expect(later.pump.lvedvMl).not.toBe(person.pump.lvedvMl)
    expect(later.eid).toBe(person.eid)
    expect(personLater(person, 900)).toEqual(later)
  })

  test('lowers ejection fraction after an infarct and in dilated disease, and thickens the septum in hypertrophic disease', () => {
    const people = Array.from({ length: 3000 }, (_, i) => drawPerson('effects', i))
    const lvef = (group: readonly Person[]) => moments(group.map((person) => truePhenotypes(person).lvef)).mean
    const well = people.filter(({ diseases }) => diseases.length === 0)
    const with_ = (id: string, subtype?: string) =>
      people.filter(({ diseases }) => diseases.some((each) => each.id === id && (subtype === undefined || each.subtype === subtype)))
    expect(lvef(people.filter(({ scars }) => scars.length > 0))).toBeLessThan(lvef(well) - 0.05)
    expect(lvef(with_('cmp', 'dilated'))).toBeLessThan(lvef(well) - 0.06)
    const septum = (group: readonly Person[]) => moments(group.map(({ pump }) => pump.septalExcess)).mean
    expect(septum(with_('cmp', 'hypertrophic'))).toBeGreaterThan(septum(well) + 0.3)
  })
})
