// Truth: one process with the whole batch; and, for a lost rank, an error within the time set.

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as torch from '../src/index.ts'
import { gradients } from './rank.ts'

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

describe.skipIf(!hasGloo)('two processes over Gloo', () => {
  it('with half the batch each have the gradient of one with all of it, contrastive loss included', async () => {
    const expected = gradients(0, 64, false)
    for (const { answer } of await runRanks('gradients', 2)) {
      expect({ sum: answer?.sum, most: answer?.most, first: answer?.first }).toEqual({ sum: 3, most: 2, first: 7 })
      for (const [index, gradient] of (answer?.result as number[][]).entries()) {
        for (const [i, value] of gradient.entries()) expect(Math.abs(value - expected[index][i])).toBeLessThan(1e-5)
      }
    }
  })

  it('end with an error in time when one of them is lost', async () => {
    const start = performance.now()
    const [first, second] = await runRanks('lost', 2)
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
