// The same person at a later visit: older, with what age does to the heart, another day's heart rate, and the diseases of the years between.
// Hands on: personLater.
//
// Yearly change: volumes fall with age and mass hardly changes (Petersen 2017, JCMR 19:18, abstract: directions); conduction slows. Sizes argued.
import { createRandom } from '../base/seed.ts'
import type { Person } from './person.ts'

/**
 * A person some days after the first imaging visit.
 *
 * Diseases that began in between are there by then; a scar or a rhythm that they would bring is not drawn anew.
 *
 * @param daysLater  More than 0.
 */
export function personLater(person: Person, daysLater: number): Person {
  const years = daysLater / 365.25
  const random = createRandom(`${person.seed}/later/${person.index}/${daysLater}`)
  const { pump, conduction } = person
  const begun = person.diseases.filter(({ isPrevalent, daysFromVisit }) => !isPrevalent && daysFromVisit <= daysLater).length
  const volume = Math.exp(-0.004 * years + 0.015 * random.normal() + 0.02 * begun)
  const efChange = 0.008 * random.normal() - 0.025 * begun
  const efFraction = Math.min(0.78, Math.max(0.14, 1 - pump.lvesvMl / pump.lvedvMl + efChange))
  const lvedvMl = pump.lvedvMl * volume
  const rvedvMl = pump.rvedvMl * volume
  const rateChange = 4 * random.normal()
  const later = {
    ...pump,
    lvedvMl,
    lvesvMl: lvedvMl * (1 - efFraction),
    rvedvMl,
    rvesvMl: rvedvMl * Math.min(0.85, pump.rvesvMl / pump.rvedvMl - 0.4 * efChange),
    lvmG: pump.lvmG * Math.exp(0.002 * years + 0.012 * random.normal()),
    leftAtriumMaxMl: pump.leftAtriumMaxMl * Math.exp(0.006 * years),
  }
  return {
    ...person,
    ageYears: person.ageYears + years,
    pump: later,
    // A foreign electrical heart stays what it is.
    electricPump: person.electricPump === pump ? later : person.electricPump,
    ecgHeartRateBpm: Math.max(42, person.ecgHeartRateBpm + rateChange),
    scanHeartRateBpm: Math.max(42, person.scanHeartRateBpm + rateChange),
    conduction: { ...conduction, prMs: conduction.prMs + 0.35 * years, qrsMs: conduction.qrsMs + 0.25 * years + 2 * begun },
    diseases: person.diseases.map((disease) => ({
      ...disease,
      daysFromVisit: disease.daysFromVisit - daysLater,
      isPrevalent: disease.daysFromVisit <= daysLater,
    })),
  }
}
