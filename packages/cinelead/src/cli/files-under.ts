// The files of a folder tree in a stable order. Hands on: filesUnder.
import { readdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Paths of all files under `folder`, sorted; links are followed once, hidden ones and broken links are left out. */
export function filesUnder(folder: string, seen: Set<string> = new Set()): string[] {
  const real = realpathSync(folder)
  if (seen.has(real)) return []
  seen.add(real)
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'))
  return names.sort().flatMap((name) => {
    const path = join(folder, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return []
    return stat.isDirectory() ? filesUnder(path, seen) : stat.isFile() ? [path] : []
  })
}
