// The recipes by name: all that the command line can be asked for.
import { ablations } from './ablations.ts'
import { demo } from './demo.ts'
import { paperEcgSizes } from './ecg-sizes.ts'
import { paper } from './paper.ts'
import type { Recipe } from './recipe.ts'
import { results } from './results.ts'

export const recipes: Readonly<Record<string, Recipe>> = Object.fromEntries(
  [demo, results, paper, ...ablations, ...paperEcgSizes].map((recipe) => [recipe.name, recipe]),
)
