// A worker thread of `simulate`: draws one person after another and writes their files, each whole or not at all.
import { dirname, join } from 'node:path'
import { makeFolder, writeWhole } from '../cohort/atomic.ts'
import { acdcFiles, wfdbFiles } from '../simulate/exports.ts'
import { drawPerson, type Person, type PersonOptions } from '../simulate/person.ts'
import type { QuirkRates } from '../simulate/quirks.ts'
import type { ScannerProfile } from '../simulate/scanner.ts'
import { subjectFiles } from '../simulate/subject-files.ts'
import type { MadeFile } from '../simulate/study-zip.ts'
import { type FileKind, fileFolders } from './simulate-request.ts'
import { serveJobs } from './worker-pool.ts'

export type SimulateShared = {
  out: string
  as: FileKind
  seed: number | string
  person: PersonOptions
  scanner: ScannerProfile
  quirks: QuirkRates
  hasLongAxis: boolean
}

export type PersonJob = { index: number }

/** A person whose files are all on disk; paths are below the folder. */
export type PersonMade = { index: number; files: { path: string; sizeBytes: number }[] }

function filesOf(person: Person, { as, scanner, quirks, hasLongAxis }: SimulateShared): MadeFile[] {
  if (as === 'acdc') return acdcFiles(person, scanner)
  return as === 'wfdb' ? wfdbFiles(person) : subjectFiles(person, { scanner, quirks, hasLongAxis })
}

function folderOf(name: string, as: FileKind): string {
  return as === 'ukb' ? (fileFolders.ukb.find((field) => name.includes(`_${field}_`)) as string) : as
}

serveJobs<SimulateShared, PersonJob, PersonMade>(async (shared) => async ({ index }) => {
  const files = filesOf(drawPerson(shared.seed, index, shared.person), shared).map(({ name, bytes }) => {
    const path = join(folderOf(name, shared.as), name)
    makeFolder(dirname(join(shared.out, path)), 'simulate', 'the folder of one person')
    writeWhole(join(shared.out, path), bytes, { what: name })
    return { path, sizeBytes: bytes.length }
  })
  return { index, files }
})
