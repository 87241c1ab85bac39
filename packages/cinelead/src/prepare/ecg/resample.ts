// Another sampling rate by a polyphase low-pass, equal to SciPy's resample_poly with its default Kaiser window.
// Hands on: resample, rateRatio.
// Source: Crochiere & Rabiner, Multirate Digital Signal Processing, polyphase interpolators; scipy.signal.resample_poly for the filter's
// length (10 zero crossings a side) and window (Kaiser, beta 5).
import { fault } from '../../base/errors.ts'

const zeroCrossings = 10 // scipy.signal.resample_poly: half_len = 10 * max(up, down)
const kaiserBeta = 5 // scipy.signal.resample_poly: window=('kaiser', 5.0)
const maxFactor = 5000 // rates are taken as a fraction of integers up to this: below 1e-6 of a rate, 10 µs in 10 s, for rates told to 0.01 Hz

/** The fraction up/down that turns one rate into another. */
export function rateRatio(fromHz: number, toHz: number): { up: number; down: number } {
  if (!(fromHz > 0 && toHz > 0 && toHz / fromHz <= 100 && fromHz / toHz <= 200)) {
    throw fault({
      code: 'prepare/rate',
      where: 'rateRatio',
      expected: 'rates that differ at most 100-fold upwards and 200-fold downwards',
      received: `${fromHz} Hz to ${toHz} Hz`,
      hint: 'The recording is sampled too coarsely or too finely to be used.',
    })
  }
  const target = toHz / fromHz
  let best = { up: 1, down: 1 }
  let bestError = Number.POSITIVE_INFINITY
  for (let down = 1; down <= maxFactor; down++) {
    const up = Math.round(target * down)
    if (up < 1 || up > maxFactor * 100) continue
    const error = Math.abs(up / down - target) / target
    if (error < bestError - 1e-15) {
      best = { up, down }
      bestError = error
      if (error < 1e-12) break
    }
  }
  return best
}

/**
 * A signal at another rate: up/down times as many samples.
 *
 * Beyond its ends the signal goes on along the straight line from its first to its last sample, so that edges do not ring.
 *
 * @param signal_T  Any unit, no NaN, two samples at least.
 * @returns         ceil(T up / down) samples. Shape [T].
 *
 * Checked: scipy.signal.resample_poly(padtype='line') 1.10.1 within 1e-6 relative, filters.parity.test.ts.
 */
export function resample(signal_T: ArrayLike<number>, up: number, down: number): Float64Array {
  const numIn = signal_T.length
  if (up === down) return Float64Array.from(signal_T)
  const taps = lowpassTaps(up, down)
  const half = (taps.length - 1) / 2
  const numOut = Math.ceil((numIn * up) / down)
  const first = signal_T[0]
  const slope = numIn > 1 ? (signal_T[numIn - 1] - first) / (numIn - 1) : 0
  const pad = Math.ceil(half / up) + 1
  const padded_T = new Float64Array(numIn + 2 * pad)
  for (let k = -pad; k < numIn + pad; k++) padded_T[k + pad] = k >= 0 && k < numIn ? signal_T[k] : first + slope * k
  const out_T = new Float64Array(numOut)
  for (let m = 0; m < numOut; m++) {
    const centre = m * down
    const from = Math.ceil((centre - half) / up)
    const to = Math.floor((centre + half) / up)
    let sum = 0
    for (let k = from, tap = centre - from * up + half; k <= to; k++, tap -= up) sum += taps[tap] * padded_T[k + pad]
    out_T[m] = sum
  }
  return out_T
}

const kept = new Map<string, Float64Array>()

/** Low-pass at the smaller Nyquist, gain `up`. */
function lowpassTaps(up: number, down: number): Float64Array {
  const key = `${up}/${down}`
  const held = kept.get(key)
  if (held !== undefined) return held
  const widest = Math.max(up, down)
  const half = zeroCrossings * widest
  const taps = new Float64Array(2 * half + 1)
  let sum = 0
  for (let n = -half; n <= half; n++) {
    const x = n / widest
    const sinc = n === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
    taps[n + half] = (sinc / widest) * (bessel0(kaiserBeta * Math.sqrt(1 - (n / half) ** 2)) / bessel0(kaiserBeta))
    sum += taps[n + half]
  }
  for (let n = 0; n < taps.length; n++) taps[n] *= up / sum
  if (kept.size > 16) kept.clear()
  kept.set(key, taps)
  return taps
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel0(x: number): number {
  let term = 1
  let sum = 1
  for (let k = 1; k < 60 && term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}
