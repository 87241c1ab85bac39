// What ingest would read about a simulated person from the cohort's tables, without the tables: for stores that are made without files.
// Hands on: tableLabels. Rounded as the tables are; simulate-store.test.ts holds it against the tables themselves.
import { type PhenotypeValues, phenotypes } from '../base/phenotypes.ts'
import type { Person as TablePerson } from '../cohort/phenotypes.ts'
import type { SubjectLabels } from '../cohort/store-layout.ts'
import { historyOf, recordsEndOn } from '../simulate/history.ts'
import type { Person } from '../simulate/person.ts'
import type { QuirkRates } from '../simulate/quirks.ts'
import { measuredVolumes } from '../simulate/table-measurements.ts'
import { labelsFor } from './ingest-plan.ts'

const VISIT = 2 // UK Biobank's first imaging visit

/** Labels of one person at the imaging visit. */
export function tableLabels(person: Person, quirks: QuirkRates): SubjectLabels {
  const measured = measuredVolumes(person, quirks)
  const values = Object.fromEntries(
    phenotypes.map(({ id, field, perUnit }) => [id, Number(measured.get(field) ?? Number.NaN) * perUnit]),
  ) as PhenotypeValues
  const { diagnoses, death, infarctionOn } = historyOf(person)
  const row: TablePerson = {
    sex: person.isMale ? 'male' : 'female',
    visits: new Map([
      [
        VISIT,
        {
          date: person.visitOn,
          ageYears: Math.floor(person.ageYears),
          bmi: Number(person.bmi.toFixed(4)),
          heightCm: Number(person.heightCm.toFixed(0)),
          weightKg: Number(person.weightKg.toFixed(1)),
          heartRateBpm: Number.NaN,
          phenotypes: values,
        },
      ],
    ]),
    history: {
      diagnoses: diagnoses.map(({ code, on }) => ({ code, date: on })),
      ...(death === undefined ? {} : { deathDate: death.on }),
      deathCauses: death === undefined ? [] : [death.cause],
      firstDates: infarctionOn === undefined ? {} : { 42000: infarctionOn },
    },
  }
  return labelsFor(row, VISIT, recordsEndOn)
}
