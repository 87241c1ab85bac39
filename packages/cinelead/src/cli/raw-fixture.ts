// Raw folders for tests: UK Biobank's containers around a phantom heart and a simulated ECG, small enough to be made in a moment.
// Hands on: fixtureEid, putSubject, putTable, phantomZip, cleanEcg.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { phenotypes } from '../base/phenotypes.ts'
import { writeCardiosoftXml } from '../formats/cardiosoft-xml.ts'
import { writeDicom } from '../formats/dicom-writer.ts'
import { writeUkbManifest } from '../formats/ukb-manifest.ts'
import { writeZip } from '../formats/zip.ts'
import { type Phantom, phantomDefaults, phantomVolume } from '../prepare/cmr/phantom.ts'
import { renderEcg } from '../simulate/ecg.ts'
import { drawPerson } from '../simulate/person.ts'

/** A made participant number: seven digits that start with 9. */
export const fixtureEid = (index: number): string => String(9_000_001 + index)

export const fixtureDay = '2016-05-04'

/** A clean ECG as CardioSoft XML. */
export function cleanEcg(index: number, recordedOn = fixtureDay): Uint8Array {
  return writeCardiosoftXml(renderEcg(drawPerson('fixture', index), { noise: 0, recordedOn }))
}

/** A phantom's short-axis cine as DICOM files, then as the zip of field 20209. */
export function phantomZip(phantom: Partial<Phantom> = {}, acquiredOn = fixtureDay): Uint8Array {
  const files = phantomFiles(phantom, acquiredOn)
  const rows = files.map(({ name, series }) => ({
    filename: name,
    patientId: fixtureEid(0),
    seriesId: series,
    seriesDescription: series,
    date: acquiredOn,
  }))
  return writeZip([...files.map(({ name, bytes }) => ({ name, bytes })), { name: 'manifest.cvs', bytes: writeUkbManifest(rows) }], 1)
}

/** One DICOM file a frame and slice. */
export function phantomFiles(
  phantom: Partial<Phantom> = {},
  acquiredOn = fixtureDay,
): { name: string; series: string; bytes: Uint8Array }[] {
  const settings = { ...phantomDefaults, numFrames: 12, numRows: 64, numColumns: 72, spacingMm: [10, 2.7, 2.7] as const, ...phantom }
  const radii =
    phantom.cavityMm_F ?? Array.from({ length: settings.numFrames }, (_, f) => 25 - 8 * Math.sin((Math.PI * f) / settings.numFrames) ** 2)
  const { voxels_FZYX, shape, frameMs_F } = phantomVolume({ ...settings, cavityMm_F: radii })
  const [numFrames, numSlices, numRows, numColumns] = shape
  const files: { name: string; series: string; bytes: Uint8Array }[] = []
  for (let z = 0; z < numSlices; z++) {
    for (let f = 0; f < numFrames; f++) {
      const at = (f * numSlices + z) * numRows * numColumns
      const series = `CINE_segmented_SAX_b${z + 1}`
      const bytes = writeDicom({
        sopInstanceUid: `2.25.1${z}${f + 100}`,
        seriesUid: `2.25.2${z}`,
        studyUid: '2.25.3',
        seriesNumber: z + 1,
        seriesDescription: series,
        instanceNumber: f + 1,
        modality: 'MR',
        imageTypes: ['ORIGINAL', 'PRIMARY', 'M'],
        triggerMs: frameMs_F[f],
        nominalIntervalMs: 900,
        heartRateBpm: 67,
        cardiacNumberOfImages: numFrames,
        acquiredOn,
        positionMm: [0, 0, -10 * z],
        orientation: [1, 0, 0, 0, 1, 0],
        pixelSpacingMm: [settings.spacingMm[1], settings.spacingMm[2]],
        sliceThicknessMm: 8,
        spacingBetweenSlicesMm: 10,
        rescaleSlope: 1,
        rescaleIntercept: 0,
        numRows,
        numColumns,
        bitsStored: 12,
        pixels_YX: (voxels_FZYX as Uint16Array).subarray(at, at + numRows * numColumns),
      })
      files.push({ name: `${z}-${f}.dcm`, series, bytes })
    }
  }
  return files
}

/** One subject's two bulk files; a file that is given replaces the sound one, `null` leaves it out. */
export function putSubject(raw: string, index: number, files: { ecg?: Uint8Array | null; cine?: Uint8Array | null } = {}): void {
  mkdirSync(raw, { recursive: true })
  const { ecg = cleanEcg(index), cine = phantomZip() } = files
  if (ecg !== null) writeFileSync(join(raw, `${fixtureEid(index)}_20205_2_0.xml`), ecg)
  if (cine !== null) writeFileSync(join(raw, `${fixtureEid(index)}_20209_2_0.zip`), cine)
}

/** The participants' table of the first so many subjects: everybody has one volume after the other, and atrial fibrillation if odd. */
export function putTable(raw: string, numSubjects: number, indices = Array.from({ length: numSubjects }, (_, i) => i)): void {
  mkdirSync(raw, { recursive: true })
  const head = ['eid', '31-0.0', '53-2.0', '21003-2.0', ...phenotypes.map(({ field }) => `${field}-2.0`), '41270-0.0', '41280-0.0']
  const rows = indices.map((i) => [
    fixtureEid(i),
    i % 2,
    fixtureDay,
    50 + i,
    ...phenotypes.map((_, k) => 10 * k + i + 1),
    i % 2 ? 'I480' : '',
    i % 2 ? '2014-01-01' : '',
  ])
  writeFileSync(join(raw, 'participants.csv'), [head, ...rows].map((row) => row.join(',')).join('\n'))
}
