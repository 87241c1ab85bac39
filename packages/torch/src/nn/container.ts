// Layers one after another, in lists and by name.
// Hands on: Sequential, ModuleList, ModuleDict.

import { fault } from '../errors.ts'
import { madeFromHere } from '../scope.ts'
import type { Tensor } from '../tensor.ts'
import { Module } from './module.ts'

/** A module of one tensor in, one tensor out. */
export type Layer = Module & { forward(input: Tensor): Tensor }

/** Runs its layers in order; inside a scope, what one makes for the next is freed on the way (autograd keeps what it needs). */
export class Sequential extends Module {
  readonly layers: readonly Layer[]

  constructor(...layers: Layer[]) {
    super()
    this.layers = layers
  }

  override namedChildren(): [string, Module][] {
    return this.layers.map((layer, index) => [String(index), layer])
  }

  forward(input: Tensor): Tensor {
    let current = input
    let isOwn = false // not the input, nor a parameter or a kept tensor that a layer handed on
    for (const layer of this.layers) {
      const isNew = madeFromHere()
      const next = layer.forward(current)
      if (isOwn && current !== next) current.free()
      isOwn = isNew(next) || (isOwn && current === next)
      current = next
    }
    return current
  }
}

/** Layers in a list, named by their index as in PyTorch; a plain array in a field does the same. */
export class ModuleList<Item extends Module> extends Module {
  readonly items: Item[]

  constructor(items: Item[] = []) {
    super()
    this.items = items
  }

  override namedChildren(): [string, Module][] {
    return this.items.map((item, index) => [String(index), item])
  }

  [Symbol.iterator](): IterableIterator<Item> {
    return this.items[Symbol.iterator]()
  }
}

/** Modules by name, as in PyTorch's ModuleDict. */
export class ModuleDict<Item extends Module> extends Module {
  readonly items: Map<string, Item>

  constructor(items: Record<string, Item> = {}) {
    super()
    this.items = new Map(Object.entries(items))
  }

  /** @throws  torch/argument when there is none of that name. */
  get(name: string): Item {
    const item = this.items.get(name)
    if (item !== undefined) return item
    throw fault({
      code: 'torch/argument',
      where: 'ModuleDict.get',
      expected: `one of ${[...this.items.keys()].join(', ') || 'no names: it is empty'}`,
      received: JSON.stringify(name),
      hint: 'Ask has() first where a module may be missing.',
    })
  }

  has(name: string): boolean {
    return this.items.has(name)
  }

  keys(): string[] {
    return [...this.items.keys()]
  }

  values(): Item[] {
    return [...this.items.values()]
  }

  entries(): [string, Item][] {
    return [...this.items]
  }

  override namedChildren(): [string, Module][] {
    return this.entries()
  }
}
