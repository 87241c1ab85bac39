// Truth: a store and a run made on disk with known noise in each arm's embeddings (cli/fixtures/made-run.ts); files read back.
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from '@cinelead/torch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluateRun } from './evaluate.ts'
import { writeEmbeddings, writeMadeRun } from './fixtures/made-run.ts'
import { createSilentReport } from './progress.ts'
import { run as runReport, writeReport } from './report.ts'

const home = mkdtempSync(join(tmpdir(), 'cinelead-evaluate-'))
const numSubjects = 120
const settings = { numResamples: 100, numDraws: 2, curveFractions: [0.5, 1] }
let made: { store: string; run: string }
beforeAll(() => {
  made = writeMadeRun(home, { numSubjects, isSimulated: true, seeds: [1, 4] })
})
afterAll(() => rmSync(home, { recursive: true }))

describe('evaluateRun', () => {
  it('scores every arm of a trained run and keeps the scores beside it', async () => {
    const evaluation = await evaluateRun({ ...made, labels: '0.5', settings }, createSilentReport())
    expect(evaluation.arms.map(({ id, numSeeds }) => [id, numSeeds])).toEqual(
      ['ecg-only', 'cl-2d', 'cl-2dt', 'cl-3d', 'tcl'].map((id) => [id, 2]),
    )
    const [first, last] = [evaluation.arms[0], evaluation.arms[4]].map(({ meanR2 }) => meanR2.value ?? Number.NaN)
    expect(last).toBeGreaterThan(first + 0.1)
    expect(evaluation.baselines.map(({ id }) => id)).toEqual(['age-sex-bmi', 'age-sex-bmi-rate', 'mri'])
    expect(evaluation.baselines[2].phenotypes.lvedv.r2.value).toBeGreaterThan(0.95)
    expect(evaluation.baselines[2]).toMatchObject({ numFeatures: 2, numSeeds: 2 })
    // Every second one with a disease got it after the visit; a disease without a probe has no entry.
    const probed = Object.entries(evaluation.arms[0].outcomes).flatMap(([id, { auroc }]) => (auroc.value === null ? [] : [id]))
    expect(probed.length).toBeGreaterThan(2)
    expect(evaluation.followUp.map(({ outcome }) => outcome)).toEqual(probed)
    for (const { n, events } of evaluation.followUp) expect(events).toBeLessThan(n)
    expect(evaluation.labelSources).toMatchObject({ lvef: 'table', lvm: 'measured' })
    expect(evaluation.examples).toHaveLength(6)
    expect(evaluation.subgroups.map(({ id }) => id)).toEqual(['women', 'men', 'younger', 'older', 'lean', 'overweight'])
    expect(JSON.parse(readFileSync(join(made.run, 'evaluation.json'), 'utf8'))).toEqual(evaluation)
  })

  it('keeps what was made from the same things, and scores again when a file or a setting differs', async () => {
    const again = createSilentReport()
    await evaluateRun({ ...made, labels: 0.5, settings }, again)
    expect(again.lines.join()).toContain('an earlier evaluation')
    const other = createSilentReport()
    await evaluateRun({ ...made, labels: 0.6, settings }, other)
    expect(other.lines.join()).toContain('scoring the arms')
  })

  it('refuses a share of labels that is none, another store and an unfinished training', async () => {
    await expect(evaluateRun({ ...made, labels: 'all' }, createSilentReport())).rejects.toThrow('cli/labels evaluateRun: expected a share')
    const path = join(made.run, 'seed-4', 'tcl', 'embeddings.safetensors')
    const whole = readFileSync(path)
    writeEmbeddings(path, new Float32Array(12 * (numSubjects - 1)), 12)
    await expect(evaluateRun({ ...made, settings }, createSilentReport())).rejects.toThrow(
      'cli/embeddings readTrainedRun: expected embeddings_SE of tcl (seed 4): float32 of shape [120, E] but received F32 [119, 12].',
    )
    rmSync(path)
    await expect(evaluateRun({ ...made, settings }, createSilentReport())).rejects.toThrow(
      'cli/run-unfinished readTrainedRun: expected embeddings of every arm and seed but received none of tcl (seed 4).',
    )
    writeFileSync(path, whole)
    torch.saveSafetensors(path, { embeddings_SE: torch.zeros([numSubjects, 12]) })
    writeFileSync(path, Uint8Array.from([...readFileSync(path).subarray(0, -1), 1]))
    await expect(evaluateRun({ ...made, settings }, createSilentReport())).rejects.toThrow(
      /train\/stage-file .* received torch\/safetensors .* others, of [0-9a-f]{8}.* in tcl\/embeddings.safetensors\. Remove tcl\/emb.* made again/,
    )
    writeEmbeddings(path, new Float32Array(12 * numSubjects).fill(Number.NaN, 24, 36), 12)
    await expect(evaluateRun({ ...made, settings }, createSilentReport())).rejects.toThrow(
      'train/not-finite expectFiniteRows: expected numbers from tcl (seed 4) for everybody but received none for the subjects s-000000000002.',
    )
    writeFileSync(path, whole)
    await expect(evaluateRun({ ...made, run: home, settings }, createSilentReport())).rejects.toThrow('cli/no-run')
  })
})

describe('writeReport', () => {
  it('writes the page and the numbers, whole, with curves and examples', async () => {
    await evaluateRun({ ...made, labels: 0.5, settings }, createSilentReport())
    const said = createSilentReport()
    await runReport({ run: made.run }, said)
    const page = readFileSync(join(made.run, 'report', 'index.html'), 'utf8')
    const report = JSON.parse(readFileSync(join(made.run, 'report.json'), 'utf8'))
    expect(said.answers).toEqual([report])
    expect(report).toMatchObject({ schema: 'cinelead.report/1', cohort: { simulated: true, pairs: numSubjects } })
    expect(report.cohort.flow.at(-1)).toEqual({ step: 'ECG quality', kept: numSubjects, dropped: 1, reason: 'flat-lead' })
    const tcl = report.curves.filter(({ id }: { id: string }) => id === 'tcl')
    expect(tcl).toHaveLength(2)
    expect(tcl[0]).toMatchObject({
      seed: 1,
      numEpochs: 6,
      chosenEpoch: 4,
      reference: 'chance, ln 32',
      measures: { 'ecg-ed.r1.leftToRight': 0.13 },
    })
    expect(page.match(/data:image\/png;base64/g)).toHaveLength(12)
    expect(page).toContain('our own segmentation for lvm')
    expect(page).toContain('MRI encoder, ES volume')
    expect(statSync(join(made.run, 'report', 'index.html')).size).toBeLessThan(5_000_000)
    expect(readdirSync(made.run).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('refuses a record of training that was changed, and draws one that was cut short', async () => {
    const path = join(made.run, 'seed-1', 'tcl', 'metrics.jsonl')
    const whole = readFileSync(path, 'utf8')
    writeFileSync(path, whole.replace('{', '['))
    await expect(writeReport({ run: made.run })).rejects.toThrow(
      'train/metrics readMetrics: expected one JSON object a line but received something else in line 1 in metrics.jsonl.',
    )
    writeFileSync(path, whole)
  })

  it('says that the store is not where the run knew it, and takes its new place', async () => {
    const moved = join(home, 'elsewhere')
    renameSync(made.store, moved)
    await expect(writeReport({ run: made.run })).rejects.toThrow(
      "cli/store-moved writeReport: expected the store where the run was evaluated on it, ../../store from the run's folder but received no such folder. If it was moved, name its place: cinelead report RUN --store FOLDER",
    )
    await writeReport({ run: made.run, store: moved })
    renameSync(moved, made.store)
  })

  it('refuses a run that was not scored', async () => {
    rmSync(join(made.run, 'evaluation.json'))
    await expect(writeReport({ run: made.run })).rejects.toThrow('cli/not-evaluated writeReport')
  })

  it('tells and draws no single person of a real cohort unless asked to', async () => {
    const real = writeMadeRun(join(home, 'real'), { numSubjects: 80, isSimulated: false, seeds: [1] })
    await evaluateRun({ ...real, settings }, createSilentReport())
    await writeReport({ run: real.run })
    const page = readFileSync(join(real.run, 'report', 'index.html'), 'utf8')
    expect(page).not.toMatch(/data:image|s-0000|imulated/)
    expect(page).not.toContain('woman')
    await evaluateRun({ ...real, settings, examples: true }, createSilentReport())
    await writeReport({ run: real.run })
    expect(readFileSync(join(real.run, 'report', 'index.html'), 'utf8').match(/data:image/g)).toHaveLength(12)
  })
})
