// Who falls ill first: does the higher risk belong to the earlier event?

/**
 * Harrell's C: of the pairs in which one is known to have the event before the other, the share where that one has the higher risk.
 *
 * Equal risks count half; two events on one day are no pair; an event and an end of follow-up on one day are one. Sorted once,
 * then counted in a tree over risks: N log N for each resample.
 *
 * @param risk_N     Higher means sooner. Shape [N].
 * @param days_N     Time to the event or to the end of follow-up. Shape [N].
 * @param isEvent_N  1 for an event, 0 for the end of follow-up. Shape [N].
 * @returns          C for subjects that count as often as `count_N` says (absent: once each); NaN without such a pair.
 *
 * Source:  Harrell, Lee, Mark 1996, Statistics in Medicine 15:361, section 5.5.
 * Checked: counting all pairs, 1e-12; concordance.test.ts.
 */
export function createConcordance(
  risk_N: ArrayLike<number>,
  days_N: ArrayLike<number>,
  isEvent_N: ArrayLike<number>,
): (count_N?: ArrayLike<number>) => number {
  const size = risk_N.length
  const levels = Float64Array.from(new Set(Array.from(risk_N))).sort()
  const levelOf = new Map(Array.from(levels, (risk, level) => [risk, level + 1]))
  const level_N = Int32Array.from({ length: size }, (_, i) => levelOf.get(risk_N[i]) as number)
  // From the latest to the earliest; within a day those whose follow-up ends come in before its events look.
  const order_N = Int32Array.from({ length: size }, (_, i) => i).sort((a, b) => days_N[b] - days_N[a] || isEvent_N[a] - isEvent_N[b])
  const tree = new Float64Array(levels.length + 1)
  const add = (level: number, count: number) => {
    for (let at = level; at < tree.length; at += at & -at) tree[at] += count
  }
  const countUpTo = (level: number) => {
    let total = 0
    for (let at = level; at > 0; at -= at & -at) total += tree[at]
    return total
  }
  return (count_N) => {
    tree.fill(0)
    let inTree = 0
    let pairs = 0
    let right = 0
    const enter = (from: number, to: number) => {
      for (let place = from; place < to; place++) {
        const i = order_N[place]
        const count = count_N === undefined ? 1 : count_N[i]
        add(level_N[i], count)
        inTree += count
      }
    }
    for (let start = 0; start < size; ) {
      let firstEvent = start
      while (firstEvent < size && days_N[order_N[firstEvent]] === days_N[order_N[start]] && isEvent_N[order_N[firstEvent]] !== 1)
        firstEvent++
      let end = firstEvent
      while (end < size && days_N[order_N[end]] === days_N[order_N[start]]) end++
      enter(start, firstEvent)
      for (let place = firstEvent; place < end; place++) {
        const i = order_N[place]
        const count = count_N === undefined ? 1 : count_N[i]
        const below = countUpTo(level_N[i] - 1)
        const equal = countUpTo(level_N[i]) - below
        pairs += count * inTree
        right += count * (below + equal / 2)
      }
      enter(firstEvent, end)
      start = end
    }
    return pairs > 0 ? right / pairs : Number.NaN
  }
}
