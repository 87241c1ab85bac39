// The known answers of a simulated cohort: every latent value of every person, for tests and for judging, never for training.
// Hands on: truthTable.
import { outcomeIds, phenotypeIds } from '../base/phenotypes.ts'
import { beatAxes } from './electrical-measures.ts'
import { heartbeat } from './heartbeat.ts'
import type { Person } from './person.ts'
import { truePhenotypes } from './phenotype-truth.ts'

/** CSV, one row a person: eid, true phenotypes, body, conduction, traits, scar, days from the visit to each disease (empty: never). */
export function truthTable(persons: readonly Person[]): Uint8Array {
  const rows = persons.map(truthOf)
  const names = Object.keys(rows[0] ?? { eid: '' })
  const lines = rows.map((row) => names.map((name) => row[name]).join(','))
  return new TextEncoder().encode(`${[names.join(','), ...lines].join('\n')}\n`)
}

function truthOf(person: Person): Record<string, string> {
  const { pump, conduction, chest, traits } = person
  const number = (value: number): string => String(Number(value.toPrecision(7)))
  const row: Record<string, string> = { eid: person.eid }
  const truth = truePhenotypes(person)
  for (const id of phenotypeIds) row[id] = number(truth[id])
  row.isMale = person.isMale ? '1' : '0'
  row.rhythm = person.rhythm
  row.block = conduction.block
  const axes = beatAxes(person, heartbeat(person))
  row.qrsAxisDeg = number(axes.qrsDeg)
  for (const [name, value] of Object.entries({
    ageYears: person.ageYears,
    bmi: person.bmi,
    ecgHeartRateBpm: person.ecgHeartRateBpm,
    scanHeartRateBpm: person.scanHeartRateBpm,
    pMs: conduction.pMs,
    prMs: conduction.prMs,
    qrsMs: conduction.qrsMs,
    qtMs: conduction.qtMs,
    strainFraction: conduction.strainFraction,
    lvLengthMm: pump.lvLengthMm,
    baseDescentMm: pump.baseDescentMm,
    leftAtriumMaxMl: pump.leftAtriumMaxMl,
    halfDepthMm: chest.halfDepthMm,
    voltageGain: chest.voltageGain,
    scarTransmuralFraction: person.scars[0]?.transmuralFraction ?? 0,
  }))
    row[name] = number(value)
  for (const [name, value] of Object.entries(traits)) row[`trait.${name}`] = number(value)
  for (const id of outcomeIds) {
    const disease = person.diseases.find((each) => each.id === id)
    row[`${id}.days`] = disease === undefined ? '' : String(disease.daysFromVisit)
    row[`${id}.severityFraction`] = disease === undefined ? '' : number(disease.severityFraction)
  }
  return row
}
