// Truth: what a user can do wrong, and the sentence that must name both sides and the way out.

import { describe, expect, it } from 'vitest'
import * as torch from '../src/index.ts'

const { nn, optim } = torch
const F = nn.functional
const wrong = (value: unknown) => value as never
const x = torch.ones([2, 3])
const y = torch.ones([4, 5])
const int64 = { dtype: 'int64' } as const

// One built without CUDA says it in other words than one that finds no GPU, or fewer.
const NO_DEVICE = /a device that this libtorch has|a GPU that is there/
const NO_CUDA = /a libtorch with CUDA and its headers|a GPU that is there/

const uses: [what: string, use: () => unknown, code: string, sentence: RegExp][] = [
  ['a freed tensor', () => freed().add(1), 'torch/freed', /add: expected a live tensor but .* it was freed at .*wrong-uses/],
  ['a tensor whose scope ended', () => escaped().shape, 'torch/freed', /its scope ended at .*wrong-uses.* Return it from the scope/],
  [
    'inner sizes that differ',
    () => x.matmul(y),
    'torch/shape',
    /\[n, k\] times \[k, m\] but received input float32 \[2, 3\], other float32 \[4, 5\]/,
  ],
  ['shapes that do not broadcast', () => x.add(y), 'torch/shape', /equal or 1.* Sizes 3 and 5 meet/],
  ['a shape of another count', () => x.reshape([4, 4]), 'torch/shape', /a shape of 6 elements but received .*\[4, 4\]/],
  ['a number for a shape', () => torch.zeros(wrong(3)), 'torch/shape', /expected a shape: .* but received 3/],
  ['a negative size', () => torch.zeros([2, -1]), 'torch/shape', /received \[2, -1\]/],
  [
    'a dtype that every object has',
    () => torch.zeros([2], { dtype: wrong('toString') }),
    'torch/dtype',
    /one of uint8.* but received "toString"/,
  ],
  ['an unknown dtype', () => torch.zeros([2], { dtype: wrong('float') }), 'torch/dtype', /one of uint8.* but received "float"/],
  ['a device that is not there', () => torch.ones([2], { device: 'cuda:99' }), 'torch/device', NO_DEVICE],
  ['an axis that is not there', () => x.sum(7), 'torch/axis', /an axis from -2 to 1 but received .*dim 7/],
  ['backward without a history', () => x.backward(), 'torch/backward', /requiresGrad but received float32 \[2, 3\]/],
  ['backward of many elements', () => leaf().mul(2).backward(), 'torch/backward', /one element, or a gradient/],
  [
    'a gradient of another shape than its root',
    () =>
      leaf()
        .sum()
        .backward(torch.ones([2])),
    'torch/backward',
    /of shape \[\] but received float32 \[2\]/,
  ],
  [
    'the same for grad',
    () => torch.grad(leaf().sum(), [leaf()], [torch.ones([2])]),
    'torch/backward',
    /of shape \[\] but received float32 \[2\]/,
  ],
  [
    'autocast on a device that there is not',
    () => torch.autocast(wrong('gpu'), () => x),
    'torch/device',
    /'cpu' or 'cuda' but received "gpu"/,
  ],
  ['vectors of unlike lengths', () => torch.ones([3]).matmul(torch.ones([4])), 'torch/shape', /inner sizes that agree/],
  ['a mean into whole numbers', () => torch.ones([2], int64).div_(2), 'torch/dtype', /Convert with/],
  ['backward twice', () => twice(), 'torch/backward', /\{ retainGraph: true \}/],
  ['an asynchronous scope', () => torch.scope(async () => x), 'torch/scope-async', /a synchronous function/],
  ['an asynchronous noGrad', () => torch.noGrad(async () => x), 'torch/mode-async', /await first/],
  [
    'an array of another length',
    () => torch.fromArray(new Float32Array(5), [2, 3]),
    'torch/array',
    /6 elements for shape \[2, 3\] but received 5/,
  ],
  ['ragged lists', () => torch.tensor([[1, 2], [3]]), 'torch/array', /lists of 2 at depth 1 but received one of 1/],
  ['joining unlike shapes', () => torch.cat([x, y], 0), 'torch/shape', /equal sizes on all axes but axis 0/],
  ['channels that differ', () => new nn.Conv2d(1, 4, 3).forward(torch.ones([1, 3, 8, 8])), 'torch/shape', /an input of 1 channels/],
  ['an index outside', () => x.gather(1, torch.tensor([[9]], int64)), 'torch/index', /indices below 3 on axis 1.* Index 9 lies outside/],
  ['a class outside', () => F.crossEntropy(x, torch.tensor([5, 1], int64)), 'torch/index', /number of classes/],
  ['item of many elements', () => x.item(), 'torch/shape', /one element but received input float32 \[2, 3\]/],
  ['an operator that is not there', () => torch.call('no_such_operator', x), 'torch/operator', /this libtorch has no such operator/],
  ['a text for a number', () => torch.call('add', x, 'a'), 'torch/operator', /arguments of one of: aten::add/],
  ['a number for a tensor', () => F.relu(wrong(3)), 'torch/argument', /a tensor for the input but received 3. Wrap the number/],
  ['too few axes for a layer', () => new nn.BatchNorm2d(3).forward(x), 'torch/shape', /BatchNorm2d: expected an input of 4 axes/],
  ['an optimiser of nothing', () => new optim.SGD([]), 'torch/argument', /one or more parameters/],
  [
    'a gradient of another shape',
    () => setGrad(torch.ones([1])),
    'torch/gradient',
    /like its tensor, float32 \[2\] but received float32 \[1\]/,
  ],
  ['a gradient of another dtype', () => setGrad(torch.ones([2]).half()), 'torch/gradient', /float32 \[2\] but received float16 \[2\]/],
  ['changing a parameter in place', () => new nn.Parameter(x).add_(1), 'torch/inplace', /inside torch.noGrad/],
  [
    'gradients of whole numbers',
    () => torch.ones([2], { ...int64, requiresGrad: true }),
    'torch/requires-grad',
    /floating point but received int64/,
  ],
  ['a missing argument', () => F.softmax(x, wrong(undefined)), 'torch/argument', /a whole number for dim but received nothing/],
  ['more memory than there is', () => torch.ones([2 ** 40, 2 ** 10], int64), 'torch/memory', /fits into memory .*, dtype int64/],
  ['a step that nothing was scaled for', () => new optim.GradScaler().update(), 'torch/scaler', /a step before it but received none/],
  ['threads without number', () => torch.setNumThreads(3e9), 'torch/argument', /from 1 to 4096 but received 3000000000/],
  ['a state of another network', () => new nn.Linear(2, 2).loadStateDict({ weight: x }), 'torch/state', /missing: bias/],
]

const usesWithoutGpu: typeof uses = [
  ['a device for pinned memory that is not there', () => x.pinMemory(), 'torch/device', NO_DEVICE],
  ['a stream of a GPU that is not there', () => new torch.cuda.Stream(), 'torch/device', NO_DEVICE],
  ['a graph without CUDA', () => torch.cuda.capture(() => undefined), 'torch/device', NO_CUDA],
]

function freed(): torch.Tensor {
  const tensor = torch.ones([2])
  tensor.free()
  return tensor
}

function escaped(): torch.Tensor {
  const held: torch.Tensor[] = []
  torch.scope(() => void held.push(torch.ones([2])))
  return held[0]
}

function leaf(): torch.Tensor {
  return torch.ones([2], { requiresGrad: true })
}

function setGrad(gradient: torch.Tensor): void {
  leaf().grad = gradient
}

function twice(): void {
  const loss = leaf().exp().sum()
  loss.backward()
  loss.backward()
}

describe('a wrong use', () => {
  it.each([...uses, ...(torch.cuda.isAvailable() ? [] : usesWithoutGpu)])(
    '%s is told in one good sentence',
    (_what, use, code, sentence) => {
      let told: unknown
      try {
        use()
      } catch (error) {
        told = error
      }
      expect(told).toBeInstanceOf(torch.TorchError)
      const error = told as torch.TorchError
      expect(error.code).toBe(code)
      expect(error.message).toMatch(sentence)
      expect(error.message).toMatch(/^torch\/[a-z-]+ \S+: expected .+ but received .+\. .+/)
      expect(error.message.length).toBeLessThan(1200)
    },
  )
})
