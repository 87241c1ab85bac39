// Truth: one process with the whole batch; and, for a lost rank, an error within the time set.

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as torch from '../src/index.ts'
import { gradients, normalised } from './rank.ts'

const hasGloo = torch.describeLibrary().gloo

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function runRanks(task: string, worldSize: number): Promise<{ answer: Record<string, unknown> | undefined; code: number | null }[]> {
  const port = await freePort()
  return Promise.all(
    Array.from({ length: worldSize }, (_, rank) => {
      const env = { ...process.env, MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(port), RANK: String(rank), WORLD_SIZE: String(worldSize) }
      const child = spawn(process.execPath, [fileURLToPath(new URL('./rank.ts', import.meta.url)), task], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let text = ''
      child.stdout.on('data', (bytes) => {
        text += bytes
      })
      return new Promise<{ answer: Record<string, unknown> | undefined; code: number | null }>((resolve) => {
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

  it.each(['lost', 'lost-in-backward'])('end with an error in time when one of them is lost: %s', async (task) => {
    const start = performance.now()
    const [first, second] = await runRanks(task, 2)
    expect(second.code).toBe(9)
    expect(first.answer?.code).toBe('torch/distributed')
    expect(performance.now() - start).toBeLessThan(20_000)
  })
})

describe('distributed', () => {
  it('says what is missing where no launcher started it', () => {
    expect(() => torch.distributed.init({ host: 'localhost' })).toThrow(/no port, no rank, no worldSize.*torchrun/)
    expect(() => torch.distributed.allReduce(torch.ones([1]))).toThrow(/torch\/distributed .* an open group/)
  })
})
