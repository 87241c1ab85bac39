// A made report for tests: scores of made arms, a flow that adds up, curves and pictures of the right kind.
import { createRandom } from '../base/seed.ts'
import { type EvaluationInput, evaluateArms } from '../evaluate/evaluate-arms.ts'
import { madeEvaluationInput } from '../evaluate/evaluation-fixture.ts'
import { curveJson, type LearningCurve } from './figure-curves.ts'
import type { Figures } from './page.ts'
import { buildReport, type ReportJson } from './report-json.ts'
import type { Example } from './section-examples.ts'

/** Contrastive curves that fall below their chance line, and one of a masked autoencoder. */
export function madeCurves(seeds: readonly number[]): LearningCurve[] {
  const random = createRandom('curves')
  const curve = (id: string, seed: number, from: number, to: number): LearningCurve => ({
    id,
    seed,
    isContrastive: id !== 'pretrain',
    ...(id === 'pretrain' ? { title: 'Masked autoencoder, shared by all arms' } : {}),
    points: Array.from({ length: 30 }, (_, i) => ({
      epoch: i + 1,
      train: to + (from - to) * Math.exp(-i / 7) - 0.004 * i + 0.04 * random.normal(),
      ...(i % 3 === 2 ? { validation: to + (from - to) * Math.exp(-i / 9) + 0.02 * random.normal() } : {}),
    })),
    reference: id === 'pretrain' ? { value: 1, text: 'predicting the mean' } : { value: Math.log(32), text: 'chance, ln 32' },
  })
  return seeds.flatMap((seed) => [
    curve('pretrain', seed, 1.1, 0.4),
    curve('cl-2d', seed, 3.5, 2.9),
    curve('cl-2dt', seed, 3.5, 2.7),
    curve('cl-3d', seed, 3.5, 2.5),
    curve('tcl', seed, 3.5, 2.2),
  ])
}

/** A report on a made cohort, and what its page needs beside it. */
export function madeReport(numSubjects: number, examples: readonly Example[] = []): { report: ReportJson; figures: Figures } {
  const input: EvaluationInput = madeEvaluationInput(numSubjects, { numSeeds: 2 })
  const isWoman = input.split_S.map((_, s) => s % 2 === 0)
  const age_SE = Float32Array.from(input.split_S, (_, s) => input.phenotypes.lvm[s] + 30 * Math.sin(s * 12.9))
  const evaluation = evaluateArms({
    ...input,
    baselines: [{ id: 'age-sex-bmi', numFeatures: 1, seeds: [{ seed: 0, embeddings_SE: age_SE }] }],
    subgroups: [
      { id: 'women', name: 'Women', isMember_S: isWoman },
      { id: 'men', name: 'Men', isMember_S: isWoman.map((is) => !is) },
    ],
    settings: { numResamples: 200, labelFraction: 0.25, numDraws: 3 },
  })
  const curves = madeCurves([1, 2])
  const report = buildReport({
    evaluation,
    cohort: {
      simulated: true,
      pairs: numSubjects,
      split: evaluation.split,
      flow: [
        { step: 'found', kept: numSubjects + 9, dropped: 0, reason: '' },
        { step: 'not withdrawn', kept: numSubjects + 7, dropped: 2, reason: '' },
        { step: 'files readable', kept: numSubjects + 3, dropped: 3, reason: 'formats/zip-truncated' },
        { step: 'files readable', kept: numSubjects + 2, dropped: 1, reason: 'formats/leads-missing' },
        { step: 'ECG quality', kept: numSubjects, dropped: 2, reason: 'flat-lead' },
        { step: 'CMR quality', kept: numSubjects, dropped: 0, reason: '' },
      ],
    },
    curves: curves.flatMap(curveJson),
    run: { recipe: 'demo', seeds: '1, 2' },
  })
  return { report, figures: { curves, examples } }
}
