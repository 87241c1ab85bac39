// What a store on disk looks like: the arrays of one subject, one row of the index, the manifest.
// Hands on: the types and names that writing (part, merge) and reading (store) share.
//
//   store/manifest.json              written last: a folder without it is no store
//   store/shard-0000.safetensors …   records of fixed shape, subjects in the order of their keys
//   store/index.parquet              one row a subject
//   store/sources.jsonl              what was read for each subject, so that a second ingest knows what it may keep
//   store/parts/                     while ingest works: one file a subject, merged and removed at the end
import type { OutcomeId, PhenotypeId, PhenotypeValues } from '../base/phenotypes.ts'
import type { Verdict } from '../base/verdict.ts'
import type { Agreement } from './agreement.ts'
import type { FlowStep } from './flow.ts'
import type { Outcome } from './outcomes.ts'
import type { Split } from './split.ts'

export const storeSchema = 'cinelead.store/1'

/** The arrays of a shard, wide types first, so that every record begins at a multiple of its element. S: subjects of the shard. */
export const tensorNames = ['ecg_SLT', 'ecgMv_SLT', 'cine_SFYX', 'ed_SZYX', 'es_SZYX', 'edLabels_SZYX', 'esLabels_SZYX'] as const

export type TensorName = (typeof tensorNames)[number]

/** Halves for samples and intensities, bytes for labels. */
export type StoredDtype = 'F16' | 'U8'

/** One subject's share of an array: `shape` is without S. */
export type RecordSpec = { name: TensorName; dtype: StoredDtype; shape: readonly number[]; numValues: number; sizeBytes: number }

/** What preparation found out about a subject, independent of tables; goes through the part into the index. */
export type SubjectFacts = {
  hasEcg: boolean
  hasCine: boolean
  visit: number
  /** Days between ECG and cine; NaN where a file has no date. */
  daysApart: number
  /** Heart rate the ECG recorder printed; NaN where it did not. */
  ecgHeartRateBpm: number
  /** Heart rate the scanner noted; NaN where it did not. */
  cineHeartRateBpm: number
  /** Zero-based frames of the stack; -1 without a cine. */
  edFrame: number
  esFrame: number
  /** Phases and slices of the stack as scanned; 0 without a cine. */
  stackFrames: number
  stackSlices: number
  /** Slice, row and column distance of the stored volumes. */
  spacingMm: readonly [number, number, number]
  measured: PhenotypeValues
  verdicts: readonly Verdict[]
}

/** What the tables say about a subject. */
export type SubjectLabels = {
  ageYears: number
  sex: 'female' | 'male' | 'unknown'
  bmi: number
  heightCm: number
  weightKg: number
  /** Field 22426, at the scanner. */
  tableHeartRateBpm: number
  phenotypes: PhenotypeValues
  outcomes: Record<OutcomeId, Outcome>
  followUpDays: number
}

/** One subject of a store: NaN where a number is not known. */
export type StoreRow = SubjectLabels &
  Omit<SubjectFacts, 'verdicts'> & {
    subject: string
    /** `none`: lacks one of the two modalities and takes part in nothing. */
    split: Split | 'none'
    /** Which shard, and which record in it. */
    shard: number
    row: number
    /** Failed criteria that only flag, joined by blanks: `flat-lead:V3 slice-gap`. */
    flags: string
    /** Digest of the files and settings this record was made from. */
    digest: string
  }

/** One file that was read: enough to see whether it changed. */
export type SourceFile = { sizeBytes: number; mtimeMs: number; sha256: string }

/** A line of sources.jsonl: a kept subject has `facts`, one that was taken out has `dropped`. */
export type SourceLine = {
  subject: string
  digest: string
  files: readonly SourceFile[]
  facts?: SubjectFacts
  dropped?: { step: string; reason: string }
}

export type ShardEntry = { file: string; numSubjects: number; sizeBytes: number; sha256: string }

export type StoreManifest = {
  schema: typeof storeSchema
  /** True when the cohort was made by `simulate`: every report says so in its first line. */
  simulated: boolean
  numSubjects: number
  /** `pairs` counts the subjects with both modalities; the three splits add up to it. */
  counts: { pairs: number; train: number; validation: number; test: number; none: number }
  splitSeed: string
  tensors: readonly { name: TensorName; dtype: StoredDtype; recordShape: readonly number[] }[]
  /** Mean and standard deviation of the array's values over the training split. */
  statistics: Partial<Record<TensorName, { mean: number; sd: number }>>
  /** How what was measured agrees with the tables, by phenotype; absent where fewer than three subjects have both. */
  agreement: Partial<Record<PhenotypeId, Agreement>>
  ecgRateHz: number
  shards: readonly ShardEntry[]
  index: { file: string; sizeBytes: number; sha256: string }
  /** How the records were made, as `ingest` was told and as the program decided. */
  settings: Readonly<Record<string, unknown>>
  settingsDigest: string
  /** Digest of everything that was asked for: an ingest that asks for the same again has nothing to do. */
  requestDigest: string
  /** Digest of who is in it, from which files, with which labels, in which split. */
  cohortDigest: string
  /** Digest of every byte that is read later: shards and index. */
  storeDigest: string
  flow: readonly FlowStep[]
  /** Things worth knowing that dropped nobody. */
  notes: readonly string[]
}

/** The same array's name inside a part, which holds one subject: `ecg_SLT` → `ecg_LT`. */
export function partName(name: TensorName): string {
  return name.replace('_S', '_')
}
