// What optimisers share: groups of parameters with settings of their own, state that survives scopes, saving it exactly.
// Hands on: Optimiser, ParameterGroup.

import { noGrad } from '../autograd.ts'
import { tensor, zerosLike } from '../creation.ts'
import { fault } from '../errors.ts'
import { keep, scope } from '../scope.ts'
import { describeShape, describeValue, isTensor, type Tensor } from '../tensor.ts'

/** Parameters with settings of their own; what a group does not set, the optimiser's options do. */
export type ParameterGroup<Settings> = { params: readonly Tensor[] } & Partial<Settings>

/** State tensors of one parameter by PyTorch's names, and how many steps it took: on its device in `count` where a fused kernel counts. */
export type ParameterState = { step: number; count?: Tensor; tensors: Record<string, Tensor> }

export abstract class Optimiser<Settings extends Record<string, unknown>> {
  /** The groups; their settings may be changed between steps, as learning rates are. */
  readonly paramGroups: ({ params: readonly Tensor[] } & Settings)[]
  protected readonly state = new Map<Tensor, ParameterState>()

  constructor(params: readonly Tensor[] | readonly ParameterGroup<Settings>[], options: Partial<Settings>, defaults: Settings) {
    const groups = groupsOf(params)
    const all: readonly Tensor[] = groups.flatMap((group) => group.params)
    const areTensors = all.length > 0 && all.every(isTensor)
    const numComputed = areTensors ? all.filter((param) => !param.isLeaf).length : 0
    if (!areTensors || new Set(all).size !== all.length || numComputed > 0) {
      const counts = `${all.length} parameters, ${new Set(all).size} of them different, ${numComputed} computed from other tensors`
      throw fault({
        code: 'torch/argument',
        where: this.constructor.name,
        expected: 'one or more parameters, each in one group',
        received: areTensors ? counts : describeValue(params),
        hint: 'Give module.parameters(), or groups { params, lr } that do not overlap.',
      })
    }
    this.paramGroups = groups.map((group) => ({ ...defaults, ...definedOnly(options), ...definedOnly(group), params: [...group.params] }))
    for (const group of this.paramGroups) expectSettings(this.constructor.name, group)
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
   * The whole state as tensors, ready for saveSafetensors: `0.step`, `0.exp_avg` and so on by parameter number, `group.0.lr` by group, and
   * in `group.0.params` how many parameters the group has.
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
        const saved = name === 'params' ? group.params.length : value
        if (isSetting(saved)) result[`group.${index}.${name}`] = tensor(saved, { dtype: 'float64' })
      }
    }
    return result
  }

  /**
   * Puts a saved state back, copying the values.
   *
   * @throws  torch/state when a number or shape of parameters does not agree; nothing has changed then.
   */
  loadStateDict(saved: Record<string, Tensor>): void {
    const params = this.paramGroups.flatMap((group) => group.params)
    const entries = Object.entries(saved).map(([key, value]) => ({ key, value, parts: key.split('.') }))
    const numGroups = new Set(entries.filter(({ parts }) => parts[0] === 'group').map(({ parts }) => parts[1])).size
    const misfits = entries.filter(({ parts, value }) => !this.#fits(parts, value, params)).map(({ key }) => `an entry ${key}`)
    if (numGroups !== this.paramGroups.length) misfits.push(`${numGroups} groups`)
    if (misfits.length > 0) {
      throw fault({
        code: 'torch/state',
        where: this.constructor.name,
        expected: `${this.paramGroups.length} groups, ${params.length} parameters and their shapes`,
        received: `${misfits.slice(0, 8).join(', ')}${misfits.length > 8 ? ', …' : ''}`,
        hint: 'Load the state into an optimiser made from the same parameters in the same groups.',
      })
    }
    const before = [...this.state.values()]
    this.state.clear()
    scope(() => {
      for (const { parts, value } of entries) {
        const [first, second, name] = parts
        if (first !== 'group') this.#loadState(params[Number(first)], second, value)
        else if (name !== 'params') this.#loadSetting(this.paramGroups[Number(second)], name, value)
      }
    })
    before.forEach(freeState) // only now: what was saved may be this very state
  }

  /** Frees the state; another step would begin anew. The parameters are the module's. */
  free(): void {
    for (const state of this.state.values()) freeState(state)
    this.state.clear()
  }

  /** Whether an entry of a saved state has its place here. */
  #fits([first, second, name]: string[], value: Tensor, params: readonly Tensor[]): boolean {
    if (!isTensor(value)) return false
    if (first !== 'group') {
      const param = params[Number(first)]
      return param !== undefined && (second === 'step' ? value.numel === 1 : describeShape(value.shape) === describeShape(param.shape))
    }
    const group = this.paramGroups[Number(second)]
    const setting = name === 'params' ? group?.params.length : group?.[name]
    if (!isSetting(setting) || value.numel !== (Array.isArray(setting) ? setting.length : 1)) return false
    return name !== 'params' || value.item() === setting
  }

  #loadState(param: Tensor, name: string, value: Tensor): void {
    const state = this.stateOf(param)
    if (name === 'step') state.step = value.item()
    else state.tensors[name] = keep(value.detach().to({ dtype: param.dtype, device: param.device, copy: true }))
  }

  #loadSetting(group: Record<string, unknown>, name: string, value: Tensor): void {
    if (typeof group[name] === 'boolean') group[name] = value.item() !== 0
    else group[name] = value.ndim === 0 ? value.item() : value.tolist()
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
      tensors[name] ??= keep(zerosLike(param.detach()))
      return tensors[name]
    })
  }

  /** The arithmetic of one group: parameters and gradients in one order. */
  protected abstract update(settings: Settings, params: Tensor[], grads: Tensor[]): void
}

/** Groups, also of a plain list of parameters; what is neither has parameters that are none. */
function groupsOf<Settings>(params: readonly Tensor[] | readonly ParameterGroup<Settings>[]): readonly ParameterGroup<Settings>[] {
  if (!Array.isArray(params)) return []
  const isGroup = (group: unknown): group is ParameterGroup<Settings> =>
    Array.isArray((group as ParameterGroup<Settings> | undefined)?.params)
  return params.every(isTensor) || !params.every(isGroup) ? [{ params: params as readonly Tensor[] } as ParameterGroup<Settings>] : params
}

function freeState({ count, tensors }: ParameterState): void {
  for (const tensor of [count, ...Object.values(tensors)]) tensor?.free()
}

function definedOnly<T extends object>(group: T): T {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined)) as T
}

/** Settings that are saved: numbers, switches, and betas. */
function isSetting(value: unknown): value is number | boolean | number[] {
  return (
    typeof value === 'number' || typeof value === 'boolean' || (Array.isArray(value) && value.every((part) => typeof part === 'number'))
  )
}

/** Refuses what torch.optim refuses, and what is no number: every parameter would become NaN or run away without a word. */
function expectSettings(where: string, settings: Record<string, unknown>): void {
  const { betas, nesterov, momentum, dampening } = settings
  const within = (value: unknown, end: number) => typeof value === 'number' && value >= 0 && value < end
  const isWrong = (name: string) => name in settings && !within(settings[name], Number.POSITIVE_INFINITY)
  const wrong = ['lr', 'momentum', 'weightDecay', 'eps'].filter(isWrong)
  if (betas !== undefined && !(Array.isArray(betas) && betas.length === 2 && betas.every((beta) => within(beta, 1)))) wrong.push('betas')
  if (nesterov === true && (momentum === 0 || dampening !== 0)) wrong.push('nesterov', 'momentum', 'dampening')
  if (wrong.length === 0) return
  throw fault({
    code: 'torch/argument',
    where,
    expected: 'settings from zero up, betas below one, and nesterov with momentum and without dampening',
    received: wrong.map((name) => `${name} ${describeValue(settings[name])}`).join(', '),
    hint: 'Leave a setting out for its default.',
  })
}
