// The heart as a pump: volumes, mass, shape and scar of one person, from their causes and diseases.
// Hands on: Pump, drawPump, mixedPump, Scar, drawScars. The sizes of the effects and their sources are in population.ts.
import type { Random } from '../base/seed.ts'
import type { Block } from './conduction.ts'
import { type Disease, severityOf, type Traits } from './disease.ts'
import { edvLogPerSd, efPerSd, heart, massLogPerSd, outOfStepEf } from './population.ts'

/** A myocardial scar: where, how deep, how wide. */
export type Scar = {
  territory: 'lad' | 'rca' | 'lcx'
  /** Circumferential centre, radians in the short-axis picture: 0 lateral, π/2 inferior, π septal, 3π/2 anterior. */
  centreRad: number
  halfWidthRad: number
  /** From base (0) to apex (1). */
  fromFraction: number
  toFraction: number
  transmuralFraction: number
}

/** The pump: what the cine shows. Volumes are of the day's true heart. */
export type Pump = {
  lvedvMl: number
  lvesvMl: number
  lvmG: number
  rvedvMl: number
  rvesvMl: number
  /** Base plane to apex of the cavity at end-diastole. */
  lvLengthMm: number
  /** How far the base plane comes down until end-systole. */
  baseDescentMm: number
  torsionDeg: number
  leftAtriumMaxMl: number
  rightAtriumMaxMl: number
  /** Share of filling that atrial contraction gives; 0 in atrial fibrillation. */
  atrialKickFraction: number
  /** Extra septal thickness relative to the mean wall (hypertrophic cardiomyopathy). */
  septalExcess: number
  trabeculation: number
  /** Deviation of the short-axis outline from a circle. */
  ellipticity: number
  ellipseRad: number
  septalFlattening: number
}

/** The nearest value inside [low, high]. */
export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

/** Where an infarct before the visit left its scar; none without one. */
export function drawScars(diseases: readonly Disease[], random: Random): Scar[] {
  const infarct = diseases.find(({ id, isPrevalent }) => id === 'mi' && isPrevalent)
  const spread = [random.normal(), random.uniform(), random.uniform(), random.uniform()]
  if (infarct === undefined) return []
  // Territories after the 17-segment model, Cerqueira 2002, Circulation 105:539.
  const centre = { lad: 1.32 * Math.PI, rca: 0.62 * Math.PI, lcx: 0.12 * Math.PI }[infarct.subtype] ?? Math.PI
  return [
    {
      territory: infarct.subtype as Scar['territory'],
      centreRad: centre + 0.12 * spread[0],
      halfWidthRad: 0.45 + 0.5 * spread[1],
      fromFraction: infarct.subtype === 'lad' ? 0.3 : 0.05,
      toFraction: infarct.subtype === 'lad' ? 1.1 : 0.62 + 0.2 * spread[2],
      transmuralFraction: 0.45 + 0.5 * spread[3] * infarct.severityFraction,
    },
  ]
}

/**
 * Draws the pump.
 *
 * @param pressure  Blood pressure of the day in standard deviations.
 */
export function drawPump(
  sex: 0 | 1,
  traits: Traits,
  pressure: number,
  diseases: readonly Disease[],
  scars: readonly Scar[],
  rhythm: 'sinus' | 'af',
  block: Block,
  random: Random,
): Pump {
  const severe = {
    cad: severityOf(diseases, 'cad'),
    mi: scars.length > 0 ? severityOf(diseases, 'mi') * (0.5 + scars[0].transmuralFraction) : 0,
    af: severityOf(diseases, 'af'),
    hfr: severityOf(diseases, 'hf', 'reduced'),
    hfp: severityOf(diseases, 'hf', 'preserved'),
    dilated: severityOf(diseases, 'cmp', 'dilated'),
    hypertrophic: severityOf(diseases, 'cmp', 'hypertrophic'),
    scd: severityOf(diseases, 'scd'),
  }
  const log = edvLogPerSd
  const edvLog =
    log.height * traits.height +
    log.bmi * traits.bmi +
    log.systolic * pressure +
    log.age * traits.age +
    log.fitness * traits.fitness +
    log.size[sex] * traits.size +
    0.09 * severe.mi +
    0.24 * severe.hfr +
    0.28 * severe.dilated -
    0.06 * severe.hypertrophic -
    0.03 * severe.hfp
  const lvedvMl = heart.lvedvMl[sex] * Math.exp(edvLog - 0.017)
  const ef = efPerSd
  const efFraction = clamp(
    heart.lvefFraction[sex] +
      ef.fibrosis * traits.fibrosis +
      ef.tone * traits.tone +
      ef.coupling * traits.coupling +
      ef.size * (traits.size + 0.5 * traits.fitness) +
      ef.load * traits.load +
      ef.hidden * traits.hidden -
      0.015 * severe.cad -
      0.085 * severe.mi -
      0.02 * severe.af -
      0.13 * severe.hfr -
      0.14 * severe.dilated +
      0.035 * severe.hypertrophic -
      0.03 * severe.scd -
      (block === 'lbbb' ? outOfStepEf : 0),
    0.16,
    0.76,
  )
  const mass = massLogPerSd
  const lvmG =
    heart.lvmG[sex] *
    Math.exp(
      mass.volumeShare * edvLog +
        mass.bmi * traits.bmi +
        mass.load * (0.75 * traits.load + 0.45 * pressure) +
        mass.fibrosis * traits.fibrosis +
        mass.wall * traits.wall +
        0.12 * severe.hfp +
        0.08 * severe.hfr +
        0.06 * severe.dilated +
        0.38 * severe.hypertrophic -
        0.019,
    )
  const strokeMl = lvedvMl * efFraction
  const rvStrokeMl = strokeMl * heart.rvToLvStroke * (1 + 0.03 * random.normal())
  const rvefFraction = clamp(
    heart.rvefFraction[sex] +
      0.42 * (efFraction - heart.lvefFraction[sex]) -
      0.045 * traits.pulmonary +
      0.023 * random.normal() -
      0.03 * severe.af -
      0.03 * severe.hfp,
    0.2,
    0.75,
  )
  const rvedvMl = rvStrokeMl / rvefFraction
  const lvLengthMm = 16.7 * Math.cbrt(lvedvMl) * Math.exp(0.07 * traits.shape)
  const kick = rhythm === 'af' ? 0 : clamp(0.24 + 0.05 * traits.age + 0.03 * random.normal(), 0.1, 0.42)
  const atriumLog = 0.14 * traits.atrium + 0.06 * traits.fitness + 0.06 * traits.load + 0.09 * traits.bmi
  return {
    lvedvMl,
    lvesvMl: lvedvMl * (1 - efFraction),
    lvmG,
    rvedvMl,
    rvesvMl: rvedvMl - rvStrokeMl,
    lvLengthMm,
    baseDescentMm: lvLengthMm * clamp(0.245 * efFraction + 0.018 * random.normal() - 0.012 * traits.age, 0.03, 0.22),
    torsionDeg: clamp(12 * (efFraction / 0.6) + 2.5 * random.normal(), 0, 22), // order of Young 2012, JCMR 14:49; could not be checked
    leftAtriumMaxMl: (sex === 1 ? 76 : 66) * Math.exp(atriumLog + 0.3 * severe.af + 0.2 * severe.hfp + 0.15 * severe.hfr), // order of [Petersen]; memory
    rightAtriumMaxMl: (sex === 1 ? 90 : 70) * Math.exp(0.6 * atriumLog + 0.12 * traits.pulmonary + 0.25 * severe.af),
    atrialKickFraction: kick,
    septalExcess: 0.9 * severe.hypertrophic + 0.06 * random.normal(),
    trabeculation: clamp(0.5 + 0.18 * random.normal() + 0.25 * severe.dilated, 0.1, 1),
    ellipticity: Math.abs(0.035 * random.normal()),
    ellipseRad: random.uniform() * Math.PI,
    septalFlattening: clamp(0.03 * Math.max(0, traits.pulmonary) + 0.015 * random.normal(), 0, 0.12),
  }
}

/** Sizes of which a weak link leaves the electrodes only a part, each about a usual size by sex. */
const mixedSizes = {
  lvedvMl: heart.lvedvMl,
  lvmG: heart.lvmG,
  rvedvMl: heart.lvedvMl, // near enough: only the distance from it is mixed
  leftAtriumMaxMl: [66, 76],
  rightAtriumMaxMl: [70, 90],
  lvLengthMm: [84, 92],
} as const satisfies Partial<Record<keyof Pump, readonly [number, number]>>

/**
 * Two pumps mixed so that sizes keep their spread: logarithms about the usual size, the shares' squares adding up to 1.
 *
 * @param kept     Share of `own`.
 * @param foreign  Share of `other`.
 */
export function mixedPump(own: Pump, kept: number, other: Pump, foreign: number, sex: 0 | 1): Pump {
  const mixed: Pump = { ...own }
  for (const name of Object.keys(mixedSizes) as (keyof typeof mixedSizes)[]) {
    const usual = mixedSizes[name][sex]
    mixed[name] = usual * (own[name] / usual) ** kept * (other[name] / usual) ** foreign
  }
  return mixed
}
