// Writes the report of an evaluated run: runs/NAME/report.json for programs, runs/NAME/report/index.html for people.
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fault } from '../base/errors.ts'
import { writeWhole } from '../cohort/atomic.ts'
import { hasStore, openStore, type StoreManifest } from '../cohort/store.ts'
import { curveJson } from '../report/figure-curves.ts'
import { renderReport } from '../report/page.ts'
import { buildReport, type ReportJson } from '../report/report-json.ts'
import type { RunCall, RunRecord } from '../train/run-record.ts'
import { type EvaluationFile, readEvaluation } from './evaluate.ts'
import { openRun, readCurves } from './evaluate-run.ts'
import type { Report } from './progress.ts'
import { drawExamples } from './report-examples.ts'

export type ReportOptions = {
  /** Folder of the run, `runs/NAME`. */
  run: string
  /** Folder of the store; the one that the evaluation was made from when left out. */
  store?: string
}

/**
 * Lays the report of a run out and writes it; each file appears whole.
 *
 * @returns  The report, and where the page is.
 * @throws   cli/no-run, cli/not-evaluated, cli/other-store, cli/store-moved, and what `openStore` throws.
 */
export async function writeReport(options: ReportOptions): Promise<{ report: ReportJson; pagePath: string; jsonPath: string }> {
  const record = openRun(options.run)
  const evaluation = readEvaluation(join(options.run, 'evaluation.json'))
  if (evaluation === undefined) {
    throw fault({
      code: 'cli/not-evaluated',
      where: 'writeReport',
      expected: 'a run with an evaluation.json',
      received: 'a run without one',
      hint: 'Score it first: cinelead compare finishes what is missing.',
    })
  }
  using store = await openStore(options.store ?? recordedStore(options.run, evaluation.storePath))
  const { manifest } = store
  if (manifest.storeDigest !== evaluation.storeDigest) {
    throw fault({
      code: 'cli/other-store',
      where: 'writeReport',
      expected: `the store that was evaluated (digest ${evaluation.storeDigest.slice(0, 12)}…)`,
      received: `another (${manifest.storeDigest.slice(0, 12)}…)`,
      hint: 'Name that store, or run cinelead compare again on this one.',
    })
  }
  const curves = readCurves(options.run, record, manifest.counts.train)
  const { train, validation, test } = manifest.counts
  const report = buildReport({
    evaluation,
    cohort: { simulated: manifest.simulated, pairs: manifest.counts.pairs, split: { train, validation, test }, flow: [...manifest.flow] },
    curves: curves.flatMap(curveJson),
    run: runFacts(record, evaluation, manifest),
  })
  const arms = evaluation.arms.map(({ id }) => id)
  const page = renderReport(report, { curves, examples: drawExamples(store, evaluation.examples, arms) })
  const jsonPath = join(options.run, 'report.json')
  const pagePath = join(options.run, 'report', 'index.html')
  mkdirSync(join(options.run, 'report'), { recursive: true })
  writeWhole(pagePath, page, { what: 'report/index.html' })
  writeWhole(jsonPath, `${JSON.stringify(report, null, 2)}\n`, { what: 'report.json' })
  return { report, pagePath, jsonPath }
}

function recordedStore(run: string, storePath: string): string {
  const dir = resolve(run, storePath)
  if (hasStore(dir)) return dir
  throw fault({
    code: 'cli/store-moved',
    where: 'writeReport',
    expected: `the store where the run was evaluated on it, ${storePath} from the run's folder`,
    received: existsSync(dir) ? 'a folder that holds none' : 'no such folder',
    hint: 'If it was moved, name its place: cinelead report RUN --store FOLDER',
  })
}

/** The verb `report`. */
export async function run(options: ReportOptions, report: Report): Promise<void> {
  const step = report.begin('writing the report')
  const written = await writeReport(options)
  step.done()
  report.answer(written.report, `The report is ${written.pagePath}, its numbers are ${written.jsonPath}.`)
}

/** A fact of the calls that trained a run: most often one and the same. */
const everyOf = (calls: readonly RunCall[], fact: (call: RunCall) => string | number): string =>
  [...new Set(calls.map(fact))].join(', then ')

function runFacts(record: RunRecord, evaluation: EvaluationFile, manifest: StoreManifest): ReportJson['run'] {
  const sources = Object.entries(evaluation.labelSources)
  const calls: readonly RunCall[] = [record, ...(record.resumed ?? [])]
  const own = sources.filter(([, source]) => source === 'measured').map(([id]) => id)
  return {
    recipe: record.name,
    seeds: record.seeds.join(', '),
    commit: everyOf(calls, ({ commit, isDirty }) => `${commit.slice(0, 12)}${isDirty ? ', with changes that were not committed' : ''}`),
    started: record.startedAt,
    'training time (s)': record.seconds === undefined ? null : Math.round(record.seconds),
    'peak memory (MiB)': record.peakMemoryBytes === undefined ? null : Math.round(record.peakMemoryBytes / 2 ** 20),
    libtorch: everyOf(calls, ({ libtorch }) => libtorch),
    device: everyOf(calls, ({ device }) => device),
    'threads of a training': everyOf(calls, ({ numThreads }) => numThreads),
    'ranks of a training': everyOf(calls, ({ numRanks }) => numRanks),
    'cohort digest': manifest.cohortDigest.slice(0, 16),
    'store digest': manifest.storeDigest.slice(0, 16),
    'phenotype labels': own.length === 0 ? 'the cohort’s table' : `the cohort’s table; our own segmentation for ${own.join(', ')}`,
    'ECG rate (Hz)': manifest.ecgRateHz,
  }
}
