// Truth: DeLong's definition written out over all pairs; SciPy 1.10.1 norm.sf in test/golden/evaluate/scores.json
// (made by: /usr/bin/python3 scripts/make-golden/evaluate.py).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { delong, delongDifference, normalTail } from './delong.ts'

const { scores } = JSON.parse(readFileSync(new URL('../../../../test/golden/evaluate/scores.json', import.meta.url), 'utf8'))

const random = createRandom(11)
const label = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 1 : 0))
const risks = [0.8, 0.3].map((gain) => label.map((y) => Math.round(10 * (random.normal() + gain * y)) / 10))

/** The definition: psi over all pairs, components as its row and column means. */
function byPairs(risk: number[]) {
  const events = risk.filter((_, i) => label[i] === 1)
  const nonEvents = risk.filter((_, i) => label[i] === 0)
  const psi = (x: number, y: number) => (x > y ? 1 : x === y ? 0.5 : 0)
  const average = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
  return {
    event: events.map((x) => average(nonEvents.map((y) => psi(x, y)))),
    nonEvent: nonEvents.map((y) => average(events.map((x) => psi(x, y)))),
  }
}
function covariance(a: number[], b: number[]) {
  const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  return a.reduce((sum, value, i) => sum + (value - average(a)) * (b[i] - average(b)), 0) / (a.length - 1)
}

describe('delong', () => {
  it('gives the covariance of the definition', () => {
    const result = delong(
      risks.map((risk) => [risk]),
      label,
    )
    const parts = risks.map(byPairs)
    for (const i of [0, 1]) {
      for (const j of [0, 1]) {
        const slow = covariance(parts[i].event, parts[j].event) / 10 + covariance(parts[i].nonEvent, parts[j].nonEvent) / 30
        expect(result.covariance[i][j]).toBeCloseTo(slow, 12)
      }
    }
  })

  it('takes several risks of one model as their mean area', () => {
    const both = delong([risks, [risks[0]], [risks[1]]], label)
    expect(both.areas[0]).toBeCloseTo((both.areas[1] + both.areas[2]) / 2, 12)
    const halves = [both.covariance[1][1], both.covariance[2][2], 2 * both.covariance[1][2]].reduce((a, b) => a + b, 0)
    expect(both.covariance[0][0]).toBeCloseTo(halves / 4, 12)
  })

  it('is antisymmetric in its two models and without a test for equal ones', () => {
    const result = delong(
      risks.map((risk) => [risk]),
      label,
    )
    const forth = delongDifference(result, 0, 1)
    expect(delongDifference(result, 1, 0).z).toBeCloseTo(-forth.z, 12)
    expect(forth.p).toBeGreaterThan(0)
    expect(delongDifference(delong([[risks[0]], [risks[0]]], label), 0, 1).p).toBeNaN()
    // All pairs right against all alike: neither area varies, and three events prove nothing.
    const few = [1, 1, 1, 0, 0, 0, 0]
    expect(delongDifference(delong([[few], [few.map(() => 0.5)]], few), 0, 1)).toMatchObject({ difference: 0.5, p: Number.NaN })
  })
})

describe('normalTail', () => {
  it.each(scores.normalTail as [number, number][])('at %d agrees with SciPy far into the tail', (z, tail) => {
    expect(Math.abs(normalTail(z) / tail - 1)).toBeLessThan(1e-11)
  })
})
