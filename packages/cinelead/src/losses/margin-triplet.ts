// The margin triplet loss: an alternative to InfoNCE, kept for the ablation that asks whether "triplet" in the abstract
// could have meant this (it did not: its three terms are InfoNCE).
//
// Source: Schroff 2015 (FaceNet), arXiv 1503.03832, eq. 1, on cosines instead of squared distances and over all negatives.
import * as torch from '@cinelead/torch'
import { expectPair } from './pair.ts'
import type { PairLoss } from './pair.ts'

/** Used by ECCL (Ding 2024) for ECG and CMR. */
export const DEFAULT_MARGIN = 0.025

/**
 * The mean hinge over all negatives of the batch, both directions: max(0, margin − own cosine + the negative's cosine).
 *
 * @param left_BE   Unit-length embeddings. Shape [B, E].
 * @param right_BE  Unit-length embeddings of the same subjects. Shape [B, E].
 * @param terms     `margin` in cosine, 0.025 when left out; `scale` is not used; `sameSubject_BB` takes false negatives out.
 * @returns         Scalar tensor; 0 when every negative keeps its distance. For random embeddings about the margin or above.
 * @throws          losses/shape when the embeddings differ in shape.
 */
export const marginTriplet: PairLoss = (left_BE, right_BE, terms) => {
  const numRows = expectPair('marginTriplet', left_BE, right_BE, terms.sameSubject_BB)
  const margin = terms.margin ?? DEFAULT_MARGIN
  const cosine_BB = left_BE.matmul(right_BE.transpose(0, 1))
  const own_B = cosine_BB.diagonal()
  const options = { dtype: cosine_BB.dtype, device: cosine_BB.device }
  const identity_BB = torch.eye(numRows, numRows, options)
  const same_BB = terms.sameSubject_BB === undefined ? identity_BB : terms.sameSubject_BB.to(cosine_BB.dtype).maximum(identity_BB)
  const negative_BB = torch.ones([numRows, numRows], options).sub(same_BB)
  const numNegatives = negative_BB.sum().clamp(1)
  const hinge = (own_BB: torch.Tensor) => cosine_BB.sub(own_BB).add(margin).relu().mul(negative_BB).sum().div(numNegatives)
  return hinge(own_B.unsqueeze(1))
    .add(hinge(own_B.unsqueeze(0)))
    .mul(0.5)
}
