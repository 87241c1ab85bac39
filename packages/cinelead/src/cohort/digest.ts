// Digests: of bytes, of files, of settings. Two runs that read the same and were told the same get the same digest.
// Hands on: sha256, settingsDigest, sourceFile, sameSource.
import { createHash } from 'node:crypto'
import { type BigIntStats, closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CineLeadError } from '../base/errors.ts'
import { fileFault } from './atomic.ts'
import type { SourceFile } from './store-layout.ts'

const CHUNK_BYTES = 4 * 1024 * 1024

/** SHA-256 of bytes or text, hexadecimal. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Digest of a record of settings: the order of its keys does not matter. */
export function settingsDigest(settings: unknown): string {
  return sha256(canonical(settings))
}

/** JSON with sorted keys; NaN and `undefined`, which JSON has not, are written as their names. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value instanceof Map) return canonical(Object.fromEntries(value))
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
  }
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : (JSON.stringify(value) ?? 'undefined')
}

/**
 * A file's or a folder's size, age and digest; a folder counts as its files in the order of their names.
 *
 * @throws  cohort/not-found, cohort/no-permission.
 */
export function sourceFile(path: string): SourceFile {
  const { sizeBytes, mtimeMs } = sourceAge(path)
  const hash = createHash('sha256')
  for (const file of filesOf(path)) hashInto(hash, file)
  return { sizeBytes, mtimeMs, sha256: hash.digest('hex') }
}

/**
 * Whether a file or folder is still what it was: by size and age, which cost nothing, and only where the age differs by its bytes.
 * One that cannot be read is not what it was: reading it then says why.
 */
export function sameSource(path: string, known: SourceFile): boolean {
  try {
    const age = sourceAge(path)
    if (age.sizeBytes !== known.sizeBytes) return false
    return age.mtimeMs === known.mtimeMs || sourceFile(path).sha256 === known.sha256
  } catch (error) {
    if (error instanceof CineLeadError) return false
    throw error
  }
}

function sourceAge(path: string): { sizeBytes: number; mtimeMs: number } {
  let sizeBytes = 0
  let mtimeMs = 0
  for (const file of filesOf(path)) {
    const stats = stat(file)
    sizeBytes += Number(stats.size)
    mtimeMs = Math.max(mtimeMs, Number(stats.mtimeNs) / 1e6)
  }
  return { sizeBytes, mtimeMs }
}

function filesOf(path: string): string[] {
  if (!stat(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function stat(path: string): BigIntStats {
  try {
    return statSync(path, { bigint: true })
  } catch (error) {
    throw fileFault(error, 'sourceFile', 'a raw file')
  }
}

/** Digest of a whole file, in pieces. */
export function fileDigest(path: string): string {
  const hash = createHash('sha256')
  hashInto(hash, path)
  return hash.digest('hex')
}

function hashInto(hash: ReturnType<typeof createHash>, path: string): void {
  try {
    const descriptor = openSync(path, 'r')
    try {
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
      for (let count = 1; count > 0; ) {
        count = readSync(descriptor, buffer, 0, buffer.length, null)
        hash.update(buffer.subarray(0, count))
      }
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw fileFault(error, 'sourceFile', 'a file')
  }
}
