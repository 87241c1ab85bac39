// The small things that make a heart look like one: trabeculae, papillary muscles, fat in the grooves.
// Hands on: raggedEdge, epicardialFat, papillaryMuscles. Sizes are by eye from public cines; nothing here changes a volume.
import type { Random } from '../base/seed.ts'
import { type HeartState, numAngles, type Walls } from './heart-shape.ts'
import type { Disc } from './heart-tissue.ts'
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
  const heavy = Math.min(2, Math.max(0.5, person.bmi / 26.5))
  return edge_K.map((edge, k) => {
    const angle = (2 * Math.PI * k) / numAngles
    const groove = Math.max(0, Math.cos(angle - 1.55 * Math.PI)) ** 30 + Math.max(0, Math.cos(angle - 0.58 * Math.PI)) ** 30
    return heavy * (Math.max(0, 1.2 + 3 * edge) + 4.5 * groove)
  })
}

/** The two papillary muscles where the slice meets them: anterolateral (up right) and posteromedial (down). */
export function papillaryMuscles(person: Person, state: HeartState, level: number, walls: Walls, turn: number): Disc[] {
  if (level < 0.22 || level > 0.82) return []
  const along = Math.sin((Math.PI * (level - 0.22)) / 0.6)
  const radiusMm = (2.6 + 3.1 * along) * Math.cbrt(person.pump.lvmG / 86) * (1 + 0.12 * state.contraction)
  return [-0.62, 1.95].map((angle) => {
    const k = Math.round((((angle + 2 * Math.PI) % (2 * Math.PI)) / (2 * Math.PI)) * numAngles) % numAngles
    const away = Math.max(
      0,
      walls.endo_K[k] - radiusMm * (1.05 - 0.5 * (level - 0.22)) - 3.5 * (1 - state.contraction) * (level < 0.5 ? 1 : 0.2),
    )
    return { u: away * Math.cos(angle + turn), v: away * Math.sin(angle + turn), radiusMm }
  })
}
