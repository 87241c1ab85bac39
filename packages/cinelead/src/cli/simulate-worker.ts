// A worker thread of `simulate`: draws one person after another and writes their files, each whole or not at all.
import { join } from 'node:path'
import { writeWhole } from '../cohort/atomic.ts'
import { drawPerson } from '../simulate/person.ts'
import type { QuirkRates } from '../simulate/quirks.ts'
import type { ScannerProfile } from '../simulate/scanner.ts'
import { subjectFiles } from '../simulate/subject-files.ts'
import { serveJobs } from './worker-pool.ts'

export type SimulateShared = { out: string; seed: number | string; scanner: ScannerProfile; quirks: QuirkRates }

export type PersonJob = { index: number }

/** A person whose files are all on disk; paths are below the raw folder. */
export type PersonMade = { index: number; files: { path: string; sizeBytes: number }[] }

serveJobs<SimulateShared, PersonJob, PersonMade>(async ({ out, seed, scanner, quirks }) => async ({ index }) => {
  const files = subjectFiles(drawPerson(seed, index), { scanner, quirks }).map(({ name, bytes }) => {
    const path = join(name.endsWith('.zip') ? '20209' : '20205', name)
    writeWhole(join(out, path), bytes, { what: name })
    return { path, sizeBytes: bytes.length }
  })
  return { index, files }
})
