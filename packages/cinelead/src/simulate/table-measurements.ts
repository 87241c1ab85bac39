// What an automated analysis would have put into the phenotype table of a simulated person: the truth with its measurement error.
// Hands on: measuredPhenotypes, measuredVolumes. Error sizes are argued: a few percent of a volume, as repeated automated analyses differ.
import { phenotypes } from '../base/phenotypes.ts'
import { createRandom, type Random } from '../base/seed.ts'
import type { Person } from './person.ts'
import { truePhenotypes } from './phenotype-truth.ts'
import { drawQuirks, type QuirkRates } from './quirks.ts'
import { regionalTruth } from './regional-truth.ts'

/** What an automated analysis of the true heart would put in the table: correlated errors of volumes, ratios from them; then walls, strain, atria. */
export function measuredPhenotypes(person: Person, quirks: Partial<QuirkRates> = {}, error = 0.03): Map<number, string> {
  const random = createRandom(`${person.seed}/measured/${person.index}`)
  const measured = drawVolumes(person, quirks, error, random)
  if (measured.size > 0) addRegional(measured, person, error, random)
  return measured
}

/** The ten phenotypes of `measuredPhenotypes` and the scanner's own, without what needs the walls: a hundred times as quick. */
export function measuredVolumes(person: Person, quirks: Partial<QuirkRates> = {}, error = 0.03): Map<number, string> {
  return drawVolumes(person, quirks, error, createRandom(`${person.seed}/measured/${person.index}`))
}

function drawVolumes(person: Person, quirks: Partial<QuirkRates>, error: number, random: Random): Map<number, string> {
  const truth = truePhenotypes(person)
  const common = 0.6 * random.normal()
  const scatter = (): number => 1 + error * (common + 0.8 * random.normal())
  const lvedv = truth.lvedv * scatter()
  const lvesv = truth.lvesv * (1 + 1.3 * error * random.normal())
  const rvedv = truth.rvedv * scatter()
  const rvesv = truth.rvesv * (1 + 1.5 * error * random.normal())
  const lvm = truth.lvm * (1 + 1.3 * error * random.normal())
  const values: Record<string, number> = {
    lvedv,
    lvesv,
    lvsv: lvedv - lvesv,
    lvef: 100 * (1 - lvesv / lvedv),
    lvco: ((lvedv - lvesv) * person.scanHeartRateBpm) / 1000,
    lvm,
    rvedv,
    rvesv,
    rvsv: rvedv - rvesv,
    rvef: 100 * (1 - rvesv / rvedv),
  }
  const measured = new Map<number, string>()
  if (drawQuirks(person, quirks).missingPhenotypes) return measured
  for (const { id, field } of phenotypes) measured.set(field, values[id].toFixed(4))
  // The scanner's own figure reads high: EF +3.5 ± 5.1 points (PMC5809564).
  measured.set(22420, Math.min(85, 100 * truth.lvef + 3.5 + 5.1 * random.normal()).toFixed(2))
  measured.set(22421, (truth.lvedv * (0.95 + 0.08 * random.normal())).toFixed(2))
  return measured
}

/** Atrial volumes, wall thickness in mm and strains in percent, with errors of their own. */
function addRegional(measured: Map<number, string>, person: Person, error: number, random: Random): void {
  const truth = regionalTruth(person)
  const put = (field: number, value: number, relative = error): void => {
    measured.set(field, (value * (1 + relative * random.normal())).toFixed(4))
  }
  for (const [first, { maxMl, minMl }] of [
    [24110, truth.leftAtrium],
    [24114, truth.rightAtrium],
  ] as const) {
    const max = maxMl * (1 + 1.5 * error * random.normal())
    const min = Math.min(0.95 * max, minMl * (1 + 2 * error * random.normal()))
    put(first, max, 0)
    put(first + 1, min, 0)
    put(first + 2, max - min, 0)
    put(first + 3, 100 * (1 - min / max), 0)
  }
  truth.wallMm_16.forEach((value, k) => put(24124 + k, value, 1.5 * error))
  put(24140, truth.globalWallMm)
  truth.circumferential_16.forEach((value, k) => put(24141 + k, 100 * value, 3 * error))
  put(24157, 100 * truth.globalCircumferential)
  truth.radial_16.forEach((value, k) => put(24158 + k, 100 * value, 4 * error))
  put(24174, 100 * truth.globalRadial, 1.5 * error)
  put(24181, 100 * truth.longitudinal, 2 * error)
}
