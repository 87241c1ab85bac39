// How finely samples must be written as integers so that they come back. Hands on: partsOfStep; the WFDB and CardioSoft writers use it.

const nearlyWhole = 1e-3 // of a step: what 32-bit samples miss of a whole one, with room
const mostSteps = 2 ** 30 // half of what 32 bits hold

/**
 * Into how many parts a step is cut: 1 where every sample is a whole number of steps, else 1000 (fewer where 32 bits would not do).
 *
 * Samples lie between whole steps where leads of several resolutions share one, and where a file's zero lies between two integers (EDF).
 *
 * @param ecg_T  Samples, mV; NaN does not count. Any shape.
 */
export function partsOfStep(ecg_T: Float32Array, resolutionUv: number): number {
  let largest = 0
  let isWhole = true
  for (let t = 0; t < ecg_T.length; t++) {
    const steps = Math.abs((ecg_T[t] * 1000) / resolutionUv)
    if (steps > largest) largest = steps
    // 2^-23: the relative distance of 32-bit numbers.
    if (Math.abs(steps - Math.round(steps)) > nearlyWhole + steps * 2 ** -23) isWhole = false
  }
  return isWhole ? 1 : ([1000, 100, 10].find((parts) => largest * parts < mostSteps) ?? 1)
}
