// A person's medical history as hospital records and registries write it: ICD-10 codes with dates, and death.
// Hands on: History, historyOf.
//
// Codes: ICD-10 (WHO), normalised as UK Biobank field 41270 has them, without the dot. I48 was divided only later in NHS coding,
// so early atrial fibrillation stands undivided. Which subcode is how frequent could not be checked.
import { createRandom } from '../base/seed.ts'
import { dayAfter, type Person } from './person.ts'

export type HistoryEntry = { code: string; on: string }

export type History = {
  /** Hospital diagnoses, one entry a code with its first date, in the order of the codes. */
  diagnoses: readonly HistoryEntry[]
  death?: { on: string; cause: string }
  /** First myocardial infarction, for the algorithmically defined field 42000. */
  infarctionOn?: string
}

/** End of hospital records in these made tables. */
export const recordsEndOn = '2022-10-31'
const dividedSince = '2013-04-01'

const codes = {
  cad: ['I251', 'I259', 'I209', 'I200', 'I248'],
  mi: ['I219', 'I214', 'I211', 'I210', 'I252'],
  af: ['I489', 'I480', 'I481', 'I482'],
  hf: ['I500', 'I501', 'I509', 'I110'],
  dilated: ['I420', 'I429', 'I426'],
  hypertrophic: ['I422', 'I421'],
  scd: ['I469', 'I460', 'I461'],
} as const

/** Other illness of middle age, so that the arrays look as they do. */
const companions = ['J459', 'K219', 'M179', 'E119', 'Z864', 'K573', 'H269', 'F329', 'N390', 'R073', 'Z867', 'M545'] as const

/** The history that follows from a person's diseases. The same person always has the same. */
export function historyOf(person: Person): History {
  const random = createRandom(`${person.seed}/history/${person.index}`)
  const found = new Map<string, string>()
  const note = (code: string, on: string): void => {
    const before = found.get(code)
    if (before === undefined || on < before) found.set(code, on)
  }
  let death: History['death']
  let infarctionOn: string | undefined
  const pick = random.stream('codes')
  for (const disease of [...person.diseases].sort((a, b) => a.daysFromVisit - b.daysFromVisit)) {
    const on = dayAfter(person.visitOn, disease.daysFromVisit)
    const list = disease.id === 'cmp' ? codes[disease.subtype as 'dilated' | 'hypertrophic'] : codes[disease.id]
    const code: string = list[Math.floor(pick.uniform() ** 1.6 * list.length)]
    const isFatal = disease.id === 'scd' && !disease.isPrevalent && pick.chance(0.65)
    if (on > recordsEndOn) continue
    if (isFatal) death ??= { on, cause: pick.chance(0.75) ? code : 'I490' }
    else note(disease.id === 'af' && on < dividedSince ? 'I48' : code, on)
    if (disease.id === 'mi') {
      infarctionOn = on
      // An infarct is also coded as the coronary disease it comes from.
      if (pick.chance(0.7)) note('I251', on)
    }
  }
  const other = random.stream('companions')
  if (person.systolicMmhg + 12 * other.normal() > 148) note('I10', dayAfter(person.visitOn, -other.integer(3000)))
  if (person.bmi > 30 && other.chance(0.3)) note('E119', dayAfter(person.visitOn, -other.integer(2500)))
  for (const code of companions) if (other.chance(0.07)) note(code, dayAfter(person.visitOn, 900 - other.integer(4500)))
  const diagnoses = [...found]
    .map(([code, on]) => ({ code, on }))
    .filter(({ on }) => on <= recordsEndOn && (death === undefined || on <= death.on))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
  if (infarctionOn !== undefined && death !== undefined && infarctionOn > death.on) infarctionOn = undefined
  return { diagnoses, ...(death === undefined ? {} : { death }), ...(infarctionOn === undefined ? {} : { infarctionOn }) }
}
