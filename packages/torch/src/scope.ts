// Who owns a tensor: `scope` frees what is made inside it, `keep` exempts, `free` and `using` end one, and a finaliser is the safety net.
// Hands on: scope, keep, live; siteOf and callerLine for messages that say where; adopt and release for tensor.ts; madeFromHere for containers.

import { fault } from './errors.ts'
import { native } from './native.ts'

/** What scopes know of a tensor. */
export type Owned = { handle: number; freedAt: Site | undefined; ownership: number }

/** Where something happened; the stack is only written out when somebody asks. */
export type Site = { what: string; stack?: string }

/** States of `Owned.ownership`. */
const IN_SCOPE = 0
const KEPT = 1

type Scope = { tensors: Owned[]; site: Site; parent: Scope | undefined }

let current: Scope | undefined
let freeList = new Int32Array(1024)

const finaliser = new FinalizationRegistry<number>((handle) => {
  freeList[0] = handle
  native.freeTensors(freeList, 1)
})

/** Gives a new tensor its owner: the innermost scope, or the finaliser when there is none. */
export function adopt(tensor: Owned): void {
  if (current === undefined) {
    tensor.ownership = KEPT
    finaliser.register(tensor, tensor.handle, tensor)
  } else current.tensors.push(tensor)
}

/** Ends a tensor now. */
export function release(tensor: Owned, site: Site): void {
  if (tensor.handle < 0) return
  if (tensor.ownership === KEPT) finaliser.unregister(tensor)
  freeList[0] = tensor.handle
  tensor.handle = -1
  tensor.freedAt = site
  native.freeTensors(freeList, 1)
}

/** Remembers where the caller stands, cheaply. */
export function siteOf(what: string, above: (...args: never[]) => unknown): Site {
  const site: Site = { what }
  Error.captureStackTrace(site, above)
  return site
}

/** ` at …`: the innermost line of a site's stack that is the user's own and not this package's. */
export function callerLine(site: Site | undefined): string {
  const frames = (site?.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '))
  const outside = frames.find((line) => !/packages\/torch\/src\/(?!.*\.test\.)/.test(line)) ?? frames[0]
  return outside === undefined ? '' : ` ${outside.trim()}`
}

/**
 * Runs a function and frees every tensor made inside, but those it returns (also inside arrays, objects, maps and sets) and those kept.
 *
 * Scopes nest; what an inner one returns belongs to the outer one. Parameters, buffers and optimiser state are kept by those who make them.
 *
 * @param body  A synchronous function: a promise would outlive the scope.
 * @returns     What the function returned.
 * @throws      torch/scope-async when the function is asynchronous.
 * @example     const loss = scope(() => lossFunction(model.forward(x), y).item())
 */
export function scope<Result>(body: () => Result): Result {
  if (body.constructor.name === 'AsyncFunction') throw asyncFault()
  const own: Scope = { tensors: [], site: siteOf('its scope ended', scope), parent: current }
  current = own
  let result: Result | undefined
  try {
    result = body()
    if (result instanceof Promise) {
      result.catch(() => undefined) // the fault below tells of it; a second, unhandled rejection would only hide that
      result = undefined
      throw asyncFault()
    }
    return result
  } finally {
    current = own.parent
    close(own, result)
  }
}

/**
 * Exempts tensors from the scopes around them: from now on they live until `free()`, or until nothing refers to them.
 *
 * @param value  A tensor, or anything that holds tensors.
 * @returns      The same value.
 */
export function keep<Value>(value: Value): Value {
  for (const tensor of tensorsIn(value)) {
    if (tensor.ownership === KEPT || tensor.handle < 0) continue
    tensor.ownership = KEPT
    finaliser.register(tensor, tensor.handle, tensor)
  }
  return value
}

/** A question to ask later: whether a tensor was made from here on, belongs to the scope of here, and was not kept. */
export function madeFromHere(): (tensor: Owned) => boolean {
  const owner = current
  const start = owner?.tensors.length ?? 0
  return (tensor) => tensor.ownership === IN_SCOPE && owner !== undefined && owner.tensors.indexOf(tensor, start) >= 0
}

/** Counts the tensors that JavaScript holds in this thread and the bytes under them (shared storage once). */
export function live(): { handles: number; bytes: number } {
  const [handles, bytes] = native.liveTensors()
  return { handles, bytes }
}

function close(own: Scope, result: unknown): void {
  let survivors: Set<Owned> | undefined
  try {
    survivors = typeof result === 'object' && result !== null && own.tensors.length > 0 ? tensorsIn(result) : undefined
  } finally {
    end(own, survivors) // also where a getter of the result throws
  }
}

function end(own: Scope, survivors: Set<Owned> | undefined): void {
  if (freeList.length < own.tensors.length) freeList = new Int32Array(own.tensors.length * 2)
  let count = 0
  for (const tensor of own.tensors) {
    if (tensor.ownership !== IN_SCOPE || tensor.handle < 0) continue
    if (survivors?.has(tensor)) {
      adopt(tensor)
      continue
    }
    freeList[count++] = tensor.handle
    tensor.handle = -1
    tensor.freedAt = own.site
  }
  if (count > 0) native.freeTensors(freeList, count)
}

function tensorsIn(value: unknown): Set<Owned> {
  const found = new Set<Owned>()
  const seen = new Set<unknown>()
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const item = waiting.pop()
    if (typeof item !== 'object' || item === null || ArrayBuffer.isView(item) || seen.has(item)) continue
    seen.add(item)
    if (isOwned(item)) found.add(item)
    else for (const element of elementsOf(item)) waiting.push(element)
  }
  return found
}

function elementsOf(holder: object): Iterable<unknown> {
  if (holder instanceof Map) return [...holder].flat()
  return holder instanceof Set || Array.isArray(holder) ? holder : Object.values(holder)
}

function isOwned(value: object): value is Owned {
  return 'handle' in value && 'freedAt' in value && 'ownership' in value
}

function asyncFault() {
  return fault({
    code: 'torch/scope-async',
    where: 'scope',
    expected: 'a synchronous function',
    received: 'one that returns a promise',
    hint: 'Await first and open the scope around the synchronous work, or use keep() and free().',
  })
}
