// A made comparison with known answers, for the tests of evaluate and report: each arm's embedding carries the hidden heart with
// its own amount of noise, so better arms must score better.
import { type OutcomeId, outcomeIds, type PhenotypeId, phenotypeIds } from '../base/phenotypes.ts'
import { createRandom } from '../base/seed.ts'
import type { EvaluationInput } from './evaluate-arms.ts'

/** Noise beside a hidden state of variance 1; the order is that of the comparison. */
const noiseOfArm = { 'ecg-only': 1.6, 'cl-2d': 1.2, 'cl-2dt': 0.9, 'cl-3d': 0.8, tcl: 0.5 }
const NUM_HIDDEN = 4
const NUM_FEATURES = 12
const middle: Record<PhenotypeId, [number, number]> = {
  lvedv: [148, 33],
  lvesv: [60, 19],
  lvsv: [88, 19],
  lvef: [0.596, 0.06],
  lvco: [5.4, 1.2],
  lvm: [86, 22],
  rvedv: [157, 38],
  rvesv: [68, 22],
  rvsv: [89, 20],
  rvef: [0.57, 0.06],
}

/** An evaluation's input of simulated subjects; the sixth outcome has no events. */
export function madeEvaluationInput(numSubjects: number, options: { numSeeds?: number; seed?: number } = {}): EvaluationInput {
  const random = createRandom(`made/${options.seed ?? 1}`)
  const hidden = Array.from({ length: numSubjects }, () => Array.from({ length: NUM_HIDDEN }, () => random.normal()))
  const mix = phenotypeIds.map(() => Array.from({ length: NUM_HIDDEN }, () => random.normal()))
  const unit = (weights: readonly number[]) => weights.map((weight) => weight / Math.hypot(...weights))
  const score = (row: readonly number[], weights: readonly number[]) => row.reduce((sum, value, k) => sum + value * unit(weights)[k], 0)
  const phenotypes = Object.fromEntries(
    phenotypeIds.map((id, p) => {
      const [center, spread] = middle[id]
      return [id, hidden.map((row) => center + spread * (0.9 * score(row, mix[p]) + 0.44 * random.normal()))]
    }),
  ) as Record<PhenotypeId, number[]>
  const outcomes = Object.fromEntries(
    outcomeIds.map((id, o) => {
      if (id === 'cmp') return [id, hidden.map(() => 0)]
      return [id, hidden.map((row) => (score(row, mix[o]) + 0.7 * random.normal() > 1.1 ? 1 : 0))]
    }),
  ) as Record<OutcomeId, number[]>
  const seeds = Array.from({ length: options.numSeeds ?? 1 }, (_, s) => s + 1)
  const arms = Object.entries(noiseOfArm).map(([id, noise]) => ({
    id,
    numFeatures: NUM_FEATURES,
    seeds: seeds.map((seed) => {
      const draw = random.stream(`${id}/${seed}`)
      const loading = Array.from({ length: NUM_FEATURES }, () => Array.from({ length: NUM_HIDDEN }, () => draw.normal()))
      const embeddings_SE = new Float32Array(numSubjects * NUM_FEATURES)
      for (const [s, row] of hidden.entries()) {
        const seen = row.map((value) => value + noise * draw.normal())
        for (let e = 0; e < NUM_FEATURES; e++) {
          embeddings_SE[s * NUM_FEATURES + e] = loading[e].reduce((sum, w, k) => sum + w * seen[k], 0) + 0.3 * draw.normal()
        }
      }
      return { seed, embeddings_SE }
    }),
  }))
  const split_S = random
    .shuffle(hidden.map((_, s) => s))
    .map((place) => (place < 0.7 * numSubjects ? 'train' : place < 0.85 * numSubjects ? 'validation' : 'test'))
  return { arms, reference: 'ecg-only', phenotypes, outcomes, split_S }
}
