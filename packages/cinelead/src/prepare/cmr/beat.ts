// Where in the beat a cavity is largest and smallest: end-diastole at the R wave, end-systole at the end of ejection.
// Plain curves over time, no pictures. Hands on: beatShares, restShare, endDiastole, endSystole,
// ejectionEnd, ownEjectionEnd, systole, frameOfEnd.
//
// A cine is triggered by the ECG, so its first frame follows the R wave, and the cavity is then as large as it gets; the curve overrules
// that only by a clear margin (a cine put in another order). After ejection the volume rests for the isovolumic relaxation: its least
// value is a plateau of several frames whose beginning is end-systole. A single least value lies anywhere on the plateau, so ejection,
// rest and filling are fitted together.
import type { Volume } from '../../formats/volume.ts'

const NEAR_R_SHARE = 0.07 // of the beat before and after the R wave: about 60 ms of a human beat (project's own choice)
const CLEAR_GAIN = 0.05 // by which the cavity must be larger elsewhere for the curve to overrule the trigger (project's own choice)
const NEAR_GAIN = 0.02 // by which a frame beside the R wave must be larger to be taken instead (project's own choice)
const SYSTOLE_SHARE = [0.2, 0.6] as const // of the beat: slow human hearts to fast animal ones (project's own choice)
const CLEAR_LOSS = 0.1 // of the curve's range: how far a minimum outside that window must lie below (project's own choice)
// Of the isovolumic relaxation, 50 to 70 ms in people (order of Wiggers' diagram): its first and last milliseconds are hardly seen. So long, ends of
// ejection lie on the mean where simulated people as the segmenter sees them have them.
const REST_MS = 40
const USUAL_REST_SHARE = 0.045 // of the beat, where its length is not known
const MOST_REST_SHARE = 0.08 // of the beats of small animals, whose relaxation is shorter (project's own choice)
const EJECTION_SHARE = 0.19 // of the beat before the least value that the fit looks at
const FILLING_SHARE = 0.15 // and after it
const MARGIN_SHARE = 0.06 // before and after systole: a slice seen in a long or short beat ends ejection outside of the usual window (project's own choice)
const MIN_FITTED = 5 // frames; with fewer the least value stands
const STEPS_A_FRAME = 10 // fineness of the fit
const EARLIER_FRAMES = 0.3 // ejection that ends so shortly after a frame has ended in it

/** Time of each frame after the R wave as a share of the beat, by trigger times where they fit the heart rate, else by counting. */
export function beatShares({ shape, frameMs_F, heartRateBpm }: Pick<Volume, 'shape' | 'frameMs_F' | 'heartRateBpm'>): Float64Array {
  const [numFrames] = shape
  const beatMs = heartRateBpm === undefined ? Number.NaN : 60_000 / heartRateBpm
  const timed_F = Float64Array.from(frameMs_F, (ms) => ms / beatMs)
  const isBeat = timed_F.length === numFrames && timed_F.every((share, f) => share >= 0 && share < 1 && (f === 0 || share > timed_F[f - 1]))
  // Times that stop at half of what the noted rate allows belong to another rate.
  if (isBeat && timed_F[numFrames - 1] > 0.5) return timed_F
  return Float64Array.from({ length: numFrames }, (_, frame) => frame / numFrames)
}

/** How long the volume rests after ejection, a share of the beat: a time, not a share, from one heart rate to another. */
export function restShare(heartRateBpm: number | undefined): number {
  return heartRateBpm === undefined ? USUAL_REST_SHARE : Math.min(MOST_REST_SHARE, (REST_MS * heartRateBpm) / 60_000)
}

/** Running mean of three around the cycle: single noisy frames do not become extremes. */
function smooth(curve_F: Float64Array): Float64Array {
  const numFrames = curve_F.length
  return curve_F.map((value, frame) => (curve_F[(frame + numFrames - 1) % numFrames] + value + curve_F[(frame + 1) % numFrames]) / 3)
}

function argBest(frames: readonly number[], isBetter: (a: number, b: number) => boolean): number {
  return frames.reduce((best, frame) => (isBetter(frame, best) ? frame : best))
}

/**
 * The frame of end-diastole: the first, unless the curve says otherwise by a clear margin.
 *
 * @param curve_F  Cavity over the beat, any unit. Shape [F].
 * @param share_F  See `beatShares`.
 */
export function endDiastole(curve_F: Float64Array, share_F: Float64Array): number {
  const smooth_F = smooth(curve_F)
  const all = [...curve_F.keys()]
  const near = all.filter((frame) => frame === 0 || share_F[frame] <= NEAR_R_SHARE || share_F[frame] >= 1 - NEAR_R_SHARE)
  const larger = (a: number, b: number) => smooth_F[a] > smooth_F[b]
  const [largest, largestNear] = [argBest(all, larger), argBest(near, larger)]
  if (smooth_F[largest] > (1 + CLEAR_GAIN) * smooth_F[largestNear]) return largest
  return smooth_F[largestNear] > (1 + NEAR_GAIN) * smooth_F[0] ? largestNear : 0
}

/** Squared error of ejection that slows down to its end at `end`, rest and filling that sets in gently, fitted to a curve. */
function misfit(shares: readonly number[], values: readonly number[], end: number, restFor: number): number {
  let [sumY, sumU, sumV, sumUU, sumVV, sumUY, sumVY] = [0, 0, 0, 0, 0, 0, 0]
  const before = (share: number) => Math.max(0, end - share) ** 2
  const after = (share: number) => Math.max(0, share - end - restFor) ** 2
  for (const [index, share] of shares.entries()) {
    const [u, v, y] = [before(share), after(share), values[index]]
    sumY += y
    sumU += u
    sumV += v
    sumUU += u * u
    sumVV += v * v
    sumUY += u * y
    sumVY += v * y
  }
  if (sumUU === 0 || sumVV === 0) return Number.POSITIVE_INFINITY
  // Least squares; u and v are never both more than zero, so the normal equations fall apart.
  const left = shares.length - sumU ** 2 / sumUU - sumV ** 2 / sumVV
  if (left < 1e-9) return Number.POSITIVE_INFINITY
  const rest = (sumY - (sumU * sumUY) / sumUU - (sumV * sumVY) / sumVV) / left
  const [ejecting, filling] = [(sumUY - rest * sumU) / sumUU, (sumVY - rest * sumV) / sumVV]
  if (ejecting < 0 || filling < 0) return Number.POSITIVE_INFINITY
  return shares.reduce((sum, share, index) => sum + (values[index] - rest - ejecting * before(share) - filling * after(share)) ** 2, 0)
}

/** Cavity at moments of one part of the beat, shares of it since end-diastole, rising. */
export type SystolePart = { shares: readonly number[]; values: readonly number[] }

/**
 * When ejection ends, between frames; undefined where the values do not look like an ejection, a rest and a filling.
 *
 * @param part  Cavity about end-systole.
 * @param rest  See `restShare`.
 */
export function ejectionEnd({ shares, values }: SystolePart, rest: number): number | undefined {
  if (shares.length < MIN_FITTED) return undefined
  const last = shares[shares.length - 1]
  const stepShare = (last - shares[0]) / (STEPS_A_FRAME * (shares.length - 1))
  let best: { error: number; end?: number } = { error: Number.POSITIVE_INFINITY }
  for (let end = shares[0]; end <= last; end += stepShare) {
    const error = misfit(shares, values, end, rest)
    if (error < best.error) best = { error, end }
  }
  return best.end
}

/** The same on frames from early systole to the middle of diastole, of which those about their own least value are fitted. */
export function ownEjectionEnd({ shares, values }: SystolePart, rest: number): number | undefined {
  const inSystole = [...shares.keys()].filter((at) => shares[at] >= SYSTOLE_SHARE[0] && shares[at] <= SYSTOLE_SHARE[1])
  if (inSystole.length === 0) return undefined
  const least = argBest(inSystole, (a, b) => values[a] < values[b])
  const near = [...shares.keys()].filter((at) => isNearLeast(shares[at] - shares[least]))
  return ejectionEnd({ shares: near.map((at) => shares[at]), values: near.map((at) => values[at]) }, rest)
}

const isNearLeast = (apart: number) => apart >= -EJECTION_SHARE && apart <= FILLING_SHARE

/** Frames of all of systole and a little before and after, in the order of their time since end-diastole. */
export function systole(share_F: Float64Array, edFrame: number): { frames: number[]; shares: number[] } {
  const since_F = since(share_F, edFrame)
  const frames = [...share_F.keys()]
    .filter((frame) => since_F[frame] >= SYSTOLE_SHARE[0] - MARGIN_SHARE && since_F[frame] <= SYSTOLE_SHARE[1] + MARGIN_SHARE)
    .sort((a, b) => since_F[a] - since_F[b])
  return { frames, shares: frames.map((frame) => since_F[frame]) }
}

/** Time of each frame since end-diastole, a share of the beat. */
function since(share_F: Float64Array, edFrame: number): Float64Array {
  return share_F.map((share) => share - share_F[edFrame] - Math.floor(share - share_F[edFrame]))
}

/** The first frame at or after a time since end-diastole; ejection that ends shortly after a frame has ended in it. */
export function frameOfEnd(endShare: number, share_F: Float64Array, edFrame: number): number | undefined {
  const since_F = since(share_F, edFrame)
  const inOrder = [...share_F.keys()].sort((a, b) => since_F[a] - since_F[b])
  return inOrder.find((frame) => since_F[frame] >= endShare - EARLIER_FRAMES / share_F.length)
}

/** End-systole on one curve. `endShare` is when ejection ends since end-diastole, and `window` the frames on which it was fitted, where it could be. */
export type EndSystole = { frame: number; endShare?: number; window: readonly number[]; windowShares: readonly number[] }

/**
 * The frame of end-systole: the first at or after the end of ejection.
 *
 * @param curve_F  Cavity over the beat, any unit. Shape [F].
 * @param share_F  See `beatShares`.
 * @param edFrame  End-diastole, from which systole is counted.
 * @param rest     See `restShare`.
 */
export function endSystole(curve_F: Float64Array, share_F: Float64Array, edFrame: number, rest = USUAL_REST_SHARE): EndSystole {
  const smooth_F = smooth(curve_F)
  const since_F = since(share_F, edFrame)
  const all = [...curve_F.keys()].sort((a, b) => since_F[a] - since_F[b])
  const inSystole = all.filter((frame) => since_F[frame] >= SYSTOLE_SHARE[0] && since_F[frame] <= SYSTOLE_SHARE[1])
  const smaller = (a: number, b: number) => smooth_F[a] < smooth_F[b]
  const unfitted = (frame: number): EndSystole => ({ frame, window: [], windowShares: [] })
  const smallest = argBest(all, smaller)
  if (inSystole.length === 0) return unfitted(smallest)
  const least = argBest(inSystole, smaller)
  if (smooth_F[least] - smooth_F[smallest] > CLEAR_LOSS * (Math.max(...smooth_F) - smooth_F[smallest])) return unfitted(smallest)
  const window = all.filter((frame) => isNearLeast(since_F[frame] - since_F[least]))
  const windowShares = window.map((frame) => since_F[frame])
  const values = window.map((frame) => curve_F[frame])
  const endShare = ejectionEnd({ shares: windowShares, values }, rest)
  const frame = endShare === undefined ? undefined : frameOfEnd(endShare, share_F, edFrame)
  if (frame === undefined || !inSystole.includes(frame)) return unfitted(least)
  return { frame, endShare, window, windowShares }
}
