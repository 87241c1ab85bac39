// One noise-free heartbeat on the twelve leads: atrial wave, QRS, ST and T summed from the dipoles.
// Hands on: Heartbeat, heartbeat, ectopicBeat.
import { combine, type Dipole, electricalHeart, heartAxes, type Vector3 } from './electrical-heart.ts'
import { gainsAt, type LeadField, leadField } from './lead-field.ts'
import type { Person } from './person.ts'

/** Waves on the eight independent leads (I, II, V1..V6), mV. Ventricular time starts `leadInMs` before the QRS onset. */
export type Heartbeat = {
  rateHz: number
  leadInMs: number
  numVentricularSamples: number
  ventricular_LT: Float64Array
  /** Starts at the P onset. */
  numAtrialSamples: number
  atrial_LT: Float64Array
}

const leadInMs = 40

/** Adds one dipole's course over time to the eight leads. */
function addCourse(
  leads_LT: Float64Array,
  numSamples: number,
  gains: Float64Array,
  moment: Vector3,
  course: (ms: number) => number,
  rateHz: number,
  startMs: number,
  fromMs: number,
  toMs: number,
): void {
  const first = Math.max(0, Math.floor(((fromMs - startMs) * rateHz) / 1000))
  const last = Math.min(numSamples - 1, Math.ceil(((toMs - startMs) * rateHz) / 1000))
  const weights = new Float64Array(8)
  for (let lead = 0; lead < 8; lead++)
    weights[lead] = gains[lead * 3] * moment[0] + gains[lead * 3 + 1] * moment[1] + gains[lead * 3 + 2] * moment[2]
  for (let t = first; t <= last; t++) {
    const value = course((t * 1000) / rateHz + startMs)
    for (let lead = 0; lead < 8; lead++) leads_LT[lead * numSamples + t] += weights[lead] * value
  }
}

function addDipole(leads_LT: Float64Array, numSamples: number, gains: Float64Array, dipole: Dipole, rateHz: number): void {
  const { activationMs, spreadMs, recoveryMs, recoveryRiseMs, recoveryFallMs } = dipole
  addCourse(
    leads_LT,
    numSamples,
    gains,
    dipole.moment,
    (ms) => Math.exp(-0.5 * ((ms - activationMs) / spreadMs) ** 2),
    rateHz,
    -leadInMs,
    activationMs - 4.5 * spreadMs,
    activationMs + 4.5 * spreadMs,
  )
  addCourse(
    leads_LT,
    numSamples,
    gains,
    dipole.recoveryMoment,
    (ms) => {
      const away = (ms - recoveryMs) / (ms < recoveryMs ? recoveryRiseMs : recoveryFallMs)
      return Math.exp(-0.5 * away * away)
    },
    rateHz,
    -leadInMs,
    recoveryMs - 4.5 * recoveryRiseMs,
    recoveryMs + 4.5 * recoveryFallMs,
  )
  const startMs = activationMs + 12
  addCourse(
    leads_LT,
    numSamples,
    gains,
    dipole.plateauMoment,
    (ms) => (1 / (1 + Math.exp((startMs - ms) / 7))) * (1 / (1 + Math.exp((ms - recoveryMs + 10) / 16))),
    rateHz,
    -leadInMs,
    -leadInMs,
    recoveryMs + 120,
  )
}

/**
 * The usual beat of one person without noise.
 *
 * @param rateHz  Samples per second.
 */
export function heartbeat(person: Person, rateHz = 500, field: LeadField = leadField(person)): Heartbeat {
  const numVentricularSamples = Math.ceil(((leadInMs + person.conduction.qtMs + 90) * rateHz) / 1000)
  const ventricular_LT = new Float64Array(8 * numVentricularSamples)
  for (const dipole of electricalHeart(person))
    addDipole(ventricular_LT, numVentricularSamples, gainsAt(field, dipole.positionMm, person.chest.voltageGain), dipole, rateHz)
  const numAtrialSamples = Math.ceil(((person.conduction.pMs + 60) * rateHz) / 1000)
  return {
    rateHz,
    leadInMs,
    numVentricularSamples,
    ventricular_LT,
    numAtrialSamples,
    atrial_LT: atrialWave(person, field, rateHz, numAtrialSamples),
  }
}

/** Right atrium first (down, to the front), then the left (to the left, back); sizes and delay follow the chambers. */
function atrialWave(person: Person, field: LeadField, rateHz: number, numSamples: number): Float64Array {
  const wave_LT = new Float64Array(8 * numSamples)
  const { electricPump: pump, conduction, chest } = person
  const axes = heartAxes(chest)
  const centre = combine([1, chest.heartMm], [-0.62 * pump.lvLengthMm, axes.apical])
  const gains = gainsAt(field, centre, person.chest.voltageGain)
  const right = 0.29 * Math.cbrt(pump.rightAtriumMaxMl / 80) ** 2
  const left = 0.22 * (pump.leftAtriumMaxMl / 71) ** 0.9
  const width = conduction.pMs / 5.2
  const bump = (peakMs: number, spread: number) => (ms: number) => Math.exp(-0.5 * ((ms - peakMs) / spread) ** 2)
  addCourse(
    wave_LT,
    numSamples,
    gains,
    [0.3 * right, -0.75 * right, -0.95 * right],
    bump(0.36 * conduction.pMs, width),
    rateHz,
    0,
    0,
    conduction.pMs + 60,
  )
  addCourse(
    wave_LT,
    numSamples,
    gains,
    [0.8 * left, 0.62 * left, -0.5 * left],
    bump(0.64 * conduction.pMs, width * 1.05),
    rateHz,
    0,
    0,
    conduction.pMs + 60,
  )
  return wave_LT
}

/** A premature beat from one ventricular place: slow spread, wide QRS, T against it. On the same eight leads and timing. */
export function ectopicBeat(person: Person, origin: Vector3, rateHz = 500): Float64Array {
  const field = leadField(person)
  const usual = heartbeat(person, rateHz, field)
  const leads_LT = new Float64Array(usual.ventricular_LT.length)
  const gains = gainsAt(field, person.chest.heartMm, person.chest.voltageGain)
  const size = 4.2 * Math.cbrt(person.electricPump.lvmG / 86) ** 2
  const moment = combine([size, origin])
  const bump = (peakMs: number, rise: number, fall: number) => (ms: number) =>
    Math.exp(-0.5 * ((ms - peakMs) / (ms < peakMs ? rise : fall)) ** 2)
  const length = usual.numVentricularSamples
  addCourse(leads_LT, length, gains, moment, bump(62, 24, 30), rateHz, -leadInMs, -40, 200)
  addCourse(
    leads_LT,
    length,
    gains,
    combine([-0.36, moment]),
    bump(person.conduction.qtMs - 75, 62, 40),
    rateHz,
    -leadInMs,
    0,
    person.conduction.qtMs + 90,
  )
  return leads_LT
}
