// Truth: a memory disk of 96 KiB that the system fills, and the uninterrupted run as the twin of the one that hit it. Needs root to mount,
// and skips itself elsewhere.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLineTask, lineLoop, timeless, weightsOf } from './fixtures/line-task.ts'
import { trainLoop } from './loop.ts'

const mount = (...words: string[]) => spawnSync('/usr/bin/mount', words).status === 0
const config = { ...lineLoop, numEpochs: 60 } // its record outgrows the disk

let root: string
let disk: string
let isMounted = false
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'cinelead-loop-disk-'))
  disk = join(root, 'disk')
  mkdirSync(disk)
  isMounted = process.getuid?.() === 0 && mount('-t', 'tmpfs', '-o', 'size=96k', 'tmpfs', disk)
})
afterAll(() => {
  if (isMounted) spawnSync('/usr/bin/umount', [disk])
  rmSync(root, { recursive: true })
})

describe('trainLoop', () => {
  it('stops with one sentence on a full disk, and goes on to the same end when there is room', async (context) => {
    if (!isMounted) return context.skip('needs root and mount')
    const folder = join(disk, 'training')
    await expect(trainLoop(createLineTask(), config, { seed: 1, folder })).rejects.toThrow(
      /^train\/write .* received a full disk\. Free disk space .* the last whole checkpoint is still there/,
    )
    expect(readdirSync(folder)).toContain('last.safetensors')
    let stepsAgain = 0
    expect(mount('-o', 'remount,size=4m', disk)).toBe(true)
    const resumed = createLineTask(() => stepsAgain++)
    await trainLoop(resumed, config, { seed: 1, folder })
    expect(stepsAgain).toBeLessThan(300) // it did not begin anew

    const whole = createLineTask()
    await trainLoop(whole, config, { seed: 1, folder: join(root, 'whole') })
    expect(timeless(folder)).toEqual(timeless(join(root, 'whole')))
    expect(weightsOf(resumed)).toEqual(weightsOf(whole))
  })
})
