// AdamW: adaptive moments with weight decay outside the gradient; Adam is the same with decay inside. Fused where the dispatcher has it for
// the parameters' device, else over lists of tensors.
// Hands on: AdamW, Adam. Sources: Kingma & Ba 2015; Loshchilov & Hutter 2019, algorithm 2. Order of arithmetic as in torch.optim.

import { full } from '../creation.ts'
import { isCapturingGraph } from '../cuda.ts'
import { fault } from '../errors.ts'
import { hasKernel, operator } from '../operator.ts'
import { keep } from '../scope.ts'
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

const FUSED = 'aten::_fused_adamw_'
const fusedStep = operator(
  FUSED,
  'self grads exp_avgs exp_avg_sqs max_exp_avg_sqs state_steps lr beta1 beta2 weight_decay eps amsgrad maximize',
)

export class AdamW extends Optimiser<AdamSettings> {
  constructor(params: readonly Tensor[] | readonly ParameterGroup<AdamSettings>[], options: Partial<AdamSettings> = {}) {
    super(params, options, { lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 1e-2 })
  }

  protected override update(settings: AdamSettings, params: Tensor[], grads: Tensor[]): void {
    const isFused = params.every(({ device }) => device === params[0].device) && hasKernel(FUSED, params[0].device)
    if (isFused) this.#fused(settings, params, grads)
    else {
      mul_(params, 1 - settings.lr * settings.weightDecay)
      this.adam(settings, params, grads)
    }
  }

  /** One kernel for all parameters; it counts steps on the device, so that a captured step counts on at each replay. */
  #fused({ lr, betas, eps, weightDecay }: AdamSettings, params: Tensor[], grads: Tensor[]): void {
    const counts = params.map((param) => {
      const state = this.stateOf(param)
      state.count ??= keep(full([], state.step, { dtype: 'float32', device: param.device }))
      return state.count
    })
    addScalar_(counts, 1)
    const [means, squares] = [this.tensorsOf(params, 'exp_avg'), this.tensorsOf(params, 'exp_avg_sq')]
    fusedStep(params, grads, means, squares, [], counts, lr, betas[0], betas[1], weightDecay, eps, false, false)
  }

  protected adam({ lr, betas, eps }: AdamSettings, params: Tensor[], grads: Tensor[]): void {
    if (isCapturingGraph()) throw captureFault(this.constructor.name)
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
    super(params, { ...options, weightDecay: options.weightDecay ?? 0 })
  }

  protected override update(settings: AdamSettings, params: Tensor[], grads: Tensor[]): void {
    this.adam(settings, params, settings.weightDecay === 0 ? grads : add(grads, params, settings.weightDecay))
  }
}

function captureFault(where: string) {
  return fault({
    code: 'torch/capture',
    where,
    expected: 'a fused optimiser inside cuda.capture, which counts its steps on the device',
    received: 'one whose step count would stand still in every replay',
    hint: `Use AdamW with a libtorch that has ${FUSED} for CUDA, or step outside the capture.`,
  })
}
