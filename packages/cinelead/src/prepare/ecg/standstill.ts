// Where a lead stands still: a lead that came loose, or an amplifier at its end.

/** How long a lead stands still, and how much of it at its largest or smallest value. */
export type Standstill = {
  /** Share of samples in the longest constant stretch of three samples or more; that of one sample where there is none. */
  longestFraction: number
  /** Share of samples in constant stretches (of three and more) at the lead's extremes. */
  clippedFraction: number
}

/** Of each lead as recorded: a filter or another rate leaves nothing quite constant. Shape [L, T]. */
export function findStandstills(raw_LT: Float64Array, numLeads: number): Standstill[] {
  const numSamples = raw_LT.length / numLeads
  return Array.from({ length: numLeads }, (_, lead) => standstill(raw_LT.subarray(lead * numSamples, (lead + 1) * numSamples)))
}

function standstill(raw_T: Float64Array): Standstill {
  const count = raw_T.length
  let longestRun = 1
  // The lowest and the highest value at which the lead stood still, and for how many samples altogether.
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let atLow = 0
  let atHigh = 0
  let before = raw_T[0]
  let here = raw_T[1]
  for (let t = 2; t < count; t++) {
    const value = raw_T[t]
    // Both neighbours in one comparison: one alike is common and cannot be foreseen, two are rare.
    if (Math.abs(value - here) + Math.abs(here - before) === 0) {
      let end = t + 1
      while (end < count && raw_T[end] === value) end++
      const run = end - t + 2
      if (run > longestRun) longestRun = run
      if (value < low) atLow = 0
      if (value <= low) {
        low = value
        atLow += run
      }
      if (value > high) atHigh = 0
      if (value >= high) {
        high = value
        atHigh += run
      }
      t = end - 1
    }
    before = here
    here = value
  }
  let firstBelow = 0
  while (firstBelow < count && raw_T[firstBelow] >= low) firstBelow++
  let firstAbove = 0
  while (firstAbove < count && raw_T[firstAbove] <= high) firstAbove++
  const isLowest = firstBelow === count
  const isHighest = firstAbove === count
  const isConstant = isLowest && isHighest && low === high
  const clipped = (isLowest ? atLow : 0) + (isHighest && !isConstant ? atHigh : 0)
  return { longestFraction: longestRun / count, clippedFraction: clipped / count }
}
