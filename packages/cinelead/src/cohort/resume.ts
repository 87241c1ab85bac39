// What an earlier ingest made and what of it still holds: nothing is made twice, nothing stale is kept.
// Hands on: partDigest, stillHolds, releaseRows (a store's rows become parts again).
import { sameSource, sha256 } from './digest.ts'
import { createPartsFolder, readPart, writeDropped, writeRecords } from './part.ts'
import { openStore, readSources, tensorNames } from './store.ts'
import type { RecordSpec, SourceFile } from './store-layout.ts'

/** Digest of one subject's record: the files it was made from and the settings. */
export function partDigest(files: readonly SourceFile[], settings: string): string {
  return sha256([settings, ...files.map((file) => file.sha256)].join('\n'))
}

/**
 * Whether what was made from these files with these settings is still what would be made now.
 *
 * @param paths     The subject's raw files in the order they were read.
 * @param known     What was noted when they were read.
 * @param settings  Digest of the settings now.
 */
export function stillHolds(paths: readonly string[], known: { digest: string; files: readonly SourceFile[] }, settings: string): boolean {
  if (known.files.length !== paths.length || known.digest !== partDigest(known.files, settings)) return false
  return paths.every((path, place) => sameSource(path, known.files[place]))
}

/**
 * Turns a finished store's rows back into parts, those that are wanted, so that a store can grow or get new labels without preparing
 * everybody again. The store itself is left as it is.
 *
 * @param wanted  Whether a subject's record is still good.
 * @returns       How many parts were written.
 */
export async function releaseRows(storeDir: string, wanted: (subject: string) => boolean): Promise<number> {
  createPartsFolder(storeDir)
  using store = await openStore(storeDir)
  const sources = new Map(readSources(storeDir).map((line) => [line.subject, line]))
  const specs = store.manifest.tensors.map(({ name, dtype, recordShape }): RecordSpec => {
    const { recordValues, recordBytes } = store.shards[0].tensors[name]
    return { name, dtype, shape: recordShape, numValues: recordValues, sizeBytes: recordBytes }
  })
  let numReleased = 0
  store.rows.forEach(({ subject }, i) => {
    const source = sources.get(subject)
    if (source?.facts === undefined || !wanted(subject) || readPart(storeDir, subject)?.digest === source.digest) return
    const { digest, files, facts } = source
    writeRecords(
      storeDir,
      { subject, digest, files, facts },
      specs,
      tensorNames.map((name) => store.readBytes(name, i)),
    )
    numReleased++
  })
  for (const line of sources.values()) if (line.dropped !== undefined && wanted(line.subject)) writeDropped(storeDir, line)
  return numReleased
}
