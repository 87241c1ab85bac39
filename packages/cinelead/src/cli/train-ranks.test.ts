// Truth: one process with the whole batch. Two ranks with half of it each must have its loss and its gradients.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as torch from '@cinelead/torch'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { freePort, joinRanks, speaks } from './train-ranks.ts'

const folder = mkdtempSync(join(tmpdir(), 'cinelead-ranks-'))
afterAll(() => rmSync(folder, { recursive: true }))
const script = fileURLToPath(new URL('./fixtures/rank-step.ts', import.meta.url))

function start(env: Record<string, string>, ...words: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...words], { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('exit', (exitCode) => (exitCode === 0 ? resolve() : reject(new TypeError(`exit code ${exitCode}`))))
  })
}

async function startRanks(size: number, ...words: string[]): Promise<void> {
  const port = String(await freePort())
  const envs = Array.from({ length: size }, (_, rank) => ({
    RANK: String(rank),
    WORLD_SIZE: String(size),
    MASTER_ADDR: '127.0.0.1',
    MASTER_PORT: port,
  }))
  await Promise.all(envs.map((env) => start(env, ...words)))
}

/** The largest difference of any gradient, and of the losses of the three trainings. */
function difference(one: string, other: string): { loss: number; gradient: number } {
  return torch.scope(() => {
    const [a, b] = [torch.loadSafetensors(one), torch.loadSafetensors(other)]
    expect(Object.keys(a)).toEqual(Object.keys(b))
    const gaps = Object.keys(a).map((name) => [name, a[name].sub(b[name]).abs().max().item()] as const)
    const largest = (isLoss: boolean) => Math.max(...gaps.flatMap(([name, gap]) => (name.endsWith('loss') === isLoss ? [gap] : [])))
    return { loss: largest(true), gradient: largest(false) }
  })
}

describe('speaks', () => {
  it('is true of one process alone and of the first of ranks', () => {
    expect(speaks()).toBe(true)
    vi.stubEnv('WORLD_SIZE', '2')
    for (const [rank, isFirst] of [
      ['0', true],
      ['1', false],
    ] as const) {
      vi.stubEnv('RANK', rank)
      expect(speaks()).toBe(isFirst)
    }
    vi.unstubAllEnvs()
  })
})

describe.skipIf(!torch.describeLibrary().gloo)('two ranks', () => {
  const path = (name: string) => join(folder, `${name}.safetensors`)

  it('are not taken for one process where their number is none', () => {
    const launcher = { RANK: '0', WORLD_SIZE: 'two', MASTER_ADDR: '127.0.0.1', MASTER_PORT: '29500' }
    for (const [name, value] of Object.entries(launcher)) vi.stubEnv(name, value)
    expect(() => joinRanks('cpu')).toThrow(/torch\/distributed distributed.init: .* rank 0 of two/)
    vi.unstubAllEnvs()
  })

  it('of batch 32 have the loss and gradients of one process of batch 64, also in chunks', async () => {
    await start({}, path('alone'))
    await start({}, path('chunked'), '16')
    await startRanks(2, path('ranks'))
    await startRanks(2, path('ranks-chunked'), '8')
    // float32 sums in another order; the issue asks for 1e-5 between ranks, 1e-6 between chunks
    for (const name of ['ranks', 'ranks-chunked']) {
      const { loss, gradient } = difference(path('alone'), path(name))
      expect(loss).toBeLessThan(1e-5)
      expect(gradient).toBeLessThan(1e-5)
    }
    // a loss that is no number on one rank alone: every rank names the whole batch
    expect(torch.readSafetensorsMetadata(path('ranks')).refusal).toMatch(
      /train\/not-finite .*gradientNorm = NaN at step 0 with the subjects s-0 s-1 s-2 s-3\./,
    )
    const { loss, gradient } = difference(path('alone'), path('chunked'))
    expect(loss).toBeLessThan(1e-6)
    expect(gradient).toBeLessThan(1e-6)
  }, 300_000)
})
