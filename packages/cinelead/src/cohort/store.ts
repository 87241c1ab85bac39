// The only place on disk where prepared data lies; batches, report and serve read it through `openStore`.
// Hands on: openStore, hasStore, Store, and the store's types.
import { closeSync, existsSync, openSync, read, readFileSync, readSync, statSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { fileFault } from './atomic.ts'
import { fileDigest, sha256 } from './digest.ts'
import { expectAddsUp } from './flow.ts'
import { fromHalf } from './half.ts'
import { decodeIndex } from './index-table.ts'
import { textAsNan } from './nan-json.ts'
import { readLayout } from './part.ts'
import {
  type SourceLine,
  type StoredDtype,
  type StoreManifest,
  type StoreRow,
  storeSchema,
  type TensorName,
  tensorNames,
} from './store-layout.ts'

export type { StoreManifest, StoreRow, TensorName } from './store-layout.ts'
export { tensorNames } from './store-layout.ts'

/** Where an array lies in a shard's file: for readers that map the file themselves. Offsets count from the file's begin. */
export type TensorPlace = {
  dtype: StoredDtype
  shape: readonly number[]
  startByte: number
  endByte: number
  recordBytes: number
  recordValues: number
}

export type Shard = { path: string; numSubjects: number; tensors: Record<TensorName, TensorPlace> }

/** An opened store. Rows are in the order of shards and records; `i` below is a place in `rows`. */
export type Store = {
  dir: string
  manifest: StoreManifest
  rows: readonly StoreRow[]
  shards: readonly Shard[]
  /** Shape of one subject's record, without S. */
  recordShape(name: TensorName): readonly number[]
  /**
   * One subject's record as 32-bit floats, whatever it is stored as. A missing modality is NaN (labels: 0).
   *
   * @param out  Where to write, of the record's length; a new array without it.
   */
  readRow(name: TensorName, i: number, out?: Float32Array): Float32Array
  /** One subject's record as stored: halves as their 16 bits, labels as bytes. */
  readBytes(name: TensorName, i: number): Uint8Array
  /**
   * Reads subjects' records into the system's file cache while other work goes on, for readers that map the shards.
   *
   * Where the whole store stays in memory, a record is read once.
   */
  warm(name: TensorName, places: readonly number[]): Promise<void>
  /** Reads every byte and compares it with the manifest. @param onShard Told how many are done. @throws cohort/store-broken, cohort/flow */
  verify(onShard?: (numDone: number) => void): void
  close(): void
  [Symbol.dispose](): void
}

const readAsync = promisify(read)
const CACHE_SHARE = 0.5 // of free memory: what is larger is taken to be pushed out of the cache again; our choice

/** Whether a folder holds a finished store. */
export function hasStore(dir: string): boolean {
  return existsSync(join(dir, 'manifest.json'))
}

/**
 * Opens a store for reading.
 *
 * @param dir  The store's folder.
 * @throws     cohort/store-missing when there is no manifest (nothing there, or an ingest that did not finish); cohort/store-schema when it is
 *             from another version; cohort/store-broken when a file is missing or has another size than the manifest says, or the index
 *             other bytes.
 */
export async function openStore(dir: string): Promise<Store> {
  const manifest = readManifest(dir)
  for (const { file, sizeBytes } of [...manifest.shards, manifest.index]) {
    const size = existsSync(join(dir, file)) ? statSync(join(dir, file)).size : undefined
    if (size !== sizeBytes) throw broken(file, inBytes(sizeBytes), size === undefined ? 'no file' : inBytes(size))
  }
  const index = readFileSync(join(dir, manifest.index.file))
  if (sha256(index) !== manifest.index.sha256) throw otherBytes(manifest.index)
  const rows = await decodeIndex(index)
  const descriptors: number[] = []
  const close = () => {
    for (const descriptor of descriptors.splice(0)) closeSync(descriptor)
  }
  const shards = manifest.shards.map(({ file, numSubjects }): Shard => {
    const path = join(dir, file)
    descriptors.push(openSync(path, 'r'))
    return { path, numSubjects, tensors: placesOf(descriptors[descriptors.length - 1], file, numSubjects) }
  })
  const shapes = new Map(manifest.tensors.map(({ name, recordShape }) => [name, recordShape]))
  const readBytes = (name: TensorName, i: number): Uint8Array => {
    const { shard, row } = expectRow(rows, i)
    const { startByte, recordBytes } = shards[shard].tensors[name]
    const bytes = new Uint8Array(recordBytes)
    const count = readSync(descriptors[shard], bytes, 0, recordBytes, startByte + row * recordBytes)
    if (count !== recordBytes) throw broken(manifest.shards[shard].file, `${inBytes(recordBytes)} of ${name}`, inBytes(count))
    return bytes
  }
  const staysInMemory = manifest.shards.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) < CACHE_SHARE * freemem()
  const warmed = new Set<string>()
  const scratch = new Uint8Array(Math.max(0, ...shards.flatMap(({ tensors }) => Object.values(tensors).map((place) => place.recordBytes))))
  return {
    dir,
    manifest,
    rows,
    shards,
    async warm(name, places) {
      const cold = staysInMemory ? places.filter((i) => !warmed.has(`${name}/${i}`)) : places
      const counts = cold.map((i) => {
        const { shard, row } = expectRow(rows, i)
        const { startByte, recordBytes } = shards[shard].tensors[name]
        if (staysInMemory) warmed.add(`${name}/${i}`)
        return readAsync(descriptors[shard], scratch, 0, recordBytes, startByte + row * recordBytes) // all into one place: nobody looks
      })
      await Promise.all(counts)
    },
    recordShape: (name) => shapes.get(name) ?? [],
    readBytes,
    readRow(name, i, out) {
      const bytes = readBytes(name, i)
      const { dtype, recordValues } = shards[rows[i].shard].tensors[name]
      const floats = out ?? new Float32Array(recordValues)
      if (dtype === 'F16') fromHalf(new Uint16Array(bytes.buffer, 0, recordValues), floats)
      else floats.set(bytes)
      return floats
    },
    verify(onShard = () => undefined) {
      manifest.shards.forEach((shard, i) => {
        if (fileDigest(join(dir, shard.file)) !== shard.sha256) throw otherBytes(shard)
        onShard(i + 1)
      })
      const digest = sha256([...manifest.shards.map((shard) => shard.sha256), manifest.index.sha256].join('\n'))
      if (digest !== manifest.storeDigest) throw broken('manifest.json', `store digest ${digest.slice(0, 12)}…`, 'another')
      expectAddsUp(manifest.flow, rows.length)
    },
    close,
    [Symbol.dispose]: close,
  }
}

/** The manifest alone, without opening shards. See `openStore` for what it throws. */
export function readManifest(dir: string): StoreManifest {
  if (!hasStore(dir)) {
    throw fault({
      code: 'cohort/store-missing',
      where: 'openStore',
      expected: 'a store with a manifest.json',
      received: existsSync(dir) ? 'a folder without one' : 'no such folder',
      hint: 'Run `cinelead ingest` (again, if it did not finish: it carries on where it was), or let `cinelead simulate --as store` finish.',
    })
  }
  let manifest: StoreManifest
  try {
    manifest = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as StoreManifest
  } catch (error) {
    if (error instanceof SyntaxError) throw broken('manifest.json', 'JSON', 'something else')
    throw fileFault(error, 'openStore', 'the manifest')
  }
  if (manifest.schema !== storeSchema) {
    throw fault({
      code: 'cohort/store-schema',
      where: 'openStore',
      expected: `schema ${storeSchema}`,
      received: String(manifest.schema),
      hint: 'The store was made by another version: ingest again into a new folder.',
    })
  }
  return manifest
}

/** What each subject was made from, kept and dropped alike. */
export function readSources(dir: string): SourceLine[] {
  const path = join(dir, 'sources.jsonl')
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line, textAsNan) as SourceLine)
}

function placesOf(descriptor: number, file: string, numSubjects: number): Record<TensorName, TensorPlace> {
  const { tensors, dataStart } = readLayout(descriptor)
  const places: Partial<Record<TensorName, TensorPlace>> = {}
  for (const name of tensorNames) {
    const entry = tensors.find((tensor) => tensor.name === name)
    const dtype = entry?.dtype
    if (entry === undefined || (dtype !== 'F16' && dtype !== 'U8') || entry.shape[0] !== numSubjects) {
      throw broken(
        file,
        `${name} of ${numSubjects} subjects, F16 or U8`,
        entry === undefined ? 'none' : `${dtype} [${entry.shape.join(', ')}]`,
      )
    }
    const { shape, begin, end } = entry
    const recordValues = shape.slice(1).reduce((product, size) => product * size, 1)
    places[name] = {
      dtype,
      shape,
      startByte: dataStart + begin,
      endByte: dataStart + end,
      recordBytes: (end - begin) / numSubjects,
      recordValues,
    }
  }
  return places as Record<TensorName, TensorPlace>
}

function expectRow(rows: readonly StoreRow[], i: number): StoreRow {
  if (rows[i] !== undefined) return rows[i]
  throw fault({
    code: 'cohort/row',
    where: 'readRow',
    expected: `a row from 0 to ${rows.length - 1}`,
    received: String(i),
    hint: 'Rows are places in store.rows.',
  })
}

const otherBytes = ({ file, sha256: known }: { file: string; sha256: string }) => broken(file, `digest ${known.slice(0, 12)}…`, 'another')

function broken(file: string, expected: string, received: string) {
  return fault({
    code: 'cohort/store-broken',
    where: 'openStore',
    expected,
    received,
    at: file,
    hint: 'The store was changed or cut short: remove it and ingest again.',
  })
}
