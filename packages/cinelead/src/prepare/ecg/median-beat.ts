// The median beat of the dominant kind: beats aligned, the unlike ones left out, the middle value of each sample.
// Hands on: medianBeat, MedianOfBeats.

export type MedianOfBeats = {
  /** mV. Shape [L, T]. */
  beat_LT: Float64Array
  numSamples: number
  /** Index of the R peak within the beat. */
  rIndex: number
  rateHz: number
  /** R peaks (of the list handed in) that are of the dominant kind. */
  used: number[]
}

const beforeMs = 400 // before R: a PR interval of 300 ms and the P wave's start fit. Own.
const afterMs = 700 // after R: a QT of 600 ms fits. Own.
const compareMs = 120 // around R where beats are compared and aligned: the QRS complex. Own.
const shiftMs = 24 // furthest a beat is moved when aligned. Own.
const likeness = 0.85 // smallest correlation over all leads of a beat of the same kind. Own.

/**
 * The dominant beat.
 *
 * The beat most like all others is the template; beats whose QRS correlates with it are aligned to it and the median over them is taken.
 * A beat counts where its own window lies inside the recording; samples past the edges are left out of the median.
 *
 * @param mv_LT   Filtered leads, mV. Shape [L, T].
 * @param rPeaks  Sample indices.
 * @returns       Undefined when there is no beat at all.
 */
export function medianBeat(
  mv_LT: ArrayLike<number>,
  numLeads: number,
  rateHz: number,
  rPeaks: readonly number[],
): MedianOfBeats | undefined {
  const numSamples = mv_LT.length / numLeads
  const before = Math.round((beforeMs / 1000) * rateHz)
  const after = Math.round((afterMs / 1000) * rateHz)
  const reach = Math.round((compareMs / 2000) * rateHz)
  const shift = Math.round((shiftMs / 1000) * rateHz)
  const whole = rPeaks.filter((r) => r - reach - shift >= 0 && r + reach + shift < numSamples)
  if (whole.length === 0) return undefined
  const similar = (p: number, q: number): number => correlation(mv_LT, numLeads, numSamples, p, q, reach)
  const bestShift = (template: number, r: number): { at: number; score: number } => {
    let best = { at: r, score: Number.NEGATIVE_INFINITY }
    for (let d = -shift; d <= shift; d++) {
      const score = similar(template, r + d)
      if (score > best.score) best = { at: r + d, score }
    }
    return best
  }
  let template = whole[0]
  let mostLike = -1
  for (const candidate of whole) {
    const scores = whole.map((other) => similar(candidate, other)).sort((p, q) => p - q)
    const like = scores.filter((score) => score > likeness * 0.8).length + scores[scores.length >> 1] / 10
    if (like > mostLike) {
      mostLike = like
      template = candidate
    }
  }
  const aligned = whole.map((r) => ({ r, ...bestShift(template, r) })).filter(({ score }) => score >= likeness)
  const width = before + after
  const beat_LT = new Float64Array(numLeads * width)
  const column = new Float64Array(aligned.length)
  for (let l = 0; l < numLeads; l++) {
    for (let k = 0; k < width; k++) {
      let count = 0
      for (const { at } of aligned) {
        const t = at - before + k
        if (t >= 0 && t < numSamples) column[count++] = mv_LT[l * numSamples + t]
      }
      beat_LT[l * width + k] = count === 0 ? 0 : middle(column.subarray(0, count))
    }
  }
  return { beat_LT, numSamples: width, rIndex: before, rateHz, used: aligned.map(({ r }) => r) }
}

/** Correlation of two stretches around two places over all leads, each lead's own mean taken away. */
function correlation(mv_LT: ArrayLike<number>, numLeads: number, numSamples: number, p: number, q: number, reach: number): number {
  let pq = 0
  let pp = 0
  let qq = 0
  for (let l = 0; l < numLeads; l++) {
    const [atP, atQ] = [l * numSamples + p, l * numSamples + q]
    let meanP = 0
    let meanQ = 0
    for (let k = -reach; k <= reach; k++) {
      meanP += mv_LT[atP + k]
      meanQ += mv_LT[atQ + k]
    }
    meanP /= 2 * reach + 1
    meanQ /= 2 * reach + 1
    for (let k = -reach; k <= reach; k++) {
      const a = mv_LT[atP + k] - meanP
      const b = mv_LT[atQ + k] - meanQ
      pq += a * b
      pp += a * a
      qq += b * b
    }
  }
  return pq / Math.sqrt(pp * qq + 1e-12)
}

function middle(values: Float64Array): number {
  const sorted = values.slice().sort()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}
