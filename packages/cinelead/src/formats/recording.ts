// The record every ECG reader hands on: samples in mV, leads by name, and what the device printed beside them.
// No names, no birth dates, no ids: a reader drops them.

/** The twelve standard leads in the order the whole program uses (AHA order). */
export const standardLeads = ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'] as const

export type StandardLead = (typeof standardLeads)[number]

/** What the recorder's own filters were, where the file says. `undefined`: the file is silent. */
export type DeviceFilters = {
  highPassHz?: number
  lowPassHz?: number
  /** Mains notch frequencies that were on; an empty array: the file says that none was. */
  notchHz?: number[]
  /** Baseline correction by cubic spline (GE). */
  isCubicSpline?: boolean
}

/** What the recorder printed, where the file has it. */
export type PrintedMeasurements = {
  heartRateBpm?: number
  pMs?: number
  prMs?: number
  qrsMs?: number
  qtMs?: number
  qtcMs?: number
  rrMs?: number
  ppMs?: number
  pAxisDeg?: number
  qrsAxisDeg?: number
  tAxisDeg?: number
}

/** One averaged beat as the recorder made it. Shape [L, T], mV. */
export type MedianBeat = { rateHz: number; leads: readonly string[]; numSamples: number; beat_LT: Float32Array }

/** A resting ECG as read from a file. */
export type Recording = {
  /** The format's name as the program says it: `CardioSoft XML`, `WFDB`, … */
  format: string
  version?: string
  rateHz: number
  /** Lead names; the standard ones spelt as in `standardLeads`. */
  leads: readonly string[]
  numSamples: number
  /** Samples, mV, lead after lead. Shape [L, T]. A sample the file marks as missing is NaN. */
  ecg_LT: Float32Array
  /** µV of one step of the file's integers, a lead each. */
  resolutionUv: readonly number[]
  /** Day of the recording, `YYYY-MM-DD`, where the file has it. */
  recordedOn?: string
  filters: DeviceFilters
  printed: PrintedMeasurements
  statements: readonly string[]
  median?: MedianBeat
  /** What a reader had to assume or found amiss, in words; empty or absent when nothing. */
  warnings?: readonly string[]
}
