// The type of most functions: one tensor in, one out.
// Hands on: Unary.

import type { Tensor } from '../tensor.ts'

/** A function of one tensor. */
export type Unary = (input: Tensor) => Tensor
