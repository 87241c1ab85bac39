// What ECG preparation hands to the store.
import type { Verdict } from '../../base/verdict.ts'

/** One step that was done, in order, with its settings: the answer to "how was it processed?". */
export type PreparationStep = { step: string; settings: Record<string, number | string | boolean> }

/** A 12-lead ECG ready for a network: 500 Hz, leads in standard order. */
export type PreparedEcg = {
  rateHz: number
  numSamples: number
  /** Filtered and group-normalised, no unit. Shape [12, T]. */
  ecg_LT: Float32Array
  /** The same before normalisation, mV: for drawing and measuring. Shape [12, T]. */
  filteredMv_LT: Float32Array
  steps: readonly PreparationStep[]
  verdicts: readonly Verdict[]
}
