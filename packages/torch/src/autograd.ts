// Gradients: the backward pass, gradients as values, and regions without a record.
// Hands on: backward, grad, noGrad, enableGrad, autocast; currentAutocast for what is computed again; expectDone for other modes.

import { type Dtype, dtypeCode, dtypeName } from './dtype.ts'
import { fault } from './errors.ts'
import { explainNative } from './explain.ts'
import { type AutocastState, native } from './native.ts'
import { describeValue, handleOf, Tensor } from './tensor.ts'

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
  const list = roots instanceof Tensor ? [roots] : roots
  const handles = list.map((root) => handleOf(root, 'backward'))
  const given = gradients?.map((gradient) => (gradient === undefined ? null : handleOf(gradient, 'backward'))) ?? []
  for (const [index, root] of list.entries()) {
    if (!root.requiresGrad) throw backwardFault('a tensor that was computed from one with requiresGrad', root)
    if (root.numel !== 1 && (given[index] ?? null) === null) throw backwardFault('a tensor of one element, or a gradient for it', root)
  }
  try {
    const createGraph = options.createGraph ?? false
    inPass(false, createGraph, () =>
      native.differentiate(handles, given, null, options.retainGraph ?? createGraph, createGraph, false, native.mayCallFromElsewhere()),
    )
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
  const list = roots instanceof Tensor ? [roots] : roots
  const wanted = inputs instanceof Tensor ? [inputs] : inputs
  const given = gradients?.map((gradient) => (gradient === undefined ? null : handleOf(gradient, 'grad'))) ?? []
  const createGraph = options.createGraph ?? false
  try {
    const handles = inPass(true, createGraph, () =>
      native.differentiate(
        list.map((root) => handleOf(root, 'grad')),
        given,
        wanted.map((input) => handleOf(input, 'grad')),
        options.retainGraph ?? createGraph,
        createGraph,
        options.allowUnused ?? false,
        native.mayCallFromElsewhere(),
      ),
    )
    return handles.map((handle) => (handle === null ? undefined : new Tensor(handle)))
  } catch (cause) {
    throw explainNative('grad', `${list.map(describeValue).join(', ')} for ${wanted.map(describeValue).join(', ')}`, cause)
  }
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
