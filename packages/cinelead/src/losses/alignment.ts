// How well two embeddings of the same subjects agree: what a training log shows beside the loss. Plain numbers, no gradient.
import * as torch from '@cinelead/torch'
import { expectPair } from './pair.ts'

/** Agreement of two modalities over one set of subjects. */
export type Alignment = {
  /** Share of left rows whose own partner is among their k nearest right rows. */
  leftToRight: Record<`r${1 | 5 | 10}`, number>
  rightToLeft: Record<`r${1 | 5 | 10}`, number>
  /** Length of the difference of the two modalities' mean embeddings, 0..2. Source: Liang 2022, arXiv 2203.02053, section 4. */
  modalityGap: number
  /** Mean cosine of each subject's two embeddings. Above 0.99 between ED and ES the phases have become one. */
  meanCosine: number
}

/** Mean cosine of ED and ES embeddings above which they carry one and the same thing. Source: the follow-up work of the abstract's group. */
export const DEGENERATE_COSINE = 0.99

/** Share of rows whose own column's value is among the k largest of the row; ties count against the row. */
function recalls(cosine_BB: torch.Tensor): Record<`r${1 | 5 | 10}`, number> {
  const own_B1 = cosine_BB.diagonal().unsqueeze(1)
  const rank_B = cosine_BB.ge(own_B1).to('float32').sum([1])
  const within = (k: number) => rank_B.le(k).to('float32').mean().item()
  return { r1: within(1), r5: within(5), r10: within(10) }
}

/**
 * Retrieval both ways, modality gap and mean cosine of two unit-length embeddings of the same subjects.
 *
 * @param left_BE   Shape [B, E].
 * @param right_BE  Shape [B, E], row by row the same subjects.
 * @throws          losses/shape when the embeddings differ in shape.
 */
export function alignment(left_BE: torch.Tensor, right_BE: torch.Tensor): Alignment {
  expectPair('alignment', left_BE, right_BE)
  return torch.noGrad(() =>
    torch.scope(() => {
      const cosine_BB = left_BE.matmul(right_BE.transpose(0, 1))
      return {
        leftToRight: recalls(cosine_BB),
        rightToLeft: recalls(cosine_BB.transpose(0, 1)),
        modalityGap: left_BE
          .mean([0])
          .sub(right_BE.mean([0]))
          .norm()
          .item(),
        meanCosine: cosine_BB.diagonal().mean().item(),
      }
    }),
  )
}
