// Truth: the bounds that the simulator promises (docs/simulator.md), and closed forms for the regression.
import { describe, expect, test } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { crossValidatedR2, explainCeiling } from './explain.ts'
import { drawPerson } from './person.ts'

describe('crossValidatedR2', () => {
  test('is near one for a linear target and near zero for noise', () => {
    const random = createRandom(5)
    const features = Array.from({ length: 400 }, () => [random.normal(), random.normal()])
    const linear = features.map(([a, b]) => 3 * a - b)
    const noise = features.map(() => random.normal())
    expect(crossValidatedR2(features, linear, 0.01)).toBeGreaterThan(0.999)
    expect(Math.abs(crossValidatedR2(features, noise, 0.01))).toBeLessThan(0.05)
  })

  test('is the share of explained variance when noise is added', () => {
    const random = createRandom(6)
    const features = Array.from({ length: 4000 }, () => [random.normal()])
    // Variances 1 and 1: half is explained.
    const target = features.map(([a]) => a + random.normal())
    expect(crossValidatedR2(features, target, 0.01)).toBeCloseTo(0.5, 1)
  })
})

describe('explainCeiling', () => {
  const rows = explainCeiling(Array.from({ length: 600 }, (_, i) => drawPerson('ceiling', i)))
  const of = (phenotype: string) => rows.find((row) => row.phenotype === phenotype)

  test('lies between 0.35 and 0.7 for LVEF and between 0.5 and 0.8 for LV mass', () => {
    expect(of('lvef')?.r2).toBeGreaterThan(0.35)
    expect(of('lvef')?.r2).toBeLessThan(0.7)
    expect(of('lvm')?.r2).toBeGreaterThan(0.5)
    expect(of('lvm')?.r2).toBeLessThan(0.8)
  })

  test('leaves no single parameter that explains half of a phenotype', () => {
    for (const row of rows) expect(row.bestSingleR2, `${row.phenotype} by ${row.bestSingle}`).toBeLessThan(0.5)
  })

  test('falls when the link between pump and electrodes is cut', () => {
    const cut = explainCeiling(Array.from({ length: 350 }, (_, i) => drawPerson('ceiling', i, { ecgHeartLink: 0.3 })))
    const lvef = cut.find(({ phenotype }) => phenotype === 'lvef')?.r2 ?? 1
    expect(lvef).toBeLessThan((of('lvef')?.r2 ?? 0) - 0.08)
    const lvm = cut.find(({ phenotype }) => phenotype === 'lvm')?.r2 ?? 1
    expect(lvm).toBeLessThan((of('lvm')?.r2 ?? 0) - 0.08)
  })
})
