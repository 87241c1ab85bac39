// Which training subjects' labels a probe may see. Pre-training sees every pair; labels are dear, so the probe sees a share.
import { fault } from '../base/errors.ts'
import type { Random } from '../base/seed.ts'

const ROUNDING = 1e-9 // 0.1 x 30 is a hair above 3 in float64 and still means 3

/**
 * The subjects whose label the probe sees: of a shuffled list the first share, less those without this label.
 *
 * A larger share holds every smaller one, and all labels are of the same people. For a label of zeros and ones the first
 * `minEvents` events and non-events of the list are added where the share has fewer, so that a rare disease can be learned at all.
 *
 * @param label_S    The label, NaN where unknown. Shape [S].
 * @param rows       Training subjects: row numbers.
 * @param fraction   Share of the training subjects, 0 < share <= 1; rounded up.
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
  const shuffled = random.shuffle(rows)
  const isKnown = (row: number) => Number.isFinite(label_S[row])
  const chosen = new Set(shuffled.slice(0, Math.ceil(fraction * rows.length - ROUNDING)).filter(isKnown))
  if (kind.isOutcome) {
    for (const value of [0, 1]) {
      for (const row of shuffled.filter((one) => label_S[one] === value).slice(0, kind.minEvents)) chosen.add(row)
    }
  }
  return [...chosen].sort((a, b) => a - b)
}
