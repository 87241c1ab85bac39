// Truth: git itself, asked at the root of the checkout that this test lies in (skipped outside one).
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readCommit } from './read-commit.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const head = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' })

describe('readCommit', () => {
  it.skipIf(head.status !== 0)('gives the commit that is checked out', () => {
    expect(readCommit()?.id).toBe(head.stdout.trim())
  })
})
