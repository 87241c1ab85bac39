// Who gets which of the six diseases, and when: liabilities that share causes with the heart itself.
// Hands on: drawDiseases. Model: Falconer's liability threshold (Ann Hum Genet 1965;29:51): a standard normal sum of causes
// beyond the quantile of the wanted prevalence. The weights of the causes are argued, no source could be checked.
import type { OutcomeId } from '../base/phenotypes.ts'
import type { Random } from '../base/seed.ts'
import type { Prevalence } from './population.ts'

/** Standard normal causes, independent of each other. */
export type Traits = {
  age: number
  height: number
  bmi: number
  /** Arterial load over the years, beyond age and weight. */
  load: number
  /** Heart size beyond body size. */
  size: number
  fitness: number
  fibrosis: number
  /** Sympathetic tone. */
  tone: number
  /** Excitation-contraction coupling: calcium handling, seen in repolarisation and in force. */
  coupling: number
  /** Contractility that no electrode sees. */
  hidden: number
  wall: number
  pulmonary: number
  shape: number
  atrium: number
}

/** One disease of one person. `severityFraction` is what the heart shows of it on the day of the visit. */
export type Disease = { id: OutcomeId; daysFromVisit: number; isPrevalent: boolean; severityFraction: number; subtype: string }

/** Upper-tail quantile of the standard normal by bisection of a complementary error function. */
export function normalThreshold(tailFraction: number): number {
  if (tailFraction <= 0) return Number.POSITIVE_INFINITY
  if (tailFraction >= 1) return Number.NEGATIVE_INFINITY
  let low = -8
  let high = 8
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (upperTail(middle) > tailFraction) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** P(Z > z). Abramowitz and Stegun 26.2.17, absolute error below 7.5e-8. */
function upperTail(z: number): number {
  const x = Math.abs(z)
  const k = 1 / (1 + 0.2316419 * x)
  const poly = k * (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
  const tail = (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * poly
  return z >= 0 ? tail : 1 - tail
}

function unitSum(terms: readonly (readonly [number, number])[]): number {
  let sum = 0
  let square = 0
  for (const [weight, value] of terms) {
    sum += weight * value
    square += weight * weight
  }
  return sum / Math.sqrt(square)
}

/**
 * Draws a person's diseases from their causes.
 *
 * @param traits       Standard normal causes.
 * @param isMale       Sex.
 * @param prevalence   Share of people with each disease, before or after the visit.
 * @param prevalentShare  Of those, the share whose disease began before the visit.
 * @param random       The person's own stream.
 * @returns            The diseases present, at most one entry each.
 */
export function drawDiseases(traits: Traits, isMale: boolean, prevalence: Prevalence, prevalentShare: number, random: Random): Disease[] {
  const sex = isMale ? 1 : -1
  const own = {
    cad: random.normal(),
    mi: random.normal(),
    af: random.normal(),
    cmp: random.normal(),
    hf: random.normal(),
    scd: random.normal(),
  }
  const coronary = unitSum([
    [0.5, traits.age],
    [0.3, sex],
    [0.35, traits.load],
    [0.25, traits.bmi],
    [-0.2, traits.fitness],
    [0.75, own.cad],
  ])
  const infarct = 0.85 * coronary + Math.sqrt(1 - 0.85 ** 2) * own.mi
  const atrial = unitSum([
    [0.5, traits.age],
    [0.25, traits.load],
    [0.3, traits.fibrosis],
    [0.3, traits.atrium],
    [0.75, own.af],
  ])
  const muscle = unitSum([
    [0.35, traits.fibrosis],
    [0.2, traits.size],
    [0.15, sex],
    [0.9, own.cmp],
  ])
  const failing = unitSum([
    [0.35, own.mi],
    [0.3, own.cad],
    [0.3, own.af],
    [0.35, own.cmp],
    [0.3, traits.load],
    [0.3, traits.fibrosis],
    [0.3, traits.age],
    [-0.25, traits.coupling],
    [0.45, own.hf],
  ])
  const sudden = unitSum([
    [0.4, own.mi],
    [0.3, own.cmp],
    [0.3, own.hf],
    [0.3, traits.fibrosis],
    [0.2, sex],
    [0.65, own.scd],
  ])
  const liability: Record<OutcomeId, number> = { cad: coronary, mi: infarct, af: atrial, cmp: muscle, hf: failing, scd: sudden }
  const present: Disease[] = []
  for (const id of ['cad', 'mi', 'af', 'cmp', 'hf', 'scd'] as const) {
    // The same draws whoever has the disease, so that an option's change leaves other people alone.
    const timing = random.uniform()
    const when = random.uniform()
    const severity = random.uniform()
    const kind = random.uniform()
    const isPresent = liability[id] > normalThreshold(prevalence[id]) || (id === 'cad' && infarct > normalThreshold(prevalence.mi))
    if (!isPresent) continue
    // A sudden death is an event after the visit, but for the few who were revived before it.
    const isPrevalent = timing < (id === 'scd' ? 0.25 * prevalentShare : prevalentShare)
    const daysFromVisit = isPrevalent ? -Math.round(20 + 4500 * when ** 1.5) : Math.round(20 + 1100 * when)
    // Before it is diagnosed a disease already shows, but less.
    const severityFraction = (isPrevalent ? 0.55 + 0.45 * severity : 0.2 + 0.35 * severity) * (id === 'scd' ? 0.6 : 1)
    present.push({ id, daysFromVisit, isPrevalent, severityFraction, subtype: subtypeOf(id, kind) })
  }
  return present
}

function subtypeOf(id: OutcomeId, kind: number): string {
  if (id === 'mi') return kind < 0.42 ? 'lad' : kind < 0.78 ? 'rca' : 'lcx'
  if (id === 'cmp') return kind < 0.62 ? 'dilated' : 'hypertrophic'
  if (id === 'af') return kind < 0.5 ? 'permanent' : 'paroxysmal'
  if (id === 'hf') return kind < 0.6 ? 'reduced' : 'preserved'
  return 'plain'
}

/** How much of a disease the heart shows on the day of the visit; 0 without it. */
export function severityOf(diseases: readonly Disease[], id: Disease['id'], subtype?: string): number {
  const found = diseases.find((disease) => disease.id === id && (subtype === undefined || disease.subtype === subtype))
  return found?.severityFraction ?? 0
}
