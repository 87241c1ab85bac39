// Truth: a process of its own that must end by itself (no signal, no native error text) after thousands of senseless calls;
// and counts of handles and resident memory that must not grow with steps.

import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import * as torch from '../src/index.ts'

const index = new URL('../src/index.ts', import.meta.url).href
const fuzz = fileURLToPath(new URL('./fuzz.ts', import.meta.url))

describe('senseless calls', () => {
  it('end in results or JavaScript errors of this package, never in a crash', () => {
    const seed = 20261122
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [fuzz, String(seed), '2'], { encoding: 'utf8' })
    expect({ status, signal, stderr: stderr.replace(/.*warning.*\n?/gi, '').trim() }).toEqual({ status: 0, signal: null, stderr: '' })
    const report = JSON.parse(stdout.trim().split('\n').at(-1) as string)
    expect(report.poor).toEqual([])
    expect(report.functions).toBeGreaterThan(700)
    expect(report.errors).toBeGreaterThan(1000)
  })
})

describe('many steps', () => {
  it('end with the handles and, within a few megabytes, the memory they began with', () => {
    torch.setNumThreads(1)
    const net = new torch.nn.Sequential(new torch.nn.Linear(64, 64), new torch.nn.GELU(), new torch.nn.Linear(64, 64))
    const optimiser = new torch.optim.AdamW(net.parameters())
    const array = new Float32Array(64 * 64)
    const steps = (count: number) => {
      for (let i = 0; i < count; i++) {
        torch.scope(() => {
          optimiser.zeroGrad()
          const loss = net
            .forward(torch.fromArray(array, [64, 64]))
            .square()
            .mean()
          loss.backward()
          optimiser.step()
          loss.item()
        })
      }
      globalThis.gc?.()
      return { ...torch.live(), residentBytes: process.memoryUsage().rss }
    }
    const before = steps(200)
    const after = steps(1000)
    expect(after.handles).toBe(before.handles)
    expect(after.bytes).toBe(before.bytes)
    expect(after.residentBytes - before.residentBytes).toBeLessThan(40e6) // the garbage collector's own breathing; a leak of one 16 kB tensor a step would be more
  })
})

describe('worker threads', () => {
  it.each([
    ['1', 1],
    ['3,2', 3],
    ['none', availableParallelism()],
  ])('inside an operator are as many as OMP_NUM_THREADS %s says, else one a core', (chosen, expected) => {
    const code = `import('${index}').then((torch) => console.log(torch.getNumThreads()))`
    const { stdout } = spawnSync(process.execPath, ['-e', code], { env: { ...process.env, OMP_NUM_THREADS: chosen }, encoding: 'utf8' })
    expect(Number(stdout)).toBe(expected)
  })

  it('have handles of their own and end without harm', async () => {
    const code = `import('${index}').then((torch) => { const x = torch.ones([3]); require('node:worker_threads').parentPort.postMessage([x.sum().item(), torch.live().handles, torch.getNumThreads()]) })`
    const before = torch.live().handles
    torch.setNumThreads(1)
    for (let round = 0; round < 2; round++) {
      const worker = new Worker(code, { eval: true })
      const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
      expect(answer).toEqual([3, 2, 1]) // the main thread's choice, which a worker's loading must not undo
      await worker.terminate()
    }
    expect(torch.live().handles).toBeLessThanOrEqual(before) // fewer where the collector came by meanwhile
    expect(torch.ones([2]).sum().item()).toBe(2)
  })
})
