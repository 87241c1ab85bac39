// Each named effect of heart on ECG, tested as a difference between groups or a correlation over many people.
// Truth: directions that cardiology agrees on; sizes are this simulator's own, so only the sign and that it is clear of chance
// (|t| > 4) are tested.
import { describe, expect, test } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { renderCine } from './cine.ts'
import { electricalMeasures } from './electrical-measures.ts'
import { drawPerson, type Person } from './person.ts'
import { truePhenotypes } from './phenotype-truth.ts'
import { outOfStepEf } from './population.ts'
import { drawPump } from './pump.ts'
import { scannerProfiles } from './scanner.ts'

const people = Array.from({ length: 1000 }, (_, i) => drawPerson('effects', i))
const measures = people.map((person) => electricalMeasures(person))

function tOfCorrelation(a: readonly number[], b: readonly number[]): number {
  const n = a.length
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / n
  const [ma, mb] = [mean(a), mean(b)]
  let ab = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < n; i++) {
    ab += (a[i] - ma) * (b[i] - mb)
    aa += (a[i] - ma) ** 2
    bb += (b[i] - mb) ** 2
  }
  const r = ab / Math.sqrt(aa * bb)
  return (r * Math.sqrt(n - 2)) / Math.sqrt(1 - r * r)
}

/** Welch's t of a value between those with and those without. */
function tOfGroups(
  value: (i: number) => number,
  isIn: (person: Person) => boolean,
  from: (person: Person) => boolean = () => true,
): number {
  const groups: [number[], number[]] = [[], []]
  people.forEach((person, i) => {
    if (from(person)) groups[isIn(person) ? 1 : 0].push(value(i))
  })
  const [without, within] = groups.map((values) => {
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length
    const variance = values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1)
    return { mean, error: variance / values.length }
  })
  return (within.mean - without.mean) / Math.sqrt(within.error + without.error)
}

const pump = (name: keyof ReturnType<typeof truePhenotypes>) => people.map((person) => truePhenotypes(person)[name])
const sokolow = measures.map((each) => Math.max(each['V5.r'], each['V6.r']) - each['V1.low'])

describe('effects of the heart on the ECG', () => {
  test('mass raises voltage, and a deep chest lowers it', () => {
    expect(tOfCorrelation(pump('lvm'), sokolow)).toBeGreaterThan(4)
    const depth = people.map(({ chest }) => chest.halfDepthMm)
    const perMass = sokolow.map((value, i) => value / people[i].pump.lvmG ** 0.6)
    expect(tOfCorrelation(depth, perMass)).toBeLessThan(-4)
  })

  test('dilation slows the QRS and turns the heart to the left and back', () => {
    const qrs = measures.map(({ qrsMs }) => qrsMs)
    expect(tOfCorrelation(pump('lvedv'), qrs)).toBeGreaterThan(4)
    const yaw = people.map(({ chest }) => chest.yawRad)
    expect(tOfCorrelation(pump('lvedv'), yaw)).toBeGreaterThan(4)
  })

  test('left bundle branch block comes with a wide QRS and a lower ejection fraction', () => {
    const isBlocked = ({ conduction }: Person) => conduction.block === 'lbbb'
    expect(tOfGroups((i) => measures[i].qrsMs, isBlocked)).toBeGreaterThan(4)
    expect(tOfGroups((i) => truePhenotypes(people[i]).lvef, isBlocked)).toBeLessThan(-4)
  })

  test('the same heart contracts less when its left bundle is blocked', () => {
    const person = people[0]
    const draw = (block: 'none' | 'lbbb') => drawPump(0, person.traits, 0, [], [], 'sinus', block, createRandom(1))
    const ef = (pump: ReturnType<typeof draw>) => 1 - pump.lvesvMl / pump.lvedvMl
    expect(ef(draw('none')) - ef(draw('lbbb'))).toBeCloseTo(outOfStepEf, 10)
  })

  test('scar draws Q waves over its wall', () => {
    const isInferior = ({ scars }: Person) => scars[0]?.territory === 'rca'
    const comparable = (person: Person) => person.conduction.block === 'none' && (isInferior(person) || person.scars.length === 0)
    // Q against R, as it is read: a deep Q beside a high R comes with the axis of healthy hearts.
    const sum = (i: number, wave: 'q' | 'r') => measures[i][`II.${wave}`] + measures[i][`III.${wave}`] + measures[i][`aVF.${wave}`]
    const share = (i: number) => sum(i, 'q') / (sum(i, 'r') - sum(i, 'q'))
    expect(tOfGroups((i) => Math.abs(share(i)), isInferior, comparable)).toBeGreaterThan(4)
  })

  test('scar takes R away and lowers ejection fraction', () => {
    const isScarred = ({ scars }: Person) => scars.length > 0
    const isAnterior = ({ scars }: Person) => scars[0]?.territory === 'lad'
    const comparable = (person: Person) => person.conduction.block === 'none' && (isAnterior(person) || !isScarred(person))
    // Against the whole heart's voltage, which dilation after the infarct raises.
    const anteriorShare = (i: number) => (measures[i]['V2.r'] + measures[i]['V3.r'] + measures[i]['V4.r']) / sokolow[i]
    expect(tOfGroups(anteriorShare, isAnterior, comparable)).toBeLessThan(-4)
    expect(tOfGroups((i) => truePhenotypes(people[i]).lvef, isScarred)).toBeLessThan(-4)
  })

  test('a weak, fibrotic heart has a flatter T', () => {
    const t = measures.map((each) => each['V5.t'] / Math.max(0.2, each['V5.r']))
    expect(tOfCorrelation(pump('lvef'), t)).toBeGreaterThan(4)
  })

  test('hypertrophic disease and load bring strain to the lateral leads', () => {
    const isThick = ({ diseases }: Person) => diseases.some(({ id, subtype }) => id === 'cmp' && subtype === 'hypertrophic')
    expect(tOfGroups((i) => measures[i]['V6.t'], isThick)).toBeLessThan(-4)
  })

  test('a large left atrium lengthens P, and slow hearts give more stroke volume', () => {
    const sinus = people.map((person, i) => ({ person, i })).filter(({ person }) => person.rhythm === 'sinus')
    const atria = sinus.map(({ person }) => person.pump.leftAtriumMaxMl)
    expect(
      tOfCorrelation(
        atria,
        sinus.map(({ i }) => measures[i].pMs),
      ),
    ).toBeGreaterThan(4)
    expect(
      tOfCorrelation(
        people.map(({ ecgHeartRateBpm }) => ecgHeartRateBpm),
        pump('lvsv'),
      ),
    ).toBeLessThan(-4)
  })

  test('two hearts of one mid-slice area differ in volume, and end-systole tells what end-diastole cannot', () => {
    const group = people.slice(0, 60)
    const areas = group.map((person) => {
      const { labels_FZYX, volume } = renderCine(person, { ...scannerProfiles.demo, numRows: 64, numColumns: 64 }, { frames: [0] })
      const [, numSlices, numRows, numColumns] = volume.shape
      const from = (numSlices >> 1) * numRows * numColumns
      return labels_FZYX.subarray(from, from + numRows * numColumns).filter((label) => label === cardiacLabels.lvCavity).length
    })
    const r2 = (a: readonly number[], b: readonly number[]) => {
      const t = tOfCorrelation(a, b)
      return t ** 2 / (t ** 2 + a.length - 2)
    }
    const edv = group.map((person) => truePhenotypes(person).lvedv)
    const ef = group.map((person) => truePhenotypes(person).lvef)
    expect(r2(areas, edv)).toBeGreaterThan(0.5)
    expect(r2(areas, edv)).toBeLessThan(0.97)
    expect(r2(edv, ef)).toBeLessThan(0.6)
  })
})
