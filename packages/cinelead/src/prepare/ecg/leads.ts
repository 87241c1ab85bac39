// The twelve leads in standard order from whatever leads a recording has: limb leads from any two of them.
// Source: Einthoven's law (II = I + III) and Goldberger's definitions of aVR, aVL, aVF; AHA/ACC/HRS 2007 recommendations, part I
// (the clause could not be checked here).
import { standardLeads } from '../../formats/recording.ts'

// Each limb lead as a combination of I and II.
const limbOfIandII: Readonly<Record<string, readonly [number, number]>> = {
  I: [1, 0],
  II: [0, 1],
  III: [-1, 1],
  aVR: [-0.5, -0.5],
  aVL: [1, -0.5],
  aVF: [-0.5, 1],
}

export type CompletedLeads = {
  /** mV, standard order; a lead that could not be had is zero. Shape [12, T]. */
  mv_LT: Float64Array
  present: string[]
  derived: string[]
  missing: string[]
}

/**
 * Twelve leads from a recording's leads.
 *
 * A limb lead that is missing is computed from two that are there (I and II first); an inverted aVR (Cabrera) is turned over.
 * Chest leads cannot be derived.
 *
 * @param ecg_LT  mV. Shape [L, T].
 * @param mv_LT   Where the result goes, overwritten.
 */
export function completeLeads(
  leads: readonly string[],
  ecg_LT: Float32Array,
  numSamples: number,
  mv_LT: Float64Array = new Float64Array(12 * numSamples),
): CompletedLeads {
  const lead = (leadIndex: number): Float64Array => mv_LT.subarray(leadIndex * numSamples, (leadIndex + 1) * numSamples)
  const present: string[] = []
  for (const [leadIndex, name] of standardLeads.entries()) {
    const at = leads.indexOf(name)
    const inverted = at < 0 && name === 'aVR' ? leads.indexOf('-aVR') : -1
    if (at < 0 && inverted < 0) continue
    const from = (at < 0 ? inverted : at) * numSamples
    const to_T = lead(leadIndex)
    to_T.set(ecg_LT.subarray(from, from + numSamples))
    if (at < 0) for (let t = 0; t < numSamples; t++) to_T[t] = -to_T[t]
    present.push(name)
  }
  const sources = present.filter((name) => name in limbOfIandII)
  const derived: string[] = []
  if (sources.length >= 2) {
    const [p, q] = sources
    const [[a, b], [c, d]] = [limbOfIandII[p], limbOfIandII[q]]
    const determinant = a * d - b * c
    const p_T = lead(standardLeads.indexOf(p as 'I'))
    const q_T = lead(standardLeads.indexOf(q as 'I'))
    for (const [name, [u, v]] of Object.entries(limbOfIandII)) {
      if (present.includes(name)) continue
      // name = u I + v II with (I, II) solved from p and q.
      const wp = (u * d - v * c) / determinant
      const wq = (v * a - u * b) / determinant
      const to_T = lead(standardLeads.indexOf(name as 'I'))
      for (let t = 0; t < numSamples; t++) to_T[t] = wp * p_T[t] + wq * q_T[t]
      derived.push(name)
    }
  }
  const missing = standardLeads.filter((name) => !present.includes(name) && !derived.includes(name))
  for (const name of missing) lead(standardLeads.indexOf(name)).fill(0)
  return { mv_LT, present, derived, missing }
}
