// Rings of files that import each other's values. Hands on: findCycles.

/**
 * The rings in a graph, each given once (Tarjan's strongly connected components with more than one file).
 *
 * @param edges  Map from a file to the files whose values it imports.
 */
export function findCycles(edges) {
  const index = new Map()
  const low = new Map()
  const stack = []
  const onStack = new Set()
  const rings = []
  const visit = (file) => {
    index.set(file, index.size)
    low.set(file, index.get(file))
    stack.push(file)
    onStack.add(file)
    for (const next of edges.get(file) ?? []) {
      if (!index.has(next)) {
        visit(next)
        low.set(file, Math.min(low.get(file), low.get(next)))
      } else if (onStack.has(next)) low.set(file, Math.min(low.get(file), index.get(next)))
    }
    if (low.get(file) !== index.get(file)) return
    const ring = []
    let member
    do {
      member = stack.pop()
      onStack.delete(member)
      ring.push(member)
    } while (member !== file)
    if (ring.length > 1) rings.push(ring.sort())
  }
  for (const file of edges.keys()) if (!index.has(file)) visit(file)
  return rings
}
