// Functions whose gradient is written in TypeScript, and checkpointing, which is one of them.
// Hands on: customFunction, checkpoint, isGradEnabled.

import { backward, currentAutocast, enableGrad, expectPlainPass, noGrad } from './autograd.ts'
import { getRngState, setRngState } from './device.ts'
import { fault } from './errors.ts'
import { native } from './native.ts'
import { asOperator, operator } from './operator.ts'
import { scope } from './scope.ts'
import { describeShape, describeValue, handleOf, isTensor, Tensor } from './tensor.ts'

const detachOp = operator('aten::detach', 'self')
const versionOp = operator('aten::_version', 'self') // counts changes in place

/**
 * What the forward pass leaves for the backward pass. Tensors in it, also in lists and plain objects, live as long as the graph's own; where
 * one has been changed in place meanwhile, the backward pass throws torch/inplace.
 */
export type Saved = Record<string, unknown>

/**
 * A function of tensors with a backward pass of its own.
 *
 * @param forward   Computes the result without recording; what `saved` gets, the backward pass finds there.
 * @param backward  The gradient at the result to the gradients at the inputs, one each, undefined where none is wanted.
 * @returns         The function, to be called like any other.
 * @throws          torch/gradient during the backward pass when number or shape of the gradients is wrong.
 * @example         const cube = customFunction((saved, x) => (saved.x = x, x.pow(3)), (saved, g) => [g.mul(saved.x.square()).mul(3)])
 */
export function customFunction(
  forward: (saved: Saved, ...inputs: Tensor[]) => Tensor,
  backwardOf: (saved: Saved, gradient: Tensor) => (Tensor | undefined)[],
): (...inputs: Tensor[]) => Tensor {
  return (...inputs) =>
    record(
      inputs,
      forward,
      backwardOf,
      inputs.some((input) => input.requiresGrad),
    )
}

/**
 * Runs a function without keeping what lies inside; the backward pass computes it again. Less memory for one more forward pass.
 *
 * Random numbers repeat, those of the CPU and of the inputs' devices, so that dropout drops the same elements; so does `autocast`. A result
 * that nothing with requiresGrad went into hands no gradients on. As in PyTorch, neither `grad` nor `createGraph` goes through it: the inner
 * pass adds to the leaves and leaves no graph.
 *
 * @param body    A function of the inputs given; parameters it reaches get their gradients too.
 * @param inputs  Tensors that gradients should flow to.
 * @throws        torch/checkpoint during a backward pass of `grad` or with `createGraph`.
 */
export function checkpoint(body: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): Tensor {
  const inSameAutocast = currentAutocast()
  const flows = inputs.map((input) => input.requiresGrad && isFloat(input))
  const forward = (saved: Saved, ...given: Tensor[]) => {
    saved.devices = [...new Set(['cpu', ...given.map((input) => input.device)])]
    saved.random = (saved.devices as string[]).map((device) => getRngState(device))
    saved.inputs = given.map((input) => detachOp(input))
    return body(...given)
  }
  const backwardOf = (saved: Saved, gradient: Tensor) => {
    expectPlainPass()
    const again = (saved.inputs as Tensor[]).map((input, index) => detachOp(input).requiresGrad_(flows[index]))
    const output = withRandom(saved.devices as string[], saved.random as Tensor[], () =>
      enableGrad(() => inSameAutocast(() => body(...again))),
    )
    if (!output.requiresGrad) return again.map(() => undefined)
    backward([output], [gradient])
    return again.map((input) => input.grad)
  }
  return record(inputs, forward, backwardOf, true)
}

/** Runs a function with the generators of devices as they were, and puts them back to where they are now. */
function withRandom<Result>(devices: readonly string[], states: readonly Tensor[], run: () => Result): Result {
  const before = devices.map((device) => getRngState(device))
  const restore = (to: readonly Tensor[]) => devices.forEach((device, index) => setRngState(to[index], device))
  try {
    restore(states)
    return run()
  } finally {
    restore(before)
  }
}

/** Whether gradients are being recorded. */
export function isGradEnabled(): boolean {
  const isOn = native.setGradMode(false)
  native.setGradMode(isOn)
  return isOn
}

function record(
  inputs: Tensor[],
  forward: (saved: Saved, ...inputs: Tensor[]) => Tensor,
  backwardOf: (saved: Saved, gradient: Tensor) => (Tensor | undefined)[],
  wantsGradient: boolean,
): Tensor {
  const isRecording = wantsGradient && isGradEnabled()
  const saved: Saved = {}
  const shapes = inputs.map((input) => describeShape(input.shape))
  const flows = inputs.map((input) => input.requiresGrad)
  return asOperator('customFunction', () =>
    scope(() => {
      const raw = noGrad(() => forward(saved, ...inputs))
      if (!isTensor(raw)) throw gradientFault('a tensor as the result of the forward pass', describeValue(raw))
      if (!isRecording) return raw
      const [plan, tensors] = stow(saved)
      const versions: number[] = tensors.map((tensor) => versionOp(tensor))
      const output: Tensor = detachOp(raw)
      const callback = (handles: (number | null)[]) =>
        scope(() => {
          const [gradient, ...kept] = handles.map((handle) => (handle === null ? undefined : new Tensor(handle)))
          if (gradient === undefined) return inputs.map(() => null)
          const changed = kept.find((tensor, index) => versionOp(tensor) !== versions[index])
          if (changed !== undefined) throw changedFault(changed)
          const results: unknown = backwardOf(unstow(plan, kept) as Saved, gradient)
          if (!Array.isArray(results) || results.length !== shapes.length)
            throw gradientFault(`a list of ${shapes.length} gradients, one per input`, describeValue(results))
          for (const [index, result] of results.entries()) {
            if (result === undefined || result === null || !flows[index]) continue
            if (!isTensor(result) || (!result.isFreed && describeShape(result.shape) !== shapes[index]))
              throw gradientFault(`a gradient of shape ${shapes[index]}`, describeValue(result))
          }
          return results.map((result, index) => (result && flows[index] ? native.aliasTensor(handleOf(result, 'backward')) : null))
        })
      native.attachBackward(
        [output.handle],
        inputs.map((input) => handleOf(input, 'customFunction')),
        callback,
        tensors.map((tensor) => handleOf(tensor, 'customFunction')),
      )
      return output
    }),
  )
}

/** Stands for the tensor of this number among those that the graph holds. */
class Stowed {
  readonly index: number
  constructor(index: number) {
    this.index = index
  }
}

/** Takes the tensors out of what was saved, for the graph to hold: it lets go of them when it lets go of its own. */
function stow(saved: Saved): [unknown, Tensor[]] {
  const tensors: Tensor[] = []
  return [replaced(saved, (value) => (isTensor(value) ? new Stowed(tensors.push(value) - 1) : value)), tensors]
}

function unstow(plan: unknown, tensors: (Tensor | undefined)[]): unknown {
  return replaced(plan, (value) => (value instanceof Stowed ? tensors[value.index] : value))
}

/** The same lists and plain objects with other leaves. */
function replaced(value: unknown, leaf: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((element) => replaced(element, leaf))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return leaf(value)
  return Object.fromEntries(Object.entries(value).map(([name, element]) => [name, replaced(element, leaf)]))
}

function isFloat(tensor: Tensor): boolean {
  return /float/.test(tensor.dtype)
}

function gradientFault(expected: string, received: string) {
  return fault({
    code: 'torch/gradient',
    where: 'customFunction',
    expected,
    received,
    hint: 'The backward pass returns one gradient per input, of its shape, or undefined.',
  })
}

function changedFault(tensor: Tensor) {
  return fault({
    code: 'torch/inplace',
    where: 'customFunction',
    expected: 'tensors unchanged since the forward pass saved them',
    received: `${describeValue(tensor)}, changed in place`,
    hint: 'Save a clone, or use the operator without underscore.',
  })
}
