// What one look at each lead tells: mean, deviation, extremes, noise. Judging, normalising and finding spikes use it.
// Hands on: summariseLead, summariseLeads, pool.

export type LeadSummary = {
  mean: number
  /** Of the population. */
  deviation: number
  lowest: number
  highest: number
  /**
   * Noise, blind to heart beats: the median size of second differences, as the standard deviation of white noise that would cause it.
   * A median, because QRS complexes fill a tenth of the samples only.
   */
  noise: number
}

const numBins = 512
const perMv = 500 // bins of 2 µV
const bins = new Uint32Array(2 * numBins)

/** One lead's summary, mV, in one pass; samples count from the first, so that a large offset costs no digits. */
export function summariseLead(signal_T: ArrayLike<number>): LeadSummary {
  const count = signal_T.length
  const level = signal_T[0]
  let before = level
  let here = level
  let sum = 0
  let squares = 0
  let lowest = level
  let highest = level
  bins.fill(0)
  // Two samples a turn, counted in different halves: neither waits for the other.
  for (let t = 0; t + 1 < count; t += 2) {
    const next = signal_T[t]
    const after = signal_T[t + 1]
    const p = next - level
    const q = after - level
    sum += p + q
    squares += p * p + q * q
    if (next < lowest) lowest = next
    else if (next > highest) highest = next
    if (after < lowest) lowest = after
    else if (after > highest) highest = after
    const bin = Math.abs(next - 2 * here + before) * perMv
    bins[bin < numBins ? bin | 0 : numBins - 1]++
    const binAfter = Math.abs(after - 2 * next + here) * perMv
    bins[numBins + (binAfter < numBins ? binAfter | 0 : numBins - 1)]++
    before = next
    here = after
  }
  if (count % 2 === 1) {
    const next = signal_T[count - 1]
    sum += next - level
    squares += (next - level) ** 2
    lowest = Math.min(lowest, next)
    highest = Math.max(highest, next)
    bins[Math.min(numBins - 1, Math.floor(Math.abs(next - 2 * here + before) * perMv))]++
  }
  const mean = sum / count
  return {
    mean: mean + level,
    deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)),
    lowest,
    highest,
    noise: noiseOf(bins, count),
  }
}

export function summariseLeads(mv_LT: Float64Array, numLeads: number): LeadSummary[] {
  const numSamples = mv_LT.length / numLeads
  return Array.from({ length: numLeads }, (_, lead) => summariseLead(mv_LT.subarray(lead * numSamples, (lead + 1) * numSamples)))
}

/** Mean and deviation of several leads of one length taken together. */
export function pool(leads: readonly LeadSummary[]): { mean: number; deviation: number } {
  let mean = 0
  for (const lead of leads) mean += lead.mean / leads.length
  let variance = 0
  for (const lead of leads) variance += (lead.deviation ** 2 + (lead.mean - mean) ** 2) / leads.length
  return { mean, deviation: Math.sqrt(variance) }
}

function noiseOf(counts: Uint32Array, total: number): number {
  const countOf = (bin: number): number => counts[bin] + counts[bin + numBins]
  let rank = 0
  let bin = 0
  while (bin < numBins - 1 && rank + countOf(bin) < total / 2) rank += countOf(bin++)
  const within = countOf(bin) === 0 ? 0 : (total / 2 - rank) / countOf(bin)
  // 0.6745: median of |normal|; sqrt 6: a second difference of white noise is so many times larger.
  return (bin + within) / perMv / 0.6745 / Math.sqrt(6)
}
