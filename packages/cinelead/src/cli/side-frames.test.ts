// Truth: folders laid out as ACDC, M&Ms and M&Ms-2 lay out theirs, around a cine whose frames are told apart by their voxels.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeNifti } from '../formats/nifti.ts'
import { openStack } from './open-stack.ts'
import { createSilentReport } from './progress.ts'

const [numFrames, numSlices, numRows, numColumns] = [6, 3, 4, 5]
const size = numSlices * numRows * numColumns
const voxels_FZYX = Int16Array.from({ length: numFrames * size }, (_, at) => Math.floor(at / size) * 100 + (at % size))
const affine = Float64Array.of(-1.5, 0, 0, 0, 0, -1.5, 0, 0, 0, 0, 8, 0, 0, 0, 0, 1)
const spacingMm = [8, 1.5, 1.5] as const
const cine = writeNifti({ shape: [numFrames, numSlices, numRows, numColumns], spacingMm, affine, voxels_FZYX, frameStepMs: 40 })
const phase = (frame: number) =>
  writeNifti({
    shape: [1, numSlices, numRows, numColumns],
    spacingMm,
    affine,
    voxels_FZYX: voxels_FZYX.slice(frame * size, (frame + 1) * size),
  })
let folder: string

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'side-frames-'))))
afterEach(() => rmSync(folder, { recursive: true }))

function put(path: string, content: Uint8Array | string): string {
  const file = join(folder, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, content)
  return file
}

const framesOf = async (path: string) => {
  const { edFrame, esFrame } = await openStack(path, createSilentReport())
  return [edFrame, esFrame]
}

describe('sideFrames', () => {
  it("takes ACDC's Info.cfg, counted from one", async () => {
    put('patient001/Info.cfg', 'ED: 1\nES: 4\nGroup: DCM\nNbFrame: 6\n')
    expect(await framesOf(put('patient001/patient001_4d.nii.gz', cine))).toEqual([0, 3])
  })

  it("takes M&Ms' table from a folder above, counted from zero", async () => {
    put('OpenDataset/info_opendataset.csv', ',External code,VendorName,ED,ES\n0,Z9,GE,1,1\n1,A0S9V9,Philips,5,2\n')
    put('OpenDataset/other.csv', 'a,b\n1,2\n')
    expect(await framesOf(put('OpenDataset/Training/Labeled/A0S9V9/A0S9V9_sa.nii.gz', cine))).toEqual([5, 2])
    expect(await framesOf(put('OpenDataset/Validation/Q1/Q1_sa.nii.gz', cine))).toEqual([undefined, undefined])
  })

  it("finds the frames of M&Ms-2's images of both phases", async () => {
    const path = put('dataset/001/001_SA_CINE.nii.gz', cine)
    put('dataset/001/001_SA_ED.nii.gz', phase(5))
    expect(await framesOf(path)).toEqual([undefined, undefined])
    put('dataset/001/001_SA_ES.nii.gz', phase(2))
    expect(await framesOf(path)).toEqual([5, 2])
  })

  it('refuses a frame that the cine does not have, and asks nothing of a single phase', async () => {
    put('Info.cfg', 'ED: 1\nES: 9\n')
    await expect(framesOf(put('a_4d.nii.gz', cine))).rejects.toMatchObject({
      code: 'formats/cine-info',
      received: 'end-diastole 0, end-systole 8',
    })
    expect(await framesOf(put('a_frame01.nii.gz', phase(1)))).toEqual([undefined, undefined])
  })
})
