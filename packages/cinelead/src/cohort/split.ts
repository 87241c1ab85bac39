// Who trains, who validates, who tests: by subject, before anything is learned.
// Hands on: splitSubjects, splitNames.
//
// Source: 70/15/15 by subject, Alvarez-Florez et al. (field.md section 0). The order is that of SHA-256 of seed and key, so it
// depends on nothing else: not on the order of files, not on the machine.
import { createHash } from 'node:crypto'
import { fault } from '../base/errors.ts'

export const splitNames = ['train', 'validation', 'test'] as const

export type Split = (typeof splitNames)[number]

export type SplitFractions = Record<Split, number>

export const defaultFractions: SplitFractions = { train: 0.7, validation: 0.15, test: 0.15 }

/**
 * A split for each subject; the counts are exact (largest remainder) and add up to all subjects.
 *
 * @param subjects   Keys, each once.
 * @param seed       Another seed gives another split.
 * @param fractions  Shares of the three splits; they add up to 1.
 * @throws           cohort/split when the shares do not add up to 1, or a subject comes twice.
 */
export function splitSubjects(subjects: readonly string[], seed: number | string, fractions = defaultFractions): Map<string, Split> {
  const total = splitNames.reduce((sum, name) => sum + fractions[name], 0)
  if (Math.abs(total - 1) > 1e-9 || splitNames.some((name) => !(fractions[name] >= 0))) {
    throw splitFault('three shares of 0 or more that add up to 1', splitNames.map((name) => `${name} ${fractions[name]}`).join(', '))
  }
  if (new Set(subjects).size !== subjects.length) {
    throw splitFault('each subject once', `${subjects.length - new Set(subjects).size} subjects more than once`)
  }
  const order = subjects.map((subject) => ({ subject, hash: createHash('sha256').update(`${seed}/${subject}`).digest('hex') }))
  order.sort((a, b) => (a.hash < b.hash ? -1 : 1))
  const counts = exactCounts(subjects.length, fractions)
  const split = new Map<string, Split>()
  let next = 0
  for (const name of splitNames) {
    for (let i = 0; i < counts[name]; i++) split.set(order[next++].subject, name)
  }
  return split
}

/** Whole numbers nearest to the shares that add up to `total`: the largest remainders are rounded up. */
function exactCounts(total: number, fractions: SplitFractions): Record<Split, number> {
  const counts = { train: 0, validation: 0, test: 0 }
  for (const name of splitNames) counts[name] = Math.floor(total * fractions[name] + 1e-9)
  const remainder = (name: Split) => total * fractions[name] - counts[name]
  const byRemainder = [...splitNames].sort((a, b) => remainder(b) - remainder(a))
  const given = counts.train + counts.validation + counts.test
  for (let i = 0; i < total - given; i++) counts[byRemainder[i]]++
  return counts
}

function splitFault(expected: string, received: string) {
  return fault({
    code: 'cohort/split',
    where: 'splitSubjects',
    expected,
    received,
    hint: 'Give each subject once and shares such as 0.7, 0.15, 0.15.',
  })
}
