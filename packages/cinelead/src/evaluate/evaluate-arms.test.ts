// Truth: a made comparison whose arms see one hidden heart through known noise (fixtures/made-evaluation.ts), invariants of the
// bootstrap, and closed forms.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { percentileInterval, quantile, resampleCounts } from './bootstrap.ts'
import { evaluateArms } from './evaluate-arms.ts'
import { madeEvaluationInput } from './fixtures/made-evaluation.ts'
import { labelledRows } from './label-budget.ts'

const settings = { numResamples: 120, labelFraction: 0.5, numDraws: 2, curveFractions: [] }
const five = madeEvaluationInput(300, { numSeeds: 2 })
/** The reference and the best arm: enough for what is not about all five. */
const input = { ...five, arms: [five.arms[0], five.arms[4]] }
const result = evaluateArms({ ...input, settings })

describe('evaluateArms', () => {
  it('puts arms with less noise first, within sensible intervals', () => {
    const { arms } = evaluateArms({ ...five, settings })
    const means = arms.map(({ meanR2 }) => meanR2.value ?? Number.NaN)
    expect(means).toEqual(means.toSorted((a, b) => a - b))
    expect(means[0]).toBeGreaterThan(0)
    expect(means[4]).toBeLessThan(0.81) // 0.9 squared is all that any arm can know
    for (const { meanR2 } of arms) {
      if (meanR2.value === null) throw meanR2
      expect(meanR2.ciLow).toBeLessThan(meanR2.value)
      expect(meanR2.ciHigh).toBeGreaterThan(meanR2.value)
    }
  })

  it('finds the paired difference of the best arm to be above zero, more surely than unpaired intervals would', () => {
    const tcl = result.differences.find(({ arm, metric }) => arm === 'tcl' && metric === 'meanR2')?.estimate
    const own = result.arms[1].meanR2
    if (tcl?.value == null || own.value === null) throw tcl
    expect(tcl.value).toBeCloseTo(own.value - (result.arms[0].meanR2.value ?? 0), 12)
    expect(tcl.ciLow).toBeGreaterThan(0)
  })

  it('gives no number for an outcome without events, and says why', () => {
    const { auroc, auprc, events } = result.arms[0].outcomes.cmp
    expect(auroc).toMatchObject({ value: null, ciLow: null, ciHigh: null, reason: 'too-few-labelled-events' })
    expect(auprc).toBeNull()
    expect(events).toBe(0)
    expect(result.differences.some(({ metric }) => metric === 'auroc.cmp')).toBe(false)
  })

  it('is plain JSON without NaN', () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  })

  it('repeats bit for bit with one seed, and moves with another', () => {
    expect(evaluateArms({ ...input, settings })).toEqual(result)
    expect(evaluateArms({ ...input, settings: { ...settings, seed: 2 } }).arms[1].meanR2.value).not.toBe(result.arms[1].meanR2.value)
  })

  it('sees no label of a test or validation subject', () => {
    const hide = (values: ArrayLike<number>) => Array.from(values, (value, s) => (input.split_S[s] === 'validation' ? 1e6 : value))
    const changed = { ...input.phenotypes, lvef: hide(input.phenotypes.lvef) }
    expect(evaluateArms({ ...input, phenotypes: changed, settings })).toEqual(result)
    const scaled = Array.from(input.phenotypes.lvef, (value, s) => (input.split_S[s] === 'test' ? value + 1 : value))
    const shifted = evaluateArms({ ...input, phenotypes: { ...input.phenotypes, lvef: scaled }, settings })
    // The same predictions against truths one higher: correlation stays to the last digits, the error grows to one.
    expect(shifted.arms[1].phenotypes.lvef.pearson).toBeCloseTo(result.arms[1].phenotypes.lvef.pearson ?? 0, 9)
    expect(shifted.arms[1].phenotypes.lvef.mae).toBeCloseTo(1, 1)
  })

  it('scores only subjects that have the label', () => {
    const known = Array.from(input.phenotypes.lvm, (value, s) => (s % 3 === 0 ? Number.NaN : value))
    const partly = evaluateArms({ ...input, phenotypes: { ...input.phenotypes, lvm: known }, settings })
    expect(partly.arms[0].phenotypes.lvm.n).toBe(input.split_S.filter((part, s) => part === 'test' && s % 3 !== 0).length)
    // Other phenotypes change only through the penalty that all share.
    expect(partly.arms[0].phenotypes.lvef.n).toBe(result.arms[0].phenotypes.lvef.n)
    expect(partly.arms[0].phenotypes.lvef.pearson).toBeCloseTo(result.arms[0].phenotypes.lvef.pearson ?? 0, 1)
    const nobody = evaluateArms({ ...input, phenotypes: { ...input.phenotypes, lvm: known.map(() => Number.NaN) }, settings })
    expect(nobody.arms[0].phenotypes.lvm.r2).toMatchObject({ value: null, reason: 'no-labels' })
    expect(nobody.arms[0].meanR2.value).not.toBeNull()
  })

  it('lets a phenotype that is constant among the labelled change no other', () => {
    const lvm = (constant: number) => Array.from(input.phenotypes.lvm, (_, s) => (input.split_S[s] === 'train' ? constant : s % 2))
    const [whole, rounded] = [64, 120.3].map((constant) =>
      evaluateArms({ ...input, phenotypes: { ...input.phenotypes, lvm: lvm(constant) }, settings }),
    )
    expect(rounded.arms[1].phenotypes.lvef).toEqual(whole.arms[1].phenotypes.lvef)
  })

  it('scores subgroups with the probes of the whole cohort', () => {
    const everyone = { id: 'all', name: 'Everyone', isMember_S: input.split_S.map(() => true) }
    const few = { id: 'few', name: 'Few', isMember_S: input.split_S.map((_, s) => s < 20) }
    const { subgroups, arms } = evaluateArms({ ...input, settings, subgroups: [everyone, few] })
    expect(subgroups[0].arms[1].meanR2).toEqual(arms[1].meanR2)
    expect(subgroups[1].arms[1].meanR2).toMatchObject({ value: null, reason: 'no-parts' })
  })

  it('grows with the number of labels, and passes through the comparison itself', () => {
    const { labelCurve } = evaluateArms({ ...input, settings: { ...settings, curveFractions: [0.04, 0.1, 0.5, 1] } })
    // 0.04 of 210 are 9 subjects: too few, so that share is left out.
    expect(labelCurve.map(({ numLabelled }) => numLabelled)).toEqual([21, 105, 210])
    expect(labelCurve[1].arms[1].meanR2).toEqual(result.arms[1].meanR2)
    const tcl = labelCurve.map(({ arms }) => arms[1].meanR2.value ?? Number.NaN)
    expect(tcl[2]).toBeGreaterThan(tcl[0] + 0.05)
  })

  it('scores the order in time among those without the disease at the visit', () => {
    const random = createRandom('days')
    const isIll = Array.from(input.outcomes.af)
    const prevalent = isIll.map((ill) => ill === 1 && random.chance(0.3))
    const days_S = isIll.map((ill, s) => (prevalent[s] ? Number.NaN : ill === 1 ? random.between(1, 900) : random.between(500, 1000)))
    const { followUp } = evaluateArms({
      ...input,
      settings,
      followUp: { af: { days_S, isEvent_S: isIll }, cmp: { days_S, isEvent_S: isIll } },
    })
    // Nobody has the sixth disease among the labelled: it has no probe, so no entry.
    expect(followUp.map(({ outcome }) => outcome)).toEqual(['af'])
    const tested = input.split_S.flatMap((part, s) => (part === 'test' && !prevalent[s] ? [s] : []))
    expect(followUp[0]).toMatchObject({ n: tested.length, events: tested.filter((s) => isIll[s] === 1).length })
    expect(followUp[0].arms[1].cIndex.value).toBeGreaterThan(0.6)
    const few = evaluateArms({ ...input, settings, followUp: { af: { days_S, isEvent_S: isIll.map(() => 0) } } })
    expect(few.followUp[0].arms[0].cIndex).toMatchObject({ value: null, reason: 'too-few-test-events' })
  })

  it('tells single predictions of asked test subjects only', () => {
    const [train, test] = ['train', 'test'].map((part) => input.split_S.findIndex((name) => name === part))
    const { examples } = evaluateArms({ ...input, settings, exampleRows: [train, test] })
    expect(examples.map(({ row }) => row)).toEqual([test])
    const { measured, predicted } = examples[0].phenotypes.lvef ?? { measured: 0, predicted: {} }
    expect(measured).toBe(input.phenotypes.lvef[test])
    expect(Object.keys(predicted)).toEqual(input.arms.map(({ id }) => id))
    expect(Math.abs(predicted.tcl - 0.596)).toBeLessThan(0.3) // five standard deviations of the made label
    expect(examples[0].outcomes.cmp).toBeUndefined()
    const risk = examples[0].outcomes.af?.predicted.tcl
    expect(risk).toBeGreaterThan(0)
    expect(risk).toBeLessThan(1)
  })

  it('shows baselines apart from the arms', () => {
    const age = { id: 'age-sex', numFeatures: 1, seeds: [{ seed: 0, embeddings_SE: Float32Array.from(input.split_S, (_, s) => s % 7) }] }
    const { arms, baselines } = evaluateArms({ ...input, baselines: [age], settings })
    expect(arms).toEqual(result.arms)
    expect(baselines.map(({ id }) => id)).toEqual(['age-sex'])
  })

  it('refuses arms with other seeds, a missing reference and another number of subjects', () => {
    const [first, ...rest] = input.arms
    expect(() => evaluateArms({ ...input, arms: [first, { ...rest[0], seeds: rest[0].seeds.slice(0, 1) }] })).toThrow(
      'evaluate/seeds evaluateArms: expected the same training seeds for every arm (ecg-only: 1, 2) but received tcl: 1.',
    )
    expect(() => evaluateArms({ ...input, reference: 'none' })).toThrow('evaluate/reference')
    const short = { ...first, seeds: first.seeds.map((one) => ({ ...one, embeddings_SE: one.embeddings_SE.slice(12) })) }
    expect(() => evaluateArms({ ...input, arms: [short] })).toThrow(
      'evaluate/shape probeArm: expected embeddings_SE of ecg-only of shape [300, 12]',
    )
  })

  it('has intervals that hold the truth about as often as they say', () => {
    // Scores of one and the same fixed probe on many test splits: 95 % intervals for its R² in the long run, 60 of 60 tries at most
    // 9 misses (binomial 95 % with 60 tries misses more than 9 times in 0.1 % of all runs).
    const random = createRandom(9)
    const truthValue = 0.5
    let misses = 0
    for (let run = 0; run < 60; run++) {
      const truth = Array.from({ length: 120 }, () => random.normal())
      const predicted = truth.map((t) => 0.5 * t + 0.5 * random.normal())
      const r2Of = (rows: number[]) => {
        const center = rows.reduce((a, i) => a + truth[i], 0) / rows.length
        const squares = (f: (i: number) => number) => rows.reduce((a, i) => a + f(i) ** 2, 0)
        return 1 - squares((i) => truth[i] - predicted[i]) / squares((i) => truth[i] - center)
      }
      const replicates = Array.from({ length: 200 }, () =>
        r2Of([...resampleCounts(random, 120)].flatMap((count, i) => Array(count).fill(i))),
      )
      const { ciLow, ciHigh } = percentileInterval(replicates, 0.95)
      if (truthValue < ciLow || truthValue > ciHigh) misses++
    }
    expect(misses).toBeLessThanOrEqual(9)
  })
})

describe('labelledRows', () => {
  const rows = Array.from({ length: 100 }, (_, i) => i)
  const label = rows.map((i) => (i % 20 === 0 ? 1 : 0))

  it('holds every smaller share within a larger one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.boolean(),
        (a, b, isOutcome) => {
          const draw = (share: number) => labelledRows(label, rows, share, createRandom('x'), { isOutcome, minEvents: 3 })
          const large = new Set(draw(Math.max(a, b)))
          expect(draw(Math.min(a, b)).every((row) => large.has(row))).toBe(true)
        },
      ),
    )
  })

  it('takes the share, rounded up, of the same people for every label', () => {
    const phenotype = labelledRows(label, rows, 0.25, createRandom(1), { isOutcome: false, minEvents: 3 })
    expect(phenotype).toHaveLength(25)
    const partly = label.map((value, i) => (i % 2 === 0 ? value : Number.NaN))
    expect(labelledRows(partly, rows, 0.25, createRandom(1), { isOutcome: false, minEvents: 3 })).toEqual(
      phenotype.filter((i) => i % 2 === 0),
    )
    expect(labelledRows(label, rows, 0.1 * 3, createRandom(1), { isOutcome: false, minEvents: 3 })).toHaveLength(30)
  })

  it('adds some events of a rare disease, and none where the share has them', () => {
    const outcome = labelledRows(label, rows, 0.04, createRandom(1), { isOutcome: true, minEvents: 3 })
    expect(outcome.filter((row) => label[row] === 1).length).toBe(3)
    expect(outcome.length).toBeLessThanOrEqual(4 + 3)
    const common = rows.map((i) => i % 2)
    expect(labelledRows(common, rows, 0.5, createRandom(1), { isOutcome: true, minEvents: 3 })).toHaveLength(50)
  })

  it('refuses a share of nothing', () => {
    expect(() => labelledRows(label, rows, 0, createRandom(1), { isOutcome: false, minEvents: 3 })).toThrow('evaluate/label-fraction')
  })
})

describe('quantile', () => {
  it('interpolates between neighbours as NumPy does', () => {
    expect(quantile([0, 10, 20, 30], 0.5)).toBe(15)
    expect(quantile([0, 10, 20, 30], 0.025)).toBeCloseTo(0.75, 12)
    expect(quantile([7], 0.9)).toBe(7)
  })
})
