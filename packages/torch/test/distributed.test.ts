// Truth: one process with the whole batch; and, for a lost rank, an error within the time set.

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as torch from '../src/index.ts'
import { gradients, halfInput, normalised } from './rank.ts'

const hasGloo = torch.describeLibrary().gloo

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

type Answer = { answer: Record<string, unknown> | undefined; code: number | null }

async function runRanks(task: string, worldSize: number, port?: number, extra: Record<string, string> = {}): Promise<Answer[]> {
  port ??= await freePort()
  return Promise.all(
    Array.from({ length: worldSize }, (_, rank) => {
      const env = {
        ...process.env,
        MASTER_ADDR: '127.0.0.1',
        MASTER_PORT: String(port),
        RANK: String(rank),
        WORLD_SIZE: String(worldSize),
        ...extra,
      }
      const child = spawn(process.execPath, [fileURLToPath(new URL('./rank.ts', import.meta.url)), task], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let text = ''
      child.stdout.on('data', (bytes) => {
        text += bytes
      })
      return new Promise<Answer>((resolve) => {
        child.on('close', (code) => resolve({ answer: text === '' ? undefined : JSON.parse(text), code }))
      })
    }),
  )
}

/** Within 1e-4 of the largest: float32 sums in another order. */
function expectClose(values: number[], expected: number[]): void {
  const limit = 1e-4 * Math.max(...expected.map(Math.abs))
  expect(values.length).toBe(expected.length)
  for (const [i, value] of values.entries()) expect(Math.abs(value - expected[i])).toBeLessThan(limit)
}

describe.skipIf(!hasGloo)('two processes over Gloo', () => {
  it('with half the batch each have the gradient of one with all of it, contrastive loss included', async () => {
    const expected = gradients(0, 64, false)
    const whole = normalised(0, 8)
    for (const [rank, { answer }] of (await runRanks('gradients', 2)).entries()) {
      expect({ sum: answer?.sum, most: answer?.most, first: answer?.first }).toEqual({ sum: 3, most: 2, first: 7 })
      for (const [index, gradient] of (answer?.result as number[][]).entries()) {
        for (const [i, value] of gradient.entries()) expect(Math.abs(value - expected[index][i])).toBeLessThan(1e-5)
      }
      const { own, shared } = answer?.batchNorm as typeof whole
      const half = whole.own.length / 2
      expectClose(own, whole.own.slice(rank * half, (rank + 1) * half))
      for (const [index, values] of shared.entries()) expectClose(values, whole.shared[index])
      expect(answer?.numTravelling).toBe(2) // weight and bias of the last layer, while the first layer's pass has yet to come
    }
  })

  it('leave what no rank used without a gradient, and what is frozen, so that no optimiser decays it', async () => {
    const x = torch.arange(0, 6, { dtype: 'float32' }).mul(0.7).sin().reshape([3, 2]).sum(0)
    for (const [rank, { answer }] of (await runRanks('uneven', 2)).entries()) {
      const [both, first, none, frozen] = answer?.grads as (number[] | null)[]
      expectClose(both ?? [], x.tolist() as number[])
      expectClose(first ?? [], x.div(2).tolist() as number[]) // one rank's, and nothing of the other
      expect([none, frozen]).toEqual([null, null])
      expect(answer?.moved).toEqual([true, true, false, false])
      for (const [index, dtype] of (['float16', 'bfloat16'] as const).entries()) {
        const found = (answer?.half as { dtype: string; first: number[]; mean: number[]; variance: number[] }[])[index]
        const norm = new torch.nn.BatchNorm2d(2)
        const whole = norm.forward(halfInput(dtype).float())
        const own = whole
          .narrow(0, rank * 2, 2)
          .flatten()
          .slice(0, 0, 64)
          .tolist() as number[]
        expect(found.dtype).toBe(dtype)
        for (const [i, value] of found.first.entries()) expect(Math.abs(value - own[i])).toBeLessThan(0.01) // bfloat16 has eight bits
        expectClose(found.mean, norm.runningMean?.tolist() as number[])
        expectClose(found.variance, norm.runningVar?.tolist() as number[])
      }
      expect(answer?.small).toEqual([expect.stringMatching(/^shape 1,2$/), 'torch/shape'])
    }
  })

  it('say what the other does where they call unlike things, and go on; what is empty goes too', async () => {
    const [first, second] = await runRanks('unlike', 2)
    expect(first.answer).toMatchObject({
      shapes: expect.stringMatching(/what rank 1 does, allReduce \(sum\) of float32 \[8\] but received allReduce \(sum\) of float32 \[4\]/),
      dtypes: expect.stringMatching(/what rank 1 does, allReduce \(sum\) of int32 \[4\]/),
      order: expect.stringMatching(/what rank 1 does, allReduce \(sum\) of float32 \[4\] but received broadcast \(0\)/),
      batches: expect.stringMatching(/what rank 1 does, allGather \(0\) of float32 \[2, 2\]/),
      networks: expect.stringMatching(/what rank 1 does, broadcast \(0\) of float32 \[2, 5\]/),
      empty: [0, 3],
      sum: 2,
    })
    expect(String(first.answer?.flags)).toMatch(/^1$|a dtype that the backend carries/) // Gloo carries booleans in libtorch 2.14, not in 1.13
    expect(second.answer).toMatchObject({ shapes: expect.stringMatching(/what rank 0 does/), empty: [0, 3], sum: 2 })
  })

  it('meet in the store that their launcher serves, each attempt under keys of its own', async () => {
    const port = await freePort()
    // As torchrun's agent does: it listens where rank 0 would, and keys of another group lie there already.
    torch.distributed.init({ host: '127.0.0.1', port, rank: 0, worldSize: 1, timeoutSec: 30 })
    try {
      for (const attempt of ['0', '1']) {
        const extra = { TORCHELASTIC_USE_AGENT_STORE: 'True', TORCHELASTIC_RESTART_COUNT: attempt }
        for (const { answer } of await runRanks('sum', 2, port, extra)) expect(answer).toEqual({ sum: 3 })
      }
    } finally {
      torch.distributed.destroy()
    }
  })

  it.each(['lost', 'lost-in-backward'])('end with an error in time when one of them is lost: %s', async (task) => {
    const start = performance.now()
    const [first, second] = await runRanks(task, 2)
    expect(second.code).toBe(9)
    expect(first.answer?.code).toBe('torch/distributed')
    expect(performance.now() - start).toBeLessThan(20_000)
  })
})

describe('distributed', () => {
  it.runIf(hasGloo)('lets go of what a collective worked on when it is done, not when JavaScript next collects garbage', async () => {
    torch.distributed.init({ host: '127.0.0.1', port: await freePort(), rank: 0, worldSize: 1 })
    const before = process.memoryUsage.rss()
    for (let i = 0; i < 40; i++) torch.scope(() => void torch.distributed.allReduce(torch.ones([5_000_000])))
    expect(process.memoryUsage.rss() - before).toBeLessThan(400e6) // of 800: threads' heaps keep some
    torch.distributed.destroy()
  })

  it('says what is missing where no launcher started it', () => {
    expect(() => torch.distributed.init({ host: 'localhost' })).toThrow(/no port, no rank, no worldSize.*torchrun/)
    expect(() => torch.distributed.allReduce(torch.ones([1]))).toThrow(/torch\/distributed .* an open group/)
    const alone = { host: '127.0.0.1', port: 45671, rank: 0, worldSize: 1 }
    for (const wrong of [{ port: 99999 }, { port: 0 }, { localRank: Number.NaN }, { timeoutSec: 0 }, { timeoutSec: Number.NaN }]) {
      expect(() => torch.distributed.init({ ...alone, ...wrong })).toThrow(/0 ≤ localRank, a port from 1 to 65535 and a time above zero/)
    }
    expect(() => torch.distributed.init({ ...alone, backend: 'mpi' as never })).toThrow(/gloo or nccl.* but received "mpi"/)
  })
})
