// What every layer and network is: fields that are parameters, buffers or modules, found by looking, with PyTorch's names for files.
// Hands on: Module, Parameter, ModuleBuffer.

import { noGrad } from '../autograd.ts'
import { fault } from '../errors.ts'
import type { Target } from '../methods.ts'
import { native } from '../native.ts'
import { operator } from '../operator.ts'
import { keep, scope } from '../scope.ts'
import { describeShape, describeValue, handleOf, Tensor } from '../tensor.ts'

const detachOp = operator('aten::detach', 'self')
const setData = operator('aten::set_data', 'self new_data')

function detachedHandle(tensor: Tensor): number {
  return scope(() => native.aliasTensor(detachOp(tensor).handle))
}

/** A tensor that is learned: shares the values of the tensor given, wants gradients and belongs to no scope. */
export class Parameter extends Tensor {
  constructor(values: Tensor, requiresGrad = true) {
    handleOf(values, 'Parameter')
    super(detachedHandle(values))
    if (requiresGrad) this.requiresGrad_(true)
    keep(this)
  }
}

/** A tensor that is saved with a module but not learned, such as running statistics; belongs to no scope. */
export class ModuleBuffer extends Tensor {
  /** Whether it goes into the state that is saved. */
  readonly isPersistent: boolean

  constructor(values: Tensor, options: { persistent?: boolean } = {}) {
    handleOf(values, 'ModuleBuffer')
    super(detachedHandle(values))
    this.isPersistent = options.persistent ?? true
    keep(this)
  }
}

/**
 * A layer or a network. Subclasses put parameters, buffers and other modules (also lists of them) into fields and write `forward`.
 *
 * Names are the fields' in PyTorch's spelling (`inProj` becomes `in_proj`, the second of `layers` is `layers.1`), so that weights
 * of the same network in Python load here and the other way round.
 */
export class Module {
  training = true
  /** Set by `freeze`: such a module stays in evaluation mode, so that batch statistics stand still too. */
  isFrozen = false

  /** Every parameter with its name; one that is shared comes once. */
  namedParameters(prefix = ''): [string, Parameter][] {
    const seen = new Set<Tensor>()
    return this.namedModules(prefix).flatMap(([name, module]) =>
      module
        .ownParameters()
        .filter(([, parameter]) => !seen.has(parameter) && seen.add(parameter) !== undefined)
        .map(([own, parameter]): [string, Parameter] => [join(name, own), parameter]),
    )
  }

  /** The parameters in its own fields; layers that hold theirs otherwise say so here. */
  protected ownParameters(): [string, Parameter][] {
    return Object.entries(this)
      .filter((entry): entry is [string, Parameter] => entry[1] instanceof Parameter)
      .map(([field, value]) => [snakeCase(field), value])
  }

  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter)
  }

  /** Every buffer with its name. */
  namedBuffers(prefix = ''): [string, ModuleBuffer][] {
    return this.namedModules(prefix).flatMap(([name, module]) =>
      module.#ownBuffers().map(([own, buffer]): [string, ModuleBuffer] => [join(name, own), buffer]),
    )
  }

  /** The modules in its own fields. */
  namedChildren(): [string, Module][] {
    return Object.entries(this).flatMap(([field, value]): [string, Module][] => {
      if (value instanceof Module) return [[snakeCase(field), value]]
      if (!Array.isArray(value)) return []
      return value.flatMap((item, index): [string, Module][] => (item instanceof Module ? [[`${snakeCase(field)}.${index}`, item]] : []))
    })
  }

  /** Itself and all modules below, each once. */
  namedModules(prefix = '', seen: Set<Module> = new Set()): [string, Module][] {
    if (seen.has(this)) return []
    seen.add(this)
    const below = this.namedChildren().flatMap(([name, child]) => child.namedModules(join(prefix, name), seen))
    return [[prefix, this], ...below]
  }

  modules(): Module[] {
    return this.namedModules().map(([, module]) => module)
  }

  /** Calls a function with each module, the innermost first. */
  apply(visit: (module: Module) => void): this {
    for (const [, child] of this.namedChildren()) child.apply(visit)
    visit(this)
    return this
  }

  /** Parameters and saved buffers by name, one that is shared by each of its names; the tensors are the module's own, not copies. */
  stateDict(): Record<string, Tensor> {
    return Object.fromEntries(this.#saved([]))
  }

  #saved(above: readonly Module[]): [string, Tensor][] {
    const path = [...above, this]
    const below = this.namedChildren().filter(([, child]) => !path.includes(child))
    const buffers = this.#ownBuffers().filter(([, buffer]) => buffer.isPersistent)
    const deeper = below.flatMap(([name, child]) => child.#saved(path).map(([own, tensor]): [string, Tensor] => [join(name, own), tensor]))
    return [...this.ownParameters(), ...buffers, ...deeper]
  }

  #ownBuffers(): [string, ModuleBuffer][] {
    return Object.entries(this)
      .filter((entry): entry is [string, ModuleBuffer] => entry[1] instanceof ModuleBuffer)
      .map(([field, value]) => [snakeCase(field), value])
  }

  /**
   * Copies values into parameters and buffers by name.
   *
   * @param state   From stateDict, loadSafetensors, or PyTorch by way of a safetensors file.
   * @param strict  Whether every name must be on both sides; shapes must always agree.
   * @returns       Names that were missing and names that were not expected (both empty when strict).
   * @throws        torch/state with all misfits at once; nothing has been copied then.
   */
  loadStateDict(state: Record<string, Tensor>, options: { strict?: boolean } = {}): { missing: string[]; unexpected: string[] } {
    const own = this.stateDict()
    const missing = Object.keys(own).filter((name) => state[name] === undefined)
    const unexpected = Object.keys(state).filter((name) => own[name] === undefined)
    const shapeOf = (value: unknown) => (value instanceof Tensor ? describeShape(value.shape) : describeValue(value))
    const shapes = Object.keys(own)
      .filter((name) => state[name] !== undefined && shapeOf(own[name]) !== shapeOf(state[name]))
      .map((name) => `${name} is ${shapeOf(own[name])} here and ${shapeOf(state[name])} there`)
    const isStrict = options.strict ?? true
    if (shapes.length > 0 || (isStrict && missing.length + unexpected.length > 0)) {
      const parts = [`missing: ${missing.join(', ') || 'none'}`, `not expected: ${unexpected.join(', ') || 'none'}`, ...shapes]
      throw fault({
        code: 'torch/state',
        where: 'loadStateDict',
        expected: 'a state of the same names and shapes',
        received: parts.join('; '),
        hint: 'Build the module with the settings it was saved with, or give { strict: false } for missing and extra names.',
      })
    }
    noGrad(() => {
      for (const [name, tensor] of Object.entries(own)) if (state[name] !== undefined) tensor.copy_(state[name])
    })
    return { missing, unexpected }
  }

  /** Training mode for all below, except those frozen. */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode && !module.isFrozen
    return this
  }

  /** Evaluation mode for all below. */
  eval(): this {
    return this.train(false)
  }

  /** Says for every parameter whether gradients are wanted. */
  requiresGrad_(on = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(on)
    return this
  }

  /** No gradients and evaluation mode for all below, whatever `train` says later; `unfreeze` ends it. */
  freeze(): this {
    for (const module of this.modules()) module.isFrozen = true
    return this.requiresGrad_(false).eval()
  }

  unfreeze(): this {
    for (const module of this.modules()) module.isFrozen = false
    return this.requiresGrad_(true).train()
  }

  /** Drops the gradients. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = undefined
  }

  /** Moves parameters and buffers; a dtype applies to those of floating point. */
  to(target: Target): this {
    noGrad(() =>
      scope(() => {
        for (const tensor of [...this.parameters(), ...this.namedBuffers().map(([, buffer]) => buffer)]) {
          const isFloat = /float/.test(tensor.dtype)
          const moved = tensor.detach().to(isFloat ? target : { ...target, dtype: undefined })
          setData(tensor, moved)
          const grad = tensor.grad
          if (grad !== undefined) tensor.grad = grad.to(target)
        }
      }),
    )
    return this
  }

  /** Ends all parameters and buffers. */
  free(): void {
    for (const tensor of [...this.parameters(), ...this.namedBuffers().map(([, buffer]) => buffer)]) tensor.free()
  }
}

function join(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`
}

function snakeCase(field: string): string {
  return field.replace(/([a-z0-9])([A-Z])/g, (_, before, letter) => `${before}_${letter.toLowerCase()}`)
}
