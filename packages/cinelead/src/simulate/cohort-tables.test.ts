// Truth: the persons themselves; column names as UK Biobank's three deliveries spell them.
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { cohortTables, type Dialect } from './cohort-tables.ts'
import { recorderPrintout, renderEcg } from './ecg.ts'
import { historyOf, recordsEndOn } from './history.ts'
import { drawPerson } from './person.ts'
import { truePhenotypes } from './phenotype-truth.ts'
import { populationPrevalence } from './population.ts'
import { drawQuirks } from './quirks.ts'
import { regionalTruth } from './regional-truth.ts'

const persons = Array.from({ length: 200 }, (_, i) => drawPerson('tables', i))

function table(dialect: Dialect): Record<string, string>[] {
  const file = cohortTables(persons, { dialect })[0]
  return parse(new TextDecoder().decode(file.bytes), { columns: true })
}

describe('cohortTables', () => {
  const basket = table('basket')

  test('has a row for everyone and the columns of each dialect', () => {
    expect(basket.map(({ eid }) => eid)).toEqual(persons.map(({ eid }) => eid))
    expect(Object.keys(basket[0])).toEqual(expect.arrayContaining(['31-0.0', '53-2.0', '24100-2.0', '41270-0.0', '41280-0.0', '40000-0.0']))
    const r = table('r')
    expect(r[5]['f.24103.2.0']).toBe(basket[5]['24103-2.0'])
    expect(Object.keys(r[0])[0]).toBe('f.eid')
    const rap = table('rap')
    expect(rap[5].p24103_i2).toBe(basket[5]['24103-2.0'])
    expect(rap[5].p31).toBe(basket[5]['31-0.0'])
  })

  test('pairs codes and dates by array index in every dialect', () => {
    const rap = table('rap')
    for (const [i, person] of persons.entries()) {
      const { diagnoses } = historyOf(person)
      for (const [k, { code, on }] of diagnoses.entries()) {
        expect(basket[i][`41270-0.${k}`]).toBe(code)
        expect(basket[i][`41280-0.${k}`]).toBe(on)
        expect(rap[i][`p41280_a${k}`]).toBe(on)
      }
      if (diagnoses.length > 0) expect(JSON.parse(rap[i].p41270)).toEqual(diagnoses.map(({ code }) => code))
    }
  })

  test('measures volumes with a small error and EF in percent', () => {
    let n = 0
    let square = 0
    for (const [i, person] of persons.entries()) {
      const cell = basket[i]['24100-2.0']
      if (cell === '') continue
      const truth = truePhenotypes(person)
      square += (Number(cell) / truth.lvedv - 1) ** 2
      n++
      expect(Math.abs(Number(basket[i]['24103-2.0']) - 100 * truth.lvef)).toBeLessThan(12)
      expect(Number(basket[i]['24100-2.0']) - Number(basket[i]['24101-2.0'])).toBeCloseTo(Number(basket[i]['24102-2.0']), 3)
    }
    expect(n).toBeGreaterThan(180)
    expect(n).toBeLessThan(200)
    expect(Math.sqrt(square / n)).toBeLessThan(0.04)
    expect(Math.sqrt(square / n)).toBeGreaterThan(0.02)
  })

  test('repeats what the ECG itself prints', () => {
    expect(recorderPrintout(persons[4])).toEqual(renderEcg(persons[4]).printed)
    expect(basket[4]['12340-2.0']).toBe(String(renderEcg(persons[4]).printed.qrsMs))
  })

  test('lists exactly the withdrawn', () => {
    const file = cohortTables(persons, { quirks: { withdrawn: 0.1 } })[1]
    expect(file.name).toMatch(/^w\d+_\d{8}\.csv$/)
    const listed = new TextDecoder().decode(file.bytes).trim().split('\n')
    expect(listed).toEqual(persons.filter((person) => drawQuirks(person, { withdrawn: 0.1 }).withdrawn).map(({ eid }) => eid))
    expect(listed.length).toBeGreaterThan(9)
  })

  test('has undivided and divided codes, infarcts as coronary disease, and deaths with a cause', () => {
    const all = persons.map(historyOf)
    const seen = new Set(all.flatMap(({ diagnoses }) => diagnoses.map(({ code }) => code)))
    expect(seen).toContain('I48')
    expect([...seen].some((code) => /^I48\d$/.test(code))).toBe(true)
    const deaths = all.filter(({ death }) => death !== undefined)
    expect(deaths.length).toBeGreaterThan(6)
    for (const { death, diagnoses } of deaths) {
      expect(death?.cause).toMatch(/^I(46|49)\d$/)
      for (const { on } of diagnoses) expect(on <= (death?.on ?? '')).toBe(true)
    }
    for (const { diagnoses } of all) for (const { on } of diagnoses) expect(on <= recordsEndOn).toBe(true)
  })

  test('puts the latent truth beside them, a row for everyone', () => {
    const truth = parse(new TextDecoder().decode(cohortTables(persons)[2].bytes), { columns: true }) as Record<string, string>[]
    expect(truth).toHaveLength(200)
    expect(Number(truth[7].lvef)).toBeCloseTo(truePhenotypes(persons[7]).lvef, 5)
    expect(truth[7]).toHaveProperty('trait.hidden')
  })
})

describe('regionalTruth', () => {
  const healthy = Array.from({ length: 400 }, (_, i) => drawPerson('regional', i, { prevalence: populationPrevalence }))
  const truths = healthy.map(regionalTruth)
  const mean = (value: (truth: (typeof truths)[number]) => number) => truths.reduce((sum, truth) => sum + value(truth), 0) / truths.length

  test('has the published mean wall thickness and strain, though the geometry was never fitted to them', () => {
    // UK Biobank training means of fields 24140, 24157 and 24174: 5.69 mm, -22.3 % and 45.0 %.
    expect(Math.abs(mean(({ globalWallMm }) => globalWallMm) - 5.69)).toBeLessThan(0.3)
    expect(Math.abs(mean(({ globalCircumferential }) => globalCircumferential) + 0.223)).toBeLessThan(0.03)
    expect(Math.abs(mean(({ globalRadial }) => globalRadial) - 0.45)).toBeLessThan(0.1)
  })

  test('thickens the septum in hypertrophic disease and stills the wall over a scar', () => {
    const people = Array.from({ length: 400 }, (_, i) => drawPerson('regional', i))
    const thick = people.find(({ pump }) => pump.septalExcess > 0.6)
    if (thick === undefined) throw new TypeError('no hypertrophic heart among 400')
    const { wallMm_16 } = regionalTruth(thick)
    expect(wallMm_16[1]).toBeGreaterThan(1.25 * wallMm_16[4])
    const scarred = people.find(({ scars }) => scars[0]?.territory === 'rca' && scars[0].transmuralFraction > 0.6)
    if (scarred === undefined) throw new TypeError('no inferior scar among 400')
    const { circumferential_16 } = regionalTruth(scarred)
    expect(circumferential_16[3]).toBeGreaterThan(0.75 * circumferential_16[0])
  })

  test('stands in the table beside the volumes', () => {
    const [row] = table('basket')
    const truth = regionalTruth(persons[0])
    expect(Math.abs(Number(row['24140-2.0']) / truth.globalWallMm - 1)).toBeLessThan(0.15)
    expect(Number(row['24157-2.0'])).toBeLessThan(0)
    expect(Number(row['24110-2.0']) - Number(row['24111-2.0'])).toBeCloseTo(Number(row['24112-2.0']), 3)
  })
})
