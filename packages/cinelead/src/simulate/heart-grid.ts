// The grid on which walls are tabulated: angles around the left ventricle's axis, levels from base to apex.
// Hands on: numAngles, numLevels, angles, rootRad, wrap, anglePlace.

export const numAngles = 128
export const numLevels = 24

/** Angle of each index. Shape [numAngles]. */
export const angles = Float64Array.from({ length: numAngles }, (_, k) => (2 * Math.PI * k) / numAngles)

/** Where the aortic root stands, in front of the left atrium beside the septum. */
export const rootRad = 1.3 * Math.PI

/** An angle brought to -π..π. */
export function wrap(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI))
}

/**
 * Which angle a place lies at, in steps of the grid: 0 or more, below `numAngles`.
 *
 * An arc tangent by an odd polynomial, right to a thousandth of a step: several times as fast as Math.atan2, once for each pixel of each frame.
 * Source: Hastings 1955, Approximations for Digital Computers, the arctangent of order 11 (coefficients from memory, tested).
 */
export function anglePlace(u: number, v: number): number {
  const au = Math.abs(u)
  const av = Math.abs(v)
  const t = au > av ? av / au : au / (av + 1e-300)
  const s = t * t
  let rad = t * (0.99997726 + s * (-0.33262347 + s * (0.19354346 + s * (-0.11643287 + s * (0.05265332 - s * 0.0117212)))))
  if (av >= au) rad = Math.PI / 2 - rad
  if (u < 0) rad = Math.PI - rad
  const place = (v < 0 ? 2 * Math.PI - rad : rad) * (numAngles / (2 * Math.PI))
  return place < numAngles ? place : 0
}
