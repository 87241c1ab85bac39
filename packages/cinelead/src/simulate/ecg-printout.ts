// What the recorder prints beside the trace: rate, intervals, axes with the errors of a measuring program, and a few statements.
// Hands on: printedMeasurements, printedStatements.
import type { Random } from '../base/seed.ts'
import type { PrintedMeasurements } from '../formats/recording.ts'
import { beatAxes } from './electrical-measures.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { Person } from './person.ts'
import type { Beat } from './rhythm.ts'

/** Measured values: the truth with the scatter of automatic measurement (a few ms, a few degrees), rounded as printed. */
export function printedMeasurements(person: Person, beat: Heartbeat, beats: readonly Beat[], random: Random): PrintedMeasurements {
  const { conduction } = person
  const axes = beatAxes(person, beat)
  const inside = beats.filter(({ onsetMs }) => onsetMs >= 0 && onsetMs < 10_000)
  const rrMs =
    inside.length > 1 ? (inside[inside.length - 1].onsetMs - inside[0].onsetMs) / (inside.length - 1) : 60_000 / person.ecgHeartRateBpm
  const even = (value: number): number => 2 * Math.round(value / 2)
  const qtMs = even(conduction.qtMs + 5 * random.normal())
  const hasAtrialWave = person.rhythm === 'sinus'
  const pMs = even(conduction.pMs + 4 * random.normal())
  const prMs = even(conduction.prMs + 3 * random.normal())
  const pAxisDeg = Math.round(axes.pDeg + 5 * random.normal())
  return {
    heartRateBpm: Math.round(60_000 / rrMs),
    ...(hasAtrialWave ? { pMs, prMs, ppMs: even(rrMs), pAxisDeg } : {}),
    qrsMs: even(conduction.qrsMs + 3 * random.normal()),
    qtMs,
    qtcMs: Math.round(qtMs * Math.sqrt(1000 / rrMs)), // Bazett 1920, what CardioSoft prints by default (could not be checked)
    rrMs: even(rrMs),
    qrsAxisDeg: Math.round(axes.qrsDeg + 3 * random.normal()),
    tAxisDeg: Math.round(axes.tDeg + 4 * random.normal()),
  }
}

/** The recorder's sentences, from what is true of the person. */
export function printedStatements(person: Person): string[] {
  const { conduction } = person
  const statements: string[] = []
  if (person.rhythm === 'af') statements.push('Atrial fibrillation')
  else if (person.ecgHeartRateBpm < 60) statements.push('Sinus bradycardia')
  else if (person.ecgHeartRateBpm > 100) statements.push('Sinus tachycardia')
  else statements.push('Normal sinus rhythm')
  if (person.rhythm === 'sinus' && conduction.prMs > 200) statements.push('1st degree AV block')
  if (conduction.block === 'lbbb') statements.push('Left bundle branch block')
  if (conduction.block === 'rbbb') statements.push('Right bundle branch block')
  if (conduction.block === 'lafb') statements.push('Left anterior fascicular block')
  if (conduction.ventricularEctopyFraction > 0) statements.push('Premature ventricular complexes')
  if (person.scars.length > 0 && person.scars[0].transmuralFraction > 0.5)
    statements.push(person.scars[0].territory === 'lad' ? 'Anterior infarct, age undetermined' : 'Inferior infarct, age undetermined')
  if (conduction.strainFraction > 0.45) statements.push('ST & T wave abnormality, consider lateral strain')
  const isNormal = statements.length === 1 && statements[0].startsWith('Normal')
  return [...statements, isNormal ? 'Normal ECG' : 'Abnormal ECG']
}
