// Stochastic gradient descent with momentum. Order of arithmetic as in torch.optim.
// Hands on: SGD.

import { operator } from '../operator.ts'
import { keep } from '../scope.ts'
import type { Tensor } from '../tensor.ts'
import { Optimiser, type ParameterGroup } from './optimiser.ts'

export type SgdSettings = { lr: number; momentum: number; dampening: number; weightDecay: number; nesterov: boolean }

const add_ = operator('aten::_foreach_add_.List', 'self other alpha')
const add = operator('aten::_foreach_add.List', 'self other alpha')
const mul_ = operator('aten::_foreach_mul_.Scalar', 'self scalar')

export class SGD extends Optimiser<SgdSettings> {
  constructor(params: readonly Tensor[] | readonly ParameterGroup<SgdSettings>[], options: Partial<SgdSettings> = {}) {
    super(params, options, { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false })
  }

  protected override update(settings: SgdSettings, params: Tensor[], rawGrads: Tensor[]): void {
    const { lr, momentum, weightDecay, nesterov } = settings
    const grads: Tensor[] = weightDecay === 0 ? rawGrads : add(rawGrads, params, weightDecay)
    if (momentum === 0) {
      add_(params, grads, -lr)
      return
    }
    const buffers = this.#momentumBuffers(settings, params, grads)
    add_(params, nesterov ? add(grads, buffers, momentum) : buffers, -lr)
  }

  /** The running gradients after this step; a parameter's first gradient starts its own, undampened. */
  #momentumBuffers({ momentum, dampening }: SgdSettings, params: Tensor[], grads: Tensor[]): Tensor[] {
    const running: Tensor[] = []
    const news: Tensor[] = []
    const buffers = params.map((param, index) => {
      const state = this.stateOf(param)
      state.step++
      if (state.tensors.momentum_buffer === undefined) state.tensors.momentum_buffer = keep(grads[index].detach().clone())
      else {
        running.push(state.tensors.momentum_buffer)
        news.push(grads[index])
      }
      return state.tensors.momentum_buffer
    })
    if (running.length > 0) {
      mul_(running, momentum)
      add_(running, news, 1 - dampening)
    }
    return buffers
  }
}
