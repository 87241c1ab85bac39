// A digest of the part of this program's own source that a result depends on: results made by other code are not taken for today's.
// Hands on: codeDigest.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sha256 } from '../cohort/digest.ts'

const source = fileURLToPath(new URL('..', import.meta.url))
const known = new Map<string, string>() // once a process: what it runs is what it read at its start

/** `import x from './y.ts'` and `export … from`, over several lines too; types leave nothing behind that could change a result. */
const IMPORTS = /^(?:import|export)\s+(?!type\s)[^'"]*?from\s+'(\.[^']+)'/gm

/**
 * Digest of files and of all they import from this program.
 *
 * @param entries  Files below the source folder.
 */
export function codeDigest(entries: readonly string[]): string {
  const key = entries.join()
  const found = known.get(key)
  if (found !== undefined) return found
  const files = [...closure(entries.map((entry) => join(source, entry)))].sort()
  const digest = sha256(files.map((file) => `${file.slice(source.length)} ${sha256(readFileSync(file))}`).join('\n'))
  known.set(key, digest)
  return digest
}

/** The files and whatever they import by a relative path, each once. */
export function closure(entries: readonly string[]): Set<string> {
  const seen = new Set<string>()
  const waiting = [...entries]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file) || !existsSync(file)) continue
    seen.add(file)
    for (const [, path] of readFileSync(file, 'utf8').matchAll(IMPORTS)) waiting.push(resolve(dirname(file), path))
  }
  return seen
}
