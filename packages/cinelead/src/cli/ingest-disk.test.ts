// Truth: the system itself refuses: a memory disk of 1.5 MiB, a folder that belongs to somebody else. Needs root to set up (mount, another
// user), and skips itself elsewhere.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { thresholdSegmenter } from '../prepare/cmr/phantom.ts'
import { ingest } from './ingest.ts'
import { createSilentReport } from './progress.ts'
import { phantomZip, putSubject, putTable } from './raw-fixture.ts'

const segmenterModule = new URL('./threshold-segmenter.ts', import.meta.url).href
const isRoot = process.getuid?.() === 0
const mount = (...words: string[]) => spawnSync('/usr/bin/mount', words).status === 0

const PATIENCE_MS = 240_000 // seconds on free cores; other tests may hold them
let root: string
let disk: string
let isMounted = false
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cinelead-disk-'))
  disk = join(root, 'disk')
  mkdirSync(disk)
  isMounted = isRoot && mount('-t', 'tmpfs', '-o', 'size=1536k', 'tmpfs', disk)
  const cine = phantomZip()
  for (let i = 0; i < 4; i++) putSubject(join(root, 'raw'), i, { cine })
  putTable(join(root, 'raw'), 4)
})
afterAll(() => {
  if (isMounted) spawnSync('/usr/bin/umount', [disk])
  rmSync(root, { recursive: true })
})

describe('ingest', { timeout: PATIENCE_MS }, () => {
  it('stops with one sentence on a full disk, keeps what is whole, and carries on when there is room', async (context) => {
    if (!isMounted) return context.skip('needs root and mount')
    const options = { raw: join(root, 'raw'), store: join(disk, 'store'), salt: join(root, 'salt'), segmenterModule, numWorkers: 2 }
    await expect(ingest(options, createSilentReport())).rejects.toThrow(
      /^cohort\/disk-full writeWhole: expected to read or write the part of s-[0-9a-f]{12} but received a full disk\. Free some space/,
    )
    const left = readdirSync(join(disk, 'store', 'parts'))
    expect(left.length).toBeGreaterThan(0)
    expect(left.every((name) => name.endsWith('.safetensors'))).toBe(true)
    expect(mount('-o', 'remount,size=16m', disk)).toBe(true)
    expect(await ingest(options, createSilentReport())).toMatchObject({ numKept: 4, numPrepared: 4 - left.length })
  })

  it('stops with one sentence where it may not write', (context) => {
    if (!isRoot) return context.skip('needs root to become somebody else')
    chmodSync(root, 0o755)
    const script = `
      import { ingest } from ${JSON.stringify(new URL('./ingest.ts', import.meta.url).href)}
      import { createSilentReport } from ${JSON.stringify(new URL('./progress.ts', import.meta.url).href)}
      import { thresholdSegmenter } from ${JSON.stringify(new URL('../prepare/cmr/phantom.ts', import.meta.url).href)}
      const options = { raw: ${JSON.stringify(join(root, 'raw'))}, store: ${JSON.stringify(join(root, 'locked', 'store'))}, segmenter: thresholdSegmenter }
      for (const salt of [undefined, '/dev/null/x', ${JSON.stringify(join(root, 'readable-salt'))}]) {
        try {
          await ingest({ ...options, salt }, createSilentReport())
          process.stdout.write('done\\n')
        } catch (error) {
          process.stdout.write(error.message + '\\n')
        }
      }
    `
    mkdirSync(join(root, 'locked'))
    spawnSync('sh', ['-c', `head -c 32 /dev/urandom > ${join(root, 'readable-salt')} && chmod 444 ${join(root, 'readable-salt')}`])
    const { stdout, stderr, error } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
    })
    if (error !== undefined) return context.skip('somebody else may not run this Node: it lies in a folder of root alone')
    const [noSalt, badSalt, noStore] = stdout.split('\n')
    expect(noSalt, stderr).toMatch(
      /^cohort\/no-permission (openSalt|writeWhole): expected to read or write the salt file but received no permission\./,
    )
    expect(badSalt).toMatch(/^cohort\/(not-found|no-permission|write) openSalt: expected to read or write the salt file but received/)
    expect(noStore).toMatch(/^cohort\/no-permission createPartsFolder: expected to read or write the store but received no permission\./)
    expect(readdirSync(join(root, 'locked'))).toEqual([])
  })

  it('says so when the store lies on a disk that is read-only', async (context) => {
    if (!isMounted) return context.skip('needs root and mount')
    mount('-o', 'remount,ro', disk)
    const options = { raw: join(root, 'raw'), store: join(disk, 'other'), salt: join(root, 'salt'), segmenter: thresholdSegmenter }
    await expect(ingest(options, createSilentReport())).rejects.toThrow(
      'cohort/no-permission createPartsFolder: expected to read or write the store but received a read-only disk.',
    )
  })
})
