// What optimisers share: groups of parameters with settings of their own, state that survives scopes, saving it exactly.
// Hands on: Optimiser, ParameterGroup.

import { noGrad } from '../autograd.ts'
import { tensor } from '../creation.ts'
import { fault } from '../errors.ts'
import { keep, scope } from '../scope.ts'
import { describeShape, isTensor, type Tensor } from '../tensor.ts'

/** Parameters with settings of their own; what a group does not set, the optimiser's options do. */
export type ParameterGroup<Settings> = { params: readonly Tensor[] } & Partial<Settings>

/** State tensors of one parameter by PyTorch's names, and how many steps it took: on its device in `count` where a fused kernel counts. */
export type ParameterState = { step: number; count?: Tensor; tensors: Record<string, Tensor> }

export abstract class Optimiser<Settings extends Record<string, unknown>> {
  /** The groups; their settings may be changed between steps, as learning rates are. */
  readonly paramGroups: ({ params: readonly Tensor[] } & Settings)[]
  protected readonly state = new Map<Tensor, ParameterState>()

  constructor(params: readonly Tensor[] | readonly ParameterGroup<Settings>[], defaults: Settings) {
    const isList = params.every(isTensor)
    const groups = isList ? [{ params: params as readonly Tensor[] }] : (params as readonly ParameterGroup<Settings>[])
    this.paramGroups = groups.map((group) => ({ ...defaults, ...definedOnly(group), params: [...group.params] }))
    const all = this.paramGroups.flatMap((group) => group.params)
    if (all.length === 0 || new Set(all).size !== all.length || !all.every(isTensor)) {
      throw fault({
        code: 'torch/argument',
        where: this.constructor.name,
        expected: 'one or more parameters, each in one group',
        received: `${all.length} parameters, ${new Set(all).size} of them different`,
        hint: 'Give module.parameters(), or groups { params, lr } that do not overlap.',
      })
    }
  }

  /** Changes every parameter that has a gradient. */
  step(): void {
    noGrad(() =>
      scope(() => {
        for (const group of this.paramGroups) {
          const params: Tensor[] = []
          const grads: Tensor[] = []
          for (const param of group.params) {
            const grad = param.grad
            if (grad === undefined) continue
            params.push(param)
            grads.push(grad)
          }
          if (params.length > 0) this.update(group, params, grads)
        }
      }),
    )
  }

  /** Drops the gradients; with `setToNone: false` they become zeros instead. */
  zeroGrad(options: { setToNone?: boolean } = {}): void {
    for (const param of this.paramGroups.flatMap((group) => group.params)) {
      if (options.setToNone ?? true) param.grad = undefined
      else scope(() => param.grad?.zero_())
    }
  }

  /**
   * The whole state as tensors, ready for saveSafetensors: `0.step`, `0.exp_avg` and so on by parameter number, `group.0.lr` by group.
   *
   * State tensors are the optimiser's own, numbers are new tensors.
   */
  stateDict(): Record<string, Tensor> {
    const result: Record<string, Tensor> = {}
    for (const [index, param] of this.paramGroups.flatMap((group) => group.params).entries()) {
      const state = this.state.get(param)
      if (state === undefined) continue
      result[`${index}.step`] = tensor(state.count?.item() ?? state.step, { dtype: 'float64' })
      for (const [name, value] of Object.entries(state.tensors)) result[`${index}.${name}`] = value
    }
    for (const [index, group] of this.paramGroups.entries()) {
      for (const [name, value] of Object.entries(group)) {
        if (typeof value === 'number') result[`group.${index}.${name}`] = tensor(value, { dtype: 'float64' })
      }
    }
    return result
  }

  /**
   * Puts a saved state back, copying the values.
   *
   * @throws  torch/state when a number or shape of parameters does not agree.
   */
  loadStateDict(saved: Record<string, Tensor>): void {
    const params = this.paramGroups.flatMap((group) => group.params)
    const before = [...this.state.values()]
    this.state.clear()
    scope(() => {
      for (const [key, value] of Object.entries(saved)) {
        const [first, second, third] = key.split('.')
        const settings = this.paramGroups[Number(second)] as Record<string, unknown> | undefined
        if (first === 'group' && typeof settings?.[third] === 'number') settings[third] = value.item()
        else if (first !== 'group' && params[Number(first)] !== undefined) this.#loadState(params[Number(first)], second, value)
        else throw stateFault(this.constructor.name, `${this.paramGroups.length} groups, ${params.length} parameters`, `an entry ${key}`)
      }
    })
    before.forEach(freeState) // only now: what was saved may be this very state
  }

  /** Frees the state; another step would begin anew. The parameters are the module's. */
  free(): void {
    for (const state of this.state.values()) freeState(state)
    this.state.clear()
  }

  #loadState(param: Tensor, name: string, value: Tensor): void {
    const state = this.stateOf(param)
    if (name === 'step') {
      state.step = value.item()
      return
    }
    if (describeShape(value.shape) !== describeShape(param.shape)) {
      throw stateFault(this.constructor.name, `${name} of shape ${describeShape(param.shape)}`, describeShape(value.shape))
    }
    state.tensors[name] = keep(value.detach().to({ dtype: param.dtype, device: param.device, copy: true }))
  }

  /** A parameter's state, empty at first. */
  protected stateOf(param: Tensor): ParameterState {
    let state = this.state.get(param)
    if (state === undefined) {
      state = { step: 0, tensors: {} }
      this.state.set(param, state)
    }
    return state
  }

  /** One state tensor of each parameter, zeros at first. */
  protected tensorsOf(params: readonly Tensor[], name: string): Tensor[] {
    return params.map((param) => {
      const { tensors } = this.stateOf(param)
      tensors[name] ??= keep(param.detach().mul(0))
      return tensors[name]
    })
  }

  /** The arithmetic of one group: parameters and gradients in one order. */
  protected abstract update(settings: Settings, params: Tensor[], grads: Tensor[]): void
}

function freeState({ count, tensors }: ParameterState): void {
  for (const tensor of [count, ...Object.values(tensors)]) tensor?.free()
}

function definedOnly<T extends object>(group: T): T {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined)) as T
}

function stateFault(where: string, expected: string, received: string) {
  return fault({
    code: 'torch/state',
    where,
    expected,
    received,
    hint: 'Load the state into an optimiser made from the same parameters in the same groups.',
  })
}
