// Truth: a small project of pages made for the test, in a git repository of its own.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findLinkFaults, headingAnchors } from './check-links.mjs'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'links-'))
  execFileSync('git', ['init', '-q', root])
  mkdirSync(join(root, 'docs'))
  writeFileSync(join(root, 'docs', 'units.md'), '# Units: mm, ms & mV\n')
})

afterEach(() => rmSync(root, { recursive: true }))

describe('findLinkFaults', () => {
  it('accepts files, folders, headings and web addresses', () => {
    writeFileSync(
      join(root, 'README.md'),
      '[a](docs/units.md) [b](docs) [c](docs/units.md#units-mm-ms--mv) [d](https://example.org/x) [e](#here)\n# Here\n',
    )
    expect(findLinkFaults(root)).toEqual([])
  })
  it('names each link that leads nowhere, with its line', () => {
    writeFileSync(join(root, 'docs', 'a.md'), 'x\n[a](unit.md)\n![p](../p.png "t")\n[h](units.md#nothing)\n[o](../../o.md)\n')
    const found: string[] = findLinkFaults(root).map(({ line, message }: { line: number; message: string }) => `${line} ${message}`)
    expect(found).toEqual([
      '2 links to unit.md, which is not there',
      '3 links to ../p.png, which is not there',
      '4 links to units.md#nothing, a heading that is not there',
      '5 links to ../../o.md, which is outside the project',
    ])
  })
  it('does not take code for a link', () => {
    writeFileSync(join(root, 'README.md'), '`ops[0](x.md)`\n```\n[a](b.md)\n```\n')
    expect(findLinkFaults(root)).toEqual([])
  })
})

describe('headingAnchors', () => {
  it('ignores what looks like a heading inside code', () => {
    expect([...headingAnchors('# One Two\n```\n# no\n```\n## `three`')]).toEqual(['one-two', 'three'])
  })
})
