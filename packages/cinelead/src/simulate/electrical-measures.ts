// The noise-free electrical parameters of one person: what a perfect reader of a perfect ECG could measure.
// Hands on: electricalMeasures (named numbers), frontalAxisDeg.

import { standardLeads } from '../formats/recording.ts'
import { type Heartbeat, heartbeat } from './heartbeat.ts'
import { twelveLeads } from './lead-field.ts'
import type { Person } from './person.ts'

/** Axis in the frontal plane from the areas under leads I and aVF, degrees, 0 to the left, 90 down. */
export function frontalAxisDeg(one: number, avf: number): number {
  return (Math.atan2(avf * (2 / Math.sqrt(3)), one) * 180) / Math.PI
}

/** Sum over a stretch of one of the twelve leads, mV·ms. */
function area(leads_LT: Float32Array, numSamples: number, lead: number, from: number, to: number, msPerSample: number): number {
  let sum = 0
  for (let t = from; t < to; t++) sum += leads_LT[lead * numSamples + t]
  return sum * msPerSample
}

/** QRS, T and P axes of a beat. */
export function beatAxes(person: Person, beat: Heartbeat): { pDeg: number; qrsDeg: number; tDeg: number } {
  const ms = 1000 / beat.rateHz
  const ventricular = twelveLeads(beat.ventricular_LT, beat.numVentricularSamples)
  const atrial = twelveLeads(beat.atrial_LT, beat.numAtrialSamples)
  const qrsEnd = Math.min(beat.numVentricularSamples, Math.round((beat.leadInMs + person.conduction.qrsMs + 12) / ms))
  const tFrom = Math.min(beat.numVentricularSamples, Math.round((beat.leadInMs + person.conduction.qtMs - 190) / ms))
  const axis = (leads: Float32Array, n: number, from: number, to: number) =>
    frontalAxisDeg(area(leads, n, 0, from, to, ms), area(leads, n, 5, from, to, ms))
  return {
    pDeg: axis(atrial, beat.numAtrialSamples, 0, beat.numAtrialSamples),
    qrsDeg: axis(ventricular, beat.numVentricularSamples, 0, qrsEnd),
    tDeg: axis(ventricular, beat.numVentricularSamples, tFrom, beat.numVentricularSamples),
  }
}

/**
 * Named electrical parameters: rate, intervals, axes, and per lead Q/R/S/ST/T/P amplitudes and the R time, from the clean beat.
 *
 * @returns  The same keys for every person, finite numbers; ms, mV, degrees as sine and cosine.
 */
export function electricalMeasures(person: Person): Record<string, number> {
  const beat = heartbeat(person)
  const ms = 1000 / beat.rateHz
  const n = beat.numVentricularSamples
  const ventricular = twelveLeads(beat.ventricular_LT, n)
  const atrial = twelveLeads(beat.atrial_LT, beat.numAtrialSamples)
  const axes = beatAxes(person, beat)
  const { conduction } = person
  const isAf = person.rhythm === 'af'
  const measures: Record<string, number> = {
    heartRateBpm: person.ecgHeartRateBpm,
    rrMs: 60_000 / person.ecgHeartRateBpm,
    isFibrillating: isAf ? 1 : 0,
    pMs: isAf ? 0 : conduction.pMs,
    prMs: isAf ? 0 : conduction.prMs,
    qrsMs: conduction.qrsMs,
    qtMs: conduction.qtMs,
    qtcMs: conduction.qtMs / Math.cbrt(60 / person.ecgHeartRateBpm),
    ectopyFraction: conduction.ventricularEctopyFraction,
  }
  for (const [name, deg] of Object.entries(axes)) {
    measures[`${name}Sin`] = Math.sin((deg * Math.PI) / 180)
    measures[`${name}Cos`] = Math.cos((deg * Math.PI) / 180)
  }
  const qrsEnd = Math.round((beat.leadInMs + conduction.qrsMs + 12) / ms)
  const stAt = Math.round((beat.leadInMs + conduction.qrsMs + 60) / ms)
  for (const [lead, name] of standardLeads.entries()) {
    const row = ventricular.subarray(lead * n, (lead + 1) * n)
    let r = 0
    let rAt = 0
    let low = 0
    for (let t = 0; t < qrsEnd; t++) {
      if (row[t] > r) {
        r = row[t]
        rAt = t
      }
      low = Math.min(low, row[t])
    }
    let q = 0
    for (let t = 0; t < rAt; t++) q = Math.min(q, row[t])
    let s = 0
    for (let t = rAt; t < qrsEnd; t++) s = Math.min(s, row[t])
    let tMv = 0
    for (let t = stAt + 20; t < n; t++) if (Math.abs(row[t]) > Math.abs(tMv)) tMv = row[t]
    let p = 0
    let pLow = 0
    for (let t = 0; t < beat.numAtrialSamples; t++) {
      p = Math.max(p, atrial[lead * beat.numAtrialSamples + t])
      pLow = Math.min(pLow, atrial[lead * beat.numAtrialSamples + t])
    }
    measures[`${name}.q`] = q
    measures[`${name}.r`] = r
    measures[`${name}.s`] = s
    measures[`${name}.low`] = low
    measures[`${name}.rMs`] = rAt * ms - beat.leadInMs
    measures[`${name}.st`] = row[Math.min(n - 1, stAt)]
    measures[`${name}.t`] = tMv
    measures[`${name}.p`] = isAf ? 0 : p
    measures[`${name}.pLow`] = isAf ? 0 : pLow
  }
  return measures
}
