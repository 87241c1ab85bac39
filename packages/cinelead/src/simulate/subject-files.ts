// One person's bulk files as UK Biobank delivers them: the zip of the short-axis cine (20209) and the ECG's XML (20205).
// Hands on: subjectFiles.
import { createRandom, type Random } from '../base/seed.ts'
import { writeCardiosoftXml } from '../formats/cardiosoft-xml.ts'
import { writeDicom } from '../formats/dicom-writer.ts'
import { type UkbManifestRow, writeUkbManifest } from '../formats/ukb-manifest.ts'
import { writeZip } from '../formats/zip.ts'
import { type RenderedCine, renderCine } from './cine.ts'
import { renderEcg } from './ecg.ts'
import { dayAfter, type Person } from './person.ts'
import { drawQuirks, type QuirkRates, type Quirks } from './quirks.ts'
import { type ScannerProfile, scannerProfiles } from './scanner.ts'

export type SubjectFileOptions = {
  /** Default `scannerProfiles.demo`. */
  scanner?: ScannerProfile
  /** Rates of oddities; those not given are `usualQuirkRates`. */
  quirks?: Partial<QuirkRates>
  /** Zip's effort; default 1, noise hardly packs. */
  zipLevel?: 0 | 1 | 3 | 6 | 9
}

export type MadeFile = { name: string; bytes: Uint8Array }

/**
 * All bulk files of one person.
 *
 * @returns  `{eid}_20209_2_0.zip` and `{eid}_20205_2_0.xml`, with a second visit's files where drawn; fewer where a quirk says so.
 * @example  subjectFiles(drawPerson(1, 0))
 */
export function subjectFiles(person: Person, options: SubjectFileOptions = {}): MadeFile[] {
  const quirks = drawQuirks(person, options.quirks)
  const files: MadeFile[] = []
  for (const visit of quirks.secondVisit ? [2, 3] : [2]) {
    const random = createRandom(`${person.seed}/files/${person.index}/${visit}`)
    const scannedOn = visit === 2 ? person.visitOn : dayAfter(person.visitOn, 700 + random.integer(500))
    // Oddities of a recording belong to the first imaging visit.
    const odd =
      visit === 2 ? quirks : { ...quirks, missingZip: false, missingXml: false, emptyEcg: false, truncatedXml: false, truncatedZip: false }
    if (!odd.missingZip)
      files.push({ name: `${person.eid}_20209_${visit}_0.zip`, bytes: cineZip(person, visit, scannedOn, odd, random, options) })
    if (!odd.missingXml) {
      const recordedOn = odd.differentDay ? dayAfter(scannedOn, 2 + random.integer(40)) : scannedOn
      const bytes = writeCardiosoftXml(renderEcg(person, { visit, recordedOn }), {
        personId: person.eid,
        clock: { hour: 9 + random.integer(9), minute: random.integer(60), second: random.integer(60) },
        isStripNested: odd.nestedStrip,
        isWithoutSamples: odd.emptyEcg,
      })
      files.push({
        name: `${person.eid}_20205_${visit}_0.xml`,
        bytes: odd.truncatedXml ? bytes.subarray(0, Math.floor(bytes.length * 0.4)) : bytes,
      })
    }
  }
  return files
}

/** A UID under 2.25 (PS3.5 B.2): a random number that grows with `order`, so that a later series sorts last. */
function uid(random: Random, order: number): string {
  const digits = (count: number): string => Array.from({ length: count }, () => random.integer(10)).join('')
  return `2.25.1${String(order).padStart(6, '0')}${digits(24)}`
}

type Series = { name: string; sliceIndex: number; frames: readonly number[]; brightness: number }

function cineZip(
  person: Person,
  visit: number,
  scannedOn: string,
  quirks: Quirks,
  random: Random,
  options: SubjectFileOptions,
): Uint8Array {
  const cine = renderCine(person, options.scanner ?? scannerProfiles.demo, { withLabels: false, visit })
  const [numFrames, numSlices] = cine.volume.shape
  const frames = Array.from({ length: numFrames }, (_, f) => f)
  const kept = quirks.tooFewSlices ? 3 : numSlices
  const series: Series[] = []
  const repeated = quirks.duplicateSeries ? random.integer(kept) : -1
  for (let z = 0; z < kept; z++) {
    const name = `CINE_segmented_SAX_b${z + 1}`
    // The slice that was taken twice failed the first time.
    if (z === repeated) series.push({ name, sliceIndex: z, frames, brightness: 0.45 })
    series.push({ name, sliceIndex: z, frames, brightness: 1 })
  }
  if (quirks.inlineSeries) {
    const middle = Math.floor(kept / 2)
    series.push({ name: 'CINE_segmented_SAX_InlineVF', sliceIndex: middle, frames: [0, cine.esFrame], brightness: 0.8 })
  }
  const gone = quirks.missingFrame ? { sliceIndex: random.integer(kept), frame: 1 + random.integer(numFrames - 1) } : undefined
  const entries: MadeFile[] = []
  const rows: UkbManifestRow[] = []
  const studyUid = uid(random, visit)
  const frameOfReferenceUid = uid(random, visit)
  const startSec = 9 * 3600 + random.integer(8 * 3600)
  for (const [order, { name, sliceIndex, frames: wanted, brightness }] of series.entries()) {
    const seriesUid = uid(random, order + 1)
    for (const [instance, frame] of wanted.entries()) {
      const sopInstanceUid = uid(random, order * 1000 + instance)
      if (gone !== undefined && gone.sliceIndex === sliceIndex && gone.frame === frame && brightness === 1) continue
      const bytes = writeDicom({
        ...sliceHeader(cine, sliceIndex, frame),
        sopInstanceUid,
        studyUid,
        seriesUid,
        frameOfReferenceUid,
        seriesNumber: order + 5,
        seriesDescription: name,
        instanceNumber: instance + 1,
        acquiredOn: scannedOn,
        acquisitionSec: startSec + 18 * order,
        patientId: person.eid,
        pixels_YX: slicePixels(cine, sliceIndex, frame, brightness),
      })
      const filename = `${sopInstanceUid}.dcm`
      entries.push({ name: filename, bytes })
      rows.push({ filename, patientId: person.eid, seriesId: seriesUid, seriesDescription: name, date: scannedOn })
    }
  }
  entries.push({ name: quirks.cvsManifest ? 'manifest.cvs' : 'manifest.csv', bytes: writeUkbManifest(rows) })
  const zip = writeZip(entries, options.zipLevel ?? 1)
  return quirks.truncatedZip ? zip.subarray(0, Math.floor(zip.length * 0.6)) : zip
}

function slicePixels(cine: RenderedCine, sliceIndex: number, frame: number, brightness: number): Uint16Array {
  const [, numSlices, numRows, numColumns] = cine.volume.shape
  const at = (frame * numSlices + sliceIndex) * numRows * numColumns
  const pixels = cine.volume.voxels_FZYX.subarray(at, at + numRows * numColumns)
  return brightness === 1 ? pixels : pixels.map((value) => value * brightness)
}

function sliceHeader(cine: RenderedCine, sliceIndex: number, frame: number) {
  const { affine, frameMs_F, shape, spacingMm, sliceThicknessMm, heartRateBpm } = cine.volume
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
