// Who falls ill first: does the higher risk belong to the earlier event?

/**
 * Harrell's C: of the pairs in which one is known to have the event before the other, the share where that one has the higher risk.
 *
 * Equal risks count half; two events on one day are no pair; an event and an end of follow-up on one day are one. Sorted by time
 * and counted in a tree over risks: N log N.
 *
 * @param risk_N     Higher means sooner. Shape [N].
 * @param days_N     Time to the event or to the end of follow-up. Shape [N].
 * @param isEvent_N  1 for an event, 0 for the end of follow-up. Shape [N].
 * @param count_N    How often each subject counts; absent: once.
 * @returns          NaN without such a pair.
 *
 * Source:  Harrell, Lee, Mark 1996, Statistics in Medicine 15:361, section 5.5.
 * Checked: counting all pairs, 1e-12; concordance.test.ts.
 */
export function concordance(
  risk_N: ArrayLike<number>,
  days_N: ArrayLike<number>,
  isEvent_N: ArrayLike<number>,
  count_N?: ArrayLike<number>,
): number {
  const size = risk_N.length
  const levels = Float64Array.from(new Set(Array.from(risk_N))).sort()
  const levelOf = new Map(Array.from(levels, (risk, level) => [risk, level + 1]))
  const tree = new Float64Array(levels.length + 1)
  const add = (level: number, count: number) => {
    for (let at = level; at < tree.length; at += at & -at) tree[at] += count
  }
  const countUpTo = (level: number) => {
    let total = 0
    for (let at = level; at > 0; at -= at & -at) total += tree[at]
    return total
  }
  const weightOf = (i: number) => (count_N === undefined ? 1 : count_N[i])
  // From the latest to the earliest; within a day those whose follow-up ends come in before its events look.
  const order = Array.from({ length: size }, (_, i) => i).sort((a, b) => days_N[b] - days_N[a] || isEvent_N[a] - isEvent_N[b])
  let inTree = 0
  let pairs = 0
  let right = 0
  for (let start = 0; start < size; ) {
    const day = days_N[order[start]]
    let end = start
    for (; end < size && days_N[order[end]] === day; end++) {
      const i = order[end]
      if (isEvent_N[i] === 1) continue
      add(levelOf.get(risk_N[i]) as number, weightOf(i))
      inTree += weightOf(i)
    }
    const events = order.slice(start, end).filter((i) => isEvent_N[i] === 1)
    for (const i of events) {
      const level = levelOf.get(risk_N[i]) as number
      const below = countUpTo(level - 1)
      const equal = countUpTo(level) - below
      pairs += weightOf(i) * inTree
      right += weightOf(i) * (below + equal / 2)
    }
    for (const i of events) {
      add(levelOf.get(risk_N[i]) as number, weightOf(i))
      inTree += weightOf(i)
    }
    start = end
  }
  return pairs > 0 ? right / pairs : Number.NaN
}
