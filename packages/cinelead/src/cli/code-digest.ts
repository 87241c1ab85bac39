// A digest of part of this program's own source: results made by other code are not taken for today's.
// Hands on: codeDigest.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sha256 } from '../cohort/digest.ts'

const source = fileURLToPath(new URL('..', import.meta.url))
const known = new Map<string, string>() // once a process: what it runs is what it read at its start

/**
 * Digest of the program's files, tests left out.
 *
 * @param places  Files and folders below the source folder; one that is not there counts as empty.
 */
export function codeDigest(places: readonly string[]): string {
  const key = places.join()
  const found = known.get(key)
  if (found !== undefined) return found
  const files = places.flatMap((place) => filesOf(join(source, place))).sort()
  const digest = sha256(files.map((file) => `${file.slice(source.length)} ${sha256(readFileSync(file))}`).join('\n'))
  known.set(key, digest)
  return digest
}

function filesOf(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (stat.isFile()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
}
