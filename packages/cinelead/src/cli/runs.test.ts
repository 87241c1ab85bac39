// Truth: two runs written here, of recipes that differ in one number.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { demo } from '../recipes/demo.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { startTrackingServer } from '../train/fixtures/tracking-server.ts'
import { writeRunRecord } from '../train/run-record.ts'
import { createSilentReport } from './progress.ts'
import { listRuns, run } from './runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'cinelead-runs-'))
afterAll(() => rmSync(folder, { recursive: true }))

function writeRun(name: string, recipe: Recipe, startedAt: string, scores: Record<string, number>, home = folder): void {
  mkdirSync(join(home, name))
  writeRunRecord(join(home, name), {
    schema: 'cinelead.run/1',
    name: recipe.name,
    recipe,
    cohortDigest: 'made',
    storeDigest: 'made',
    commit: 'abc',
    isDirty: false,
    libtorch: '1.13.1',
    device: 'cpu',
    numThreads: 1,
    numRanks: 1,
    seeds: recipe.seeds,
    startedAt,
  })
  for (const [stage, bestScore] of Object.entries(scores)) {
    const place = join(home, name, 'seed-1', stage)
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'outcome.json'), JSON.stringify({ isDone: true, bestScore, bestEpoch: 1, numSteps: 2, seconds: 1 }))
    const lines = [0, 1].map((step) => JSON.stringify({ kind: 'step', step, epoch: 0, loss: 4 - step }))
    writeFileSync(join(place, 'metrics.jsonl'), `${lines.join('\n')}\n`)
  }
}

const plain = { ...demo, seeds: [1] }
const warmer = { ...plain, name: 'warmer', contrast: { ...demo.contrast, temperature: { kind: 'fixed', start: 0.1 } } } as const
writeRun('second', warmer, '2026-01-02T00:00:00.000Z', { pretrain: 0.1 })
writeRun('first', plain, '2026-01-01T00:00:00.000Z', { pretrain: 0.1, tcl: 0.3 })

describe('runs', () => {
  it('lists the oldest first, with scores and what differs', () => {
    const [first, second] = listRuns(folder)
    expect(first).toMatchObject({ recipe: 'demo', numStages: 9, numDone: 2, differs: [], validationR2: { 'ecg-only': 0.1, tcl: 0.3 } })
    expect(second).toMatchObject({ recipe: 'warmer', numDone: 1, differs: ['contrast.temperature.start: 0.1'] })
  })

  it('says what a later recipe lacks', () => {
    const home = mkdtempSync(join(tmpdir(), 'cinelead-runs-'))
    const { tcl } = demo.arms
    writeRun('three', plain, '2026-01-01T00:00:00.000Z', {}, home)
    writeRun(
      'two',
      { ...plain, arms: { ...demo.arms, tcl: { ...tcl, terms: tcl.terms.slice(0, 2) } } },
      '2026-01-02T00:00:00.000Z',
      {},
      home,
    )
    const [, two] = listRuns(home)
    expect(two.differs).toEqual(expect.arrayContaining(['arms.tcl.terms.2.left: none', 'arms.tcl.terms.2.weight: none']))
    rmSync(home, { recursive: true })
  })

  it('lists the others beside a run that cannot be read, and names that one', async () => {
    const home = mkdtempSync(join(tmpdir(), 'cinelead-runs-'))
    const texts = ['', 'null', '{}', '{"schema":"cinelead.run/1","seeds":[1],"recipe":{}}']
    texts.forEach((text, i) => {
      mkdirSync(join(home, `broken${i}`))
      writeFileSync(join(home, `broken${i}`, 'run.json'), text)
    })
    writeRun('whole', plain, '2026-01-01T00:00:00.000Z', { tcl: 0.3, pretrain: 0.1 }, home)
    const told: string[] = []
    expect(listRuns(home, (line) => told.push(line)).map(({ recipe }) => recipe)).toEqual(['demo'])
    expect(told).toHaveLength(texts.length)
    for (const line of told) expect(line).toMatch(/broken\d is left out: train\/run-record .*run\.json/)

    writeFileSync(join(home, 'whole', 'seed-1', 'tcl', 'metrics.jsonl'), 'null\n')
    const server = await startTrackingServer()
    const report = createSilentReport()
    await run({ folder: home, mlflow: server.url }, report)
    expect(report.lines.join()).toMatch(/whole is left out: train\/metrics/)
    server.close()
    rmSync(home, { recursive: true })
  })

  it('sends every training that has begun to a tracking server, without naming a subject', async () => {
    const server = await startTrackingServer()
    const report = createSilentReport()
    await run({ folder, mlflow: server.url }, report)
    expect(report.lines).toContain('MLflow: 3 trainings sent, 0 there already')
    expect(server.runs.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'first pretrain: FINISHED',
      'first tcl: FINISHED',
      'second pretrain: FINISHED',
    ])
    expect(server.runs[2].params).toContainEqual({ key: 'contrast.temperature.start', value: '0.1' })
    expect(server.runs[2].tags.map(({ key }) => key)).toEqual([
      'recipe',
      'commit',
      'cohortDigest',
      'libtorch',
      'device',
      'cinelead.key',
      'cinelead.state',
    ])
    server.close()
  })

  it('refuses a folder that is not there', () => {
    expect(() => listRuns(join(folder, 'nowhere'))).toThrow(/cli\/no-runs/)
  })
})
