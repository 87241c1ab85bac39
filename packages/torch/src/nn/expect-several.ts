// What batch normalisation asks of a batch.
// Hands on: expectSeveral.

import { fault } from '../errors.ts'
import { describeShape } from '../tensor.ts'

/** Refuses a batch of one value a channel: its unbiased variance is 0 / 0 and would spoil the running one for good. */
export function expectSeveral(where: string, count: number, shape: readonly number[]): void {
  if (count !== 1) return
  throw fault({
    code: 'torch/shape',
    where,
    expected: 'more than one value a channel in training',
    received: `shape ${describeShape(shape)}`,
    hint: 'Leave out a last batch of one sample, or call eval() first.',
  })
}
