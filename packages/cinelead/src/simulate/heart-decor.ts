// The small things that make a heart look like one: trabeculae, papillary muscles, fat in the grooves.
// Hands on: raggedEdge, epicardialFat, inkLine, coronaries, papillaryHeads, papillaryMuscles. Sizes are by eye from public cines; nothing here changes a volume.

import { createRandom, type Random } from '../base/seed.ts'
import type { Lobe } from './blood-look.ts'
import { type HeartState, numAngles, type Walls } from './heart-shape.ts'
import type { Person } from './person.ts'

/** A periodic random edge of unit scale with a few harmonics. Shape [numAngles]. */
export function raggedEdge(random: Random, lowest: number): Float64Array {
  const edge = new Float64Array(numAngles)
  for (let harmonic = lowest; harmonic < lowest + 9; harmonic++) {
    const size = random.normal() / 2.6
    const phase = random.uniform() * 2 * Math.PI
    for (let k = 0; k < numAngles; k++) edge[k] += size * Math.cos((harmonic * 2 * Math.PI * k) / numAngles + phase)
  }
  return edge
}

/** Fat on the heart by angle, mm: patchy, thick in the two grooves where the right ventricle meets the septum. Shape [numAngles]. */
export function epicardialFat(person: Person, edge_K: Float64Array): Float64Array {
  // Fat on the heart goes with that of the body only in part.
  const own = createRandom(`${person.seed}/heart-fat/${person.index}`)
  const heavy = Math.min(2.2, Math.max(0.5, person.bmi / 26.5)) * Math.exp(0.35 * own.normal())
  return edge_K.map((_, k) => {
    const angle = (2 * Math.PI * k) / numAngles
    let edge = 0
    for (let near = -6; near <= 6; near++) edge += edge_K[(k + near) & (numAngles - 1)] / 13
    const groove = Math.max(0, Math.cos(angle - 1.5 * Math.PI)) ** 8 + Math.max(0, Math.cos(angle - 0.58 * Math.PI)) ** 14
    // On the side of the lung the pericardium lies on the muscle; in front of the right ventricle there is always some.
    const bed = 1.15 - 0.85 * Math.cos(angle)
    return heavy * (Math.max(0, bed + (1.1 + 0.6 * bed) * edge) + 3.2 * groove)
  })
}

/** A vessel on the heart: angle index, distance beyond the wall and radius, mm; how bright its blood is and how dark its rim. */
export type Vessel = { angle: number; offMm: number; radiusMm: number; grey: number; rim: number }

/** The anterior and posterior descending vessels in their grooves and two marginal branches. Sizes by eye; calibres of 2 to 4 mm. */
export function coronaries(person: Person): Vessel[] {
  const random = createRandom(`${person.seed}/coronaries/${person.index}`)
  return [1.55, 0.58, 1.93, 0.13].map((turn, k) => ({
    angle: Math.round((((turn + 0.03 * random.normal()) % 2) / 2) * numAngles) % numAngles,
    offMm: random.between(1.2, 3),
    radiusMm: (k < 2 ? 1.7 : 1.1) * random.between(0.6, 1.3),
    grey: random.between(0.35, 1),
    rim: random.between(0, 0.6),
  }))
}

/** Darkness of the line where fat meets water by angle: the pixels of fat are shifted along one direction, so one side is darker. Shape [numAngles]. */
export function inkLine(random: Random): Float64Array {
  const towards = random.uniform() * 2 * Math.PI
  const depth = random.between(0.55, 1)
  const uneven_K = raggedEdge(random, 2)
  return Float64Array.from(
    { length: numAngles },
    (_, k) => depth * Math.min(1.05, Math.max(0.25, 0.68 + 0.32 * Math.cos((2 * Math.PI * k) / numAngles - towards) + 0.3 * uneven_K[k])),
  )
}

/** One head of a papillary muscle: its angle, size against the mean, gap to the wall, how long it is towards the wall, how dark. */
export type PapillaryHead = { angle: number; size: number; offMm: number; stretch: number; leanRad: number; grey: number }

/** The heads of a person's two papillary muscles, anterolateral (up right) and posteromedial (down): one to three each. */
export function papillaryHeads(person: Person): PapillaryHead[] {
  const random = createRandom(`${person.seed}/papillary/${person.index}`)
  return [-0.62, 1.95].flatMap((angle) => {
    const middle = angle + 0.15 * random.normal()
    const apart = random.between(0.2, 0.36)
    const numHeads = random.chance(0.4) ? 1 : random.chance(0.7) ? 2 : 3
    const groupMm = random.between(-4.5, 3.5)
    return Array.from({ length: numHeads }, (_, i) => ({
      angle: middle + (i - (numHeads - 1) / 2) * apart,
      size: random.between(0.48, 0.95) * [1, 1.05, 0.85, 0.72][numHeads],
      offMm: groupMm + random.between(-1.5, 1.5),
      stretch: random.between(1, 1.7),
      leanRad: 0.3 * random.normal(),
      grey: random.between(0.78, 1),
    }))
  })
}

/** The papillary muscles' heads where the slice meets them: on the wall half-way down, freer towards the base, one with the wall in systole. */
export function papillaryMuscles(
  person: Person,
  heads: readonly PapillaryHead[],
  state: HeartState,
  level: number,
  walls: Walls,
  turn: number,
): Lobe[] {
  if (level < 0.22 || level > 0.82) return []
  const along = Math.sin((Math.PI * (level - 0.22)) / 0.6)
  const { lvmG, lvedvMl, lvesvMl } = person.pump
  // What a muscle loses in length it gains across.
  const pressed = (state.contraction * (1 - lvesvMl / lvedvMl)) / 0.6
  const wholeMm = (2.7 + 3.6 * along) * Math.cbrt(lvmG / 86) * (1 + 0.3 * pressed)
  return heads.map(({ angle, size, offMm, stretch, leanRad, grey }) => {
    const radiusMm = wholeMm * size
    const k = Math.round((((angle + 2 * Math.PI) % (2 * Math.PI)) / (2 * Math.PI)) * numAngles) % numAngles
    const loose = 2 * (1 - state.contraction) * Math.max(0, 1 - level / 0.5)
    const away = Math.max(
      0,
      walls.endo_K[k] - radiusMm * stretch * (1 - 0.7 * (level - 0.22)) - loose - offMm * (1 - 0.8 * state.contraction),
    )
    const at = angle + turn
    return {
      u: away * Math.cos(at),
      v: away * Math.sin(at),
      radiusMm,
      stretch,
      cos: Math.cos(at + leanRad),
      sin: Math.sin(at + leanRad),
      grey,
    }
  })
}
