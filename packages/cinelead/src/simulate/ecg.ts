// One person's resting ECG of ten seconds, as a recorder would hand it on.
// Hands on: renderEcg.
import { createRandom } from '../base/seed.ts'
import { type Recording, standardLeads } from '../formats/recording.ts'
import { addDisturbance, drawDisturbance, recorderFilters } from './disturbance.ts'
import { printedMeasurements, printedStatements } from './ecg-printout.ts'
import type { Vector3 } from './heart-axes.ts'
import { ectopicBeat, type Heartbeat, heartbeat } from './heartbeat.ts'
import { leadField, twelveLeads } from './lead-field.ts'
import type { Person } from './person.ts'
import { type Beat, beatTimes } from './rhythm.ts'

export type EcgOptions = {
  /** Default 500. */
  rateHz?: number
  /** Default 10. */
  durationSec?: number
  /** Multiplies every disturbance; default 1, 0 gives a clean trace. */
  noise?: number
  /** Share of recordings with a loose electrode; default 0.03. */
  looseLeadFraction?: number
  /** Visit, to draw another day's noise; default 2. */
  visit?: number
  /** Left and right arm's electrodes were exchanged; default no. */
  isArmReversed?: boolean
  /** Day of the recording, `YYYY-MM-DD`; default the person's visit. */
  recordedOn?: string
}

const resolutionUv = 5 // UK Biobank field 20205: 5 µV per step
const medianMs = 1200 // 600 samples at 500 Hz

/**
 * The resting ECG that follows from a person's electrical heart.
 *
 * @returns  Twelve leads in mV, rounded to 5 µV; median beat and printed measurements as the recorder gives them.
 * @example  renderEcg(drawPerson(1, 0))
 */
export function renderEcg(person: Person, options: EcgOptions = {}): Recording {
  const rateHz = options.rateHz ?? 500
  const numSamples = Math.round((options.durationSec ?? 10) * rateHz)
  const noise = options.noise ?? 1
  const random = createRandom(`${person.seed}/ecg/${person.index}/${options.visit ?? 2}`)
  const filters = recorderFilters(random.stream('filters'))
  const drawn = drawDisturbance(random.stream('sizes'), options.looseLeadFraction)
  const disturbance = {
    ...drawn,
    muscleMv: drawn.muscleMv * noise,
    skinMv: drawn.skinMv * noise,
    mainsMv: drawn.mainsMv * noise,
    wanderMv: drawn.wanderMv * noise,
    looseLead: noise > 0 ? drawn.looseLead : undefined,
  }
  const usual = heartbeat(person, rateHz, leadField(person))
  const beats = beatTimes(person, (numSamples / rateHz) * 1000, drawn.breathHz, random.stream('rhythm'))
  const leads_LT = new Float64Array(8 * numSamples)
  const breathPhase = random.uniform() * 2 * Math.PI
  const origin: Vector3 = [random.normal(), random.normal(), random.normal()]
  const size = Math.hypot(...origin)
  const premature = beats.some(({ kind }) => kind === 'ventricular-premature')
    ? ectopicBeat(person, [origin[0] / size, origin[1] / size, origin[2] / size], rateHz)
    : undefined
  const variation = random.stream('beats')
  const sway_L = Float64Array.from({ length: 8 }, () => 0.045 * (1 + 0.8 * variation.normal()))
  const depth = 0.07 * Math.exp(0.4 * variation.normal())
  const swung_LT = swungByBreath(usual)
  for (const beat of beats) {
    // Breathing swings the heart under the electrodes, nearer to some and away from others; no two beats are quite alike either.
    const breath = Math.sin((2 * Math.PI * disturbance.breathHz * beat.onsetMs) / 1000 + breathPhase)
    const gains_L = sway_L.map((sway) => 1 + sway * breath + 0.016 * variation.normal())
    const atrialGain = 1 + 0.08 * variation.normal()
    placeBeat(leads_LT, numSamples, usual, beat, person, premature, gains_L, atrialGain)
    const startSample = ((beat.onsetMs - usual.leadInMs) * rateHz) / 1000
    const swing_L = new Float64Array(8).fill(depth * breath + 0.012 * variation.normal())
    if (beat.kind !== 'ventricular-premature') addWave(leads_LT, numSamples, swung_LT, usual.numVentricularSamples, startSample, swing_L)
  }
  if (person.rhythm === 'af') addFibrillation(leads_LT, numSamples, rateHz, person, random.stream('fibrillation'))
  const median = medianBeat(usual, person, rateHz)
  addDisturbance(leads_LT, numSamples, rateHz, disturbance, filters, random.stream('noise'))
  if (options.isArmReversed === true) exchangeArms(leads_LT, numSamples)
  const ecg_LT = twelveLeads(roundTo(leads_LT, resolutionUv), numSamples)
  return {
    format: 'simulated',
    version: 'V6.73',
    rateHz,
    leads: standardLeads,
    numSamples,
    ecg_LT,
    resolutionUv: standardLeads.map(() => resolutionUv),
    recordedOn: options.recordedOn ?? person.visitOn,
    filters,
    printed: printedMeasurements(person, usual, beats, random.stream('printout')),
    statements: printedStatements(person),
    median,
  }
}

/**
 * What one radian of swing changes in the ventricular waves: the frontal leads turn, and each chest electrode comes to lie nearer to where its
 * left neighbour was. Shape [8, T].
 */
function swungByBreath({ ventricular_LT, numVentricularSamples: n }: Heartbeat): Float64Array {
  const swung_LT = new Float64Array(8 * n)
  for (let t = 0; t < n; t++) {
    const one = ventricular_LT[t]
    const down = (2 * ventricular_LT[n + t] - one) / Math.sqrt(3)
    swung_LT[t] = -down
    swung_LT[n + t] = (Math.sqrt(3) * one - down) / 2
    for (let lead = 2; lead < 8; lead++) {
      const next = ventricular_LT[Math.min(7, lead + 1) * n + t]
      swung_LT[lead * n + t] = 0.8 * (next - ventricular_LT[Math.max(2, lead - 1) * n + t])
    }
  }
  return swung_LT
}

/** Exchanged arm electrodes: I turns over, II and III change places; chest leads keep their reference, the mean of all three limbs. */
function exchangeArms(leads_LT: Float64Array, numSamples: number): void {
  for (let t = 0; t < numSamples; t++) {
    const one = leads_LT[t]
    leads_LT[t] = -one
    leads_LT[numSamples + t] -= one
  }
}

/** What the recorder prints for one recording, without the recording: the same numbers as in `renderEcg(person, { visit }).printed`. */
export function recorderPrintout(person: Person, visit = 2): Recording['printed'] {
  const random = createRandom(`${person.seed}/ecg/${person.index}/${visit}`)
  const { breathHz } = drawDisturbance(random.stream('sizes'))
  const beats = beatTimes(person, 10_000, breathHz, random.stream('rhythm'))
  return printedMeasurements(person, heartbeat(person), beats, random.stream('printout'))
}

function roundTo(leads_LT: Float64Array, stepUv: number): Float64Array {
  // Twice the step for I and II, so that III and the augmented leads come out as whole steps too.
  const numSamples = leads_LT.length / 8
  for (let i = 0; i < leads_LT.length; i++) {
    const step = (i < 2 * numSamples ? 2 : 1) * stepUv * 0.001
    leads_LT[i] = Math.round(leads_LT[i] / step) * step
  }
  return leads_LT
}

/** Adds a sampled wave that starts between samples, by linear interpolation. */
function addWave(
  leads_LT: Float64Array,
  numSamples: number,
  wave_LT: Float64Array,
  numWaveSamples: number,
  startSample: number,
  gains_L: Float64Array,
): void {
  const whole = Math.floor(startSample)
  const part = startSample - whole
  for (let lead = 0; lead < 8; lead++) {
    const to = lead * numSamples
    const from = lead * numWaveSamples
    for (let k = 0; k < numWaveSamples; k++) {
      const t = whole + k + 1
      if (t < 0 || t >= numSamples) continue
      const here = wave_LT[from + k]
      const next = k + 1 < numWaveSamples ? wave_LT[from + k + 1] : 0
      leads_LT[to + t] += gains_L[lead] * (here * part + next * (1 - part))
    }
  }
}

function placeBeat(
  leads_LT: Float64Array,
  numSamples: number,
  usual: Heartbeat,
  beat: Beat,
  person: Person,
  premature: Float64Array | undefined,
  gains_L: Float64Array,
  atrialGain = 1,
): void {
  const perMs = usual.rateHz / 1000
  const wave = beat.kind === 'ventricular-premature' && premature !== undefined ? premature : usual.ventricular_LT
  addWave(leads_LT, numSamples, wave, usual.numVentricularSamples, (beat.onsetMs - usual.leadInMs) * perMs, gains_L)
  if (beat.hasAtrialWave) {
    const early = beat.kind === 'atrial-premature' ? 18 : 0
    addWave(
      leads_LT,
      numSamples,
      usual.atrial_LT,
      usual.numAtrialSamples,
      (beat.onsetMs - person.conduction.prMs - early) * perMs,
      gains_L.map((gain) => (early > 0 ? 0.7 : 1) * atrialGain * gain),
    )
  }
}

/** Fibrillation waves, 5 to 7.5 a second, largest in V1, waxing and waning. */
function addFibrillation(
  leads_LT: Float64Array,
  numSamples: number,
  rateHz: number,
  person: Person,
  random: ReturnType<typeof createRandom>,
): void {
  const sizeMv = 0.055 * Math.exp(0.35 * random.normal()) * (70 / person.electricPump.leftAtriumMaxMl) ** 0.3
  const share = [0.3, 0.75, 1.15, 0.75, 0.45, 0.3, 0.25, 0.22]
  const baseHz = random.between(5, 7.5)
  let angle = 0
  for (let t = 0; t < numSamples; t++) {
    const seconds = t / rateHz
    const hertz = baseHz + 0.6 * Math.sin(2 * Math.PI * 0.31 * seconds) + 0.4 * Math.sin(2 * Math.PI * 0.83 * seconds + 1)
    angle += (2 * Math.PI * hertz) / rateHz
    const wax = 1 + 0.35 * Math.sin(2 * Math.PI * 0.47 * seconds + 2)
    const wave = sizeMv * wax * (Math.sin(angle) + 0.35 * Math.sin(2 * angle + 0.7))
    for (let lead = 0; lead < 8; lead++) leads_LT[lead * numSamples + t] += share[lead] * wave
  }
}

function medianBeat(usual: Heartbeat, person: Person, rateHz: number): Recording['median'] {
  const numSamples = Math.round((medianMs * rateHz) / 1000)
  const leads_LT = new Float64Array(8 * numSamples)
  const beat: Beat = { onsetMs: 400, kind: 'usual', hasAtrialWave: person.rhythm === 'sinus' }
  placeBeat(leads_LT, numSamples, usual, beat, person, undefined, new Float64Array(8).fill(1))
  return { rateHz, leads: standardLeads, numSamples, beat_LT: twelveLeads(roundTo(leads_LT, resolutionUv), numSamples) }
}
