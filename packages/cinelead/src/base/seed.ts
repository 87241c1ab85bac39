// All randomness of the program: a small counter-free generator with named streams, the same on every machine.
// Hands on: createRandom. Math.random is used nowhere.
//
// Source: the sfc32 generator of Chris Doty-Humphrey's PractRand (public domain algorithm); seeding by 32-bit FNV-1a
// (Fowler, Noll, Vo) of the seed and the stream's name.

/** A seeded source of random numbers. Two sources of one seed and name give the same numbers. */
export type Random = {
  /** In [0, 1), 32 random bits. */
  uniform(): number
  /** Standard normal (Box-Muller, both halves used). */
  normal(): number
  /** Integer in [0, count). */
  integer(count: number): number
  /** True with this probability. */
  chance(probability: number): boolean
  /** In [low, high). */
  between(low: number, high: number): number
  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[]
  /** An independent stream that does not depend on how many numbers were drawn from this one. */
  stream(name: string | number): Random
}

function fnv1a(text: string, start: number): number {
  let hash = start >>> 0
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}

/**
 * A random source from a seed.
 *
 * @param seed  Any number or text; the same seed gives the same numbers on every machine.
 */
export function createRandom(seed: number | string): Random {
  const label = String(seed)
  let a = fnv1a(label, 0x811c9dc5)
  let b = fnv1a(label, a ^ 0x9e3779b9)
  let c = fnv1a(label, b ^ 0x85ebca6b)
  let counter = 1
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 15; i++) next()
  const spare = new Float64Array(1) // typed, since a number kept in a closure would be allocated anew each time
  let hasSpare = false
  const uniform = () => next() / 4294967296
  const random: Random = {
    uniform,
    normal() {
      if (hasSpare) {
        hasSpare = false
        return spare[0]
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      const angle = 2 * Math.PI * uniform()
      spare[0] = radius * Math.sin(angle)
      hasSpare = true
      return radius * Math.cos(angle)
    },
    integer: (count) => Math.floor(uniform() * count),
    chance: (probability) => uniform() < probability,
    between: (low, high) => low + (high - low) * uniform(),
    shuffle(items) {
      const copy = [...items]
      for (let i = copy.length - 1; i > 0; i--) {
        const j = Math.floor(uniform() * (i + 1))
        const held = copy[i]
        copy[i] = copy[j]
        copy[j] = held
      }
      return copy
    },
    stream: (name) => createRandom(`${label}/${name}`),
  }
  return random
}
