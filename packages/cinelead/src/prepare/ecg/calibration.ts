// The stretch behind a recording where all leads are the same: zeros, or the 1 mV pulse some recorders append.
import type { Recording } from '../../formats/recording.ts'

/**
 * A recording without its end where all leads are equal (where it has four leads or more).
 *
 * @param fewestSamples  Never shortened below this.
 * @returns              The same object where nothing is cut.
 */
export function withoutCalibration(recording: Recording, fewestSamples: number): Recording {
  const { leads, numSamples, ecg_LT } = recording
  const isAlike = (t: number): boolean => {
    for (let l = 1; l < leads.length; l++) if (ecg_LT[l * numSamples + t] !== ecg_LT[t]) return false
    return true
  }
  let end = numSamples
  while (end > Math.max(1, fewestSamples) && isAlike(end - 1)) end--
  if (leads.length < 4 || end === numSamples) return recording
  const cut_LT = new Float32Array(leads.length * end)
  for (let l = 0; l < leads.length; l++) cut_LT.set(ecg_LT.subarray(l * numSamples, l * numSamples + end), l * end)
  return { ...recording, numSamples: end, ecg_LT: cut_LT }
}
