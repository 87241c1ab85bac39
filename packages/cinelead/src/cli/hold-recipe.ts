// A source held as a recipe wants it: which ECG, how many slices and frames, on which device.
import { type Held, hold } from '../batches/held.ts'
import type { Source } from '../batches/source.ts'
import type { Recipe } from '../recipes/recipe.ts'

/** See `batches/held`. Volumes show as many slices as the recipe's encoder weighs, cines as many frames as it is made for. */
export function holdRecipe(source: Source, { ecgInput, cmr }: Pick<Recipe, 'ecgInput' | 'cmr'>, device: string): Held {
  const { volume, cine } = cmr.encoders
  const numSlices = volume.kind === '3d' ? volume.numSlices : undefined
  const numFrames = cine.kind === '2dt' ? cine.numFrames : undefined
  return hold(source, ecgInput, device, { numSlices, numFrames })
}
