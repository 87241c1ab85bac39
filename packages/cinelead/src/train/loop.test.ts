// Truth: a straight line that can be learned, and the uninterrupted run as the twin of the interrupted one.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLineTask, lineLoop, timeless, weightsOf } from './fixtures/line-task.ts'
import { trainLoop } from './loop.ts'
import { readMetrics } from './metrics.ts'
import type { Task } from './task.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cinelead-loop-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('trainLoop', () => {
  it('learns, keeps the best weights and says what it did', async () => {
    const task = createLineTask()
    const outcome = await trainLoop(task, { ...lineLoop, numEpochs: 30 }, { seed: 1, folder })
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

  it('ends with the weights of the best validation, not the last, also where it only takes up what is done', async () => {
    const seen: number[][][] = []
    const task = createLineTask()
    const scores = [1, 3, 2, 0]
    const watched: Task = {
      ...task,
      validate() {
        seen.push(weightsOf(task))
        return { score: scores[seen.length - 1], measures: {} }
      },
    }
    const loop = { ...lineLoop, numEpochs: scores.length, validateEvery: 1 }
    const { bestEpoch } = await trainLoop(watched, loop, { seed: 1, folder })
    expect(bestEpoch).toBe(2)
    expect(weightsOf(task)).toEqual(seen[1])
    expect(weightsOf(task)).not.toEqual(seen[3])
    const again = createLineTask()
    await trainLoop(again, loop, { seed: 1, folder })
    expect(weightsOf(again)).toEqual(seen[1])
  })

  it('pulls weights towards zero and nothing of one axis, and shortens long gradients, whose own length it records', async () => {
    const module = new torch.nn.Linear(3, 2)
    const sizes = () => module.parameters().map((parameter) => Array.from(parameter.toArray() as Float32Array))
    const [weight, bias] = sizes()
    const task = { ...createLineTask(), module, stepsPerEpoch: 1, validate: () => ({ score: 0, measures: {} }) }
    const constant = (size: number): Task => ({
      ...task,
      step: () => {
        const loss = module.weight
          .sum()
          .add((module.bias as torch.Tensor).sum())
          .mul(size)
        return { loss, parts: {} }
      },
    })
    const loop = { ...lineLoop, numEpochs: 1, schedule: { warmupFraction: 0, finalFraction: 1 }, learningRate: 0.5, weightDecay: 0.2 }
    await trainLoop(constant(0), loop, { seed: 1, folder })
    const [decayed, kept] = sizes()
    for (const [i, value] of weight.entries()) expect(decayed[i]).toBeCloseTo(value * (1 - 0.5 * 0.2), 6)
    expect(kept).toEqual(bias)
    await trainLoop(constant(10), { ...loop, clipNorm: 2 }, { seed: 1, folder: join(folder, 'long') })
    const left = Math.hypot(...module.parameters().flatMap(({ grad }) => Array.from((grad as torch.Tensor).toArray() as Float32Array)))
    expect(left).toBeCloseTo(2, 4)
    expect(readMetrics(join(folder, 'long'))[0].gradientNorm).toBeCloseTo(10 * Math.sqrt(8), 4)
  })

  it('goes on bit for bit after being killed between any two steps', async () => {
    const whole = createLineTask()
    await trainLoop(whole, lineLoop, { seed: 1, folder })
    const expectedWeights = weightsOf(whole)
    for (const killedAt of [3, 10, 17, 29]) {
      const other = mkdtempSync(join(tmpdir(), 'cinelead-loop-'))
      const dying = createLineTask((step) => {
        if (step === killedAt) throw new TypeError('killed')
      })
      await expect(trainLoop(dying, lineLoop, { seed: 1, folder: other })).rejects.toThrow('killed')
      const resumed = createLineTask()
      await trainLoop(resumed, lineLoop, { seed: 1, folder: other })
      expect(timeless(other)).toEqual(timeless(folder))
      expect(weightsOf(resumed)).toEqual(expectedWeights)
      rmSync(other, { recursive: true })
    }
  })

  it.each(['cut short', 'changed by one bit'])(
    'falls back on the state before when the last one was %s, and to the same end',
    async (how) => {
      const whole = createLineTask()
      await trainLoop(whole, lineLoop, { seed: 1, folder })
      const expected = timeless(folder)
      const last = readFileSync(join(folder, 'last.safetensors'))
      last[last.length - 50] ^= 1
      writeFileSync(join(folder, 'last.safetensors'), how === 'cut short' ? last.subarray(0, 100) : last)
      writeFileSync(join(folder, 'metrics.jsonl'), `${readFileSync(join(folder, 'metrics.jsonl'), 'utf8')}{"kind":"st`)
      let numSteps = 0
      const resumed = createLineTask(() => numSteps++)
      await trainLoop(resumed, lineLoop, { seed: 1, folder })
      expect(numSteps).toBe(10) // those of the epochs 5 and 6
      expect(timeless(folder)).toEqual(expected)
      expect(weightsOf(resumed)).toEqual(weightsOf(whole))
    },
  )

  it('does nothing more when the run is done', async () => {
    await trainLoop(createLineTask(), lineLoop, { seed: 1, folder })
    const expected = readMetrics(folder)
    let steps = 0
    const task = createLineTask(() => steps++)
    await trainLoop(task, lineLoop, { seed: 1, folder })
    expect(steps).toBe(0)
    expect(readMetrics(folder)).toEqual(expected)
  })

  it('stops when asked, and goes on later', async () => {
    await trainLoop(createLineTask(), lineLoop, { seed: 1, folder })
    const other = mkdtempSync(join(tmpdir(), 'cinelead-loop-'))
    const stop = new AbortController()
    const stopped = await trainLoop(
      createLineTask((step) => (step === 12 ? stop.abort() : undefined)),
      lineLoop,
      { seed: 1, folder: other, signal: stop.signal },
    )
    expect(stopped.isDone).toBe(false)
    await trainLoop(createLineTask(), lineLoop, { seed: 1, folder: other })
    expect(timeless(other)).toEqual(timeless(folder))
    rmSync(other, { recursive: true })
  })

  it('stops at a loss that is no number, names the term and the subjects, and keeps the state before', async () => {
    const task = createLineTask(() => {}, 13)
    await expect(trainLoop(task, lineLoop, { seed: 1, folder })).rejects.toThrow(
      /train\/not-finite trainLoop: expected finite losses and gradients but received loss = NaN, line = NaN at step 13 with the subjects s-2 s-3\./,
    )
    expect(existsSync(join(folder, 'last.safetensors'))).toBe(true)
    expect(readMetrics(folder).findLast(({ kind }) => kind === 'step')?.step).toBe(12) // what led to it is on record
    expect((await trainLoop(createLineTask(), lineLoop, { seed: 1, folder })).isDone).toBe(true)
    const steps = readMetrics(folder).flatMap(({ kind, step }) => (kind === 'step' ? [step] : []))
    expect(steps).toEqual([...steps.keys()]) // each once, in order
  })

  it('refuses states of another network with the way out', async () => {
    await trainLoop(createLineTask(), lineLoop, { seed: 1, folder })
    const task = { ...createLineTask(), module: new torch.nn.Linear(3, 3) }
    await expect(trainLoop(task, lineLoop, { seed: 1, folder })).rejects.toThrow(/train\/checkpoint .*to train this stage again/)
  })

  it('leaves no tensor behind but the network’s own', async () => {
    const before = torch.live().handles
    const task = createLineTask()
    await trainLoop(task, lineLoop, { seed: 1, folder })
    task.module.free()
    expect(torch.live().handles).toBe(before)
  })

  it('asks for the rows of the next step while the present one is computed, and tells a fetch that fails', async () => {
    const told: string[] = []
    const task = createLineTask((step) => told.push(`step ${step}`))
    const fetching: Task = {
      ...task,
      feed: {
        prefetch: async ([epoch, step]) => {
          told.push(`fetch ${epoch}/${step}`)
          if (epoch === 1 && step === 2) throw new TypeError('the disk is gone')
        },
        prepare: ([epoch, step]) => told.push(`prepare ${epoch}/${step}`),
        loadingSeconds: () => 0,
      },
    }
    await expect(trainLoop(fetching, { ...lineLoop, validateEvery: 1 }, { seed: 1, folder })).rejects.toThrow('the disk is gone')
    expect(told.slice(0, 6)).toEqual(['fetch 0/0', 'fetch 0/1', 'step 0', 'prepare 0/1', 'fetch 0/2', 'step 1'])
    expect(told.slice(-2)).toEqual(['step 6', 'prepare 1/2']) // the first two of the second epoch
  })

  it('takes the first validation that could be scored for better than those that could not', async () => {
    const scores = [Number.NaN, Number.NaN, -2, Number.NaN, -1, -3]
    const scored = (list: number[]) => ({ ...createLineTask(), validate: () => ({ score: list.shift() ?? Number.NaN, measures: {} }) })
    const loop = { ...lineLoop, numEpochs: scores.length, validateEvery: 1 }
    const { bestScore, bestEpoch } = await trainLoop(scored(scores), loop, { seed: 1, folder })
    expect({ bestScore, bestEpoch }).toEqual({ bestScore: -1, bestEpoch: 5 })
    const never = await trainLoop(scored([]), loop, { seed: 1, folder: join(folder, 'never') })
    expect(never.bestScore).toBeNull()
    expect(existsSync(never.bestPath)).toBe(true)
  })

  it('stops early after as many validations without a better score as it was told', async () => {
    const task = createLineTask()
    let validations = 0
    const outcome = await trainLoop(
      { ...task, validate: () => ({ score: -validations++, measures: {} }) },
      { ...lineLoop, numEpochs: 50, validateEvery: 1, patience: 3 },
      { seed: 1, folder },
    )
    expect(validations).toBe(4)
    expect(outcome.bestEpoch).toBe(1)
  })
})
