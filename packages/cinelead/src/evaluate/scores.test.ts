// Truth: scikit-learn 1.2.1, SciPy 1.10.1, NumPy in test/golden/evaluate/scores.json
// (made by: /usr/bin/python3 scripts/make-golden/evaluate.py), closed forms, and plain counting.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { calibration } from './calibration.ts'
import { sigmoid } from './logistic.ts'
import { auprc, auroc, brier, createRanking } from './ranking-scores.ts'
import { meanAbsoluteError, pearson, rSquared } from './regression-scores.ts'

const { scores } = JSON.parse(readFileSync(new URL('../../../../test/golden/evaluate/scores.json', import.meta.url), 'utf8'))

describe('rSquared, pearson, meanAbsoluteError', () => {
  it('agree with scikit-learn and SciPy', () => {
    expect(rSquared(scores.truth, scores.predicted)).toBeCloseTo(scores.r2, 12)
    expect(pearson(scores.truth, scores.predicted)).toBeCloseTo(scores.pearson, 12)
    expect(meanAbsoluteError(scores.truth, scores.predicted)).toBeCloseTo(scores.mae, 11)
  })

  it('count a subject as often as it was drawn', () => {
    expect(rSquared(scores.truth, scores.predicted, scores.counts)).toBeCloseTo(scores.r2Counted, 12)
    const copies = (values: number[]) => values.flatMap((value, i) => Array(scores.counts[i]).fill(value))
    expect(pearson(scores.truth, scores.predicted, scores.counts)).toBeCloseTo(pearson(copies(scores.truth), copies(scores.predicted)), 12)
    expect(meanAbsoluteError(scores.truth, scores.predicted, scores.counts)).toBeCloseTo(
      meanAbsoluteError(copies(scores.truth), copies(scores.predicted)),
      11,
    )
  })

  it('give 0 for the mean, 1 for the truth, less than 0 for worse than the mean', () => {
    expect(rSquared([1, 2, 3], [2, 2, 2])).toBe(0)
    expect(rSquared([1, 2, 3], [1, 2, 3])).toBe(1)
    expect(rSquared([1, 2, 3], [3, 2, 1])).toBe(-3)
  })

  it('have no value where nothing varies', () => {
    expect(rSquared([2, 2], [1, 3])).toBeNaN()
    expect(pearson([1, 2, 3], [0.1 + 0.2, 0.3, 0.3])).toBeNaN()
    // The mean of ten times 0.1 is not 0.1 in float64; a resample may leave out the one who differs.
    const truth = [...new Array<number>(10).fill(0.1), 0.3]
    const predicted = truth.map((_, i) => i / 10)
    const count = truth.map((value) => Number(value === 0.1))
    expect(rSquared(truth, predicted, count)).toBeNaN()
    expect(pearson(truth, predicted, count)).toBeNaN()
  })
})

describe('auroc, auprc, brier', () => {
  const ranking = createRanking(scores.risk)

  it('agree with scikit-learn, ties included', () => {
    expect(auroc(ranking, scores.label)).toBeCloseTo(scores.auroc, 12)
    expect(auroc(ranking, scores.label, scores.counts)).toBeCloseTo(scores.aurocCounted, 12)
    expect(auprc(ranking, scores.label)).toBeCloseTo(scores.auprc, 12)
    expect(auprc(ranking, scores.label, scores.counts)).toBeCloseTo(scores.auprcCounted, 12)
    expect(brier(scores.risk, scores.label)).toBeCloseTo(scores.brier, 12)
  })

  it('auroc counts all pairs, equal risks as half', () => {
    const random = createRandom(3)
    const label = Array.from({ length: 50 }, () => random.integer(2))
    const risk = label.map((y) => Math.round(4 * (random.uniform() + 0.3 * y)))
    let right = 0
    let pairs = 0
    for (const [i, a] of label.entries()) {
      for (const [j, b] of label.entries()) {
        if (a !== 1 || b !== 0) continue
        pairs++
        right += risk[i] > risk[j] ? 1 : risk[i] === risk[j] ? 0.5 : 0
      }
    }
    expect(auroc(createRanking(risk), label)).toBeCloseTo(right / pairs, 12)
  })

  it('are one half and the share of events when all risks are equal', () => {
    const equal = createRanking([5, 5, 5, 5])
    expect(auroc(equal, [1, 0, 0, 0])).toBe(0.5)
    expect(auprc(equal, [1, 0, 0, 0])).toBe(0.25)
  })

  it('have no value without events', () => {
    expect(auroc(ranking, new Array(60).fill(0))).toBeNaN()
    expect(auprc(ranking, new Array(60).fill(0))).toBeNaN()
  })
})

describe('calibration', () => {
  it('has the slope of a logistic regression on the log odds', () => {
    const risk = scores.risk.map((p: number) => Math.min(0.95, Math.max(0.05, p)))
    const found = calibration(risk, scores.label)
    expect(found.slope).toBeCloseTo(scores.calibrationSlope, 6)
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
    expect(found.observedToExpected).toBeCloseTo(sum(scores.label) / sum(risk), 12)
  })

  it('is one for probabilities that are true, and below one for risks twice too sure', () => {
    const random = createRandom(8)
    const odds = Array.from({ length: 20_000 }, () => random.normal())
    const label = odds.map((z) => Number(random.chance(sigmoid(z))))
    // Standard error of a slope with 20,000 subjects is about 0.02.
    expect(calibration(odds.map(sigmoid), label).slope).toBeCloseTo(1, 1)
    expect(
      calibration(
        odds.map((z) => sigmoid(2 * z)),
        label,
      ).slope,
    ).toBeCloseTo(0.5, 1)
  })

  it('has no slope where risks separate the classes, up to one shared risk too, or are all alike', () => {
    expect(calibration([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]).slope).toBeNull()
    expect(calibration([0.1, 0.5, 0.5, 0.9], [0, 0, 1, 1]).slope).toBeNull()
    expect(calibration([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1]).slope).toBeNull()
    expect(calibration([0.3, 0.3, 0.3, 0.3], [0, 0, 1, 1]).slope).toBeNull()
  })
})
