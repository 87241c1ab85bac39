// A recipe by the name a user gives.
import { fault } from '../base/errors.ts'
import { recipes } from '../recipes/catalogue.ts'
import type { Recipe } from '../recipes/recipe.ts'

/**
 * The recipe of a name.
 *
 * @param name  `demo` when left out.
 * @param seed  One seed instead of the recipe's own.
 * @throws      cli/recipe for a name that is none.
 */
export function parseRecipe(name = 'demo', seed?: number): Recipe {
  if (!Object.hasOwn(recipes, name)) {
    throw fault({
      code: 'cli/recipe',
      where: 'parseRecipe',
      expected: `one of ${Object.keys(recipes).join(', ')}`,
      received: name,
      hint: 'A new recipe is one file in recipes/ and one line in its catalogue.',
    })
  }
  const recipe = recipes[name]
  return seed === undefined ? recipe : { ...recipe, seeds: [seed] }
}
