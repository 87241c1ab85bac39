// The pair losses a recipe may name.
import { asymmetricInfoNce, infoNce } from './info-nce.ts'
import { DEFAULT_MARGIN, marginTriplet } from './margin-triplet.ts'
import type { PairLoss } from './pair.ts'

export const pairLosses = {
  'info-nce': infoNce,
  'asymmetric-info-nce': asymmetricInfoNce,
  'margin-triplet': marginTriplet,
} as const satisfies Record<string, PairLoss>

export type PairLossName = keyof typeof pairLosses

/**
 * What a pair loss gives for embeddings that are all alike, so that a curve has a line to be held against.
 *
 * @param numRows  Of a batch, B: InfoNCE gives ln B.
 * @param margin   In cosine, 0.025 when left out: the triplet loss gives the margin.
 */
export const chanceOf = (name: PairLossName, numRows: number, margin: number = DEFAULT_MARGIN): number =>
  name === 'margin-triplet' ? margin : Math.log(numRows)
