// The masked autoencoder's loss: squared error on the patches the encoder did not see, and only on those.
//
// Source: He 2022 (MAE), arXiv 2111.06377, section 3 "Reconstruction target".
import type { Tensor } from '@cinelead/torch'
import { fault } from '../base/errors.ts'

/**
 * The mean squared error over masked patches.
 *
 * @param predicted_BNP  The decoder's patches. Shape [B, N, P], P samples of a patch.
 * @param target_BNP     The true patches, same unit. Shape [B, N, P].
 * @param masked_BN      1 where the patch was hidden, 0 where it was seen. Shape [B, N].
 * @returns              Scalar tensor, the target's unit squared.
 * @throws               losses/shape when shapes do not fit.
 */
export function maskedReconstruction(predicted_BNP: Tensor, target_BNP: Tensor, masked_BN: Tensor): Tensor {
  const [predicted, target, masked] = [predicted_BNP.shape, target_BNP.shape, masked_BN.shape]
  if (predicted.join() !== target.join() || masked.join() !== target.slice(0, 2).join()) {
    throw fault({
      code: 'losses/shape',
      where: 'maskedReconstruction',
      expected: 'patches of one shape [B, N, P] and a mask [B, N]',
      received: `[${predicted.join(', ')}], [${target.join(', ')}] and [${masked.join(', ')}]`,
      hint: 'The decoder must predict every patch of the input: check its last layer.',
    })
  }
  const error_BN = predicted_BNP.sub(target_BNP).square().mean([2])
  return error_BN.mul(masked_BN).sum().div(masked_BN.sum().clamp(1))
}
