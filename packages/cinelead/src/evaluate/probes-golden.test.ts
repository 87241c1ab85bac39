// Truth: scikit-learn 1.2.1 Ridge and LogisticRegression in test/golden/evaluate/scores.json
// (made by: /usr/bin/python3 scripts/make-golden/evaluate.py), one case with fewer features than rows and one with more.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CineLeadError } from '../base/errors.ts'
import { createRandom } from '../base/seed.ts'
import { createBasis } from './basis.ts'
import { fitLogistic, sigmoid } from './logistic.ts'
import { logisticAt, logisticErrors, logisticPenalties, stratifiedFolds } from './logistic-probe.ts'
import { predictLinear, ridgeProbe, sharedPenalty } from './ridge.ts'

type Case = {
  numFeatures: number
  x: number[]
  y: number[]
  label: number[]
  ridge: Record<string, { fitted: number[]; looMse: number }>
  logistic: Record<string, { risk: number[] }>
}
const golden: Record<'tall' | 'wide', Case> = JSON.parse(
  readFileSync(new URL('../../../../test/golden/evaluate/scores.json', import.meta.url), 'utf8'),
)

const largestGap = (a: ArrayLike<number>, b: ArrayLike<number>) => Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])))
const rowsOf = (numRows: number) => Array.from({ length: numRows }, (_, i) => i)

describe.each(['tall', 'wide'] as const)('probes on %s features', (name) => {
  const { numFeatures, x, y, label, ridge, logistic } = golden[name]
  const basis = createBasis(Float32Array.from(x), numFeatures, rowsOf(y.length))

  it.each(Object.keys(ridge))('ridge with penalty %s predicts as scikit-learn and has its leave-one-out error', (penalty) => {
    const model = ridgeProbe(basis, y, [Number(penalty) / y.length])
    expect(largestGap(predictLinear(model, basis.scores_NK, y.length), ridge[penalty].fitted)).toBeLessThan(1e-8)
    // scikit-learn's leave-one-out refits the mean of standardised features, so ours is exact: rounding only.
    expect(model.cvError).toBeCloseTo(ridge[penalty].looMse, 8)
  })

  it.each(Object.keys(logistic))('logistic regression with penalty %s predicts as scikit-learn', (penalty) => {
    const model = fitLogistic(basis.scores_NK, basis.numComponents, label, Number(penalty))
    // Both solve by Newton steps to a gradient of 1e-9 a row; the rest is rounding.
    expect(largestGap(predictLinear(model, basis.scores_NK, label.length).map(sigmoid), logistic[penalty].risk)).toBeLessThan(1e-8)
  })
})

describe('createBasis', () => {
  it('projects its own rows onto the scores it was fitted on, also when features outnumber rows', () => {
    for (const { numFeatures, x, y } of [golden.tall, golden.wide]) {
      const basis = createBasis(Float32Array.from(x), numFeatures, rowsOf(y.length))
      expect(largestGap(basis.project(rowsOf(y.length)), basis.scores_NK)).toBeLessThan(1e-9)
      expect(basis.numComponents).toBe(Math.min(numFeatures, y.length - 1))
    }
  })

  it('leaves out a column that does not vary', () => {
    const features = Float32Array.from([1, 7.3, 2, 7.3, 4, 7.3])
    expect(createBasis(features, 2, [0, 1, 2]).numComponents).toBe(1)
    expect(createBasis(new Float32Array(6).fill(0.1), 2, [0, 1, 2]).numComponents).toBe(0)
  })

  it('refuses embeddings that are not finite', () => {
    expect(() => createBasis(Float32Array.from([1, Number.NaN, 2]), 1, [0, 1, 2])).toThrow(
      new CineLeadError({
        code: 'evaluate/finite',
        where: 'createBasis',
        expected: 'finite embeddings for every labelled training subject',
        received: 'NaN or infinity in feature 0',
        hint: 'The encoder diverged or the store has a broken record: look at the learning curve of this arm.',
      }),
    )
  })
})

describe('ridgeProbe', () => {
  it('falls back to the mean when the features say nothing', () => {
    const random = createRandom(5)
    const features = Float32Array.from({ length: 40 * 30 }, () => random.normal())
    const target = Array.from({ length: 40 }, () => random.normal())
    const basis = createBasis(features, 30, rowsOf(40))
    const model = ridgeProbe(basis, target)
    expect(model.penalty).toBeGreaterThan(40 * 10)
  })
})

describe('sharedPenalty', () => {
  it('weighs each target by what knowing nothing would cost', () => {
    // The first target, in large units, is best at place 0, the other two clearly at place 2.
    const errors = [
      [9e4, 9.1e4, 9.2e4],
      [1, 0.8, 0.5],
      [1, 0.7, 0.4],
    ]
    expect(sharedPenalty(errors, [1e5, 1, 1])).toBe(2)
    expect(sharedPenalty(errors.slice(0, 1), [1e5])).toBe(0)
  })
})

describe('logisticErrors and logisticAt', () => {
  it('keep separable classes finite and rank them', () => {
    const features = Float32Array.from({ length: 20 }, (_, i) => i)
    const label = rowsOf(20).map((i) => (i < 10 ? 0 : 1))
    const basis = createBasis(features, 1, rowsOf(20))
    const { errors, blind } = logisticErrors(basis, label, createRandom(1))
    expect(errors).toHaveLength(logisticPenalties.length)
    expect(blind).toBeCloseTo(Math.LN2, 12)
    expect(Math.min(...errors)).toBeLessThan(0.3)
    const risk = predictLinear(logisticAt(basis, label, logisticPenalties.length - 1), basis.scores_NK, 20)
    expect(risk.every(Number.isFinite)).toBe(true)
    expect(risk[19]).toBeGreaterThan(risk[0])
  })

  it('cost what knowing nothing costs, or a little more, when the features say nothing', () => {
    const random = createRandom(6)
    const features = Float32Array.from({ length: 60 * 8 }, () => random.normal())
    const label = rowsOf(60).map((i) => (i % 4 === 0 ? 1 : 0))
    const { errors, blind } = logisticErrors(createBasis(features, 8, rowsOf(60)), label, random)
    expect(Math.abs(errors[0] / blind - 1)).toBeLessThan(0.02) // the largest penalty leaves the prevalence of four fifths of the rows
    expect(errors[errors.length - 1]).toBeGreaterThan(blind)
  })

  it('puts events into every fold and never makes more folds than events', () => {
    const label = rowsOf(30).map((i) => (i < 3 ? 1 : 0))
    const fold = stratifiedFolds(label, 5, createRandom(2))
    expect(new Set(fold.slice(0, 3)).size).toBe(3)
    expect(Math.max(...fold)).toBe(2)
  })
})
