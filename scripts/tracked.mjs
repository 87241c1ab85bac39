// The files that belong to the project: what git tracks or would track. Hands on: listProjectFiles, readText.
import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runQuiet } from './setup/run.mjs'

/** Paths from the root, sorted; ignored files and files deleted but not yet committed are left out. */
export function listProjectFiles(root) {
  const { code, stdout, stderr } = runQuiet('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  if (code !== 0) throw new Error(`git ls-files failed: ${stderr.trim()}`)
  const paths = [...new Set(stdout.split('\0').filter(Boolean))].sort()
  return paths.filter((path) => existsSync(join(root, path)) && lstatSync(join(root, path)).isFile())
}

/** A file's text; undefined for a binary one (it holds a zero byte). */
export function readText(root, path) {
  const bytes = readFileSync(join(root, path))
  return bytes.includes(0) ? undefined : bytes.toString('utf8')
}
