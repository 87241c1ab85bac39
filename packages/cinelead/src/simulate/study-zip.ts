// A zip of one imaging study as UK Biobank delivers it: flat DICOM files, one a frame and slice, and the manifest.
// Hands on: studyZip, Series, ScannedVolume, MadeFile.
import { createRandom, type Random } from '../base/seed.ts'
import { writeDicom } from '../formats/dicom-writer.ts'
import { type UkbManifestRow, writeUkbManifest } from '../formats/ukb-manifest.ts'
import type { Volume } from '../formats/volume.ts'
import { writeZip } from '../formats/zip.ts'
import type { Person } from './person.ts'

export type MadeFile = { name: string; bytes: Uint8Array }

export type ScannedVolume = Volume & { voxels_FZYX: Uint16Array }

/** One DICOM series: a slice of a volume over the wanted frames. `brightness` dims a failed attempt. */
export type Series = { name: string; volume: ScannedVolume; sliceIndex: number; frames: readonly number[]; brightness: number }

export type StudyOptions = {
  field: 20208 | 20209
  visit: number
  /** `YYYY-MM-DD`. */
  scannedOn: string
  isCvsManifest: boolean
  /** All slices are one DICOM series. */
  isOneSeries?: boolean
  /** A frame that is missing from the archive. */
  gone?: { sliceIndex: number; frame: number } | undefined
  /** Share of the bytes that are there; 1 is whole. */
  wholeFraction: number
  zipLevel: 0 | 1 | 3 | 6 | 9
}

/** A UID under 2.25 (PS3.5 B.2): a random number that grows with `order`, so that a later series sorts last. */
function uid(random: Random, order: number): string {
  const digits = (count: number): string => Array.from({ length: count }, () => random.integer(10)).join('')
  return `2.25.1${String(order).padStart(6, '0')}${digits(24)}`
}

/**
 * Writes the series of a study into one archive.
 *
 * @returns  The zip's bytes, the same for the same input.
 */
export function studyZip(person: Person, series: readonly Series[], options: StudyOptions): Uint8Array {
  const { field, visit, scannedOn, gone } = options
  // Short and long axis belong to one study and lie in one frame of reference.
  const study = createRandom(`${person.seed}/study/${person.index}/${visit}`)
  const random = study.stream(field)
  const studyUid = uid(study, visit)
  const frameOfReferenceUid = uid(study, visit)
  const startSec = 9 * 3600 + study.integer(8 * 3600) + (field === 20208 ? 0 : 120)
  const entries: MadeFile[] = []
  const rows: UkbManifestRow[] = []
  let seriesUid = ''
  let numInstances = 0
  for (const [order, { name, volume, sliceIndex, frames, brightness }] of series.entries()) {
    if (options.isOneSeries !== true || order === 0) seriesUid = uid(random, order + 1)
    if (options.isOneSeries !== true) numInstances = 0
    for (const [instance, frame] of frames.entries()) {
      const sopInstanceUid = uid(random, order * 1000 + instance)
      if (gone !== undefined && gone.sliceIndex === sliceIndex && gone.frame === frame && brightness === 1) continue
      const bytes = writeDicom({
        ...sliceHeader(volume, sliceIndex, frame),
        sopInstanceUid,
        studyUid,
        seriesUid,
        frameOfReferenceUid,
        seriesNumber: (options.isOneSeries === true ? 0 : order) + (field === 20208 ? 2 : 5),
        seriesDescription: name,
        instanceNumber: ++numInstances,
        acquiredOn: scannedOn,
        acquisitionSec: startSec + 18 * order,
        patientId: person.eid,
        pixels_YX: slicePixels(volume, sliceIndex, frame, brightness),
      })
      const filename = `${sopInstanceUid}.dcm`
      entries.push({ name: filename, bytes })
      rows.push({ filename, patientId: person.eid, seriesId: seriesUid, seriesDescription: name, date: scannedOn })
    }
  }
  entries.push({ name: options.isCvsManifest ? 'manifest.cvs' : 'manifest.csv', bytes: writeUkbManifest(rows) })
  const zip = writeZip(entries, options.zipLevel)
  return options.wholeFraction < 1 ? zip.subarray(0, Math.floor(zip.length * options.wholeFraction)) : zip
}

function slicePixels(volume: ScannedVolume, sliceIndex: number, frame: number, brightness: number): Uint16Array {
  const [, numSlices, numRows, numColumns] = volume.shape
  const at = (frame * numSlices + sliceIndex) * numRows * numColumns
  const pixels = volume.voxels_FZYX.subarray(at, at + numRows * numColumns)
  return brightness === 1 ? pixels : pixels.map((value) => value * brightness)
}

function sliceHeader(volume: ScannedVolume, sliceIndex: number, frame: number) {
  const { affine, frameMs_F, shape, spacingMm, sliceThicknessMm, heartRateBpm } = volume
  const [numFrames, , numRows, numColumns] = shape
  const column = (k: number): [number, number, number] => [affine[k], affine[4 + k], affine[8 + k]]
  const direction = (k: number, length: number) => column(k).map((value) => value / length)
  const [x, y, z] = column(2)
  const [ox, oy, oz] = column(3)
  return {
    imageTypes: ['ORIGINAL', 'PRIMARY', 'M', 'RETRO', 'NORM'],
    modality: 'MR',
    manufacturer: 'SIEMENS',
    triggerMs: Math.round(frameMs_F[frame] * 10) / 10,
    nominalIntervalMs: 60_000 / (heartRateBpm ?? 60),
    heartRateBpm,
    cardiacNumberOfImages: numFrames,
    positionMm: [ox + sliceIndex * x, oy + sliceIndex * y, oz + sliceIndex * z] as const,
    orientation: [...direction(0, spacingMm[2]), ...direction(1, spacingMm[1])] as unknown as readonly [
      number,
      number,
      number,
      number,
      number,
      number,
    ],
    pixelSpacingMm: [spacingMm[1], spacingMm[2]] as const,
    sliceThicknessMm,
    spacingBetweenSlicesMm: spacingMm[0],
    rescaleSlope: 1,
    rescaleIntercept: 0,
    numRows,
    numColumns,
    bitsStored: 12,
  }
}
