// Truth: a phantom whose slices, phases and spacing are known, written as DICOM files into a zip and a folder, with files beside
// them that are no images.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { phantomDefaults } from '../prepare/cmr/phantom.ts'
import { describeStudy, studyAsText } from './inspect-study.ts'
import { loadStudy } from './load-study.ts'
import { phantomFiles, phantomZip } from './raw-fixture.ts'

const { numSlices } = phantomDefaults
const NUM_FRAMES = 12 // the fixture's
let folder: string

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'study-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function put(name: string, content: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
}

describe('loadStudy', () => {
  it('reads a zip and leaves its manifest alone', async () => {
    put('study.zip', phantomZip())
    const study = await loadStudy(join(folder, 'study.zip'))
    expect(study).toMatchObject({ numFiles: numSlices * NUM_FRAMES, numImages: numSlices * NUM_FRAMES, leftOut: [] })
    expect(describeStudy(study).volumes[0]).toMatchObject({
      view: 'sax',
      slices: numSlices,
      phases: NUM_FRAMES,
      rows: 64,
      columns: 72,
      spacingMm: [10, 2.7, 2.7],
    })
  })

  it('reads a folder of any depth, counts what is no image and says why', async () => {
    for (const { name, series, bytes } of phantomFiles()) put(join('a', series, name), bytes)
    put('a/notes.txt', 'no image')
    put('a/broken.dcm', 'no image')
    put('a/.hidden', 'no image')
    const study = await loadStudy(folder)
    expect(study).toMatchObject({ numImages: numSlices * NUM_FRAMES, leftOut: [{ code: 'formats/dicom-prefix', numFiles: 1 }] })
    expect(studyAsText(describeStudy(study))).toContain('left out: 1 files (formats/dicom-prefix)')
  })

  it('tells how far it is', async () => {
    put('study.zip', phantomZip())
    const seen: number[] = []
    await loadStudy(join(folder, 'study.zip'), (numDone, numTotal) => void seen.push(numDone / numTotal))
    expect(seen.at(-1)).toBe(1)
    expect(seen).toHaveLength(numSlices * NUM_FRAMES)
  })

  it('refuses a folder without images, listing every reason', async () => {
    put('a.dcm', 'no image')
    put('b', 'no image')
    await expect(loadStudy(folder)).rejects.toMatchObject({ code: 'cli/no-images', received: '2 files refused by formats/dicom-prefix' })
    rmSync(join(folder, 'a.dcm'))
    rmSync(join(folder, 'b'))
    await expect(loadStudy(folder)).rejects.toMatchObject({ received: 'no file that may be one' })
  })

  it('does not walk in circles', async () => {
    const { symlinkSync } = await import('node:fs')
    put('a/image.dcm', phantomFiles()[0].bytes)
    symlinkSync(folder, join(folder, 'a', 'again'))
    expect((await loadStudy(folder)).numFiles).toBe(1)
  })
})
