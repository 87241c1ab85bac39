// Truth: a straight line that can be learned, and the uninterrupted run as the twin of the interrupted one.
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LoopConfig } from './config.ts'
import { trainLoop } from './loop.ts'
import { readMetrics } from './metrics.ts'
import type { Task } from './task.ts'

const config: LoopConfig = {
  batchSize: 8,
  numEpochs: 6,
  learningRate: 0.05,
  weightDecay: 0.01,
  betas: [0.9, 0.95],
  schedule: { warmupFraction: 0.2, finalFraction: 0 },
  clipNorm: 1,
  validateEvery: 2,
}

class Line extends torch.nn.Module {
  readonly hidden = new torch.nn.Linear(2, 8)
  readonly drop = new torch.nn.Dropout(0.2)
  readonly out = new torch.nn.Linear(8, 1)
  forward(input: torch.Tensor): torch.Tensor {
    return this.out.forward(this.drop.forward(this.hidden.forward(input).relu()))
  }
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cinelead-loop-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Learns y = x0 - 2 x1 with dropout and noise, both drawn from libtorch's generator. */
function createTask(onStep: (step: number) => void = () => {}, poison?: number): Task {
  torch.manualSeed(3)
  const model = torch.scope(() => new Line())
  let step = 0
  return {
    module: model,
    stepsPerEpoch: 5,
    rows: (place) => [place.epoch, place.step],
    subjects: (rows) => rows.map((row) => `s-${row}`),
    step() {
      onStep(step)
      const input = torch.randn([8, 2])
      const target = input.matmul(torch.tensor([[1], [-2]], { dtype: 'float32' }))
      const loss = model.forward(input).sub(target).square().mean()
      const line = step++ === poison ? loss.mul(Number.NaN) : loss
      return { loss: line, parts: { line } }
    },
    validate() {
      const input = torch.randn([64, 2])
      const target = input.matmul(torch.tensor([[1], [-2]], { dtype: 'float32' }))
      const loss = model.forward(input).sub(target).square().mean().item()
      return { score: -loss, measures: { loss } }
    },
  }
}

/** The record in a folder without what differs between two runs. */
const timeless = (where: string) =>
  readMetrics(where).map((line) => ({ ...line, seconds: 0, loadingFraction: 0, rowsPerSecond: 0, memoryBytes: 0 }))
const weights = (task: Task) => Object.values(task.module.stateDict()).map((tensor) => Array.from(tensor.toArray() as Float32Array))

describe('trainLoop', () => {
  it('learns, keeps the best weights and says what it did', async () => {
    const task = createTask()
    const outcome = await trainLoop(task, { ...config, numEpochs: 30 }, { seed: 1, folder })
    const losses = readMetrics(folder)
      .filter(({ kind }) => kind === 'validation')
      .map(({ loss }) => Number(loss))
    expect(losses).toHaveLength(15)
    expect(Math.min(...losses)).toBeLessThan(losses[0] / 4)
    expect(outcome.bestScore).toBeCloseTo(-Math.min(...losses), 12)
    expect(outcome.numSteps).toBe(150)
    expect(task.module.training).toBe(false)
    expect(readMetrics(folder)).toHaveLength(150 + 15)
  })

  it('goes on bit for bit after being killed between any two steps', async () => {
    const whole = createTask()
    await trainLoop(whole, config, { seed: 1, folder })
    const expectedWeights = weights(whole)
    for (const killedAt of [3, 10, 17, 29]) {
      const other = mkdtempSync(join(tmpdir(), 'cinelead-loop-'))
      const dying = createTask((step) => {
        if (step === killedAt) throw new TypeError('killed')
      })
      await expect(trainLoop(dying, config, { seed: 1, folder: other })).rejects.toThrow('killed')
      const resumed = createTask()
      await trainLoop(resumed, config, { seed: 1, folder: other })
      expect(timeless(other)).toEqual(timeless(folder))
      expect(weights(resumed)).toEqual(expectedWeights)
      rmSync(other, { recursive: true })
    }
  })

  it('falls back on the state before when the last one was lost, and to the same end', async () => {
    const whole = createTask()
    await trainLoop(whole, config, { seed: 1, folder })
    const expected = timeless(folder)
    truncateSync(join(folder, 'last.safetensors'), 100)
    writeFileSync(join(folder, 'metrics.jsonl'), `${readFileSync(join(folder, 'metrics.jsonl'), 'utf8')}{"kind":"st`)
    const resumed = createTask()
    await trainLoop(resumed, config, { seed: 1, folder })
    expect(timeless(folder)).toEqual(expected)
    expect(weights(resumed)).toEqual(weights(whole))
  })

  it('does nothing more when the run is done', async () => {
    await trainLoop(createTask(), config, { seed: 1, folder })
    const expected = readMetrics(folder)
    let steps = 0
    const task = createTask(() => steps++)
    await trainLoop(task, config, { seed: 1, folder })
    expect(steps).toBe(0)
    expect(readMetrics(folder)).toEqual(expected)
  })

  it('stops when asked, and goes on later', async () => {
    await trainLoop(createTask(), config, { seed: 1, folder })
    const other = mkdtempSync(join(tmpdir(), 'cinelead-loop-'))
    const stop = new AbortController()
    const stopped = await trainLoop(
      createTask((step) => (step === 12 ? stop.abort() : undefined)),
      config,
      { seed: 1, folder: other, signal: stop.signal },
    )
    expect(stopped.isDone).toBe(false)
    await trainLoop(createTask(), config, { seed: 1, folder: other })
    expect(timeless(other)).toEqual(timeless(folder))
    rmSync(other, { recursive: true })
  })

  it('stops at a loss that is no number, names the term and the subjects, and keeps the state before', async () => {
    const task = createTask(() => {}, 13)
    await expect(trainLoop(task, config, { seed: 1, folder })).rejects.toThrow(
      /train\/not-finite trainLoop: expected finite losses and gradients but received loss = NaN, line = NaN at step 13 with the subjects s-2 s-3\./,
    )
    expect(existsSync(join(folder, 'last.safetensors'))).toBe(true)
    expect((await trainLoop(createTask(), config, { seed: 1, folder })).isDone).toBe(true)
  })

  it('refuses states of another network with the way out', async () => {
    await trainLoop(createTask(), config, { seed: 1, folder })
    const task = { ...createTask(), module: new torch.nn.Linear(3, 3) }
    await expect(trainLoop(task, config, { seed: 1, folder })).rejects.toThrow(/train\/checkpoint .*another run name/)
  })

  it('leaves no tensor behind but the network’s own', async () => {
    const before = torch.live().handles
    const task = createTask()
    await trainLoop(task, config, { seed: 1, folder })
    task.module.free()
    expect(torch.live().handles).toBe(before)
  })

  it('asks for the rows of the next step while the present one is computed, and tells a fetch that fails', async () => {
    const told: string[] = []
    const task = createTask((step) => told.push(`step ${step}`))
    const fetching: Task = {
      ...task,
      prefetch: async ([epoch, step]) => {
        told.push(`fetch ${epoch}/${step}`)
        if (epoch === 1 && step === 2) throw new TypeError('the disk is gone')
      },
    }
    await expect(trainLoop(fetching, { ...config, validateEvery: 1 }, { seed: 1, folder })).rejects.toThrow('the disk is gone')
    expect(told.slice(0, 5)).toEqual(['fetch 0/0', 'fetch 0/1', 'step 0', 'fetch 0/2', 'step 1'])
    expect(told.at(-1)).toBe('step 6') // the first two of the second epoch
  })

  it('stops early after as many validations without a better score as it was told', async () => {
    const task = createTask()
    let validations = 0
    const outcome = await trainLoop(
      { ...task, validate: () => ({ score: -validations++, measures: {} }) },
      { ...config, numEpochs: 50, validateEvery: 1, patience: 3 },
      { seed: 1, folder },
    )
    expect(validations).toBe(4)
    expect(outcome.bestEpoch).toBe(1)
  })
})
