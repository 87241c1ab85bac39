// One simulated person: body, heart, conduction, chest, disease. Both the cine and the ECG are computed from this record alone.
// Hands on: Person, drawPerson, eidOf. The figures and their sources are in population.ts, the diseases in disease.ts.
import { createRandom, type Random } from '../base/seed.ts'
import { type Chest, drawChest } from './chest.ts'
import { type Conduction, drawBlock, drawConduction } from './conduction.ts'
import { type Disease, drawDiseases, severityOf, type Traits } from './disease.ts'
import { body, enrichedPrevalence, heartRate, type Prevalence } from './population.ts'
import { clamp, drawPump, drawScars, mixedPump, type Pump, type Scar } from './pump.ts'

export type Person = {
  index: number
  /** Seven digits that start with 9: plainly made. */
  eid: string
  seed: string
  isMale: boolean
  ageYears: number
  heightCm: number
  weightKg: number
  bmi: number
  bsaM2: number
  systolicMmhg: number
  diastolicMmhg: number
  traits: Traits
  /** Traits as the electrodes meet them: `link` of the true trait, the rest somebody else's. */
  electricTraits: Traits
  pump: Pump
  /** The pump as the electrodes meet it: the true one, or where the link is weaker than the default partly somebody else's. */
  electricPump: Pump
  /** The trait `wall` that `electricPump` has. */
  electricWall: number
  rhythm: 'sinus' | 'af'
  ecgHeartRateBpm: number
  scanHeartRateBpm: number
  conduction: Conduction
  chest: Chest
  scars: readonly Scar[]
  diseases: readonly Disease[]
  /** Day of the imaging visit, `YYYY-MM-DD`. */
  visitOn: string
}

export type PersonOptions = {
  /** Share of people with each disease; default `enrichedPrevalence`. */
  prevalence?: Prevalence
  /** Of the diseased, the share diagnosed before the visit; default 0.6. */
  prevalentShare?: number
  /**
   * 0..1: how much of each trait the electrical heart shares with the pump; default 0.92. Below the default it loses size and mass in
   * proportion too, down to 0, where both are those of another person of the same sex, pressure and diseases.
   */
  ecgHeartLink?: number
}

const usualLink = 0.92
const millisPerDay = 86_400_000

/** `YYYY-MM-DD` so many days after another. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * millisPerDay).toISOString().slice(0, 10)
}

function drawTraits(random: Random): Traits {
  const draw = (): number => clamp(random.normal(), -3.2, 3.2)
  return {
    age: draw(),
    height: draw(),
    bmi: draw(),
    load: draw(),
    size: draw(),
    fitness: draw(),
    fibrosis: draw(),
    tone: draw(),
    coupling: draw(),
    hidden: draw(),
    wall: draw(),
    pulmonary: draw(),
    shape: draw(),
    atrium: draw(),
  }
}

/** Participant number of a place in the cohort: seven digits that start with 9, which no participant of UK Biobank has. */
export function eidOf(index: number): string {
  return String(9_000_001 + index)
}

/**
 * Draws one person. The same seed, index and options give the same person whatever was drawn before.
 *
 * @param seed     The cohort's seed.
 * @param index    Place in the cohort, from 0; the eid is 9000001 + index.
 */
export function drawPerson(seed: number | string, index: number, options: PersonOptions = {}): Person {
  const random = createRandom(`${seed}/person/${index}`)
  const sex = random.chance(body.maleFraction) ? 1 : 0
  const isMale = sex === 1
  const traits = drawTraits(random.stream('traits'))
  const link = options.ecgHeartLink ?? usualLink
  const strangers = drawTraits(random.stream('strangers'))
  const electricTraits = Object.fromEntries(
    Object.entries(traits).map(([name, value]) => [name, link * value + Math.sqrt(1 - link * link) * strangers[name as keyof Traits]]),
  ) as Traits
  const frame = random.stream('body')
  const ageYears = clamp(body.ageYears.mean[sex] + body.ageYears.sd[sex] * traits.age, body.ageYears.low, body.ageYears.high)
  const heightCm = body.heightCm.mean[sex] + body.heightCm.sd[sex] * traits.height
  const bmi = clamp(body.bmi.mean[sex] + body.bmi.sd[sex] * (traits.bmi + 0.12 * (traits.bmi ** 2 - 1)), body.bmi.low, body.bmi.high)
  const weightKg = bmi * (heightCm / 100) ** 2
  const pressure = 0.35 * traits.age + 0.2 * traits.bmi + 0.6 * traits.load + 0.69 * frame.normal()
  const systolicMmhg = clamp(body.systolicMmhg.mean[sex] + body.systolicMmhg.sd[sex] * pressure, 92, 215)
  const diastolicMmhg = clamp(
    body.diastolicMmhg.mean[sex] + body.diastolicMmhg.sd[sex] * (0.75 * pressure - 0.25 * traits.age + 0.6 * frame.normal()),
    52,
    120,
  )
  const diseases = drawDiseases(
    traits,
    isMale,
    options.prevalence ?? enrichedPrevalence,
    options.prevalentShare ?? 0.6,
    random.stream('disease'),
  )
  const rhythm = diseases.some(({ id, subtype, isPrevalent }) => id === 'af' && subtype === 'permanent' && isPrevalent) ? 'af' : 'sinus'
  const scars = drawScars(diseases, random.stream('scar'))
  const block = drawBlock(ageYears, diseases, random.stream('block'))
  const pump = drawPump(sex, traits, pressure, diseases, scars, rhythm, block, random.stream('pump'))
  const kept = Math.min(1, link / usualLink)
  const foreign = Math.sqrt(1 - kept * kept)
  const stranger = kept === 1 ? pump : drawPump(sex, strangers, pressure, diseases, scars, rhythm, block, random.stream('stranger'))
  const electricPump = kept === 1 ? pump : mixedPump(pump, kept, stranger, foreign, sex)
  const failing = severityOf(diseases, 'hf')
  const rate = random.stream('rate')
  const ecgHeartRateBpm = clamp(
    heartRate.meanBpm[sex] +
      heartRate.perFitness * traits.fitness +
      heartRate.perTone * traits.tone +
      heartRate.residualSd * rate.normal() +
      7 * failing +
      (rhythm === 'af' ? 14 : 0),
    heartRate.lowBpm,
    heartRate.highBpm,
  )
  const visitDay = random.stream('visit').integer(2100)
  return {
    index,
    eid: eidOf(index),
    seed: String(seed),
    isMale,
    ageYears,
    heightCm,
    weightKg,
    bmi,
    bsaM2: Math.sqrt((heightCm * weightKg) / 3600), // Mosteller 1987, N Engl J Med 317:1098
    systolicMmhg,
    diastolicMmhg,
    traits,
    electricTraits,
    pump,
    electricPump,
    electricWall: kept * traits.wall + foreign * strangers.wall,
    rhythm,
    ecgHeartRateBpm,
    scanHeartRateBpm: clamp(ecgHeartRateBpm + 3 * rate.normal(), 40, 115),
    conduction: drawConduction(sex, ageYears, electricTraits, electricPump, diseases, block, ecgHeartRateBpm, random.stream('conduction')),
    chest: drawChest(sex, heightCm, bmi, pump, random.stream('chest')),
    scars,
    diseases,
    visitOn: dayAfter('2014-06-02', visitDay),
  }
}
