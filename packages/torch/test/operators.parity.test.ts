// Truth: PyTorch's results for the same arguments (Debian python3-torch 1.13), one case or more for every typed function;
// in-place forms are held against their plain ones.
// Made by: /usr/bin/python3 packages/torch/test/make-operator-golden.py

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as torch from '../src/index.ts'
import * as activation from '../src/ops/activation.ts'
import * as arithmetic from '../src/ops/arithmetic.ts'
import * as comparison from '../src/ops/comparison.ts'
import * as convolution from '../src/ops/convolution.ts'
import * as elementwise from '../src/ops/elementwise.ts'
import * as indexing from '../src/ops/indexing.ts'
import * as linear from '../src/ops/linear.ts'
import * as loss from '../src/ops/loss.ts'
import * as normalisation from '../src/ops/normalisation.ts'
import * as pooling from '../src/ops/pooling.ts'
import * as reduction from '../src/ops/reduction.ts'
import * as resampling from '../src/ops/resampling.ts'
import * as shape from '../src/ops/shape.ts'

type Packed = { shape: number[]; dtype: string; data: (number | boolean | string)[] }
type Case = { name: string; args: unknown[]; options: Record<string, unknown>; out: unknown }
type Fn = (...args: unknown[]) => unknown

// float32 has 24 bits; sums of tens of products in another order differ by a few of the last.
const TOLERANCE = 2e-5
/** Random by nature: their shapes and means are tested where they are used. */
const RANDOM = ['dropout', 'featureDropout', 'bernoulli', 'multinomial']
/** Results whose signs or extra parts are free: what of them is compared. */
const PICK: Record<string, (out: unknown) => unknown> = {
  linalgEigh: (out) => (out as torch.Tensor[])[0],
  linalgSvd: (out) => (out as torch.Tensor[])[1],
  linalgQr: (out) => (out as torch.Tensor[])[1].abs(),
  linalgLstsq: (out) => (out as torch.Tensor[])[0],
}

const operators: Record<string, unknown> = {
  ...activation,
  ...arithmetic,
  ...comparison,
  ...convolution,
  ...elementwise,
  ...indexing,
  ...linear,
  ...loss,
  ...normalisation,
  ...pooling,
  ...reduction,
  ...resampling,
  ...shape,
}
const cases: Case[] = JSON.parse(readFileSync(new URL('./golden/operators.json', import.meta.url), 'utf8'))
for (const entry of cases) entry.name = entry.name.replace(/^op([A-Z])/, (_, letter) => letter.toLowerCase())

function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack)
  if (typeof value !== 'object' || value === null) return value ?? undefined
  const { shape: size, dtype, data } = value as Packed
  const typed = dtype === 'bool' ? Uint8Array.from(data as boolean[], Number) : Float64Array.from(data as number[], Number)
  return torch.tensor(typed, { shape: size, dtype: dtype as torch.Dtype })
}

function expectSame(actual: unknown, expected: unknown): void {
  if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length)
    for (const [index, part] of expected.entries()) expectSame((actual as unknown[])[index], part)
  } else if (typeof expected === 'object' && expected !== null) {
    const { shape: size, dtype, data } = expected as Packed
    const isComplex = dtype.startsWith('complex')
    const result = actual as torch.Tensor
    expect(result.shape).toEqual(size)
    if (!isComplex) expect(result.dtype).toBe(dtype)
    const plain = isComplex ? (torch.call('view_as_real', result) as torch.Tensor) : result
    const values = Array.from(plain.toArray() as Float32Array, Number)
    for (const [index, value] of data.entries()) {
      const wanted = Number(value)
      const isClose = Object.is(values[index], wanted) || Math.abs(values[index] - wanted) <= TOLERANCE * Math.max(1, Math.abs(wanted))
      if (!isClose) expect.fail(`element ${index}: ${values[index]} where PyTorch has ${wanted}`)
    }
  } else expect(actual).toBe(expected)
}

describe('typed functions', () => {
  it.each(cases.map((entry, index) => [`${entry.name} (${index})`, entry] as const))("%s gives PyTorch's result", (_label, entry) => {
    torch.scope(() => {
      const args = entry.args.map(unpack)
      const options = Object.keys(entry.options).length > 0 ? [entry.options] : []
      const out = (operators[entry.name] as Fn)(...args, ...options)
      expectSame(PICK[entry.name]?.(out) ?? out, entry.out)
    })
  })

  it('are all covered, and are at least two hundred', () => {
    const covered = new Set([...cases.map((entry) => entry.name), ...RANDOM, 'variance'])
    const plain = Object.entries(operators).filter(([name, value]) => typeof value === 'function' && !/[a-z0-9]_$/.test(name))
    expect(plain.map(([name]) => name).filter((name) => !covered.has(name))).toEqual([])
    expect(plain.length).toBeGreaterThan(200)
  })
})

describe('in-place forms', () => {
  const inPlace = Object.keys(operators).filter((name) => name.endsWith('_') && operators[name.slice(0, -1)] !== undefined)

  it.each(inPlace)('%s leaves what the plain form returns', (name) => {
    torch.scope(() => {
      const entry = cases.find((candidate) => candidate.name === name.slice(0, -1)) as Case
      const [first, ...rest] = entry.args.map(unpack)
      const options = Object.keys(entry.options).length > 0 ? [entry.options] : []
      const plain = (operators[entry.name] as Fn)(first, ...rest, ...options) as torch.Tensor
      const copy = (first as torch.Tensor).clone()
      const changed = plain.dtype === 'bool' ? copy : copy.to(plain.dtype)
      const result = (operators[name] as Fn)(changed, ...rest, ...options)
      expect(result).toBe(changed)
      expect(torch.allclose(changed.double(), plain.double(), 1e-5, 1e-6, true)).toBe(true)
    })
  })
})
