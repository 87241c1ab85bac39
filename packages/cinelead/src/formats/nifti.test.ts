// Truth: test/golden/formats/nifti, written and read by nibabel 5.0.0 (scripts/make-golden/nifti.py); nibabel's affines are RAS, ours LPS.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { readNifti, writeNifti } from './nifti.ts'

const folder = 'test/golden/formats/nifti'
type Truth = Record<string, { affine: number[][]; shape: number[]; values: number[] }>
const truth = JSON.parse(readFileSync(`${folder}/truth.json`, 'utf8')) as Truth
const golden = (name: string) => new Uint8Array(readFileSync(`${folder}/${name}`))

describe('readNifti', () => {
  it.each(Object.keys(truth))('reads %s as nibabel does', (name) => {
    const image = readNifti(golden(name))
    const { affine, shape, values } = truth[name]
    expect([...image.shape]).toEqual([shape[3] ?? 1, shape[2], shape[1], shape[0]])
    // Values pass through float32 once: seven digits.
    for (const [index, value] of values.entries()) expect(image.voxels_FZYX[index]).toBeCloseTo(value, 4)
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 4; column++)
        expect(image.affine[row * 4 + column]).toBeCloseTo((row < 2 ? -1 : 1) * affine[row][column], 3)
    for (const [axis, value] of [8, 1.25, 1.5].entries()) expect(image.spacingMm[axis]).toBeCloseTo(value, 5)
    expect(image.hasOrientation).toBe(true)
    if (shape.length === 4) expect(image.frameStepMs).toBeCloseTo(40, 4)
  })

  it('refuses what is no NIfTI file, one cut short and a broken gzip', () => {
    expect(() => readNifti(new Uint8Array(400))).toThrow(/formats\/nifti-magic/)
    expect(() => readNifti(golden('three.nii').subarray(0, 380))).toThrow(/formats\/nifti-length/)
    expect(() => readNifti(golden('oblique.nii.gz').subarray(0, 60))).toThrow(/formats\/nifti-gzip/)
  })

  it('gives a coded error or every voxel of the shape for any of 2,000 mutated files', () => {
    const random = createRandom('nifti-fuzz')
    const names = ['qform-mirrored.nii', 'big-endian.nii', 'nifti2.nii', 'oblique.nii.gz']
    for (let round = 0; round < 2000; round++) {
      const whole = golden(names[round % names.length])
      const bent = whole.slice(0, random.chance(0.1) ? random.integer(whole.length) : whole.length)
      for (let i = 0; i <= random.integer(6) && bent.length > 0; i++) bent[random.integer(Math.min(400, bent.length))] = random.integer(256)
      try {
        const { shape, voxels_FZYX } = readNifti(bent)
        expect(voxels_FZYX.length).toBe(shape.reduce((product, size) => product * size, 1))
      } catch (error) {
        expect((error as { code?: string }).code ?? String((error as Error).stack)).toMatch(/^formats\/nifti-/)
      }
    }
  })
})

describe('writeNifti', () => {
  it.each(['oblique.nii.gz', 'qform-mirrored.nii', 'three.nii', 'float64.nii'])(
    'writes %s so that it reads back in the same place',
    (name) => {
      const image = readNifti(golden(name))
      for (const isPacked of [true, false]) {
        const back = readNifti(writeNifti(image, isPacked))
        expect(back.shape).toEqual(image.shape)
        expect(back.voxels_FZYX).toEqual(image.voxels_FZYX)
        for (const [index, value] of image.affine.entries()) expect(back.affine[index]).toBeCloseTo(value, 3)
      }
    },
  )

  it('tells one place by qform and by sform', () => {
    for (const name of ['oblique.nii.gz', 'qform-mirrored.nii']) {
      const image = readNifti(golden(name))
      const bytes = writeNifti(image, false)
      new DataView(bytes.buffer).setInt16(254, 0, true) // without the sform
      const back = readNifti(bytes)
      for (const [index, value] of image.affine.entries()) expect(back.affine[index]).toBeCloseTo(value, 3)
    }
  })

  it('takes voxels that are no number, as resampling leaves them outside the picture, for dark', () => {
    const voxels_FZYX = Float32Array.of(1.5, Number.NaN, Number.POSITIVE_INFINITY, -2)
    const affine = Float64Array.from([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
    const image = readNifti(writeNifti({ shape: [1, 1, 2, 2], spacingMm: [1, 1, 1], affine, voxels_FZYX }))
    expect([...image.voxels_FZYX]).toEqual([1.5, -2, -2, -2])
  })
})
