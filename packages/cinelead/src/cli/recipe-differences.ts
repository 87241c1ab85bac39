// What one recipe has otherwise than another, field by field. Hands on: recipeDifferences, flatRecipe.

/** A field by its path; undefined where a recipe has it not. */
export type RecipeDifference = { path: string; first: unknown; other: unknown }

/** The fields that differ, the title aside; as the recipes stand in a file, where what is undefined is not there. */
export function recipeDifferences(first: unknown, other: unknown): RecipeDifference[] {
  const [one, two] = [first, other].map((recipe) => flatRecipe(JSON.parse(JSON.stringify(recipe ?? null))))
  return [...new Set([...two.keys(), ...one.keys()])]
    .filter((path) => path !== 'name' && one.get(path) !== two.get(path))
    .map((path) => ({ path, first: one.get(path), other: two.get(path) }))
}

/** A recipe as paths and plain values. */
export function flatRecipe(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]])
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...flatRecipe(inner, path === '' ? key : `${path}.${key}`)]))
}
