// Operators by their schema: `operator` binds one for a typed function, `call` reaches any by name.
// Hands on: operator, call, hasOperator, hasKernel, operatorNames, operatorSchema, describeOperator, watchOperators, asOperator.

import { codeOfWord } from './dtype.ts'
import { fault } from './errors.ts'
import { explain } from './explain.ts'
import { type NativeOperator, native } from './native.ts'
import { describeValue, handleOf, Tensor } from './tensor.ts'

// biome-ignore lint: a bound operator's types are those of the typed function around it
type Bound = (...args: any[]) => any

/**
 * Binds an operator for a typed function; it is looked up at the first call.
 *
 * @param name       `aten::add.Tensor`: namespace, name, overload.
 * @param argumentNames  The arguments the function will give, in its order. Where this libtorch's schema has others between them, those take
 *                   their defaults, so that one source serves several versions.
 * @throws           torch/operator at the first call when this libtorch has no such operator or argument.
 */
export function operator(name: string, argumentNames?: string): Bound {
  const names = argumentNames?.split(' ')
  let bound: Bound | undefined
  const get = (): Bound => {
    bound ??= makeBound(name, names)
    return bound
  }
  // Fixed arities for the usual cases: rest arguments cost an array at every call.
  if (names?.length === 1) return (a) => (bound ?? get())(a)
  if (names?.length === 2) return (a, b) => (bound ?? get())(a, b)
  if (names?.length === 3) return (a, b, c) => (bound ?? get())(a, b, c)
  if (names?.length === 4) return (a, b, c, d) => (bound ?? get())(a, b, c, d)
  return (...args) => (bound ?? get())(...args)
}

/**
 * Calls any operator of libtorch by name; the overload is found by the arguments when it is not named.
 *
 * Arguments stand in schema order, keyword-only ones too; leave out or give undefined for a default. Dtypes are words ('float32').
 *
 * @param name  `aten::add.Tensor`, `aten::add` or `add`.
 * @returns     A tensor, a list of tensors, a number, or a list of these, as the schema says; the changed tensor for in-place operators.
 * @throws      torch/operator when there is none of that name or no overload takes these arguments.
 * @example     torch.call('aten::cummax', x, 1)
 */
export function call(name: string, ...args: unknown[]): unknown {
  const key = name.includes('::') ? name : `aten::${name}`
  return overloadFor(key, args)(...args)
}

/** Whether this libtorch has an operator; give the overload after a dot where there are several. */
export function hasOperator(name: string): boolean {
  const key = name.includes('::') ? name : `aten::${name}`
  return find(key) !== null || overloadsOf(key).length > 0
}

/** Whether this libtorch has an operator that is written for a device: the dispatcher's word, not the version's. */
export function hasKernel(name: string, device: string): boolean {
  const [base, overload = ''] = name.split('.', 2)
  return native.hasKernel(base, overload, device.split(':', 1)[0].toUpperCase())
}

/** Every operator this libtorch registers, as `namespace::name.overload`. */
export function operatorNames(): string[] {
  return native.listOperators()
}

/** The schema of an operator as libtorch prints it; undefined when there is none. */
export function operatorSchema(name: string): string | undefined {
  return find(name.includes('::') ? name : `aten::${name}`)?.schema
}

/** An operator as the dispatcher describes it, for generators of code. */
export function describeOperator(name: string): NativeOperator | null {
  return find(name)
}

function find(name: string): NativeOperator | null {
  const dot = name.indexOf('.')
  return dot < 0 ? native.findOperator(name, '') : native.findOperator(name.slice(0, dot), name.slice(dot + 1))
}

function makeBound(name: string, argumentNames: string[] | undefined): Bound {
  const found = find(name)
  if (found === null) throw missing(name, 'this libtorch has no such operator')
  if (argumentNames === undefined || argumentNames.every((argument, index) => found.names[index] === argument)) return caller(name, found)
  const places = argumentNames.map((argument) => found.names.indexOf(argument))
  const unknown = argumentNames.filter((_, index) => places[index] < 0)
  const inner = caller(name, found)
  return (...args) => {
    const placed: unknown[] = []
    for (const [index, place] of places.entries()) if (place >= 0) placed[place] = args[index]
    const lost = unknown.find((argument) => args[argumentNames.indexOf(argument)] !== undefined)
    if (lost !== undefined) throw missing(name, `its schema has no argument ${lost}`)
    return inner(...placed)
  }
}

/** Sees an operator's call from outside: its name, and what runs it. */
export type Watcher = (name: string, run: () => unknown) => unknown

let watcher: Watcher | undefined

/** Lets every operator called in `body` pass through `watch`; what the watcher itself calls goes unseen. */
export function watchOperators<Result>(watch: Watcher | undefined, body: () => Result): Result {
  const before = watcher
  watcher = watch
  try {
    return body()
  } finally {
    watcher = before
  }
}

/** Runs something as one operator: seen by the watcher, where there is one, as a whole. */
export function asOperator<Result>(name: string, run: () => Result): Result {
  const watch = watcher
  return watch === undefined ? run() : (watchOperators(undefined, () => watch(name, run)) as Result)
}

// What a schema's type holds of tensors.
const ONE = 1
const MANY = 2

function caller(name: string, found: NativeOperator): Bound {
  const { call: invoke, names, types, returns } = found
  const plainName = plainNameOf(name)
  const kinds = types.map((type) => (type.startsWith('Tensor') ? (type.includes('[') ? MANY : ONE) : 0))
  const writes = writtenArgument(found)
  const single = returns.length === 1 ? returns[0] : undefined
  const makesTensor = single === 'Tensor' && writes < 0
  const lower = (value: unknown, index: number): unknown => {
    // A tensor where none belongs goes on as it is, and a list too, so that the addon refuses them: its handle would pass for a number.
    if (value instanceof Tensor) return kinds[index] === ONE ? (value.handle >= 0 ? value.handle : handleOf(value, plainName)) : value
    if (value === undefined || typeof value === 'boolean' || value === null) return value
    if (typeof value === 'object') return kinds[index] === MANY && Array.isArray(value) ? lowerTensors(value, index) : value
    if (typeof value === 'string') return types[index].startsWith('int') ? (codeOfWord(value) ?? value) : value
    if (typeof value === 'number' && kinds[index] !== 0) throw argumentFault(name, found, index, value)
    return value
  }
  /** What is no tensor must not pass: a number would be read as some other tensor's handle. */
  const lowerTensors = (list: readonly unknown[], index: number): (number | null)[] =>
    list.map((element) => {
      if (element instanceof Tensor) return element.handle >= 0 ? element.handle : handleOf(element, plainName)
      if (element === null || element === undefined) return null
      throw listFault(name, found, index, list)
    })
  const raise = (result: unknown, args: unknown[]): unknown => {
    if (makesTensor) return typeof result === 'number' ? new Tensor(result) : undefined
    if (writes >= 0) return args[writes]
    return single === undefined ? returns.map((type, index) => lift(type, (result as unknown[])?.[index])) : lift(single, result)
  }
  if (names.length > 4) {
    const run: Bound = (...args) => {
      if (watcher !== undefined) return watched(plainName, run, args)
      const raw = args.map(lower)
      let result: unknown
      try {
        result = invoke(...raw)
      } catch (cause) {
        throw explain(name, found, args, cause)
      }
      return raise(result, args)
    }
    return run
  }
  const run: Bound = (a, b, c, d) => {
    if (watcher !== undefined) return watched(plainName, run, [a, b, c, d])
    const first = lower(a, 0)
    const second = lower(b, 1)
    let result: unknown
    try {
      // What is not given costs nothing on the way.
      if (d !== undefined) result = invoke(first, second, lower(c, 2), lower(d, 3))
      else if (c !== undefined) result = invoke(first, second, lower(c, 2))
      else result = second === undefined ? invoke(first) : invoke(first, second)
    } catch (cause) {
      throw explain(name, found, [a, b, c, d], cause)
    }
    if (makesTensor && typeof result === 'number') return new Tensor(result)
    return raise(result, writes < 0 ? [] : [a, b, c, d])
  }
  return run
}

/** Stands apart from the calls themselves: a closure in those would cost each of them an object. */
function watched(name: string, run: Bound, args: unknown[]): unknown {
  return asOperator(name, () => run(...args))
}

/** `add` for `aten::add.Tensor`. */
function plainNameOf(name: string): string {
  return name.replace(/^aten::/, '').split('.', 1)[0]
}

/** The argument that an in-place or `out=` operator hands back, by the mark it shares with the only result; -1 for others. */
function writtenArgument({ schema, names }: NativeOperator): number {
  const mark = /-> \w+\((\w+)!\)$/.exec(schema)?.[1]
  const name = mark === undefined ? undefined : new RegExp(`\\(${mark}!\\)\\S* (\\w+)`).exec(schema)?.[1]
  return name === undefined ? -1 : names.indexOf(name)
}

function lift(type: string, value: unknown): unknown {
  if (type === 'Tensor') return typeof value === 'number' ? new Tensor(value) : undefined
  if (type === 'Tensor[]') return (value as number[]).map((handle) => new Tensor(handle))
  return value
}

const overloadNames = new Map<string, string[]>()
const boundByName = new Map<string, { found: NativeOperator; bound: Bound }>()

function overloadsOf(key: string): string[] {
  if (overloadNames.size === 0) {
    for (const full of native.listOperators()) {
      const base = full.split('.', 1)[0]
      overloadNames.set(base, [...(overloadNames.get(base) ?? []), full])
    }
  }
  return overloadNames.get(key) ?? []
}

function overloadFor(key: string, args: unknown[]): Bound {
  const names = key.includes('.') ? [key] : overloadsOf(key)
  const misfits: string[] = []
  for (const name of names) {
    let entry = boundByName.get(name)
    if (entry === undefined) {
      const found = find(name)
      if (found === null) continue
      entry = { found, bound: caller(name, found) }
      boundByName.set(name, entry)
    }
    if (names.length === 1 || fits(entry.found, args)) return entry.bound
    misfits.push(entry.found.schema)
  }
  if (misfits.length === 0) throw missing(key, 'this libtorch has no such operator')
  throw fault({
    code: 'torch/operator',
    where: key,
    expected: `arguments of one of: ${misfits.join('; ')}`,
    received: args.map(describeValue).join(', ') || 'none',
    hint: 'Compare with the schemas and name the overload after a dot where two would fit.',
  })
}

function fits(found: NativeOperator, args: unknown[]): boolean {
  if (args.length > found.types.length || args.length < numRequired(found)) return false
  return args.every((value, index) => {
    const type = found.types[index]
    if (value === undefined || value === null) return type.endsWith('?') || index >= numRequired(found)
    if (value instanceof Tensor) return /^Tensor\??$/.test(type)
    if (typeof value === 'boolean') return /^(bool|Scalar|number)\??$/.test(type)
    if (typeof value === 'number')
      return /^(float|Scalar|number)\??$/.test(type) || (Number.isInteger(value) && /^(Sym)?[iI]nt\??$/.test(type))
    if (typeof value === 'string') return /^(str|Device)\??$/.test(type) || (type.startsWith('int') && codeOfWord(value) !== undefined)
    if (Array.isArray(value)) return type.includes('[') && value.some((element) => element instanceof Tensor) === type.startsWith('Tensor')
    return false
  })
}

/** How many leading arguments must be given. */
function numRequired(found: NativeOperator): number {
  return found.needed.lastIndexOf(true) + 1
}

function missing(name: string, why: string) {
  return fault({
    code: 'torch/operator',
    where: name,
    expected: 'an operator of this libtorch',
    received: why,
    hint: 'torch.operatorNames() lists all of them; a newer libtorch may have it.',
  })
}

function listFault(name: string, found: NativeOperator, index: number, list: readonly unknown[]) {
  const hasGaps = found.types[index].startsWith('Tensor?[')
  return fault({
    code: 'torch/argument',
    where: plainNameOf(name),
    expected: `a list of tensors${hasGaps ? ' or nulls' : ''} for ${found.names[index]}`,
    received: describeValue(list),
    hint: `${hasGaps ? "An index is a tensor: torch.tensor([3], { dtype: 'int64' })." : 'Wrap each number: torch.tensor(0).'} Schema: ${found.schema}`,
  })
}

function argumentFault(name: string, found: NativeOperator, index: number, value: unknown) {
  return fault({
    code: 'torch/argument',
    where: plainNameOf(name),
    expected: `a tensor for ${found.names[index] === 'self' ? 'the input' : found.names[index]}`,
    received: describeValue(value),
    hint: `Wrap the number: torch.tensor(${describeValue(value)}). Schema: ${found.schema}`,
  })
}
