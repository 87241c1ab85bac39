// The stages of one seed and what each waits for: the masked autoencoder and the CMR encoders first, then the arms.
import { type ContrastiveArm, contrastiveArms, type ViewName, armViews } from '../batches/arms.ts'
import type { Recipe } from '../recipes/recipe.ts'

export type StageName = 'pretrain' | `cmr-${ViewName}` | ContrastiveArm

/** One training: of which seed, what it is, which stages of that seed must be whole before. */
export type Stage = { seed: number; name: StageName; needs: readonly StageName[]; numEpochs: number }

/** Dear stages come first among those that wait for nothing, so that the last worker is not left alone with one. */
const costOrder: readonly StageName[] = ['cmr-cine', 'pretrain', 'cmr-ed', 'cmr-es', 'cmr-slice']

/** All stages of a recipe in an order in which they may begin. */
export function planStages(recipe: Recipe): Stage[] {
  return recipe.seeds.flatMap((seed) => [
    ...costOrder.map(
      (name): Stage => ({
        seed,
        name,
        needs: [],
        numEpochs: name === 'pretrain' ? recipe.pretrain.loop.numEpochs : recipe.cmr.loop.numEpochs,
      }),
    ),
    ...contrastiveArms.map(
      (arm): Stage => ({
        seed,
        name: arm,
        needs: ['pretrain', ...armViews[arm].map((view) => `cmr-${view}` as const)],
        numEpochs: recipe.contrast.loop.numEpochs,
      }),
    ),
  ])
}
