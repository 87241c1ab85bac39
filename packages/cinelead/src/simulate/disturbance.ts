// What the recording adds to the heart: muscle noise, mains, wander, steps of a loose electrode; and the recorder's filters.
// Hands on: Disturbance, drawDisturbance, addDisturbance, recorderFilters.
import type { Random } from '../base/seed.ts'
import type { DeviceFilters } from '../formats/recording.ts'

/** Sizes of the disturbances on one recording, mV. */
export type Disturbance = {
  muscleMv: number
  mainsMv: number
  wanderMv: number
  breathHz: number
  /** Lead index of the eight independent ones with a loose electrode, or undefined. */
  looseLead: number | undefined
}

export function drawDisturbance(random: Random, looseFraction = 0.03): Disturbance {
  return {
    muscleMv: 0.005 * Math.exp(0.85 * random.normal()), // median and spread as in 25 recordings of CinC 2021: bench/simulator-ecg.ts
    mainsMv: 0.003 * Math.exp(0.7 * random.normal()),
    wanderMv: 0.05 * Math.exp(0.6 * random.normal()),
    breathHz: 0.18 + 0.12 * random.uniform(),
    looseLead: random.chance(looseFraction) ? random.integer(8) : undefined,
  }
}

/** The filters that the recorder says it used. UK Biobank's exports state a 50 Hz notch in some files only; the share could not be checked. */
export function recorderFilters(random: Random): DeviceFilters {
  return {
    highPassHz: 0.04,
    lowPassHz: random.chance(0.5) ? 100 : 150,
    notchHz: random.chance(0.5) ? [50] : [],
    isCubicSpline: random.chance(0.4),
  }
}

/**
 * Adds the disturbances to eight independent leads in place.
 *
 * They arise where they do in life, at the nine electrodes, and reach the leads through their sums: what shakes an arm shakes every lead that
 * the arm takes part in, and all chest leads a little by Wilson's terminal. Muscle noise is white noise minus its slow part (above about
 * 20 Hz) that swells and fades; wander is a random walk that is drawn back to zero, with breathing on it; mains is a 50 Hz sine with its third
 * harmonic. A cubic spline takes most of the wander away, a notch the mains.
 *
 * @param leads_LT  mV. Shape [8, T].
 */
export function addDisturbance(
  leads_LT: Float64Array,
  numSamples: number,
  rateHz: number,
  size: Disturbance,
  filters: DeviceFilters,
  random: Random,
): void {
  const mainsMv = size.mainsMv * ((filters.notchHz ?? []).length > 0 ? 0.06 : 1)
  const wanderMv = size.wanderMv * (filters.isCubicSpline === true ? 0.15 : 1)
  const here_T = new Float64Array(numSamples)
  const breath = { hz: size.breathHz, phase: random.uniform() * 2 * Math.PI }
  for (let electrode = 0; electrode < electrodeShares.length; electrode++) {
    const isLimb = electrode < 3
    const share = random.normal()
    atElectrode(here_T, rateHz, random, {
      // Arms and legs tremble more than the chest, and on some people much more.
      muscleMv: size.muscleMv * (isLimb ? 0.9 : 0.45) * Math.exp(0.35 * random.normal()),
      mainsMv: 0.7 * mainsMv * random.normal(),
      wanderMv: 0.8 * wanderMv * Math.exp(0.4 * random.normal()),
      breathMv: 0.5 * wanderMv * share,
      breath,
    })
    electrodeShares[electrode].forEach((weight, lead) => {
      if (weight === 0) return
      for (let t = 0; t < numSamples; t++) leads_LT[lead * numSamples + t] += weight * here_T[t]
    })
  }
  if (size.looseLead !== undefined) loosen(leads_LT, size.looseLead * numSamples, numSamples, rateHz, random)
}

/** How each electrode (right arm, left arm, left leg, V1 to V6) enters I, II, V1 to V6: Einthoven's differences and Wilson's terminal. */
const electrodeShares: readonly (readonly number[])[] = [
  [-1, -1, ...new Array<number>(6).fill(-1 / 3)],
  [1, 0, ...new Array<number>(6).fill(-1 / 3)],
  [0, 1, ...new Array<number>(6).fill(-1 / 3)],
  ...Array.from({ length: 6 }, (_, chest) => Array.from({ length: 8 }, (_, lead) => (lead === chest + 2 ? 1 : 0))),
]

/** Adds a sine to a signal, by turning a pointer: a sine a sample would cost a fifth of a recording's time. */
function addSine(into_T: Float64Array, size: number, radPerSample: number, phase: number): void {
  const cos = Math.cos(radPerSample)
  const sin = Math.sin(radPerSample)
  let x = size * Math.cos(phase)
  let y = size * Math.sin(phase)
  for (let t = 0; t < into_T.length; t++) {
    into_T[t] += y
    const turned = x * cos - y * sin
    y = y * cos + x * sin
    x = turned
  }
}

type ElectrodeSizes = { muscleMv: number; mainsMv: number; wanderMv: number; breathMv: number; breath: { hz: number; phase: number } }

/** One electrode's disturbance over the recording, mV. */
function atElectrode(here_T: Float64Array, rateHz: number, random: Random, size: ElectrodeSizes): void {
  const turn = (2 * Math.PI) / rateHz
  const mainsPhase = random.uniform() * 2 * Math.PI
  const swellPhase = random.uniform() * 2 * Math.PI
  const swellHz = random.between(0.07, 0.5)
  // A walk whose memory lasts some seconds: standard deviation one.
  const memorySec = random.between(1.2, 4)
  const keep = Math.exp(-1 / (memorySec * rateHz))
  const kick = Math.sqrt(1 - keep * keep)
  const smooth = 1 - Math.exp(-1 / (0.35 * rateHz))
  let previous = 0
  let walk = random.normal()
  let slow = walk
  let hum = 0
  here_T.fill(0)
  addSine(here_T, 0.6, swellHz * turn, swellPhase)
  for (let t = 0; t < here_T.length; t++) {
    const white = random.normal()
    const tremor = (white - previous) * 0.55 + white * 0.25
    previous = 0.8 * previous + 0.2 * white
    // The slow part of the same muscle and skin noise, some hertz: baselines are never ruled.
    hum = 0.965 * hum + 0.16 * white
    walk = keep * walk + kick * random.normal()
    slow += smooth * (walk - slow)
    here_T[t] = size.muscleMv * (1 + here_T[t]) * (tremor + 0.9 * hum) + size.wanderMv * slow
  }
  addSine(here_T, size.mainsMv, 50 * turn, mainsPhase)
  addSine(here_T, 0.15 * size.mainsMv, 150 * turn, 0)
  addSine(here_T, size.breathMv, size.breath.hz * turn, size.breath.phase)
}

/** A loose electrode: now and then a step that decays within a second, and rustle around it. */
function loosen(leads_LT: Float64Array, offset: number, numSamples: number, rateHz: number, random: Random): void {
  const steps = 2 + random.integer(3)
  for (let k = 0; k < steps; k++) {
    const from = random.integer(numSamples)
    const size = 0.8 * random.normal()
    const decay = rateHz * random.between(0.15, 0.6)
    for (let t = from; t < Math.min(numSamples, from + 5 * decay); t++) {
      leads_LT[offset + t] += size * Math.exp(-(t - from) / decay) * (1 + 0.15 * random.normal())
    }
  }
}
