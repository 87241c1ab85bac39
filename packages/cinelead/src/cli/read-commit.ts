// Which version of this program runs: the commit it was checked out at, and whether files were changed since. Hands on: readCommit.
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

function git(...words: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', ['-C', here, ...words], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** The commit's full id; undefined where the program lies outside a git checkout or git is not there. */
export function readCommit(): { id: string; isDirty: boolean } | undefined {
  // A program installed below somebody else's checkout is no part of it: this very file must be tracked.
  if (git('ls-files', '--error-unmatch', 'read-commit.ts') === undefined) return undefined
  const id = git('rev-parse', 'HEAD')
  return id === undefined ? undefined : { id, isDirty: git('status', '--porcelain', '--untracked-files=no') !== '' }
}
