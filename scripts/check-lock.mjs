// Holds package-lock.json to what `npm ci` needs on every machine. Hands on: findLockFaults.
//
// A lock written where a registry lacked some platform's binary leaves that binary out, and `npm ci` then refuses the whole lock
// everywhere. And no address of a registry may stand in it: each user's own is used.
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What is wrong with a lock file's content, as sentences. */
export function findLockFaults(lock) {
  const places = Object.entries(lock.packages)
  const names = new Set(places.map(([place]) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)))
  return places.flatMap(([place, { version, resolved, optionalDependencies = {} }]) => {
    const missing = Object.keys(optionalDependencies).filter((name) => !names.has(name))
    const lacks =
      missing.length > 0 ? [`${place} ${version} lacks ${missing.join(', ')}: choose a version whose platforms are all there`] : []
    return /^https?:/.test(resolved ?? '')
      ? [...lacks, `${place} names a registry's address: npm install --omit-lockfile-registry-resolved`]
      : lacks
  })
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === realpathSync(process.argv[1])) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..')
  const faults = findLockFaults(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')))
  for (const message of faults) process.stdout.write(`package-lock.json: ${message}\n`)
  process.exitCode = faults.length === 0 ? 0 : 1
}
