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

const many = Array.from({ length: 4000 }, (_, i) => drawPerson('population', i, { prevalence: populationPrevalence }))
const healthy = many.filter(({ diseases }) => diseases.length === 0)

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

  test('spreads each volume of healthy women and men as published, within 15 %', () => {
    // Petersen 2017, JCMR 19:18, tables as remembered, women then men; RVEF with them.
    const published: Partial<Record<PhenotypeId, readonly [number, number]>> = {
      lvedv: [21, 32],
      lvesv: [11, 16],
      lvsv: [14, 20],
      lvm: [13, 21],
      rvedv: [24, 36],
      rvesv: [15, 22],
      rvsv: [14, 20],
      rvef: [0.06, 0.06],
    }
    for (const [id, sds] of Object.entries(published)) {
      for (const sex of [0, 1]) {
        const group = healthy.filter(({ isMale }) => isMale === (sex === 1))
        const { sd } = moments(group.map((person) => truePhenotypes(person)[id as PhenotypeId]))
        expect(Math.abs(sd / sds[sex] - 1), `${id} ${sex}: ${sd.toFixed(3)}`).toBeLessThan(0.15)
      }
    }
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

  test('ties ejection fraction to end-systolic volume, and mass to volume, with the right sign', () => {
    const of = (id: PhenotypeId) => healthy.map((person) => truePhenotypes(person)[id])
    expect(correlation(of('lvef'), of('lvesv'))).toBeLessThan(-0.4)
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
