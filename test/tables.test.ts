// The simulator's tables through the cohort's reader: one cohort in the three column dialects must come back as the same people.
// Truth: the simulated diseases, drawn before any table was written.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outcomeIds } from '../packages/cinelead/src/base/phenotypes.ts'
import { readWithdrawn } from '../packages/cinelead/src/cohort/manifest.ts'
import { codeOutcomes } from '../packages/cinelead/src/cohort/outcomes.ts'
import { readPersons } from '../packages/cinelead/src/cohort/phenotypes.ts'
import { cohortTables, type Dialect } from '../packages/cinelead/src/simulate/cohort-tables.ts'
import { recordsEndOn } from '../packages/cinelead/src/simulate/history.ts'
import { dayAfter, drawPerson } from '../packages/cinelead/src/simulate/person.ts'

const people = Array.from({ length: 60 }, (_, index) => drawPerson('tables', index))

let root: string
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'cinelead-tables-'))))
afterAll(() => rmSync(root, { recursive: true }))

function read(dialect: Dialect) {
  const files = cohortTables(people, { dialect, quirks: { withdrawn: 0.1, missingPhenotypes: 0 } })
  const paths = files.map(({ name, bytes }) => {
    const path = join(root, `${dialect}-${name}`)
    writeFileSync(path, bytes)
    return path
  })
  return { ...readPersons([paths[0]], () => true), withdrawn: readWithdrawn([paths[1]], new Set()) }
}

describe('the tables of a simulated cohort', () => {
  it('say the same in all three dialects', () => {
    const basket = read('basket')
    expect(basket.persons.size).toBe(60)
    expect(basket.badCells.size).toBe(0)
    expect(read('r').persons).toEqual(basket.persons)
    expect(read('rap').persons).toEqual(basket.persons)
    expect(basket.withdrawn.size).toBeGreaterThan(0)
    for (const eid of basket.withdrawn) expect(people.some((person) => person.eid === eid)).toBe(true)
  })

  it('give every drawn disease back as its outcome, before or after the visit as drawn', () => {
    const { persons } = read('basket')
    let numDiseases = 0
    for (const person of people) {
      const { history, visits } = persons.get(person.eid) ?? expect.unreachable()
      const outcomes = codeOutcomes({ ...history, indexDate: visits.get(2)?.date })
      for (const id of outcomeIds) {
        // An infarction (I21) is coronary disease (I20-I25) too.
        const isMeant = ({ id: drawnId }: { id: string }) => drawnId === id || (id === 'cad' && drawnId === 'mi')
        const end = [recordsEndOn, history.deathDate ?? recordsEndOn].sort()[0]
        const drawn = person.diseases.filter((disease) => isMeant(disease) && dayAfter(person.visitOn, disease.daysFromVisit) <= end)
        if (drawn.length > 0) {
          numDiseases++
          const isPrevalent = drawn.some(({ daysFromVisit }) => daysFromVisit <= 0)
          expect(outcomes[id], `${id} of person ${person.index}`).toMatchObject({
            ever: true,
            prevalent: isPrevalent,
            incident: !isPrevalent,
          })
        }
      }
    }
    expect(numDiseases).toBeGreaterThan(20)
  })
})
