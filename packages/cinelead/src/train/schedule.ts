// The learning rate over a run: a straight warm-up, then half a cosine.
//
// Source: Loshchilov and Hutter 2017 (SGDR), arXiv 1608.03983, eq. 5; linear warm-up as in Goyal 2017, arXiv 1706.02677, section 2.2.

export type LearningRateSchedule = {
  /** Share of all steps spent warming up, 0..1. */
  warmupFraction: number
  /** What is left of the rate at the end, 0..1. */
  finalFraction: number
}

/**
 * The factor on the learning rate at a step.
 *
 * @param step      From zero.
 * @param numSteps  Of the whole run.
 * @returns         1 at the end of the warm-up, `finalFraction` at the last step; never 0 at the first.
 */
export function rateFactor(step: number, numSteps: number, schedule: LearningRateSchedule): number {
  const numWarmup = Math.round(schedule.warmupFraction * numSteps)
  if (step < numWarmup) return (step + 1) / numWarmup
  const done = (step - numWarmup) / Math.max(1, numSteps - 1 - numWarmup)
  const cosine = 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)))
  return schedule.finalFraction + (1 - schedule.finalFraction) * cosine
}
