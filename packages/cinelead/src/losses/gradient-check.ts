// Finite differences: the slow twin of autograd, for tests of losses.
import * as torch from '@cinelead/torch'

const STEP = 1e-6 // float64: central differences are then right to about 1e-9

/**
 * The largest difference between autograd's gradient of a scalar function and central differences.
 *
 * @param values  Input in float64, flattened; `shape` tells how.
 */
export function gradientError(values: Float64Array, shape: readonly number[], lossOf: (input: torch.Tensor) => torch.Tensor): number {
  return torch.scope(() => {
    const input = torch.fromArray(values, shape).requiresGrad_()
    lossOf(input).backward()
    const gradient = (input.grad as torch.Tensor).reshape([-1]).toArray() as Float64Array
    const at = (i: number, change: number): number => {
      const moved = values.slice()
      moved[i] += change
      return torch.noGrad(() => lossOf(torch.fromArray(moved, shape)).item())
    }
    let worst = 0
    for (let i = 0; i < values.length; i++) {
      worst = Math.max(worst, Math.abs((at(i, STEP) - at(i, -STEP)) / (2 * STEP) - gradient[i]))
    }
    return worst
  })
}
