// AdamW: adaptive moments with weight decay outside the gradient; Adam is the same with decay inside.
// Hands on: AdamW, Adam. Sources: Kingma & Ba 2015; Loshchilov & Hutter 2019, algorithm 2. Order of arithmetic as in torch.optim.

import { operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'
import { Optimiser, type ParameterGroup } from './optimiser.ts'

export type AdamSettings = { lr: number; betas: readonly [number, number]; eps: number; weightDecay: number }

const mul_ = operator('aten::_foreach_mul_.Scalar', 'self scalar')
const add_ = operator('aten::_foreach_add_.List', 'self other alpha')
const addScalar_ = operator('aten::_foreach_add_.Scalar', 'self scalar')
const add = operator('aten::_foreach_add.List', 'self other alpha')
const addcmul_ = operator('aten::_foreach_addcmul_.Scalar', 'self tensor1 tensor2 value')
const sqrt = operator('aten::_foreach_sqrt', 'self')
const div_ = operator('aten::_foreach_div_.Scalar', 'self scalar')
const addcdiv_ = operator('aten::_foreach_addcdiv_.Scalar', 'self tensor1 tensor2 value')

export class AdamW extends Optimiser<AdamSettings> {
  constructor(params: readonly Tensor[] | readonly ParameterGroup<AdamSettings>[], options: Partial<AdamSettings> = {}) {
    super(params, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 1e-2, ...options })
  }

  protected override update(settings: AdamSettings, params: Tensor[], grads: Tensor[]): void {
    mul_(params, 1 - settings.lr * settings.weightDecay)
    this.adam(settings, params, grads)
  }

  protected adam({ lr, betas, eps }: AdamSettings, params: Tensor[], grads: Tensor[]): void {
    for (const [step, indices] of this.#byStep(params)) {
      const pick = (list: Tensor[]) => (indices.length === list.length ? list : indices.map((index) => list[index]))
      const chosen = pick(params)
      const chosenGrads = pick(grads)
      const means = this.tensorsOf(chosen, 'exp_avg')
      const squares = this.tensorsOf(chosen, 'exp_avg_sq')
      mul_(means, betas[0])
      add_(means, chosenGrads, 1 - betas[0])
      mul_(squares, betas[1])
      addcmul_(squares, chosenGrads, chosenGrads, 1 - betas[1])
      const denominators: Tensor[] = sqrt(squares)
      div_(denominators, Math.sqrt(1 - betas[1] ** step))
      addScalar_(denominators, eps)
      addcdiv_(chosen, means, denominators, -lr / (1 - betas[0] ** step))
    }
  }

  /** Counts the step of each parameter and groups those that agree: nearly always all of them. */
  #byStep(params: Tensor[]): Map<number, number[]> {
    const groups = new Map<number, number[]>()
    for (const [index, param] of params.entries()) {
      const state = this.stateOf(param)
      state.step++
      const indices = groups.get(state.step)
      if (indices === undefined) groups.set(state.step, [index])
      else indices.push(index)
    }
    return groups
  }
}

export class Adam extends AdamW {
  constructor(params: readonly Tensor[] | readonly ParameterGroup<AdamSettings>[], options: Partial<AdamSettings> = {}) {
    super(params, { weightDecay: 0, ...options })
  }

  protected override update(settings: AdamSettings, params: Tensor[], grads: Tensor[]): void {
    this.adam(settings, params, settings.weightDecay === 0 ? grads : add(grads, params, settings.weightDecay))
  }
}
