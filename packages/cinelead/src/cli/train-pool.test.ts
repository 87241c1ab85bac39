// Truth: the order that the stages' needs allow, with runners that only wait.
import { describe, expect, it } from 'vitest'
import { demo } from '../recipes/demo.ts'
import { planStages, type Stage } from './train-plan.ts'
import { runStages, type StageRunner } from './train-pool.ts'

const outcome = { isDone: true, bestScore: 0.1, bestEpoch: 1, numSteps: 2, seconds: 3, peakMemoryBytes: 4 }
const quiet = { epoch: () => {}, alarm: () => {}, end: () => {} }
const key = ({ seed, name }: Stage) => `${seed}/${name}`

function createFakeRunner(log: string[], onRun: (stage: Stage) => void = () => {}): StageRunner {
  return {
    run: async (stage) => {
      log.push(`begin ${key(stage)}`)
      onRun(stage)
      await new Promise((resolve) => setTimeout(resolve, stage.name === 'cmr-cine' ? 20 : 2))
      log.push(`end ${key(stage)}`)
      return outcome
    },
    end: () => {},
  }
}

describe('planStages', () => {
  it('gives every seed nine trainings, each after what it needs', () => {
    const stages = planStages({ ...demo, seeds: [1, 2] })
    expect(stages).toHaveLength(18)
    for (const [at, stage] of stages.entries()) {
      for (const name of stage.needs) expect(stages.findIndex((other) => other.seed === stage.seed && other.name === name)).toBeLessThan(at)
    }
    expect(stages.find(({ name }) => name === 'tcl')?.needs).toEqual(['pretrain', 'cmr-ed', 'cmr-es'])
  })
})

describe('runStages', () => {
  it('begins nothing before what it needs has ended, on any number of runners', async () => {
    const stages = planStages({ ...demo, seeds: [1, 2] })
    for (const numRunners of [1, 2, 5]) {
      const log: string[] = []
      await runStages(
        stages,
        Array.from({ length: numRunners }, () => createFakeRunner(log)),
        () => false,
        quiet,
      )
      expect(log.filter((line) => line.startsWith('end'))).toHaveLength(18)
      for (const stage of stages) {
        for (const name of stage.needs) expect(log.indexOf(`end ${stage.seed}/${name}`)).toBeLessThan(log.indexOf(`begin ${key(stage)}`))
      }
    }
  })

  it('takes what was whole before for done', async () => {
    const log: string[] = []
    const stages = planStages({ ...demo, seeds: [1] }).filter(({ name }) => name === 'cl-2d')
    await runStages(stages, [createFakeRunner(log)], () => true, quiet)
    expect(log).toEqual(['begin 1/cl-2d', 'end 1/cl-2d'])
  })

  it('begins nothing more after a stage failed, and tells its error', async () => {
    const log: string[] = []
    const failing = createFakeRunner(log, ({ name }) => {
      if (name === 'pretrain') throw new TypeError('no memory')
    })
    await expect(runStages(planStages(demo), [failing, failing], () => false, quiet)).rejects.toThrow('no memory')
    expect(log.some((line) => line.includes('tcl'))).toBe(false)
  })
})
