// Truth: a phantom whose slices, phases and spacing are known, written as DICOM files into a zip and a folder, with files beside
// them that are no images.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeUkbManifest } from '../formats/ukb-manifest.ts'
import { writeZip } from '../formats/zip.ts'
import { phantomDefaults } from '../prepare/cmr/phantom.ts'
import { describeStudy, studyAsText } from './inspect-study.ts'
import { loadStudy } from './load-study.ts'
import { openStack } from './open-stack.ts'
import { createSilentReport } from './progress.ts'
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

/** Calls the element (0008,103E) SeriesDescription by another tag, so that the object has none. */
function withoutDescription(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file)
  const at = bytes.indexOf(Buffer.from([0x08, 0x00, 0x3e, 0x10]))
  if (at < 0) throw new TypeError('no series description to hide')
  bytes[at + 2] = 0x3f
  return bytes
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

  it('names series by the manifest where the objects have no name, and counts what the manifest promises and is not there', async () => {
    const files = phantomFiles()
    const nameless = files.map(({ name, bytes }) => ({ name, bytes: withoutDescription(bytes) }))
    const rows = files.map(({ name, series }) => ({
      filename: name,
      patientId: '',
      seriesId: '',
      seriesDescription: series,
      date: '2015-08-30',
    }))
    const lost = { filename: 'gone.dcm', patientId: '', seriesId: '', seriesDescription: 'CINE_segmented_SAX_b1' }
    const manifests = [
      { name: 'manifest.cvs', bytes: writeUkbManifest(rows.slice(0, 40)) },
      { name: 'more/manifest.csv', bytes: writeUkbManifest([...rows.slice(40), lost]) },
    ]
    put('study.zip', writeZip([...nameless, ...manifests]))
    const { volumes, notes, leftOut } = await loadStudy(join(folder, 'study.zip'))
    expect([volumes[0].description, volumes[0].shape[1], leftOut]).toEqual(['CINE_segmented_SAX_b1', numSlices, []])
    expect(notes).toEqual(
      expect.arrayContaining([expect.stringMatching(/told by series names/), '1 files that the manifest names are not there']),
    )
  })

  it('goes on without a manifest that cannot be read, and says so', async () => {
    put('study.zip', writeZip([...phantomFiles(), { name: 'manifest.csv', bytes: new TextEncoder().encode('what, ever\n') }]))
    expect((await loadStudy(join(folder, 'study.zip'))).leftOut).toEqual([{ code: 'formats/manifest-columns', numFiles: 1 }])
  })

  it('hands on what was judged and left out to whoever measures', async () => {
    for (const { name, series, bytes } of phantomFiles()) if (series !== 'CINE_segmented_SAX_b3') put(`${series}/${name}`, bytes)
    put('broken.dcm', phantomFiles()[0].bytes.subarray(0, 3000))
    const { verdicts, notes } = await openStack(folder, createSilentReport())
    expect(verdicts.find(({ ok }) => !ok)).toMatchObject({ criterion: 'slice-gap', value: expect.closeTo(2, 6), onFail: 'drop' })
    expect(notes).toContain('1 files were left out: formats/dicom-length')
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
