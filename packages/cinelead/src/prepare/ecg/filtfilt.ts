// Zero-phase filtering with second-order sections, equal to SciPy's sosfiltfilt. Hands on: filtfilt, filtfiltLeads.
// Source: transposed direct form II (Oppenheim & Schafer, Discrete-Time Signal Processing); edges and initial conditions as
// scipy.signal.sosfiltfilt documents them.
import { fault } from '../../base/errors.ts'
import type { Section } from './sections.ts'

/** Continuation of an end: mirrored (`even`) or turned about its last sample (`odd`), so many samples long. */
export type Edges = { kind: 'even' | 'odd'; samples: number }

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

/**
 * The same for several leads at once, three in step: their recursions do not wait for one another, and the states of three fit into a
 * processor's registers (four were slower).
 *
 * @param mv_LT   Any unit, no NaN. Shape [L, T].
 * @param out_LT  Where the result goes; may be mv_LT itself.
 * @param edges   How each end is continued; SciPy's default otherwise.
 * @returns       out_LT. Same shape.
 * @throws        prepare/too-short as filtfilt.
 *
 * Checked: scipy.signal.sosfiltfilt 1.10.1 within 1e-6 relative, filters.parity.test.ts.
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
  const lanes = threeLanes(numSamples + 2 * edge)
  for (let first = 0; first < numLeads; first += 3) {
    const leads = Math.min(3, numLeads - first)
    for (let lane = 0; lane < leads; lane++) {
      const at = (first + lane) * numSamples
      continueEnds(mv_LT.subarray(at, at + numSamples), edge, isEven, lanes[lane])
    }
    runThree(sections, steady, lanes, 1)
    runThree(sections, steady, lanes, -1)
    for (let lane = 0; lane < leads; lane++) {
      out_LT.set(lanes[lane].subarray(edge, edge + numSamples), (first + lane) * numSamples)
    }
  }
  return out_LT
}

type Lanes = readonly [Float64Array, Float64Array, Float64Array]

let kept = new Float64Array(0)
const largestKept = 3 * 20_000 // a resting ECG and its edges twice over; longer signals get memory of their own that is given back

/** Memory for three signals while they are filtered; kept from call to call, because nothing of it leaves. */
function threeLanes(size: number): Lanes {
  if (3 * size > kept.length && 3 * size <= largestKept) kept = new Float64Array(largestKept)
  const all = 3 * size <= kept.length ? kept : new Float64Array(3 * size)
  return [all.subarray(0, size), all.subarray(size, 2 * size), all.subarray(2 * size, 3 * size)]
}

/** Writes a lead with both ends continued. */
function continueEnds(lead_T: Float64Array, edge: number, isEven: boolean, out: Float64Array): void {
  const last = lead_T.length - 1
  const [begin, end] = [2 * lead_T[0], 2 * lead_T[last]]
  out.set(lead_T, edge)
  for (let k = 1; k <= edge; k++) {
    out[edge - k] = isEven ? lead_T[k] : begin - lead_T[k]
    out[edge + last + k] = isEven ? lead_T[last - k] : end - lead_T[last - k]
  }
}

/** All sections over three signals, from one end to the other. */
function runThree(sections: readonly Section[], steady: readonly State[], [lane1, lane2, lane3]: Lanes, direction: 1 | -1): void {
  const count = lane1.length
  const start = direction === 1 ? 0 : count - 1
  const [level1, level2, level3] = [lane1[start], lane2[start], lane3[start]]
  for (let index = 0; index < sections.length; index++) {
    const { b0, b1, b2, a1, a2 } = sections[index]
    const { s1, s2 } = steady[index]
    let p1 = s1 * level1
    let p2 = s2 * level1
    let q1 = s1 * level2
    let q2 = s2 * level2
    let r1 = s1 * level3
    let r2 = s2 * level3
    for (let k = 0, t = start; k < count; k++, t += direction) {
      const px = lane1[t]
      const qx = lane2[t]
      const rx = lane3[t]
      const py = b0 * px + p1
      const qy = b0 * qx + q1
      const ry = b0 * rx + r1
      p1 = b1 * px + p2 - a1 * py
      q1 = b1 * qx + q2 - a1 * qy
      r1 = b1 * rx + r2 - a1 * ry
      p2 = b2 * px - a2 * py
      q2 = b2 * qx - a2 * qy
      r2 = b2 * rx - a2 * ry
      lane1[t] = py
      lane2[t] = qy
      lane3[t] = ry
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
