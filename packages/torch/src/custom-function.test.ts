// Truth: closed-form derivatives, and the same computation recorded by libtorch itself.

import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import * as torch from './index.ts'
import { native } from './native.ts'

const cube = torch.customFunction(
  (saved, x) => {
    saved.x = x
    return x.pow(3)
  },
  (saved, gradient) => [gradient.mul((saved.x as torch.Tensor).square()).mul(3)],
)

function values(tensor: torch.Tensor | undefined): number[] {
  return Array.from(tensor?.toArray() as Float32Array)
}

describe('customFunction', () => {
  it('gives the gradient its backward pass computes, through scopes and other operators', () => {
    const x = torch.tensor([1, 2], { requiresGrad: true })
    const before = torch.live().handles
    torch.scope(() => {
      const loss = torch.scope(() => cube(x.mul(2)).sum())
      loss.backward()
    })
    expect(values(x.grad)).toEqual([24, 96]) // d/dx (2x)³ = 24x²
    expect(torch.live().handles).toBeLessThanOrEqual(before + 1) // x.grad; what was saved went with the graph
  })

  it('lets go of what was saved as soon as the graph is used up or dropped, without waiting for a garbage collector', () => {
    const x = torch.tensor([1, 2], { requiresGrad: true })
    const twice = torch.customFunction(
      (saved, y) => {
        saved.list = [y, { deep: y.mul(2) }]
        return y.mul(2)
      },
      (saved, gradient) => {
        const [first, { deep }] = saved.list as [torch.Tensor, { deep: torch.Tensor }]
        expect(values(deep)).toEqual(values(first.mul(2)))
        return [gradient.mul(2)]
      },
    )
    const step = () =>
      torch.scope(() => {
        x.grad = undefined
        torch.checkpoint((y) => twice(y), x) // dropped without a backward pass
        torch
          .checkpoint((y) => twice(y), x)
          .sum()
          .backward()
      })
    step()
    const before = torch.live()
    for (let i = 0; i < 5; i++) step()
    expect(torch.live()).toEqual(before)
  })

  it('may be gone back through again only where the graph is retained', () => {
    const x = torch.tensor([1, 2], { requiresGrad: true })
    const loss = cube(x).sum()
    loss.backward(undefined, { retainGraph: true })
    loss.backward()
    expect(values(x.grad)).toEqual([6, 24])
    expect(() => loss.backward()).toThrow(/torch\/\S+ .*a graph that has not been used up/)
    const twice = torch.customFunction(
      (_, y) => y.mul(2),
      (_, gradient) => [gradient.mul(2)],
    )(x)
    for (let i = 0; i < 2; i++) twice.backward(torch.ones([2])) // nothing saved, nothing used up
    expect(values(x.grad)).toEqual([10, 28])
  })

  it('answers when libtorch calls from another thread, as it does for graphs on GPUs', () => {
    const x = torch.tensor([1, 2], { requiresGrad: true })
    native.differentiate([cube(x).sum().handle], [], null, false, false, false, true)
    expect(values(x.grad)).toEqual([3, 12])
  })

  it('says what a backward pass must return, and takes null for none', () => {
    const run = (answer: unknown) => {
      const x = torch.ones([2], { requiresGrad: true })
      const twice = torch.customFunction(
        (_, given) => given.mul(2),
        () => answer as never,
      )
      twice(x).sum().backward()
      return x.grad
    }
    expect(run([null])).toBe(undefined)
    expect(() => run(undefined)).toThrow(/a list of 1 gradients, one per input but received undefined/)
    expect(() => run([3])).toThrow(/a gradient of shape \[2\] but received 3/)
  })

  it('hands an error of the backward pass to the caller of backward', () => {
    const bad = torch.customFunction(
      (_, x) => x.clone(),
      () => {
        throw new RangeError('mine')
      },
    )
    const x = torch.ones([2], { requiresGrad: true })
    expect(() => bad(x).sum().backward()).toThrow('mine')
    expect(() => native.differentiate([bad(x).sum().handle], [], null, false, false, false, true)).toThrow('mine')
    const short = torch.customFunction(
      (_, y) => y.clone(),
      () => [],
    )
    expect(() => short(x).sum().backward()).toThrow(/torch\/gradient .* 1 gradients/)
  })

  it('refuses a backward pass over what was saved and then changed in place', () => {
    const x = torch.tensor([1, 2], { requiresGrad: true })
    const doubled = x.mul(2)
    const loss = cube(doubled).sum()
    doubled.mul_(10)
    expect(() => loss.backward()).toThrow(/torch\/inplace customFunction: expected tensors unchanged/)
  })
})
