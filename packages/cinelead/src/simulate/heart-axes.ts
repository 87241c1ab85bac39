// Directions in the chest and the heart's own axes in it; both the cine and the electrical heart turn by them.
// Hands on: Vector3, unit, combine, HeartAxes, heartAxes.
import type { Person } from './person.ts'

export type Vector3 = readonly [number, number, number]

/** An orthonormal heart frame: `lateral` (picture right), `inferior` (picture down), `apical` (base to apex). */
export type HeartAxes = { lateral: Vector3; inferior: Vector3; apical: Vector3 }

function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/** The same direction, length one. */
export function unit(a: Vector3): Vector3 {
  const length = Math.hypot(a[0], a[1], a[2])
  return [a[0] / length, a[1] / length, a[2] / length]
}

/** Sum of scaled vectors. */
export function combine(...terms: readonly (readonly [number, Vector3])[]): Vector3 {
  let x = 0
  let y = 0
  let z = 0
  for (const [scale, vector] of terms) {
    x += scale * vector[0]
    y += scale * vector[1]
    z += scale * vector[2]
  }
  return [x, y, z]
}

/**
 * The heart's own axes in the chest. The usual long axis points to the left, front and down; the person's posture turns it.
 *
 * @returns  Unit vectors; `inferior` = `lateral` x `apical` reversed, so that a picture with `lateral` to the right and
 *           `inferior` down is looked at from the apex, as short-axis pictures are.
 */
export function heartAxes(chest: Person['chest']): HeartAxes {
  const yaw = Math.atan2(-0.64, 0.6) - chest.yawRad * -1
  const pitch = -0.5 + chest.pitchRad
  const apical: Vector3 = unit([Math.cos(yaw) * Math.cos(pitch), Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch)])
  const level = unit(cross([0, 0, 1], apical)) // horizontal, to the left and back
  const down = cross(level, apical)
  const turn = chest.rollRad + 0.12
  const lateral = combine([Math.cos(turn), level], [Math.sin(turn), down])
  return { lateral, inferior: cross(lateral, apical), apical }
}
