// Truth: the same training in one process, uninterrupted; a process killed without warning must lead to the same numbers.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hold } from '../batches/held.ts'
import { storeSource } from '../batches/store-source.ts'
import { openStore } from '../cohort/store.ts'
import { demo } from '../recipes/demo.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { timeless } from '../train/fixtures/line-task.ts'
import { readRunRecord } from '../train/run-record.ts'
import { writeMadeRun } from './fixtures/made-run.ts'
import { createSilentReport } from './progress.ts'
import { trainArms } from './train-arms.ts'
import type { Stage } from './train-plan.ts'
import { createProcessRunner } from './train-pool.ts'
import { freePort } from './train-ranks.ts'
import { createSelection } from './train-selection.ts'
import { readOutcome, runStage, stageFolder } from './train-stages.ts'

const recipe: Recipe = {
  ...demo,
  cmr: { ...demo.cmr, encoders: { ...demo.cmr.encoders, volume: { ...demo.cmr.encoders.volume, numSlices: 3 } } }, // as the made store has
  pretrain: {
    ...demo.pretrain,
    model: {
      ...demo.pretrain.model,
      encoder: { ...demo.pretrain.model.encoder, numSamples: 500, patch: [12, 100], width: 16, depth: 1, numHeads: 2 },
      decoder: { width: 8, depth: 1, numHeads: 2, mlpRatio: 2 },
    },
    augmentation: { ...demo.pretrain.augmentation, cropSamples: 500 },
    loop: { ...demo.pretrain.loop, batchSize: 8, numEpochs: 8, validateEvery: 2 },
  },
}
const stage: Stage = { seed: 1, name: 'pretrain', needs: [], numEpochs: 8 }
const quiet = { onEpoch: () => {}, onAlarm: () => {} }

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cinelead-process-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const embeddings = (runFolder: string) =>
  torch.scope(() =>
    torch.loadSafetensors(stageFolder({ runFolder, seed: 1 }, 'ecg-only', 'embeddings.safetensors')).embeddings_SE.toArray(),
  )

describe('createProcessRunner', () => {
  it('comes to the numbers of this process, also when a process was killed in between', async () => {
    const { store: storeDir } = writeMadeRun(home, { numSubjects: 40, isSimulated: true, seeds: [1] })
    torch.setNumThreads(1)
    const [here, there] = [join(home, 'here'), join(home, 'there')]
    const store = await openStore(storeDir)
    const source = storeSource(store)
    const held = hold(source, recipe.ecgInput)
    await runStage({ recipe, held, selection: createSelection(source, recipe.selection), seed: 1, runFolder: here, ...quiet }, 'pretrain')
    store.close()

    const start = { storeDir, recipe, runFolder: there, device: 'cpu', numThreads: 1 }
    const dying = createProcessRunner(start)
    const killed = dying.run(stage, {
      ...quiet,
      onEpoch: (epoch) => void (epoch === 3 && process.kill(dying.processIds?.[0] as number, 'SIGKILL')),
    })
    await expect(killed).rejects.toThrow(/train\/process .*SIGKILL.*goes on from the last whole checkpoint/)
    dying.end()
    expect(readOutcome({ runFolder: there, seed: 1 }, 'pretrain')).toBeUndefined()

    const leftOver = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']) // stands for a training whose command was killed
    const inStage = (file: string) => stageFolder({ runFolder: there, seed: 1 }, 'pretrain', file)
    writeFileSync(inStage('.lock'), `${leftOver.pid}\n`)
    writeFileSync(inStage('next.safetensors.12-0.tmp'), 'a checkpoint, cut short by its end')
    const runner = createProcessRunner(start)
    let hasEpochs = false
    const {
      seconds: _,
      peakMemoryBytes,
      ...outcome
    } = await runner.run(stage, {
      onEpoch: () => void (hasEpochs = true),
      onAlarm: (sentence) => {
        expect([sentence, hasEpochs]).toEqual([expect.stringMatching(/^pretrain waits for the end of an earlier training/), false])
        leftOver.kill('SIGKILL')
      },
    })
    runner.end()
    expect(leftOver.killed).toBe(true)
    expect(existsSync(inStage('next.safetensors.12-0.tmp'))).toBe(false)
    expect(peakMemoryBytes).toBeGreaterThan(50e6) // of the process that trained: Node and libtorch alone take more
    expect(readOutcome({ runFolder: here, seed: 1 }, 'pretrain')).toMatchObject(outcome)
    expect(embeddings(there)).toEqual(embeddings(here))
    const curve = (runFolder: string) => timeless(stageFolder({ runFolder, seed: 1 }, 'pretrain'))
    expect(curve(there)).toEqual(curve(here))
  }, 300_000)

  it('ends all ranks when one is lost, says which, and goes on to the numbers of ranks that nobody lost', async (context) => {
    if (!torch.describeLibrary().gloo) return context.skip('this libtorch has no Gloo')
    const { store: storeDir } = writeMadeRun(home, { numSubjects: 40, isSimulated: true, seeds: [1] })
    const [whole, broken] = [join(home, 'whole'), join(home, 'broken')]
    const ranksIn = async (runFolder: string) =>
      createProcessRunner({ storeDir, recipe, runFolder, device: 'cpu', numThreads: 1 }, undefined, { size: 2, port: await freePort() })
    const dying = await ranksIn(broken)
    const lost = dying.run(stage, {
      ...quiet,
      onEpoch: (epoch) => void (epoch === 3 && process.kill(dying.processIds?.[1] as number, 'SIGKILL')),
    })
    await expect(lost).rejects.toThrow(
      /train\/process .*all 2 ranks that train pretrain to finish .* the end of rank 1: SIGKILL.*last whole/,
    )
    dying.end()
    for (const runFolder of [whole, broken]) {
      const runner = await ranksIn(runFolder)
      await runner.run(stage, quiet)
      runner.end()
    }
    expect(embeddings(broken)).toEqual(embeddings(whole))
  }, 300_000)

  it('comes to the same numbers when only the last training is left for it', async () => {
    const { store: storeDir } = writeMadeRun(home, { numSubjects: 40, isSimulated: true, seeds: [1] })
    const brief = { ...recipe.cmr.loop, batchSize: 8, numEpochs: 2 }
    const options = {
      recipe: {
        ...recipe,
        seeds: [1],
        cmr: { ...recipe.cmr, loop: brief },
        contrast: {
          ...recipe.contrast,
          ecgAugmentation: { ...recipe.contrast.ecgAugmentation, cropSamples: 500 },
          loop: { ...recipe.contrast.loop, batchSize: 8, numEpochs: 2, validateEvery: 1 },
        },
      },
      runFolder: join(home, 'run'),
      cohortDigest: 'made',
      storeDigest: 'made',
      data: { storeDir },
      numWorkers: 2,
    }
    const curve = () => timeless(stageFolder({ runFolder: options.runFolder, seed: 1 }, 'tcl'))
    await trainArms(options, createSilentReport())
    const whole = curve()
    rmSync(stageFolder({ runFolder: options.runFolder, seed: 1 }, 'tcl'), { recursive: true })
    await trainArms(options, createSilentReport())
    expect(curve()).toEqual(whole)
    const record = readRunRecord(options.runFolder)
    expect(record).toMatchObject({ numThreads: Math.max(1, Math.floor(availableParallelism() / 2)), numRanks: 1 })
    expect(record?.resumed).toHaveLength(1)
    expect(record?.peakMemoryBytes).toBeGreaterThan(50e6)
  }, 300_000)

  it('tells what went wrong inside', async () => {
    const runner = createProcessRunner({ storeDir: home, recipe, runFolder: home, device: 'cpu', numThreads: 1 })
    await expect(runner.run(stage, quiet)).rejects.toThrow(/cohort\/store-missing/)
    runner.end()
  }, 300_000)
})
