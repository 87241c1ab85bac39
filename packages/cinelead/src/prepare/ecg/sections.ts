// Butterworth filters and notches designed as second-order sections, equal to SciPy's; filtfilt.ts runs them.
// Hands on: butterworth, notch.
// Source: Oppenheim & Schafer, Discrete-Time Signal Processing, bilinear transformation of the Butterworth prototype; the notch is
// Orfanidis' design as SciPy's iirnotch has it.
import { fault } from '../../base/errors.ts'

/** One section: b0 b1 b2 over 1 a1 a2. */
export type Section = { b0: number; b1: number; b2: number; a1: number; a2: number }

export type FilterKind = 'highpass' | 'lowpass' | 'bandpass'

type Complex = { re: number; im: number }

const multiply = (p: Complex, q: Complex): Complex => ({ re: p.re * q.re - p.im * q.im, im: p.re * q.im + p.im * q.re })
const divide = (p: Complex, q: Complex): Complex => {
  const size = q.re * q.re + q.im * q.im
  return { re: (p.re * q.re + p.im * q.im) / size, im: (p.im * q.re - p.re * q.im) / size }
}
const squareRoot = (p: Complex): Complex => {
  const size = Math.hypot(p.re, p.im)
  const re = Math.sqrt((size + p.re) / 2)
  return { re, im: Math.sign(p.im || 1) * Math.sqrt(Math.max(0, (size - p.re) / 2)) }
}

/**
 * A digital Butterworth filter as second-order sections.
 *
 * @param order     Of the prototype; a band-pass has twice as many poles. 1 to 10.
 * @param cutoffHz  One frequency, or [low, high] for a band-pass; below rateHz / 2.
 * @throws          prepare/cutoff when it does not fit under Nyquist.
 *
 * Checked: scipy.signal.butter + sosfiltfilt 1.10.1 within 1e-6 relative, filters.parity.test.ts.
 */
export function butterworth(kind: FilterKind, order: number, cutoffHz: number | readonly [number, number], rateHz: number): Section[] {
  const edges = typeof cutoffHz === 'number' ? [cutoffHz] : [...cutoffHz]
  const isRising = edges.every((edge, index) => edge > (index === 0 ? 0 : edges[index - 1]) && edge < rateHz / 2)
  if (!isRising || edges.length !== (kind === 'bandpass' ? 2 : 1) || !(order >= 1 && order <= 10)) {
    throw fault({
      code: 'prepare/cutoff',
      where: 'butterworth',
      expected: `a ${kind} of order 1 to 10 with cut-offs between 0 and ${rateHz / 2} Hz (Nyquist)`,
      received: `order ${order}, [${edges.join(', ')}] Hz`,
      hint: 'Lower the cut-off or resample first.',
    })
  }
  const warped = edges.map((edge) => 4 * Math.tan((Math.PI * edge) / rateHz))
  // One pole of each conjugate pair, upper half plane, then the real one where the order is odd.
  const prototype: Complex[] = []
  for (let m = order - 1; m >= 0; m -= 2) {
    const angle = (Math.PI * m) / (2 * order)
    prototype.push({ re: -Math.cos(angle), im: Math.sin(angle) })
  }
  // Each section has a pole and its conjugate, or two real poles, or one.
  const pairs: (readonly [Complex, Complex?])[] = []
  for (const pole of prototype) {
    const isReal = Math.abs(pole.im) < 1e-14
    if (kind === 'bandpass') pairs.push(...bandPairs(pole, isReal, warped[0], warped[1]))
    else {
      const moved = kind === 'lowpass' ? { re: pole.re * warped[0], im: pole.im * warped[0] } : divide({ re: warped[0], im: 0 }, pole)
      pairs.push(isReal ? [moved] : [moved, { re: moved.re, im: -moved.im }])
    }
  }
  const sections = pairs.map(([p, q]) => {
    const [zp, zq] = [bilinear(p), q === undefined ? { re: 0, im: 0 } : bilinear(q)]
    const a1 = -(zp.re + zq.re)
    const a2 = multiply(zp, zq).re
    return unitGain(kind, q === undefined, a1, a2, centreOf(kind, edges, rateHz))
  })
  return kind === 'bandpass' ? scaled(sections, edges, rateHz) : sections
}

/** The sections' poles of the band-pass that one low-pass pole (and its conjugate) becomes. */
function bandPairs(pole: Complex, isReal: boolean, low: number, high: number): (readonly [Complex, Complex])[] {
  const half = { re: (pole.re * (high - low)) / 2, im: (pole.im * (high - low)) / 2 }
  const root = squareRoot({ re: half.re * half.re - half.im * half.im - low * high, im: 2 * half.re * half.im })
  const sum = { re: half.re + root.re, im: half.im + root.im }
  const difference = { re: half.re - root.re, im: half.im - root.im }
  // A real pole becomes two that are conjugate or both real: one section.
  if (isReal) return [[sum, difference]]
  return [
    [sum, { re: sum.re, im: -sum.im }],
    [difference, { re: difference.re, im: -difference.im }],
  ]
}

/** From the s-plane to the z-plane at a sampling rate of 2 (the factor 4 of the warped edges). */
function bilinear(pole: Complex): Complex {
  return divide({ re: 4 + pole.re, im: pole.im }, { re: 4 - pole.re, im: -pole.im })
}

/** The angle at which a section's gain is one: 0 for low-pass, Nyquist for high-pass, the geometric middle for band-pass. */
function centreOf(kind: FilterKind, edges: readonly number[], rateHz: number): number {
  if (kind === 'lowpass') return 0
  if (kind === 'highpass') return Math.PI
  const middle = Math.sqrt(Math.tan((Math.PI * edges[0]) / rateHz) * Math.tan((Math.PI * edges[1]) / rateHz))
  return 2 * Math.atan(middle)
}

function unitGain(kind: FilterKind, isFirstOrder: boolean, a1: number, a2: number, angle: number): Section {
  const sign = kind === 'lowpass' ? 1 : -1
  const zeros = kind === 'bandpass' ? [0, -1] : isFirstOrder ? [sign, 0] : [2 * sign, 1]
  const section = { b0: 1, b1: zeros[0], b2: zeros[1], a1, a2 }
  const gain = kind === 'bandpass' ? 1 : responseOf(section, angle)
  return { b0: 1 / gain, b1: zeros[0] / gain, b2: zeros[1] / gain, a1, a2 }
}

function scaled(sections: Section[], edges: readonly number[], rateHz: number): Section[] {
  const angle = centreOf('bandpass', edges, rateHz)
  return sections.map((section) => {
    const gain = responseOf(section, angle)
    return { ...section, b0: section.b0 / gain, b1: section.b1 / gain, b2: section.b2 / gain }
  })
}

/** Size of a section's response at an angle of the unit circle. */
function responseOf({ b0, b1, b2, a1, a2 }: Section, angle: number): number {
  const z = { re: Math.cos(angle), im: -Math.sin(angle) }
  const z2 = multiply(z, z)
  const top = { re: b0 + b1 * z.re + b2 * z2.re, im: b1 * z.im + b2 * z2.im }
  const bottom = { re: 1 + a1 * z.re + a2 * z2.re, im: a1 * z.im + a2 * z2.im }
  return Math.hypot(top.re, top.im) / Math.hypot(bottom.re, bottom.im)
}

/**
 * A notch at one frequency.
 *
 * @param quality  Frequency over its -3 dB width; 30 takes 1.7 Hz around 50 Hz.
 *
 * Checked: scipy.signal.iirnotch + filtfilt 1.10.1 within 1e-6 relative, filters.parity.test.ts.
 */
export function notch(frequencyHz: number, quality: number, rateHz: number): Section[] {
  if (!(frequencyHz > 0 && frequencyHz < rateHz / 2 && quality > 0)) {
    throw fault({
      code: 'prepare/cutoff',
      where: 'notch',
      expected: `a frequency between 0 and ${rateHz / 2} Hz and a positive quality`,
      received: `${frequencyHz} Hz, quality ${quality}`,
      hint: 'Lower the frequency or resample first.',
    })
  }
  const angle = (2 * Math.PI * frequencyHz) / rateHz
  const gain = 1 / (1 + Math.tan(angle / quality / 2))
  return [{ b0: gain, b1: -2 * gain * Math.cos(angle), b2: gain, a1: -2 * gain * Math.cos(angle), a2: 2 * gain - 1 }]
}
