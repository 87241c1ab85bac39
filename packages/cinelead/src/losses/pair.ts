// What every loss between two modalities has in common: its signature and its check of shapes.
import type { Tensor } from '@cinelead/torch'
import { fault } from '../base/errors.ts'

/** What a pair loss is told beside the embeddings. */
export type PairTerms = {
  /** 1 / temperature. A tensor where the temperature is learned. */
  scale: number | Tensor
  /** 1 where two rows of the batch are one subject. Shape [B, B]. */
  sameSubject_BB?: Tensor
  /** Weight of the direction left→right, 0..1; the other direction has the rest. */
  leftShare?: number
  /** Distance a negative must keep, for the losses that have one; in cosine. */
  margin?: number
}

/** Two embeddings of one batch, row by row the same subjects, to one number. Symmetric losses ignore the order. */
export type PairLoss = (left_BE: Tensor, right_BE: Tensor, terms: PairTerms) => Tensor

/** Refuses embeddings that do not match; gives the number of rows. */
export function expectPair(where: string, left_BE: Tensor, right_BE: Tensor, sameSubject_BB?: Tensor): number {
  const [left, right] = [left_BE.shape, right_BE.shape]
  if (left.length !== 2 || right.length !== 2 || left[0] !== right[0] || left[1] !== right[1]) {
    throw fault({
      code: 'losses/shape',
      where,
      expected: 'two embeddings of one shape [B, E]',
      received: `[${left.join(', ')}] and [${right.join(', ')}]`,
      hint: 'A batch lost one item, or a projector has another width: check both towers.',
    })
  }
  const mask = sameSubject_BB?.shape
  if (mask !== undefined && (mask.length !== 2 || mask[0] !== left[0] || mask[1] !== left[0])) {
    throw fault({
      code: 'losses/shape',
      where,
      expected: `a same-subject mask of shape [${left[0]}, ${left[0]}]`,
      received: `[${mask.join(', ')}]`,
      hint: 'Make the mask from the same rows as the embeddings.',
    })
  }
  return left[0]
}
