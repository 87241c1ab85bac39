// The contrastive objective of an arm: a weighted sum of pair losses over embeddings that arrive by name, never by position.
// The abstract's triplet contrastive loss (TCL) is three such terms of one third each.
import type { Tensor } from '@cinelead/torch'
import { fault } from '../base/errors.ts'
import type { PairLoss, PairTerms } from './pair.ts'

/** One term: which two named embeddings, and its share of the sum. */
export type ContrastiveTerm = { left: string; right: string; weight: number }

/** Unit-length embeddings of one batch by their view's name (`ecg`, `ed`, `es`, `slice`, `cine`). Shapes [B, E]. */
export type NamedEmbeddings = Readonly<Record<string, Tensor>>

/** A loss and the unweighted terms it was made of, by name. */
export type LossParts = { loss: Tensor; parts: Record<string, Tensor> }

/** A term's name in records: `ecg-ed`. */
export const termName = (term: ContrastiveTerm): string => `${term.left}-${term.right}`

/**
 * The weighted mean of pair losses. Weights are brought to the sum 1, so the chance level of InfoNCE stays ln B.
 *
 * @param embeddings  Unit-length embeddings by name. Shapes [B, E].
 * @param terms       Which pairs, with which weights (not negative, at least one positive).
 * @param pairLoss    What one pair costs, `infoNce` for instance.
 * @param pairTerms   Scale and same-subject mask, the same for every pair.
 * @returns           The loss and each term before weighting.
 * @throws            losses/term when a term names an embedding that is not there or the weights do not add up to anything.
 */
export function contrastive(
  embeddings: NamedEmbeddings,
  terms: readonly ContrastiveTerm[],
  pairLoss: PairLoss,
  pairTerms: PairTerms,
): LossParts {
  const sumOfWeights = terms.reduce((sum, { weight }) => sum + weight, 0)
  const missing = terms.flatMap(({ left, right }) => [left, right]).filter((name) => embeddings[name] === undefined)
  if (missing.length > 0 || !(sumOfWeights > 0) || terms.some(({ weight }) => !(weight >= 0))) {
    throw fault({
      code: 'losses/term',
      where: 'contrastive',
      expected: 'terms over embeddings that are there, with weights of a positive sum',
      received: `terms ${terms.map((term) => `${termName(term)}:${term.weight}`).join(' ')} over ${Object.keys(embeddings).join(', ') || 'nothing'}`,
      hint: 'Check the arm: every name in its terms must be one of its views, and one weight at least must be above 0.',
    })
  }
  const parts: Record<string, Tensor> = {}
  let loss: Tensor | undefined
  for (const term of terms) {
    if (term.weight === 0) continue
    const part = pairLoss(embeddings[term.left], embeddings[term.right], pairTerms)
    parts[termName(term)] = part
    const share = part.mul(term.weight / sumOfWeights)
    loss = loss === undefined ? share : loss.add(share)
  }
  return { loss: loss as Tensor, parts }
}
