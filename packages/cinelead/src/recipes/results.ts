// The recipe of docs/results.md: the demo's networks on thousands of people, labels for a tenth of them, three seeds. More people, fewer
// epochs: their numbers were chosen on the validation split of another simulated cohort (seed 771), before any test score was looked at.
import { demo } from './demo.ts'
import type { Recipe } from './recipe.ts'

export const results = {
  ...demo,
  name: 'results',
  labelFraction: 0.1,
  selection: { labelFraction: 0.1, numDraws: 8 },
  pretrain: { ...demo.pretrain, loop: { ...demo.pretrain.loop, numEpochs: 15, validateEvery: 5 } },
  cmr: { ...demo.cmr, loop: { ...demo.cmr.loop, numEpochs: 8, validateEvery: 2 } },
  contrast: { ...demo.contrast, loop: { ...demo.contrast.loop, numEpochs: 12, validateEvery: 2 } },
} as const satisfies Recipe
