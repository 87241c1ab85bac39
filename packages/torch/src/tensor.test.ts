// Truth: closed forms and small cases worked by hand.

import { describe, expect, it } from 'vitest'
import * as torch from './index.ts'

describe('creation', () => {
  it('keeps values, shape and dtype of nested lists', () => {
    const x = torch.tensor([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(x.shape).toEqual([2, 3])
    expect(x.dtype).toBe('float32')
    expect(x.device).toBe('cpu')
    expect(Array.from(x.toArray() as Float32Array)).toEqual([1, 2, 3, 4, 5, 6])
    expect(x.tolist()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
  })

  it('gives booleans bool, bigints int64 and keeps float64 exact', () => {
    expect(torch.tensor([true, false]).dtype).toBe('bool')
    expect(torch.tensor([1n, 2n]).dtype).toBe('int64')
    expect(torch.tensor([0.1], { dtype: 'float64' }).item()).toBe(0.1)
    expect(() => torch.tensor([2n ** 70n])).toThrow(/torch\/array tensor: expected bigints of at most 64 bits/)
  })

  it('takes lists of several kinds as numbers', () => {
    expect(torch.tensor([true, 5]).tolist()).toEqual([1, 5])
    expect(torch.tensor([2n, 1.5]).tolist()).toEqual([2, 1.5])
  })

  it('lists 16-bit floats by their values, not their bits', () => {
    expect(torch.tensor([1, -2.5], { dtype: 'bfloat16' }).tolist()).toEqual([1, -2.5])
    expect(torch.tensor([[0.5]], { dtype: 'float16' }).tolist()).toEqual([[0.5]])
  })

  it('takes null for no gradient, and refuses it where a tensor belongs', () => {
    const x = torch.ones([2], { requiresGrad: true })
    x.sum().backward()
    x.grad = null
    expect(x.grad).toBeUndefined()
    expect(() => x.sum().backward(null as never)).toThrow(/torch\/argument backward: expected a tensor but received null/)
    expect(() => new torch.nn.Parameter(null as never)).toThrow(/torch\/argument .* expected a tensor but received null/)
  })

  it('refuses the size of an axis it has not', () => {
    expect(torch.ones([2, 3]).size(-1)).toBe(3)
    expect(() => torch.ones([2, 3]).size(2)).toThrow(/torch\/axis size: expected an axis from -2 to 1/)
  })

  it('shares memory with a typed array in both directions', () => {
    const array = new Float32Array([1, 2, 3])
    const x = torch.fromArray(array, [3])
    array[0] = 10
    expect(x.at(0).item()).toBe(10)
    x.mul_(2)
    expect(Array.from(array)).toEqual([20, 4, 6])
  })

  it('shares memory with a SharedArrayBuffer', () => {
    const array = new Float32Array(new SharedArrayBuffer(16))
    torch.fromArray(array, [2, 2]).fill_(7)
    expect(Array.from(array)).toEqual([7, 7, 7, 7])
  })

  it('hands out no memory that is not plain, and none that may be resized away', () => {
    const x = torch.ones([4])
    const array = x.asArray()
    expect(() => torch.call('aten::resize_', x, [1_000_000])).toThrow(/not resizable/)
    expect(Array.from(array as Float32Array)).toEqual([1, 1, 1, 1])
    const imaginary = torch.call('aten::imag', torch.call('aten::conj', torch.call('aten::complex', torch.ones([2]), torch.ones([2]))))
    for (const strange of [
      torch.call('aten::_efficientzerotensor', [2]), // has no memory: it ended the process
      torch.call('aten::_neg_view', torch.ones([2])), // would show the other sign
      torch.call('aten::to_sparse', torch.ones([2])),
      torch.call('aten::quantize_per_tensor', torch.ones([2]), 0.1, 0, 12),
      imaginary,
    ] as torch.Tensor[]) {
      expect(() => strange.asArray()).toThrow(/torch\/device asArray: expected a contiguous tensor on the cpu, of a dtype/)
    }
    expect((imaginary as torch.Tensor).tolist()).toEqual([-1, -1])
  })

  it('hands memory out without a copy and keeps it alive after the tensor', () => {
    const x = torch.ones([1000])
    const array = x.asArray() as Float32Array
    x.mul_(3)
    x.free()
    expect(array[999]).toBe(3)
  })
})

describe('scope', () => {
  it('frees what is made inside and keeps what is returned, kept, or a parameter', () => {
    const before = torch.live().handles
    let kept: torch.Tensor | undefined
    const { y, list } = torch.scope(() => {
      const x = torch.ones([3])
      kept = torch.keep(x.add(1))
      return { y: x.mul(2), list: [x.mul(3)], again: new Map([['a', x.sub(1)]]) }
    })
    expect(torch.live().handles - before).toBe(4)
    expect(y.sum().item()).toBe(6)
    expect(list[0].sum().item()).toBe(9)
    expect(kept?.sum().item()).toBe(6)
  })

  it('hands what an inner scope returns to the outer one', () => {
    const before = torch.live().handles
    torch.scope(() => {
      torch.scope(() => torch.ones([2]))
    })
    expect(torch.live().handles).toBe(before)
  })

  it('frees when the body throws, and refuses promises', () => {
    const before = torch.live().handles
    expect(() =>
      torch.scope(() => {
        torch.ones([2])
        throw new RangeError('mine')
      }),
    ).toThrow('mine')
    expect(() => torch.scope(async () => torch.ones([2]))).toThrow(/torch\/scope-async/)
    expect(() => torch.scope(() => Promise.resolve(torch.ones([2])))).toThrow(/torch\/scope-async/)
    expect(torch.live().handles).toBe(before)
  })

  it('frees also where the result cannot be looked into, and looks into large ones', () => {
    const before = torch.live().handles
    const unreadable = {
      get value(): never {
        throw new RangeError('not now')
      },
    }
    const body = () => (torch.ones([2]), unreadable)
    expect(() => torch.scope(body)).toThrow('not now')
    expect(torch.live().handles).toBe(before)
    const many = torch.scope(() => new Map(Array.from({ length: 200_000 }, (_, index) => [index, index === 7 ? torch.ones([2]) : index])))
    expect((many.get(7) as torch.Tensor).tolist()).toEqual([1, 1])
  })

  it('says where a tensor was freed', () => {
    let escaped: torch.Tensor | undefined
    torch.scope(() => {
      escaped = torch.ones([2])
    })
    expect(() => escaped?.add(1)).toThrow(/torch\/freed .* its scope ended at .*tensor\.test\.ts/)
    const x = torch.ones([2])
    x.free()
    expect(() => x.shape).toThrow(/it was freed at .*tensor\.test\.ts/)
  })

  it('works with using', () => {
    const before = torch.live().handles
    {
      using x = torch.ones([2])
      expect(x.sum().item()).toBe(2)
    }
    expect(torch.live().handles).toBeLessThanOrEqual(before + 1)
  })
})

describe('autograd', () => {
  it('gives the derivative of a cubic', () => {
    const x = torch.tensor([2, 3], { requiresGrad: true })
    x.pow(3).sum().backward()
    expect(Array.from(x.grad?.toArray() as Float32Array)).toEqual([12, 27])
  })

  it('records nothing inside noGrad, and does again after it', () => {
    const x = torch.ones([2], { requiresGrad: true })
    expect(torch.noGrad(() => x.mul(2).requiresGrad)).toBe(false)
    expect(x.mul(2).requiresGrad).toBe(true)
  })

  it('gives second derivatives', () => {
    const x = torch.tensor(2, { dtype: 'float64', requiresGrad: true })
    const [first] = torch.grad(x.pow(4), x, undefined, { createGraph: true })
    const [second] = torch.grad(first as torch.Tensor, x)
    expect([first?.item(), second?.item()]).toEqual([32, 48])
  })
})

describe('call', () => {
  it('reaches operators without a typed function, and finds the overload', () => {
    const x = torch.tensor([1, 5, 3])
    const [values] = torch.call('cummax', x, 0) as torch.Tensor[]
    expect(Array.from(values.toArray() as Float32Array)).toEqual([1, 5, 5])
    expect((torch.call('add', x, 1) as torch.Tensor).sum().item()).toBe(12)
    expect((torch.call('add', x, x) as torch.Tensor).sum().item()).toBe(18)
  })
})

describe('random', () => {
  it('repeats from a seed and from a saved state', () => {
    torch.manualSeed(7)
    const first = torch.randn([3]).tolist()
    const state = torch.getRngState()
    const second = torch.randn([3]).tolist()
    torch.setRngState(state)
    expect(torch.randn([3]).tolist()).toEqual(second)
    torch.manualSeed(7)
    expect(torch.randn([3]).tolist()).toEqual(first)
  })
})
