// `cinelead demo` (what `npm start` runs): a simulated cohort in UK Biobank's file formats, through the whole road to a report.
// Hands on: run, DemoOptions. Every stage keeps what an earlier call finished, and says so.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileFault } from '../cohort/atomic.ts'
import { compare, describeComparison } from './compare.ts'
import { ingest } from './ingest.ts'
import type { Report } from './progress.ts'
import { lockRun } from './run-lock.ts'
import { run as serve } from './serve.ts'
import { simulate } from './simulate-files.ts'

export type DemoOptions = {
  /** The run's folder; default `runs/demo`. */
  out?: string
  /** How many people are simulated. */
  subjects?: number
  /** Of the simulated cohort and its split; default 1. */
  seed?: number | string
  /** Share of the training subjects whose labels the probes see. */
  labels?: number | string
  /** Worker threads or processes; default one a core. */
  numWorkers?: number
  /** Serve the report afterwards; off when the output is no terminal. */
  serve?: boolean
  port?: number | string
}

export const defaultDemoSubjects = 400
const TRAINING_SEED = 1 // one of the recipe's three: five minutes on two cores hold no more

/** The verb. */
export async function run(options: DemoOptions, report: Report): Promise<void> {
  const { out = join('runs', 'demo'), subjects = defaultDemoSubjects, seed = 1, labels, numWorkers } = options
  try {
    mkdirSync(out, { recursive: true })
  } catch (error) {
    throw fileFault(error, 'demo', "the run's folder")
  }
  const raw = join(out, 'raw')
  const store = join(out, 'store')
  {
    using _lock = lockRun(out)
    const cohort = await simulate({ out: raw, subjects, seed, numWorkers }, report)
    if (cohort.isReused) report.say(`simulated cohort: kept the ${subjects} people that are there`)
    const stored = await ingest({ raw, store, splitSeed: seed, numWorkers }, report)
    if (stored.isReused) report.say('store: kept, its raw files and settings have not changed')
    const comparison = await compare({ store, run: out, seed: TRAINING_SEED, labels, workers: numWorkers }, report)
    const warning = 'These people are simulated. Research software, not a medical device.'
    report.answer(comparison, `${describeComparison(comparison)}\n${warning}`)
  }
  if (options.serve !== false && process.stdout.isTTY === true) await serve({ runs: out, port: options.port }, report)
}
