// Turns libtorch's refusals into this package's sentences. Nothing is checked before a call that works: the good path stays free.
// Hands on: explain.

import { dtypeName } from './dtype.ts'
import { fault, TorchError } from './errors.ts'
import type { NativeOperator } from './native.ts'
import { refusalFor } from './refusals.ts'
import { describeValue } from './tensor.ts'

const MAX_QUOTE = 240 // libtorch lists every backend it knows; the start says what is wrong

/** The error to throw for what an operator's native call threw. */
export function explain(name: string, found: NativeOperator, args: unknown[], cause: unknown): unknown {
  if (cause instanceof TorchError || !(cause instanceof Error)) return cause
  const code = 'code' in cause ? cause.code : undefined
  if (code !== 'libtorch' && code !== 'argument' && code !== 'native') return cause
  const where = name.replace(/^aten::/, '').split('.', 1)[0]
  if (code === 'argument' && cause.message.includes('|')) {
    const [argument, type] = cause.message.split('|')
    const index = found.names.indexOf(argument)
    const value = args[index]
    return fault({
      code: 'torch/argument',
      where,
      expected: `${wordFor(type)} for ${argument === 'self' ? 'the input' : argument}`,
      received: value === undefined ? 'nothing' : describeValue(value),
      hint: `The schema is ${found.schema}`,
    })
  }
  const label = (argument: string) => (argument === 'self' ? 'input' : argument)
  const given = args
    .map((value, index) => {
      if (value === undefined) return ''
      const name = found.names[index]
      return `${label(name)} ${name === 'dtype' && typeof value === 'number' ? dtypeName(value) : describeValue(value)}`
    })
    .filter(Boolean)
  return refusal(where, 'arguments that libtorch accepts', given.join(', ') || 'none', cause)
}

/** The same for the addon's other functions: what was given, in words, and libtorch's first line. */
export function explainNative(where: string, given: string, cause: unknown): unknown {
  if (cause instanceof TorchError || !(cause instanceof Error) || !('code' in cause)) return cause
  return refusal(where, 'what libtorch accepts', given, cause)
}

function refusal(where: string, expected: string, received: string, cause: Error): TorchError {
  const firstLine = cause.message.split('\n', 1)[0]
  const known = refusalFor(firstLine)
  if (known !== undefined) return fault({ ...known, where, received, cause })
  const short = firstLine.length > MAX_QUOTE ? `${firstLine.slice(0, MAX_QUOTE)} …` : firstLine
  return fault({ code: 'torch/call', where, expected, received, hint: `libtorch says: ${short}`, cause })
}

function wordFor(type: string): string {
  const base = type.replace(/\?$/, '')
  const words: Record<string, string> = {
    Tensor: 'a tensor',
    int: 'a whole number',
    SymInt: 'a whole number',
    float: 'a number',
    bool: 'true or false',
    Scalar: 'a number',
    number: 'a number',
    str: 'a text',
    Device: "a device such as 'cpu' or 'cuda:0'",
    'Tensor[]': 'a list of tensors',
    'Tensor?[]': 'a list of tensors or nulls',
    'int[]': 'a list of whole numbers',
    'SymInt[]': 'a list of whole numbers',
    'float[]': 'a list of numbers',
    'bool[]': 'a list of true and false',
  }
  return words[base] ?? base
}
