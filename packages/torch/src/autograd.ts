// Gradients: the backward pass, gradients as values, and regions without a record.
// Hands on: backward, grad, noGrad, enableGrad, autocast; currentAutocast for what is computed again; expectDone for other modes.

import { type Dtype, dtypeCode, dtypeName } from './dtype.ts'
import { fault } from './errors.ts'
import { explainNative } from './explain.ts'
import { type AutocastState, native } from './native.ts'
import { describeShape, describeValue, handleOf, Tensor } from './tensor.ts'

const MOST_NESTED = 50 // below libtorch's own 60 (torch/csrc/autograd/engine.h, MAX_DEPTH)

/** Keyword arguments of the backward pass: keep the graph for another pass; record the pass itself for higher derivatives. */
export type BackwardOptions = { retainGraph?: boolean; createGraph?: boolean }

/** The backward pass under way: `grad`'s, or one that records itself, or neither. */
let pass: { isForValues: boolean; isRecorded: boolean } | undefined

function inPass<Result>(isForValues: boolean, isRecorded: boolean, run: () => Result): Result {
  const before = pass
  pass = { isForValues, isRecorded }
  try {
    return run()
  } finally {
    pass = before
  }
}

/** Refuses to go on in a pass that an inner backward pass would spoil: it adds to the leaves and records nothing. */
export function expectPlainPass(): void {
  if (!pass?.isForValues && !pass?.isRecorded) return
  throw fault({
    code: 'torch/checkpoint',
    where: 'checkpoint',
    expected: 'a plain backward pass',
    received: pass.isForValues ? 'that of grad()' : 'one with createGraph',
    hint: 'Call backward() and read the grad of the leaves, or leave the checkpoint out for higher derivatives.',
  })
}

/**
 * Adds the gradients of one or several roots to the `grad` of every leaf below them.
 *
 * @param roots      Scalars, or tensors with a gradient given for each.
 * @param gradients  The gradient at each root; undefined is 1 for a scalar.
 * @throws           torch/backward when a root has no history or needs a gradient of its own.
 */
export function backward(
  roots: Tensor | readonly Tensor[],
  gradients?: readonly (Tensor | undefined)[],
  options: BackwardOptions = {},
): void {
  const list = listOf(roots)
  const handles = list.map((root) => handleOf(root, 'backward'))
  const given = gradientsFor('backward', list, gradients)
  for (const [index, root] of list.entries()) {
    if (!root.requiresGrad) throw backwardFault('a tensor that was computed from one with requiresGrad', root)
    if (root.numel !== 1 && (given[index] ?? null) === null) throw backwardFault('a tensor of one element, or a gradient for it', root)
  }
  try {
    const createGraph = options.createGraph ?? false
    inPass(false, createGraph, () => differentiate(handles, given, null, options.retainGraph ?? createGraph, createGraph, false))
  } catch (cause) {
    throw explainNative('backward', list.map(describeValue).join(', '), cause)
  }
}

/**
 * Gradients of roots with respect to inputs, as values; no leaf's `grad` changes.
 *
 * @returns  One gradient per input, undefined where `allowUnused` and the root does not depend on it.
 * @throws   torch/call when an input is not part of the graph and `allowUnused` is not set.
 */
export function grad(
  roots: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  gradients?: readonly (Tensor | undefined)[],
  options: BackwardOptions & { allowUnused?: boolean } = {},
): (Tensor | undefined)[] {
  const list = listOf(roots)
  const wanted = listOf(inputs)
  const given = gradientsFor('grad', list, gradients)
  const createGraph = options.createGraph ?? false
  try {
    const handles = inPass(true, createGraph, () =>
      differentiate(
        list.map((root) => handleOf(root, 'grad')),
        given,
        wanted.map((input) => handleOf(input, 'grad')),
        options.retainGraph ?? createGraph,
        createGraph,
        options.allowUnused ?? false,
      ),
    )
    return handles.map((handle) => (handle === null ? undefined : new Tensor(handle)))
  } catch (cause) {
    throw explainNative('grad', `${list.map(describeValue).join(', ')} for ${wanted.map(describeValue).join(', ')}`, cause)
  }
}

let numNested = 0

/** The backward pass, elsewhere where it may call JavaScript from another thread: libtorch itself goes to one below many passes inside each other. */
function differentiate(
  roots: number[],
  gradients: (number | null)[],
  inputs: number[] | null,
  retainGraph: boolean,
  createGraph: boolean,
  allowUnused: boolean,
): (number | null)[] {
  numNested++
  try {
    const isElsewhere = numNested > MOST_NESTED || native.mayCallFromElsewhere()
    return native.differentiate(roots, gradients, inputs, retainGraph, createGraph, allowUnused, isElsewhere)
  } finally {
    numNested--
  }
}

function listOf(tensors: Tensor | readonly Tensor[]): readonly Tensor[] {
  return Array.isArray(tensors) ? tensors : [tensors as Tensor]
}

/** Handles of the gradients at the roots, each of its root's shape: libtorch would broadcast and sum up without a word. */
function gradientsFor(where: string, roots: readonly Tensor[], gradients: readonly (Tensor | undefined)[] = []): (number | null)[] {
  return gradients.map((gradient, index) => {
    if (gradient === undefined) return null
    const handle = handleOf(gradient, where)
    if (index < roots.length && describeShape(gradient.shape) === describeShape(roots[index].shape)) return handle
    throw fault({
      code: 'torch/backward',
      where,
      expected: `one gradient a root, of shape ${describeShape(roots[index]?.shape ?? [])}`,
      received: describeValue(gradient),
      hint: 'Give it the shape of its root with expand or reshape.',
    })
  })
}

/** Runs a synchronous function without recording for gradients. */
export function noGrad<Result>(body: () => Result): Result {
  return inMode('noGrad', false, body)
}

/** Runs a synchronous function recording again, inside `noGrad`. */
export function enableGrad<Result>(body: () => Result): Result {
  return inMode('enableGrad', true, body)
}

/**
 * Runs a synchronous function with matrix products and convolutions in a narrow dtype and sensitive operators in float32.
 *
 * @param device  'cpu' or 'cuda', whose operators are meant.
 * @param dtype   bfloat16 unless given; on CUDA also float16 (then scale the loss, see optim.GradScaler).
 * @throws        torch/call when this libtorch cannot cast to the dtype on the device.
 */
export function autocast<Result>(device: 'cpu' | 'cuda', body: () => Result, options: { dtype?: Dtype; enabled?: boolean } = {}): Result {
  const { dtype = 'bfloat16', enabled = true } = options
  if (!/^(cpu|cuda)(:\d+)?$/.test(String(device))) {
    const hint = 'The device comes first, the function second, { dtype } last.'
    throw fault({ code: 'torch/device', where: 'autocast', expected: "'cpu' or 'cuda'", received: describeValue(device), hint })
  }
  return inAutocast(device.startsWith('cuda'), [enabled, dtypeCode(dtype)], body)
}

/**
 * The autocast of this moment, as a function that runs others under it later.
 *
 * A device that is off then drops the cached casts on the way in: those made inside `noGrad` would keep gradients from the weights.
 */
export function currentAutocast(): <Result>(body: () => Result) => Result {
  const cpu = native.autocastState(false)
  const cuda = native.autocastState(true)
  return (body) => inAutocast(false, cpu, () => inAutocast(true, cuda, body))
}

function inAutocast<Result>(isCuda: boolean, state: AutocastState, body: () => Result): Result {
  const before = native.autocastState(isCuda)
  try {
    native.setAutocast(isCuda, ...state)
  } catch (cause) {
    throw explainNative('autocast', `${dtypeName(state[1])} on ${isCuda ? 'cuda' : 'cpu'}`, cause)
  }
  try {
    return expectDone('autocast', body())
  } finally {
    native.setAutocast(isCuda, ...before)
  }
}

function inMode<Result>(where: string, on: boolean, body: () => Result): Result {
  const before = native.setGradMode(on)
  try {
    return expectDone(where, body())
  } finally {
    native.setGradMode(before)
  }
}

/** The result, unless it is a promise: a mode would end before the work does. */
export function expectDone<Result>(where: string, result: Result): Result {
  if (!(result instanceof Promise)) return result
  result.catch(() => undefined) // the fault tells of it; an unhandled rejection would only hide that
  throw fault({
    code: 'torch/mode-async',
    where,
    expected: 'a synchronous function',
    received: 'one that returns a promise',
    hint: 'The mode would end before the work does: await first, then open the mode around the synchronous part.',
  })
}

function backwardFault(expected: string, root: Tensor) {
  return fault({
    code: 'torch/backward',
    where: 'backward',
    expected,
    received: describeValue(root),
    hint: 'Take sum() or mean() of it for a scalar; look for detach() or noGrad() where the history should be.',
  })
}
