// InfoNCE between two towers: each embedding must find its own subject's partner among the batch.
// Takes unit-length embeddings (models/projector makes them so) and hands on one number.
//
// Source: van den Oord 2018, arXiv 1807.03748, eq. 4; the symmetric form is Radford 2021 (CLIP), arXiv 2103.00020, fig. 3.
import * as torch from '@cinelead/torch'
import { expectPair } from './pair.ts'
import type { PairLoss } from './pair.ts'

/**
 * The symmetric InfoNCE of two embeddings of one batch: the mean of both directions' cross-entropies.
 *
 * Chance level is ln B. A pair of different rows that are one subject is no negative: `sameSubject_BB` takes it out.
 *
 * @param left_BE   Unit-length embeddings of one modality. Shape [B, E].
 * @param right_BE  Unit-length embeddings of the other, row by row the same subjects. Shape [B, E].
 * @param terms     `scale` is 1 / temperature, a number or a scalar tensor; `sameSubject_BB` is 1 where two rows are one
 *                  subject (the diagonal is ignored); `leftShare` weighs left→right against right→left, 0.5 when left out.
 * @returns         Scalar tensor, nats.
 * @throws          losses/shape when the embeddings differ in shape or the mask does not fit.
 */
export const infoNce: PairLoss = (left_BE, right_BE, terms) => {
  const numRows = expectPair('infoNce', left_BE, right_BE, terms.sameSubject_BB)
  const leftShare = terms.leftShare ?? 0.5
  let logits_BB = left_BE.matmul(right_BE.transpose(0, 1)).mul(terms.scale)
  if (terms.sameSubject_BB !== undefined) {
    const identity_BB = torch.eye(numRows, numRows, { dtype: logits_BB.dtype, device: logits_BB.device })
    const falseNegative_BB = terms.sameSubject_BB.to(logits_BB.dtype).sub(identity_BB).gt(0.5)
    logits_BB = logits_BB.maskedFill(falseNegative_BB, Number.NEGATIVE_INFINITY)
  }
  const own_B = logits_BB.diagonal()
  const leftToRight = logits_BB.logsumexp([1]).sub(own_B).mean()
  const rightToLeft = logits_BB.logsumexp([0]).sub(own_B).mean()
  return leftToRight.mul(leftShare).add(rightToLeft.mul(1 - leftShare))
}

/**
 * InfoNCE in one direction only: the left modality must find the right one, not the reverse.
 *
 * The follow-up work of the abstract's group trains its ECG tower against frozen CMR embeddings in this way.
 *
 * @param left_BE   The modality that is taught (ECG). Shape [B, E], unit length.
 * @param right_BE  The modality that teaches. Shape [B, E], unit length.
 * @returns         Scalar tensor, nats; chance level ln B.
 */
export const asymmetricInfoNce: PairLoss = (left_BE, right_BE, terms) => infoNce(left_BE, right_BE, { ...terms, leftShare: 1 })
