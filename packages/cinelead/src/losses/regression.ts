// Regression on z-scored phenotypes where some values may be missing.
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'

/**
 * The mean squared error over the values that are known.
 *
 * Targets must be z-scored with the training split's statistics, or the volumes in mL drown the fractions.
 *
 * @param predicted_BK  Predictions in z units. Shape [B, K].
 * @param target_BK     Targets in z units; NaN where not known. Shape [B, K].
 * @returns             Scalar tensor; 1 is the level of predicting the mean.
 * @throws              losses/shape when shapes differ.
 */
export function regression(predicted_BK: torch.Tensor, target_BK: torch.Tensor): torch.Tensor {
  if (predicted_BK.shape.join() !== target_BK.shape.join()) {
    throw fault({
      code: 'losses/shape',
      where: 'regression',
      expected: 'predictions and targets of one shape [B, K]',
      received: `[${predicted_BK.shape.join(', ')}] and [${target_BK.shape.join(', ')}]`,
      hint: 'The head must give one value for each phenotype.',
    })
  }
  const unknown_BK = target_BK.isnan()
  const known_BK = unknown_BK.logicalNot().to(predicted_BK.dtype)
  const error_BK = predicted_BK.sub(target_BK.maskedFill(unknown_BK, 0)).square().mul(known_BK)
  return error_BK.sum().div(known_BK.sum().clamp(1))
}
