// The grid on which walls are tabulated: angles around the left ventricle's axis, levels from base to apex.
// Hands on: numAngles, numLevels, angles, wrap.

export const numAngles = 128
export const numLevels = 24

/** Angle of each index. Shape [numAngles]. */
export const angles = Float64Array.from({ length: numAngles }, (_, k) => (2 * Math.PI * k) / numAngles)

/** An angle brought to -π..π. */
export function wrap(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI))
}
