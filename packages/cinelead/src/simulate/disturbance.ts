// What the recording adds to the heart: muscle noise, mains, wander, steps of a loose electrode; and the recorder's filters.
// Hands on: Disturbance, drawDisturbance, addDisturbance, recorderFilters.
import type { Random } from '../base/seed.ts'
import type { DeviceFilters } from '../formats/recording.ts'

/** Sizes of the disturbances on one recording, mV. */
export type Disturbance = {
  muscleMv: number
  /** The slow part, some hertz: skin under the electrodes and muscles at rest. */
  skinMv: number
  mainsMv: number
  wanderMv: number
  breathHz: number
  /** Lead index of the eight independent ones with a loose electrode, or undefined. */
  looseLead: number | undefined
}

export function drawDisturbance(random: Random, looseFraction = 0.03): Disturbance {
  return {
    // Medians and spreads as in 25 recordings of CinC 2021 (bench/simulator-ecg.ts).
    muscleMv: 0.005 * Math.exp(0.75 * random.normal()),
    skinMv: 0.009 * Math.exp(0.45 * random.normal()),
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
 * 20 Hz) that swells and fades, with a burst on some electrodes; beneath it lies noise of some hertz; wander is a random walk that is drawn
 * back to zero, with breathing on it; mains is a 50 Hz sine with its third harmonic. A cubic spline takes most of the wander away, a notch
 * the mains.
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
      muscleMv: size.muscleMv * (isLimb ? 0.85 : 0.58) * Math.exp(0.5 * random.normal()),
      skinMv: size.skinMv * (isLimb ? 0.85 : 0.75) * Math.exp(0.45 * random.normal()),
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

type ElectrodeSizes = {
  muscleMv: number
  skinMv: number
  mainsMv: number
  wanderMv: number
  breathMv: number
  breath: { hz: number; phase: number }
}

/** One electrode's disturbance over the recording, mV. */
function atElectrode(here_T: Float64Array, rateHz: number, random: Random, size: ElectrodeSizes): void {
  const turn = (2 * Math.PI) / rateHz
  const mainsPhase = random.uniform() * 2 * Math.PI
  const swellPhase = random.uniform() * 2 * Math.PI
  const swellHz = random.between(0.07, 0.5)
  // A walk whose memory lasts some seconds, standard deviation one: a new place 25 times a second, straight lines between.
  const memorySec = random.between(1.2, 4)
  const stride = Math.max(1, Math.round(rateHz / 25))
  const keep = Math.exp(-stride / (memorySec * rateHz))
  const kick = Math.sqrt(1 - keep * keep)
  const smooth = 1 - Math.exp(-stride / (0.35 * rateHz))
  // Noise of some hertz, standard deviation one: forgotten within 30 ms or so, without corners.
  const memory = Math.exp(-1 / (random.between(0.02, 0.045) * rateHz))
  const soft = 1 - Math.exp(-1 / (0.004 * rateHz))
  const humKick = Math.sqrt(1 - memory * memory)
  const burst = random.chance(0.12) ? { from: random.integer(here_T.length), length: rateHz * random.between(0.3, 1.5) } : undefined
  let previous = 0
  let walk = random.normal()
  let slow = walk
  let next = walk
  let raw = 0
  let hum = 0
  here_T.fill(0)
  addSine(here_T, 0.6, swellHz * turn, swellPhase)
  if (burst !== undefined) {
    const to = Math.min(here_T.length, Math.round(burst.from + burst.length))
    for (let t = burst.from; t < to; t++) here_T[t] += 3 * Math.sin((Math.PI * (t - burst.from)) / burst.length)
  }
  for (let t = 0; t < here_T.length; t++) {
    const phase = t % stride
    if (phase === 0) {
      slow = next
      walk = keep * walk + kick * random.normal()
      next = slow + smooth * (walk - slow)
    }
    const white = random.normal()
    const tremor = (white - previous) * 0.55 + white * 0.25
    previous = 0.8 * previous + 0.2 * white
    raw = memory * raw + humKick * white
    hum += soft * (raw - hum)
    here_T[t] = size.muscleMv * (1 + here_T[t]) * tremor + size.skinMv * hum + size.wanderMv * (slow + ((next - slow) * phase) / stride)
  }
  if (random.chance(0.08)) contact(here_T, rateHz, size.wanderMv, random)
  addSine(here_T, size.mainsMv, 50 * turn, mainsPhase)
  addSine(here_T, 0.15 * size.mainsMv, 150 * turn, 0)
  addSine(here_T, size.breathMv, size.breath.hz * turn, size.breath.phase)
}

/** An electrode that someone's move pulls at once: its potential shifts within a tenth of a second and comes back over one or two. Sizes by eye. */
function contact(here_T: Float64Array, rateHz: number, wanderMv: number, random: Random): void {
  const from = random.integer(here_T.length)
  const sizeMv = 2 * wanderMv * random.normal()
  const [rise, fall] = [rateHz * random.between(0.02, 0.1), rateHz * random.between(0.2, 0.8)]
  for (let t = from; t < Math.min(here_T.length, from + 5 * fall); t++)
    here_T[t] += sizeMv * (Math.exp((from - t) / fall) - Math.exp((from - t) / rise))
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
