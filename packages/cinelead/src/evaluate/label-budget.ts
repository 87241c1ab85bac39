// Which training subjects' labels a probe may see. Pre-training sees every pair; labels are dear, so the probe sees a share.
import { fault } from '../base/errors.ts'
import type { Random } from '../base/seed.ts'

/**
 * The subjects whose label the probe sees: the first share of a shuffled list, so that a larger share holds every smaller one.
 *
 * For a label of zeros and ones the list is cut in each class apart, so that the share of events is kept, and at least
 * `minEvents` events and non-events are taken where that many exist.
 *
 * @param label_S    The label, NaN where unknown. Shape [S].
 * @param rows       Training subjects: row numbers.
 * @param fraction   Share of those with a label, 0 < share <= 1; rounded up.
 * @param random     One stream per draw; give every arm and label the same one.
 * @returns          Row numbers, ascending.
 * @throws           evaluate/label-fraction when the share is not in (0, 1].
 */
export function labelledRows(
  label_S: ArrayLike<number>,
  rows: readonly number[],
  fraction: number,
  random: Random,
  kind: { isOutcome: boolean; minEvents: number },
): number[] {
  if (!(fraction > 0 && fraction <= 1)) {
    throw fault({
      code: 'evaluate/label-fraction',
      where: 'labelledRows',
      expected: 'a share of labels above 0 and at most 1',
      received: String(fraction),
      hint: 'Give 0.25 to let the probes see the labels of a quarter of the training subjects.',
    })
  }
  const shuffled = random.shuffle(rows).filter((row) => Number.isFinite(label_S[row]))
  const take = (list: readonly number[], atLeast: number) =>
    list.slice(0, Math.max(Math.ceil(fraction * list.length - 1e-9), Math.min(atLeast, list.length)))
  const chosen = kind.isOutcome
    ? [1, 0].flatMap((value) =>
        take(
          shuffled.filter((row) => label_S[row] === value),
          kind.minEvents,
        ),
      )
    : take(shuffled, 0)
  return chosen.sort((a, b) => a - b)
}
