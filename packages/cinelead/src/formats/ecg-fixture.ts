// A small made recording with closed-form samples, for the tests of this room.
import { type Recording, standardLeads } from './recording.ts'

/** Counts of a made lead: a rounded sine with its lead's own phase, so that no two leads are alike. */
export function madeCount(leadIndex: number, t: number): number {
  return Math.round(200 * Math.sin(t / (5 + leadIndex)) + 10 * leadIndex) + 0 // no negative zero
}

/** A recording of twelve leads on a 5 µV grid. */
export function madeRecording(numSamples = 400, rateHz = 500): Recording {
  const ecg_LT = new Float32Array(12 * numSamples)
  for (let leadIndex = 0; leadIndex < 12; leadIndex++) {
    for (let t = 0; t < numSamples; t++) ecg_LT[leadIndex * numSamples + t] = madeCount(leadIndex, t) * 0.005
  }
  return {
    format: 'made',
    rateHz,
    leads: [...standardLeads],
    numSamples,
    ecg_LT,
    resolutionUv: standardLeads.map(() => 5),
    recordedOn: '2019-03-31',
    filters: { isCubicSpline: true, notchHz: [50], lowPassHz: 100 },
    printed: { heartRateBpm: 61, qrsMs: 92, prMs: 160, qtMs: 400, qtcMs: 402, pAxisDeg: 40, qrsAxisDeg: -12, tAxisDeg: 35 },
    statements: ['Sinus rhythm', 'Normal ECG <borderline> & unconfirmed'],
  }
}
