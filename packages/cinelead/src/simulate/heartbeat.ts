// One noise-free heartbeat on the twelve leads: atrial wave, QRS, ST and T summed from the dipoles.
// Hands on: Heartbeat, heartbeat, ectopicBeat.
import { electricalHeart } from './electrical-heart.ts'
import { combine, heartAxes, type Vector3 } from './heart-axes.ts'
import { gainsAt, type LeadField, leadField } from './lead-field.ts'
import type { Person } from './person.ts'
import type { Dipole } from './wall-recovery.ts'

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
const frontMmPerMs = 0.8 // through muscle and late Purkinje ways together, for a QRS of some 150 ms; argued
const ectopicSpreadMs = 14

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

const roundness = 2.2 // the larger, the rounder T's top; by eye

/** A round-topped wave with exponential flanks, greatest value one: T leaves ST without a corner and ends sooner than it began. */
function swell(middleMs: number, riseMs: number, fallMs: number): (ms: number) => number {
  const peak = Math.log(fallMs / riseMs) / (1 / riseMs + 1 / fallMs)
  const height = roundness + Math.exp(-peak / riseMs) + Math.exp(peak / fallMs)
  return (ms) => height / (roundness + Math.exp((middleMs - ms) / riseMs) + Math.exp((ms - middleMs) / fallMs))
}

function addDipole(leads_LT: Float64Array, numSamples: number, gains: Float64Array, dipole: Dipole, rateHz: number): void {
  const { fronts, recoveryMs, recoveryRiseMs, recoveryFallMs } = dipole
  let startMs = 12
  for (const { activationMs, spreadMs, moment } of fronts) {
    addCourse(
      leads_LT,
      numSamples,
      gains,
      moment,
      (ms) => Math.exp(-0.5 * ((ms - activationMs) / spreadMs) ** 2),
      rateHz,
      -leadInMs,
      activationMs - 4 * spreadMs,
      activationMs + 4 * spreadMs,
    )
    startMs += activationMs / fronts.length
  }
  addCourse(
    leads_LT,
    numSamples,
    gains,
    dipole.recoveryMoment,
    swell(recoveryMs, recoveryRiseMs, recoveryFallMs),
    rateHz,
    -leadInMs,
    recoveryMs - 5.5 * recoveryRiseMs,
    recoveryMs + 6 * recoveryFallMs,
  )
  const slope = 0.7 / (recoveryMs - startMs)
  addCourse(
    leads_LT,
    numSamples,
    gains,
    dipole.plateauMoment,
    (ms) => (0.65 + slope * (ms - startMs)) / ((1 + Math.exp((startMs - ms) / 7)) * (1 + Math.exp((ms - recoveryMs + 10) / 16))),
    rateHz,
    -leadInMs,
    startMs - 50,
    recoveryMs + 120,
  )
}

/**
 * The usual beat of one person without noise.
 *
 * @param rateHz  Samples per second.
 */
export function heartbeat(person: Person, rateHz = 500, field: LeadField = leadField(person)): Heartbeat {
  const numVentricularSamples = Math.ceil(((leadInMs + person.conduction.qtMs + 240) * rateHz) / 1000)
  const ventricular_LT = new Float64Array(8 * numVentricularSamples)
  const gain = person.chest.voltageGain
  let recovery: Vector3 = [0, 0, 0]
  for (const dipole of electricalHeart(person)) {
    addDipole(ventricular_LT, numVentricularSamples, gainsAt(field, dipole.positionMm, gain), dipole, rateHz)
    recovery = combine([1, recovery], [1, dipole.recoveryMoment])
  }
  // U: small, some 90 ms after T, largest in V2 and V3 (Rautaharju 2009, Circulation 119:e241, from memory); time and size argued.
  const { qtMs, uFraction } = person.conduction
  addCourse(
    ventricular_LT,
    numVentricularSamples,
    gainsAt(field, person.chest.heartMm, gain),
    combine([0.5 * uFraction, recovery], [0.5 * uFraction * Math.hypot(...recovery), [0.3, -0.95, 0]]),
    swell(qtMs + 85, 28, 34),
    rateHz,
    -leadInMs,
    qtMs - 60,
    qtMs + 240,
  )
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
  const [cos, sin] = [Math.cos(conduction.atrialTurnRad), Math.sin(conduction.atrialTurnRad)]
  const turned = ([x, y, z]: Vector3): Vector3 => [x * cos + z * sin, y, z * cos - x * sin]
  const bump = (peakMs: number, spread: number) => (ms: number) => Math.exp(-0.5 * ((ms - peakMs) / spread) ** 2)
  addCourse(
    wave_LT,
    numSamples,
    gains,
    turned([0.3 * right, -0.75 * right, -0.95 * right]),
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
    turned([0.8 * left, 0.62 * left, -0.5 * left]),
    bump(0.64 * conduction.pMs, width * 1.05),
    rateHz,
    0,
    0,
    conduction.pMs + 60,
  )
  return wave_LT
}

/**
 * A premature beat from one ventricular place: the front goes from there through muscle, not by Purkinje fibres, so QRS is wide; T is against it.
 *
 * @returns  On the same eight leads and timing as `heartbeat`.
 */
export function ectopicBeat(person: Person, origin: Vector3, rateHz = 500): Float64Array {
  const field = leadField(person)
  const { numVentricularSamples } = heartbeat(person, rateHz, field)
  const leads_LT = new Float64Array(8 * numVentricularSamples)
  const siteMm = combine([1, person.chest.heartMm], [0.55 * person.electricPump.lvLengthMm, origin])
  for (const dipole of electricalHeart(person)) {
    const away = combine([1, dipole.positionMm], [-1, siteMm])
    const distanceMm = Math.hypot(...away)
    const activationMs = 16 + distanceMm / frontMmPerMs
    let area = 0
    for (const { moment, spreadMs } of dipole.fronts) area += Math.hypot(...moment) * spreadMs
    const moment = combine([(1.2 * area) / (ectopicSpreadMs * Math.max(20, distanceMm)), away])
    const recoveryMs = person.conduction.qtMs - 60 + 0.3 * (activationMs - 80)
    addDipole(
      leads_LT,
      numVentricularSamples,
      gainsAt(field, dipole.positionMm, person.chest.voltageGain),
      {
        positionMm: dipole.positionMm,
        fronts: [{ activationMs, spreadMs: ectopicSpreadMs, moment }],
        recoveryMs,
        recoveryRiseMs: 40,
        recoveryFallMs: 24,
        recoveryMoment: combine([-0.24, moment]),
        plateauMoment: combine([-0.06, moment]),
      },
      rateHz,
    )
  }
  return leads_LT
}
