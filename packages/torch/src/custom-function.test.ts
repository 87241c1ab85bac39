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

describe('checkpoint', () => {
  it('refuses grad() and createGraph, whose inner pass would add to the leaves and leave no graph', () => {
    const [x, weight] = [[1], [3]].map((values) => torch.tensor(values, { requiresGrad: true }))
    const loss = () => torch.checkpoint((input) => input.mul(weight).square(), x).sum()
    expect(() => torch.grad(loss(), x)).toThrow(/torch\/checkpoint checkpoint: expected a plain backward pass but received that of grad/)
    expect(() => loss().backward(undefined, { createGraph: true })).toThrow(/received one with createGraph/)
    expect(weight.grad).toBe(undefined)
    loss().backward()
    expect(values(weight.grad)).toEqual([6])
  })

  it('puts the random numbers back where computing again throws', () => {
    let numRuns = 0
    const loss = torch
      .checkpoint(
        (input) => {
          if (numRuns++ > 0) throw new RangeError('the second run')
          return input.mul(torch.rand([1]))
        },
        torch.tensor([1], { requiresGrad: true }),
      )
      .sum()
    const before = torch.getRngState()
    expect(() => loss.backward()).toThrow('the second run')
    expect(torch.equal(torch.getRngState(), before)).toBe(true)
  })

  it('gives the gradients of the plain computation, dropout included', () => {
    const layer = new torch.nn.Sequential(
      new torch.nn.Linear(3, 8),
      new torch.nn.GELU(),
      new torch.nn.Dropout(0.5),
      new torch.nn.Linear(8, 1),
    )
    const x = torch.randn([4, 3], { requiresGrad: true })
    const run = (isCheckpointed: boolean) => {
      layer.zeroGrad()
      x.grad = undefined
      torch.manualSeed(5)
      const y = isCheckpointed ? torch.checkpoint((input) => layer.forward(input), x) : layer.forward(x)
      y.square().sum().backward()
      return [x, ...layer.parameters()].map((tensor) => values(tensor.grad))
    }
    expect(run(true)).toEqual(run(false))
  })

  it('computes again under the autocast it first ran under, wherever the backward pass stands', () => {
    const layer = new torch.nn.Linear(2, 2)
    const x = torch.randn([2, 2], { requiresGrad: true })
    const dtypes: string[] = []
    const body = (input: torch.Tensor) => {
      const y = layer.forward(input)
      dtypes.push(y.dtype)
      return y
    }
    const narrow = torch.autocast('cpu', () => torch.checkpoint(body, x))
    narrow.sum().backward()
    const wide = torch.checkpoint(body, x)
    torch.autocast('cpu', () => wide.sum().backward())
    expect(dtypes).toEqual(['bfloat16', 'bfloat16', 'float32', 'float32'])
    expect(layer.forward(x).dtype).toBe('float32')
  })

  it('gives its weights gradients where the backward pass is under the same autocast', () => {
    const layer = new torch.nn.Linear(2, 1)
    torch.autocast('cpu', () => {
      const x = torch.ones([3, 2])
      torch
        .checkpoint((input) => layer.forward(input), x)
        .sum()
        .backward()
    })
    expect(values(layer.weight.grad)).toEqual([3, 3])
  })

  it('ends where many lie inside each other: libtorch goes to other threads below sixty', () => {
    const program = `
      const torch = await import('${new URL('./index.ts', import.meta.url)}')
      let body = (x) => x.mul(2)
      for (let i = 0; i < 80; i++) { const inner = body; body = (x) => torch.checkpoint(inner, x) }
      const x = torch.ones([2], { requiresGrad: true })
      body(x).sum().backward()
      console.log(x.grad.tolist().join())`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 20_000 })
    expect(stdout.trim()).toBe('2,2')
  })

  it('outlives the scope that its inputs were made in', () => {
    const x = torch.tensor([1, 2], { requiresGrad: true })
    torch.scope(() => torch.checkpoint((input) => input.pow(3), x.mul(2)).sum()).backward()
    expect(values(x.grad)).toEqual([24, 96]) // d/dx (2x)³ = 24x²
  })

  it('gives no gradients where nothing inside wants one', () => {
    const frozen = new torch.nn.Linear(2, 2).freeze()
    const head = new torch.nn.Linear(2, 1)
    head
      .forward(torch.checkpoint((input) => frozen.forward(input), torch.ones([3, 2])))
      .sum()
      .backward()
    expect(values(head.bias?.grad)).toEqual([3])
    expect(frozen.weight.grad).toBeUndefined()
  })
})

describe('autocast', () => {
  it('multiplies in bfloat16, keeps losses in float32, and ends with its function', () => {
    const layer = new torch.nn.Linear(4, 4)
    const x = torch.randn([2, 4])
    const exact = layer.forward(x)
    const [inside, loss] = torch.autocast('cpu', () => {
      const y = layer.forward(x)
      return [y, torch.nn.functional.mseLoss(y, x)]
    })
    expect([inside.dtype, loss.dtype, layer.forward(x).dtype]).toEqual(['bfloat16', 'float32', 'float32'])
    expect(torch.allclose(inside.float(), exact, 0.05, 0.05)).toBe(true) // bfloat16 has 8 bits: about 1 % per product
    loss.backward()
    expect(layer.weight.grad?.dtype).toBe('float32')
  })
  it('gives the outer one its dtype back when an inner one ends', () => {
    const x = torch.ones([2, 2])
    const states = () => [native.autocastState(true), x.matmul(x).dtype]
    const before = states()
    torch.autocast(
      'cuda',
      () => {
        const outside = states()
        torch.autocast('cuda', () => expect(states()[0]).toEqual([false, 15]), { enabled: false })
        expect(states()).toEqual(outside)
      },
      { dtype: 'float16' },
    )
    expect(states()).toEqual(before)
  })

  it('is not left on by a dtype that libtorch refuses', () => {
    const x = torch.ones([2, 2])
    const refused = () => torch.autocast('cpu', () => 'ran', { dtype: 'float16' })
    // libtorch takes float16 on the CPU from 2.4 on
    if (/^(1\.|2\.[0-3]\.)/.test(torch.describeLibrary().version))
      expect(refused).toThrow(/^torch\/call autocast: expected what libtorch accepts but received float16 on cpu\. /)
    else expect(refused()).toBe('ran')
    expect(x.matmul(x).dtype).toBe('float32')
  })
})
