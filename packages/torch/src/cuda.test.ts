// Which GPU and stream each call to CUDA names, and whose error is told, on calls that are only noted: test/gpu.ts runs the true ones.

import { beforeEach, expect, it, vi } from 'vitest'
import { ones } from './creation.ts'
import { cuda } from './cuda.ts'
import { fault } from './errors.ts'

const noted = vi.hoisted(() => ({ calls: [] as unknown[][], isSpoilt: false }))

vi.mock('./native.ts', async (original) => {
  const actual = await original<typeof import('./native.ts')>()
  const note =
    (name: string, result?: unknown) =>
    (...args: unknown[]) => {
      noted.calls.push([name, ...args])
      if (name === 'end' && noted.isSpoilt) throw Object.assign(new Error('capture was invalidated'), { code: 'libtorch' })
      return result
    }
  const streams = {
    newStream: note('new', 7),
    currentStream: note('current', 3),
    exchangeStream: note('exchange', [0, 5]),
    joinStream: note('join'),
  }
  return {
    ...actual,
    native: { ...actual.native, ...streams },
    cudaCalls: {
      cudaSynchronize: note('synchronize'),
      cudaBeginCapture: note('begin', 'graph'),
      cudaEndCapture: note('end'),
      cudaReplay: note('replay'),
    },
  }
})

beforeEach(() => {
  noted.calls = []
  noted.isSpoilt = false
})

it('captures on the GPU that is named, which is the current one meanwhile, and makes the former one current again', () => {
  cuda.capture(() => undefined, 'cuda:1').replay()
  expect(noted.calls).toEqual([
    ['synchronize', 1],
    ['new', 1],
    ['exchange', 1, 7, 1],
    ['synchronize', 1],
    ['begin', 1],
    ['end', 'graph'],
    ['exchange', 1, 5, 0],
    ['replay', 'graph'],
  ])
})

it('tells the error of a step that cannot be captured, not that of ending the capture it spoilt', () => {
  let runs = 0
  const step = () => {
    if (++runs <= 3) return // the warm-up
    noted.isSpoilt = true
    throw fault({ code: 'torch/call', where: 'item', expected: 'no value asked for', received: 'one', hint: 'Ask after the replay.' })
  }
  expect(() => cuda.capture(step)).toThrow(/torch\/call item/)
  expect(noted.calls.slice(-2)).toEqual([
    ['end', 'graph'],
    ['exchange', 0, 5, 0],
  ])
})

it('lets the current stream of one GPU wait for a stream of another', () => {
  cuda.currentStream('cuda:1').waitFor(new cuda.Stream(0))
  expect(noted.calls.at(-1)).toEqual(['join', 1, 3, 0, 7])
})

it('records no tensor of the CPU', () => {
  expect(() => cuda.currentStream().record(ones([2]))).toThrow(
    /torch\/device cuda\.Stream\.record: expected a tensor on a GPU but received float32 \[2\]/,
  )
})

it('waits for the GPU that is named, the first otherwise', () => {
  cuda.synchronize('cuda:2')
  cuda.synchronize()
  expect(noted.calls).toEqual([
    ['synchronize', 2],
    ['synchronize', 0],
  ])
})
