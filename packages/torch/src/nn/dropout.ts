// Layers that drop while training.
// Hands on: Dropout, Dropout1d/2d/3d, DropPath.

import { empty } from '../creation.ts'
import { fault } from '../errors.ts'
import { scope } from '../scope.ts'
import type { Tensor } from '../tensor.ts'
import * as F from './functional.ts'
import { Module } from './module.ts'

/** Drops elements with probability p while training. */
export class Dropout extends Module {
  readonly p: number

  constructor(p = 0.5) {
    super()
    if (!(p >= 0 && p <= 1)) {
      throw fault({
        code: 'torch/argument',
        where: this.constructor.name,
        expected: 'a probability from 0 to 1',
        received: String(p),
        hint: 'It is the probability to drop, not to keep.',
      })
    }
    this.p = p
  }

  forward(input: Tensor): Tensor {
    return this.training && this.p > 0 ? this.drop(input) : input
  }

  protected drop(input: Tensor): Tensor {
    return F.dropout(input, this.p, true)
  }
}

/** Drops whole channels of [B, C, …] with probability p while training. */
export class Dropout2d extends Dropout {
  protected override drop(input: Tensor): Tensor {
    return F.featureDropout(input, this.p, true)
  }
}

/** Drops whole channels of [B, C, X] or [C, X] with probability p while training. */
export class Dropout1d extends Dropout2d {
  protected override drop(input: Tensor): Tensor {
    return input.ndim === 2 ? scope(() => super.drop(input.unsqueeze(0)).squeeze(0)) : super.drop(input)
  }
}

/** Drops whole channels of [B, C, Z, Y, X] or [C, Z, Y, X] with probability p while training. */
export class Dropout3d extends Dropout2d {
  protected override drop(input: Tensor): Tensor {
    return input.ndim === 4 ? scope(() => super.drop(input.unsqueeze(0)).squeeze(0)) : super.drop(input)
  }
}

/**
 * Drops the whole branch for a sample with probability p while training (stochastic depth).
 *
 * Source: Huang et al. 2016, "Deep Networks with Stochastic Depth"; kept branches are scaled up by 1/(1 − p).
 */
export class DropPath extends Dropout {
  protected override drop(input: Tensor): Tensor {
    const [batch, ...rest] = input.shape
    return scope(() => {
      const mask = empty([batch, ...rest.map(() => 1)], { dtype: input.dtype, device: input.device }).bernoulli_(1 - this.p)
      return input.mul(this.p < 1 ? mask.div(1 - this.p) : mask)
    })
  }
}
