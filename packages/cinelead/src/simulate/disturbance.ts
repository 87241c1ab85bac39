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
    muscleMv: 0.006 * Math.exp(0.55 * random.normal()),
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
 * Muscle noise is white noise minus its slow part (above about 20 Hz), rough enough to look like tremor; mains is a 50 Hz sine with
 * its third harmonic; wander sums breathing and slower drifts. A cubic spline takes most of the wander away, a notch the mains.
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
  const mains = size.mainsMv * ((filters.notchHz ?? []).length > 0 ? 0.06 : 1)
  const wander = size.wanderMv * (filters.isCubicSpline === true ? 0.15 : 1)
  const step = (2 * Math.PI) / rateHz
  for (let lead = 0; lead < 8; lead++) {
    const offset = lead * numSamples
    const muscle = size.muscleMv * (0.6 + 0.8 * random.uniform())
    const mainsHere = mains * random.normal()
    const mainsPhase = random.uniform() * 6.283
    const slow = [random.between(0.05, 0.12), random.between(0.12, 0.2), size.breathHz]
    const slowSize = [wander * random.normal(), 0.6 * wander * random.normal(), 0.8 * wander * random.normal()]
    const slowPhase = [random.uniform() * 6.283, random.uniform() * 6.283, random.uniform() * 6.283]
    let previous = 0
    for (let t = 0; t < numSamples; t++) {
      const white = random.normal()
      const tremor = (white - previous) * 0.55 + white * 0.25
      previous = 0.8 * previous + 0.2 * white
      let value = muscle * tremor + mainsHere * (Math.sin(50 * step * t + mainsPhase) + 0.15 * Math.sin(150 * step * t))
      for (let k = 0; k < 3; k++) value += slowSize[k] * Math.sin(slow[k] * step * t + slowPhase[k])
      leads_LT[offset + t] += value
    }
  }
  if (size.looseLead !== undefined) loosen(leads_LT, size.looseLead * numSamples, numSamples, rateHz, random)
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
