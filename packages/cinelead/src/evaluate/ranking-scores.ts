// How well a risk ranks those with the disease above those without, and how good the risk is as a probability.
// Shapes: risk_N, label_N, count_N [N] -> a number; NaN where the score has no value (the caller gives the reason).

/** Subjects from the highest risk to the lowest; equal risks share a group. Sorted once, used by every resample. */
export type Ranking = {
  /** Row numbers, highest risk first. Shape [N]. */
  order_N: Int32Array
  /** Number of the group of equal risks at each place of the order, ascending. Shape [N]. */
  tie_N: Int32Array
}

/** Sorts risks once. */
export function createRanking(risk_N: ArrayLike<number>): Ranking {
  const order_N = Int32Array.from({ length: risk_N.length }, (_, i) => i).sort((a, b) => risk_N[b] - risk_N[a])
  const tie_N = new Int32Array(risk_N.length)
  for (let i = 1; i < order_N.length; i++) tie_N[i] = tie_N[i - 1] + (risk_N[order_N[i]] === risk_N[order_N[i - 1]] ? 0 : 1)
  return { order_N, tie_N }
}

/**
 * Area under the ROC curve: the share of (event, non-event) pairs that the risk puts in the right order, equal risks counting half.
 *
 * @param count_N  How often each subject counts; absent: once.
 * @returns        NaN when either class is empty.
 *
 * Source:  Hanley, McNeil 1982, Radiology 143:29.
 * Checked: scikit-learn 1.2.1 roc_auc_score with sample_weight, 1e-12, and counting all pairs; scores.test.ts.
 */
export function auroc(ranking: Ranking, label_N: ArrayLike<number>, count_N?: ArrayLike<number>): number {
  let eventsAbove = 0
  let nonEvents = 0
  let right = 0
  eachTie(ranking, label_N, count_N, (tieEvents, tieNonEvents) => {
    right += tieNonEvents * (eventsAbove + tieEvents / 2)
    eventsAbove += tieEvents
    nonEvents += tieNonEvents
  })
  return eventsAbove > 0 && nonEvents > 0 ? right / (eventsAbove * nonEvents) : Number.NaN
}

/**
 * Area under the precision-recall curve as average precision: precision at each rise of recall, weighted by the rise.
 *
 * Its chance level is the share of events, not one half. NaN without events.
 *
 * Checked: scikit-learn 1.2.1 average_precision_score with sample_weight, 1e-12; scores.test.ts.
 */
export function auprc(ranking: Ranking, label_N: ArrayLike<number>, count_N?: ArrayLike<number>): number {
  let events = 0
  let taken = 0
  let area = 0
  eachTie(ranking, label_N, count_N, (tieEvents, tieNonEvents) => {
    events += tieEvents
    taken += tieEvents + tieNonEvents
    if (tieEvents > 0) area += tieEvents * (events / taken)
  })
  return events > 0 ? area / events : Number.NaN
}

/**
 * Brier score: mean squared distance of a probability from what happened. 0 is perfect; lower is better.
 *
 * Source:  Brier 1950, Monthly Weather Review 78:1.
 * Checked: scikit-learn 1.2.1 brier_score_loss, 1e-12; scores.test.ts.
 */
export function brier(probability_N: ArrayLike<number>, label_N: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < label_N.length; i++) total += (probability_N[i] - label_N[i]) ** 2
  return total / label_N.length
}

function eachTie(
  { order_N, tie_N }: Ranking,
  label_N: ArrayLike<number>,
  count_N: ArrayLike<number> | undefined,
  visit: (events: number, nonEvents: number) => void,
): void {
  let events = 0
  let nonEvents = 0
  for (let place = 0; place < order_N.length; place++) {
    const row = order_N[place]
    const count = count_N === undefined ? 1 : count_N[row]
    if (label_N[row] === 1) events += count
    else nonEvents += count
    if (place + 1 === order_N.length || tie_N[place + 1] !== tie_N[place]) {
      if (events + nonEvents > 0) visit(events, nonEvents)
      events = 0
      nonEvents = 0
    }
  }
}
