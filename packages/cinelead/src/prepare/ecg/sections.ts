// Butterworth filters as second-order sections and zero-phase filtering with them, equal to SciPy's.
// Hands on: butterworth (design), notch (design), filtfilt (forward and backward).
// Source: Oppenheim & Schafer, Discrete-Time Signal Processing, bilinear transformation of the Butterworth prototype; the notch is
// Orfanidis' design as SciPy's iirnotch has it; edges and initial conditions as scipy.signal.sosfiltfilt documents them.
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

/**
 * Filters forward and backward, so that no wave moves; edges are continued by point reflection.
 *
 * @param signal_T  Any unit, no NaN; longer than 3 (2 sections + 1).
 * @returns         A new array. Shape [T].
 * @throws          prepare/too-short when the signal is not longer than the continued edge.
 */
export function filtfilt(sections: readonly Section[], signal_T: ArrayLike<number>): Float64Array {
  return filtfiltLeads(sections, signal_T instanceof Float64Array ? signal_T : Float64Array.from(signal_T), 1)
}

/** Continuation of an end: mirrored (`even`) or turned about its last sample (`odd`), so many samples long. */
export type Edges = { kind: 'even' | 'odd'; samples: number }

/**
 * The same for several leads at once, four in step: their recursions do not wait for one another.
 *
 * @param mv_LT  Any unit, no NaN. Shape [L, T].
 * @param out_LT  Where the result goes; may be mv_LT itself.
 * @param edges   How each end is continued; SciPy's default otherwise.
 * @returns      out_LT. Same shape.
 * @throws       prepare/too-short as filtfilt.
 */
export function filtfiltLeads(
  sections: readonly Section[],
  mv_LT: Float64Array,
  numLeads: number,
  out_LT: Float64Array = new Float64Array(mv_LT.length),
  edges?: Edges,
): Float64Array {
  const numSamples = mv_LT.length / numLeads
  const edge = edges === undefined ? edgeOf(sections, numSamples) : Math.min(edges.samples, numSamples - 1)
  const isEven = edges?.kind === 'even'
  const steady = steadyStates(sections)
  const size = numSamples + 2 * edge
  const work = new Float64Array(4 * size)
  for (let first = 0; first < numLeads; first += 4) {
    const lanes = Math.min(4, numLeads - first)
    for (let lane = 0; lane < lanes; lane++) {
      const at = (first + lane) * numSamples
      const [begin, end] = [mv_LT[at], mv_LT[at + numSamples - 1]]
      for (let k = 0; k < edge; k++) {
        const [left, right] = [mv_LT[at + edge - k], mv_LT[at + numSamples - 2 - k]]
        work[4 * k + lane] = isEven ? left : 2 * begin - left
        work[4 * (edge + numSamples + k) + lane] = isEven ? right : 2 * end - right
      }
      for (let t = 0; t < numSamples; t++) work[4 * (edge + t) + lane] = mv_LT[at + t]
    }
    runFour(sections, steady, work, 0, 4)
    runFour(sections, steady, work, 4 * (size - 1), -4)
    for (let lane = 0; lane < lanes; lane++) {
      const at = (first + lane) * numSamples
      for (let t = 0; t < numSamples; t++) out_LT[at + t] = work[4 * (edge + t) + lane]
    }
  }
  return out_LT
}

/** All sections over four interleaved signals, from an end of the array to the other. */
function runFour(sections: readonly Section[], steady: readonly State[], work: Float64Array, start: number, step: 4 | -4): void {
  const starts = [work[start], work[start + 1], work[start + 2], work[start + 3]]
  const count = work.length / 4
  for (let index = 0; index < sections.length; index++) {
    const { b0, b1, b2, a1, a2 } = sections[index]
    const { s1, s2 } = steady[index]
    let p1 = s1 * starts[0]
    let p2 = s2 * starts[0]
    let q1 = s1 * starts[1]
    let q2 = s2 * starts[1]
    let r1 = s1 * starts[2]
    let r2 = s2 * starts[2]
    let u1 = s1 * starts[3]
    let u2 = s2 * starts[3]
    for (let k = 0, at = start; k < count; k++, at += step) {
      const px = work[at]
      const qx = work[at + 1]
      const rx = work[at + 2]
      const ux = work[at + 3]
      const py = b0 * px + p1
      const qy = b0 * qx + q1
      const ry = b0 * rx + r1
      const uy = b0 * ux + u1
      p1 = b1 * px - a1 * py + p2
      q1 = b1 * qx - a1 * qy + q2
      r1 = b1 * rx - a1 * ry + r2
      u1 = b1 * ux - a1 * uy + u2
      p2 = b2 * px - a2 * py
      q2 = b2 * qx - a2 * qy
      r2 = b2 * rx - a2 * ry
      u2 = b2 * ux - a2 * uy
      work[at] = py
      work[at + 1] = qy
      work[at + 2] = ry
      work[at + 3] = uy
    }
  }
}

type State = { s1: number; s2: number }

/** Samples by which each end is continued, as SciPy has it by default. */
function edgeOf(sections: readonly Section[], numSamples: number): number {
  const numFirstOrder = Math.min(sections.filter(({ b2 }) => b2 === 0).length, sections.filter(({ a2 }) => a2 === 0).length)
  const edge = 3 * (2 * sections.length + 1 - numFirstOrder)
  if (numSamples > edge) return edge
  throw fault({
    code: 'prepare/too-short',
    where: 'filtfilt',
    expected: `more than ${edge} samples`,
    received: String(numSamples),
    hint: 'The recording is too short to be filtered.',
  })
}

/** The state each section has after an endless constant 1 at the cascade's input (transposed direct form II). */
function steadyStates(sections: readonly Section[]): State[] {
  let level = 1
  return sections.map(({ b0, b1, b2, a1, a2 }) => {
    const output = (level * (b0 + b1 + b2)) / (1 + a1 + a2)
    const s2 = level * b2 - output * a2
    const s1 = level * b1 - output * a1 + s2
    level = output
    return { s1, s2 }
  })
}
