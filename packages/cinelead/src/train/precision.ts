// Narrow arithmetic for the networks, wide for losses and weights.
import * as torch from '@cinelead/torch'

/** `bfloat16`: matrix products and convolutions in bfloat16, weights, sums and losses in float32. */
export type Precision = 'float32' | 'bfloat16'

/**
 * Runs networks in the precision of a recipe and hands their outputs on in float32.
 *
 * @param device  Where the networks are, `cpu` or `cuda:0`.
 */
export function inPrecision(precision: Precision, device: string, body: () => Record<string, torch.Tensor>): Record<string, torch.Tensor> {
  if (precision === 'float32') return body()
  const narrow = torch.autocast(device.startsWith('cuda') ? 'cuda' : 'cpu', body)
  return Object.fromEntries(Object.entries(narrow).map(([name, tensor]) => [name, tensor.float()]))
}
