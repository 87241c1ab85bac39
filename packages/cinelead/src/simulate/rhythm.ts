// When each beat comes: sinus rhythm with breathing and memory, atrial fibrillation, premature beats with their pauses.
// Hands on: Beat, beatTimes.
//
// Heart rate variability of rest: respiratory arrhythmia plus 1/f-like drift (Task Force 1996, Circulation 93:1043, names both bands;
// the sizes are argued). In atrial fibrillation intervals have no memory and a spread of about a fifth of their mean (argued).
import type { Random } from '../base/seed.ts'
import type { Person } from './person.ts'

export type Beat = {
  /** QRS onset, ms from the recording's start. */
  onsetMs: number
  kind: 'usual' | 'atrial-premature' | 'ventricular-premature'
  hasAtrialWave: boolean
}

/**
 * Beats that touch a recording, in order.
 *
 * @param durationMs  Length of the recording; beats start one interval before it and end after it.
 * @param breathHz    Breathing rate, for respiratory arrhythmia.
 */
export function beatTimes(person: Person, durationMs: number, breathHz: number, random: Random): Beat[] {
  const meanMs = 60_000 / person.ecgHeartRateBpm
  const arrhythmia = meanMs * 0.035 * Math.exp(-0.028 * (person.ageYears - 50)) * Math.exp(-0.25 * person.electricTraits.tone)
  const phase = random.uniform() * 2 * Math.PI
  const beats: Beat[] = []
  let drift = 0
  let onsetMs = -random.uniform() * meanMs
  let pauseMs = 0
  while (onsetMs < durationMs + 400) {
    const kindDraw = random.uniform()
    const wander = random.normal()
    drift = 0.8 * drift + 0.6 * wander
    const isFirst = beats.length === 0
    const { ventricularEctopyFraction: ventricular, atrialEctopyFraction: atrial } = person.conduction
    if (person.rhythm === 'af') {
      beats.push({ onsetMs, kind: !isFirst && kindDraw < ventricular ? 'ventricular-premature' : 'usual', hasAtrialWave: false })
      onsetMs += Math.max(0.5 * meanMs, meanMs * (1 + 0.2 * wander + 0.06 * (wander * wander - 1)))
      continue
    }
    let intervalMs = meanMs + arrhythmia * Math.sin(2 * Math.PI * breathHz * (onsetMs / 1000) + phase) + 0.008 * meanMs * drift + pauseMs
    pauseMs = 0
    beats.push({ onsetMs, kind: 'usual', hasAtrialWave: true })
    if (!isFirst && kindDraw < ventricular) {
      const couplingMs = 0.58 * intervalMs
      beats.push({ onsetMs: onsetMs + couplingMs, kind: 'ventricular-premature', hasAtrialWave: false })
      intervalMs *= 2 // full compensatory pause
    } else if (!isFirst && kindDraw < ventricular + atrial) {
      const couplingMs = 0.68 * intervalMs
      beats.push({ onsetMs: onsetMs + couplingMs, kind: 'atrial-premature', hasAtrialWave: true })
      intervalMs += couplingMs + 0.08 * meanMs
    }
    onsetMs += intervalMs
  }
  return beats
}
