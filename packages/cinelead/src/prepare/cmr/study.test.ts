// Truth: made-up series of known geometry; and one human study (biv-me), whose views and slice distance are known.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../base/seed.ts'
import { type DicomImage, readDicom } from '../../formats/dicom.ts'
import { assembleStudy } from './study.ts'

const realData = process.env.CINELEAD_REAL_DATA ?? '../shared/data'
const bivMe = join(realData, 'cmr/biv-me/dicoms')

type Series = { description: string; slot: number; numFrames?: number; uid?: string; seriesNumber?: number; value?: number }

/** A stack along the usual long axis, 10 mm apart, apex towards left, front and feet. */
function series({ description, slot, numFrames = 10, uid, seriesNumber = slot, value = slot }: Series): DicomImage[] {
  const s = Math.SQRT1_2
  return Array.from({ length: numFrames }, (_, frame) => ({
    sopInstanceUid: `1.2.${slot}.${frame}`,
    seriesUid: uid ?? `1.2.${slot}`,
    seriesNumber,
    seriesDescription: description,
    instanceNumber: frame + 1,
    imageTypes: [],
    triggerMs: 40 * frame,
    nominalIntervalMs: 400,
    cardiacNumberOfImages: 10,
    positionMm: [10 * slot * s, -10 * slot * s, 0],
    orientation: [0, 0, -1, -s, -s, 0],
    pixelSpacingMm: [2, 1.5],
    sliceThicknessMm: 8,
    rescaleSlope: 1,
    rescaleIntercept: 0,
    transferSyntax: '1.2.840.10008.1.2.1',
    numRows: 2,
    numColumns: 3,
    bitsStored: 12,
    pixels_YX: new Uint16Array(6).fill(100 * value + frame),
  }))
}

const slots = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const named = (slot: number, more: Partial<Series> = {}) => series({ description: `CINE_segmented_SAX_b${slot}`, slot, ...more })
const failed = (study: ReturnType<typeof assembleStudy>) => study.verdicts.filter(({ ok }) => !ok).map(({ criterion }) => criterion)
/** The first voxel of each slice at frame 0: 100 times the slot it came from. */
const order = ({ volumes: [sax] }: ReturnType<typeof assembleStudy>) =>
  slots(sax.shape[1]).map((z) => sax.voxels_FZYX[(z - 1) * sax.shape[2] * sax.shape[3]] / 100)

describe('assembleStudy', () => {
  it('stacks shuffled frames by trigger time and slices from base to apex', () => {
    const images = createRandom('study').shuffle(slots(7).flatMap((slot) => named(slot)))
    const study = assembleStudy(images)
    const [sax] = study.volumes
    expect(sax).toMatchObject({ view: 'sax', shape: [10, 7, 2, 3], spacingMm: [expect.closeTo(10, 6), 2, 1.5] })
    expect(order(study)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect([...sax.voxels_FZYX.subarray(0, 1), ...sax.voxels_FZYX.subarray(42, 43)]).toEqual([100, 101])
    expect(sax.heartRateBpm).toBe(150)
    expect([...sax.frameMs_F.subarray(0, 3)]).toEqual([0, 40, 80])
    expect(failed(study)).toEqual([])
  })

  it('maps voxels to the patient as the slices said', () => {
    const [sax] = assembleStudy(slots(7).flatMap((slot) => named(slot))).volumes
    const place = (x: number, y: number, z: number) =>
      [0, 1, 2].map((axis) => [x, y, z, 1].reduce((sum, value, column) => sum + sax.affine[axis * 4 + column] * value, 0))
    const s = Math.SQRT1_2
    for (const [axis, value] of [40 * s, -40 * s, 0].entries()) expect(place(0, 0, 3)[axis]).toBeCloseTo(value, 9)
    for (const [axis, value] of [10 * s - 2 * s, -10 * s - 2 * s, -1.5].entries()) expect(place(1, 1, 0)[axis]).toBeCloseTo(value, 9)
  })

  it('trusts series numbers over the usual apex and says so', () => {
    const study = assembleStudy(slots(7).flatMap((slot) => series({ description: `CINE_segmented_SAX_b${8 - slot}`, slot })))
    expect(order(study)).toEqual([7, 6, 5, 4, 3, 2, 1])
    expect(study.notes.join()).toMatch(/against the direction of the usual apex/)
  })

  it('tells base from apex by geometry when names are silent', () => {
    const study = assembleStudy([5, 3, 1, 2, 4].flatMap((slot) => series({ description: 'cine', slot })))
    expect(order(study)).toEqual([1, 2, 3, 4, 5])
    expect(study.notes.join()).toMatch(/told by geometry/)
  })

  it('leaves out InlineVF decoys, stills and frames without a place', () => {
    const decoys = [...named(3), ...named(4)].map((image) => ({
      ...image,
      seriesDescription: 'CINE_segmented_SAX_InlineVF',
      seriesUid: '9',
    }))
    const still = series({ description: 'localizer', slot: 2, numFrames: 1, uid: '8' })
    const lost = series({ description: 'cine', slot: 2, uid: '7' }).map((image) => ({ ...image, positionMm: undefined }))
    const study = assembleStudy([...slots(6).flatMap((slot) => named(slot)), ...decoys, ...still, ...lost])
    expect(study.volumes.map(({ view }) => view)).toEqual(['sax'])
    expect(order(study)).toEqual([1, 2, 3, 4, 5, 6])
    expect(study.notes.join('; ')).toMatch(/20 InlineVF images.*10 images without place.*1 planes of fewer/)
  })

  it('keeps the last of repeated slices and of repeated frames', () => {
    const again = named(3, { uid: '1.2.99', seriesNumber: 99, value: 50 })
    const study = assembleStudy([...again, ...slots(6).flatMap((slot) => named(slot))])
    expect(order(study)).toEqual([1, 2, 50, 4, 5, 6])
    const twice = named(2).map((image) => ({ ...image, instanceNumber: 20, pixels_YX: new Uint16Array(6).fill(7000) }))
    expect(order(assembleStudy([...twice, ...slots(6).flatMap((slot) => named(slot))]))).toEqual([1, 70, 3, 4, 5, 6])
  })

  it('keeps the last scan of a place scanned again in the same series, in a beat of another length', () => {
    const again = named(2).map((image, frame) => ({
      ...image,
      instanceNumber: 11 + frame,
      triggerMs: 41.5 * frame,
      pixels_YX: new Uint16Array(6).fill(7000 + frame),
    }))
    const study = assembleStudy([...again, ...slots(6).flatMap((slot) => named(slot))])
    expect([order(study), failed(study)]).toEqual([[1, 70, 3, 4, 5, 6], []])
    expect(slots(10).map((frame) => study.volumes[0].voxels_FZYX[(frame - 1) * 36 + 6])).toEqual(again.map((_, frame) => 7000 + frame))
  })

  it('fills a missing frame by the nearest and flags it', () => {
    const images = slots(6).flatMap((slot) => named(slot).filter((_, frame) => slot !== 4 || frame !== 5))
    const study = assembleStudy(images)
    expect(failed(study)).toEqual(['frame-count'])
    const [sax] = study.volumes
    expect(sax.shape).toEqual([10, 6, 2, 3])
    expect([404, 406]).toContain(sax.voxels_FZYX[5 * 36 + 3 * 6])
    expect(sax.voxels_FZYX[9 * 36 + 3 * 6]).toBe(409)
  })

  it('drops a stack with a missing slice', () => {
    const study = assembleStudy([1, 2, 4, 5, 6, 7].flatMap((slot) => named(slot)))
    expect(study.verdicts.find(({ ok }) => !ok)).toMatchObject({ criterion: 'slice-gap', value: expect.closeTo(2, 6), onFail: 'drop' })
  })

  it('rescales intensities', () => {
    const images = slots(6).flatMap((slot) => named(slot).map((image) => ({ ...image, rescaleSlope: 0.5, rescaleIntercept: -3 })))
    expect(assembleStudy(images).volumes[0].voxels_FZYX[0]).toBe(47)
  })

  it('says that there is no short-axis stack', () => {
    const study = assembleStudy(series({ description: 'CINE_segmented_LAX_4Ch', slot: 1 }))
    expect(study.volumes.map(({ view }) => view)).toEqual(['4ch'])
    expect(failed(study)).toContain('short-axis')
    expect(failed(assembleStudy([]))).toContain('short-axis')
  })

  it('sorts frames by the moment the file counts where trigger times are missing', () => {
    const images = slots(6).flatMap((slot) =>
      named(slot).map((image, frame) => ({ ...image, triggerMs: undefined, instanceNumber: 99 - frame, temporalPosition: frame + 1 })),
    )
    const [sax] = assembleStudy(images).volumes
    expect([0, 1, 9].map((frame) => sax.voxels_FZYX[frame * 36])).toEqual([100, 101, 109])
  })

  it('leaves out perfusion at the places of the cine, told by its clock alone', () => {
    const perfusion = [2, 3, 4].flatMap((slot) =>
      series({ description: 'a', slot, numFrames: 40, uid: '1.2.50', seriesNumber: 50, value: 90 }).map((image, frame) => ({
        ...image,
        triggerMs: 120,
        acquisitionSec: 36_000 + 1.1 * frame,
      })),
    )
    const study = assembleStudy([...slots(6).flatMap((slot) => series({ description: 'a', slot })), ...perfusion])
    expect(order(study)).toEqual([1, 2, 3, 4, 5, 6])
    expect(study.notes.join()).toMatch(/3 planes that run over many beats were left out/)
  })

  it('leaves out images of velocities and mosaics', () => {
    const phase = named(3, { uid: '1.2.60', seriesNumber: 60, value: 60 }).map((image) => ({
      ...image,
      imageTypes: ['ORIGINAL', 'PRIMARY', 'P', 'ND'],
    }))
    const study = assembleStudy([...slots(6).flatMap((slot) => named(slot)), ...phase])
    expect([order(study)[2], study.notes.join()]).toEqual([3, expect.stringMatching(/10 images of velocities and mosaics were left out/)])
  })

  it('keeps two visits apart by their frame of reference, unless every series has one of its own', () => {
    const visit = (uid: string, count: number, value: number) =>
      slots(count).flatMap((slot) =>
        series({ description: 'cine', slot, uid: `${uid}.${slot}`, value: value + slot }).map((image) => ({
          ...image,
          frameOfReferenceUid: uid,
          positionMm: image.positionMm?.map((mm) => mm + value / 10) as unknown as DicomImage['positionMm'],
        })),
      )
    expect(order(assembleStudy([...visit('1.5', 5, 40), ...visit('1.6', 7, 0)]))).toEqual([1, 2, 3, 4, 5, 6, 7])
    const own = slots(6).flatMap((slot) => named(slot).map((image) => ({ ...image, frameOfReferenceUid: `1.7.${slot}` })))
    expect(order(assembleStudy(own))).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('brings a slice of another matrix onto the pixels of the others', () => {
    // The fourth slice has a field of four rows and two columns that starts half a row and a column further up and left, and twice the pixel.
    const odd = named(4).map((image, frame) => {
      const { positionMm, orientation } = image as Required<DicomImage>
      const corner = positionMm.map((mm, axis) => mm - 1 * orientation[axis + 3] - 1.5 * orientation[axis])
      return {
        ...image,
        numRows: 2,
        numColumns: 4,
        pixelSpacingMm: [4, 1.5] as const,
        positionMm: corner as unknown as DicomImage['positionMm'],
        pixels_YX: Uint16Array.from([0, 10, 20, 30, 40, 50, 60, 70], (value) => 400 + value + frame),
      }
    })
    const study = assembleStudy([...slots(6).flatMap((slot) => (slot === 4 ? [] : named(slot))), ...odd])
    const [sax] = study.volumes
    expect([sax.shape, failed(study)]).toEqual([[10, 6, 2, 3], []])
    // Rows at a quarter and three quarters between its two, columns one to the right.
    expect([...sax.voxels_FZYX.subarray(18, 24)]).toEqual([420, 430, 440, 440, 450, 460])
    expect(study.notes.join()).toMatch(/1 slices of another matrix were brought onto that of the others/)
  })

  it('takes a stack of single moments as it is where there is no cine', () => {
    const study = assembleStudy(slots(8).flatMap((slot) => series({ description: 'LGE', slot, numFrames: 1 })))
    expect([study.volumes.every(({ view }) => view === 'other'), failed(study).slice(0, 2)]).toEqual([true, ['short-axis', 'view-certain']])
    const phase = assembleStudy(slots(8).flatMap((slot) => series({ description: 'SA', slot, numFrames: 1 })))
    expect(phase.volumes.map(({ view, shape }) => [view, shape[0], shape[1]])).toEqual([['sax', 1, 8]])
    expect(phase.notes.join()).toMatch(/8 planes of fewer than 5 frames were taken as they are/)
  })

  it.skipIf(!existsSync(bivMe))('finds six short-axis slices of 25 phases and the long axes of a human study', async () => {
    const images: DicomImage[] = []
    for (const folder of readdirSync(bivMe))
      for (const file of readdirSync(join(bivMe, folder))) images.push(await readDicom(readFileSync(join(bivMe, folder, file))))
    const study = assembleStudy(images)
    expect(study.volumes.map(({ view, shape }) => [view, shape[0], shape[1]])).toEqual([
      ['sax', 25, 6],
      ['other', 25, 1],
      ['4ch', 25, 1],
      ['4ch', 25, 1],
      ['2ch', 25, 1],
      ['2ch', 25, 1],
    ])
    const [sax] = study.volumes
    expect(sax.spacingMm[0]).toBeCloseTo(17.7, 2)
    expect(sax.spacingMm[1]).toBe(1.40625)
    expect(failed(study)).toEqual([])
  })
})
