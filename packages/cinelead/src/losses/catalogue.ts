// The pair losses a recipe may name.
import { asymmetricInfoNce, infoNce } from './info-nce.ts'
import { marginTriplet } from './margin-triplet.ts'
import type { PairLoss } from './pair.ts'

export const pairLosses = {
  'info-nce': infoNce,
  'asymmetric-info-nce': asymmetricInfoNce,
  'margin-triplet': marginTriplet,
} as const satisfies Record<string, PairLoss>

export type PairLossName = keyof typeof pairLosses
