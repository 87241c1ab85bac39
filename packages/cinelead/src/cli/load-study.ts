// One visit's images from disk: a zip, a folder of DICOM files (any depth) or one DICOM file -> volumes by view.
// Hands on: loadStudy. A file that is no image is counted with the reason and left out; a study without any image is an error.
import { readFileSync, statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { CineLeadError, fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { type DicomImage, readDicomFrames } from '../formats/dicom.ts'
import { isUkbManifest, readUkbManifest, type UkbManifestRow } from '../formats/ukb-manifest.ts'
import { readZip } from '../formats/zip.ts'
import { assembleStudy, type Study } from '../prepare/cmr/study.ts'
import { filesUnder } from './files-under.ts'

/** Files that were no image, by the code of the reader's refusal. */
export type LeftOut = { code: string; numFiles: number }

export type LoadedStudy = Study & { numFiles: number; numImages: number; leftOut: LeftOut[]; first?: FirstImage }

/** What the first image is: all there is to tell when no cine comes of a study. */
export type FirstImage = Pick<
  DicomImage,
  'modality' | 'seriesDescription' | 'numRows' | 'numColumns' | 'pixelSpacingMm' | 'sliceThicknessMm' | 'transferSyntax'
>

type ImageFile = { name: string; read(): Uint8Array }

const MAX_ZIP_BYTES = 4 * 2 ** 30 // the largest known bulk zip of UK Biobank is far below; Buffers of this size are read at once
const NOT_IMAGES = new Set(['.csv', '.cvs', '.txt', '.json', '.xml', '.png', '.jpg', '.gif', '.pdf', '.md', '.html', '.stl', '.vtk'])

const mayBeImage = (name: string) => !NOT_IMAGES.has(extname(name).toLowerCase()) && !isUkbManifest(name) && !/(^|\/)DICOMDIR$/i.test(name)

async function imageFiles(path: string): Promise<ImageFile[]> {
  const stat = statSync(path)
  if (stat.isDirectory()) return filesUnder(path).map((file) => ({ name: file, read: () => readFileSync(file) }))
  if (extname(path).toLowerCase() !== '.zip') return [{ name: path, read: () => readFileSync(path) }]
  if (stat.size > MAX_ZIP_BYTES) {
    throw fault({
      code: 'cli/zip-size',
      where: 'loadStudy',
      expected: `a zip of at most ${inBytes(MAX_ZIP_BYTES)}`,
      received: inBytes(stat.size),
      hint: 'Is this one visit of one subject? Unpack it and name the folder.',
    })
  }
  return readZip(readFileSync(path))
}

const refusalCode = (error: unknown): string => {
  if (error instanceof CineLeadError) return error.code
  throw error
}

/** The rows of every manifest by file name; an archive may hold more than one, and a broken one is counted with the files left out. */
function readManifests(files: readonly ImageFile[], refuse: (code: string) => void): Map<string, UkbManifestRow> {
  const rows = new Map<string, UkbManifestRow>()
  for (const file of files.filter(({ name }) => isUkbManifest(name))) {
    try {
      for (const row of readUkbManifest(file.read())) rows.set(row.filename, row)
    } catch (error) {
      refuse(refusalCode(error))
    }
  }
  return rows
}

/** An image takes its series' name from the manifest where the object itself has none. */
function withManifest(image: DicomImage, row: UkbManifestRow | undefined): DicomImage {
  if (row === undefined || image.seriesDescription !== undefined) return image
  return { ...image, seriesDescription: row.seriesDescription, acquiredOn: image.acquiredOn ?? row.date }
}

/**
 * Reads every image under `path` and assembles them into volumes.
 *
 * @param path       A zip, a folder or a DICOM file.
 * @param onAdvance  Told after each file how many are done of how many.
 * @throws           cli/no-images when nothing under the path is an image; formats/zip-* for a broken archive.
 */
export async function loadStudy(path: string, onAdvance: (numDone: number, numTotal: number) => void = () => {}): Promise<LoadedStudy> {
  const all = await imageFiles(path)
  const files = all.filter(({ name }) => mayBeImage(name))
  const refusals = new Map<string, number>()
  const refuse = (code: string) => void refusals.set(code, (refusals.get(code) ?? 0) + 1)
  const manifest = readManifests(all, refuse)
  const images: DicomImage[] = []
  for (const [index, file] of files.entries()) {
    try {
      const row = manifest.get(basename(file.name))
      for (const image of await readDicomFrames(file.read())) images.push(withManifest(image, row))
    } catch (error) {
      refuse(refusalCode(error))
    }
    onAdvance(index + 1, files.length)
  }
  const leftOut = [...refusals].map(([code, numFiles]) => ({ code, numFiles }))
  if (images.length === 0) {
    throw fault({
      code: 'cli/no-images',
      where: 'loadStudy',
      expected: 'DICOM images',
      received: leftOut.map(({ code, numFiles }) => `${numFiles} files refused by ${code}`).join(', ') || 'no file that may be one',
      hint: 'Name a zip of one visit, a folder of DICOM files or one DICOM file.',
    })
  }
  const { modality, seriesDescription, numRows, numColumns, pixelSpacingMm, sliceThicknessMm, transferSyntax } = images[0]
  const first = { modality, seriesDescription, numRows, numColumns, pixelSpacingMm, sliceThicknessMm, transferSyntax }
  const study = assembleStudy(images)
  const present = new Set(files.map(({ name }) => basename(name)))
  const numMissing = [...manifest.keys()].filter((name) => !present.has(name)).length
  const notes = numMissing === 0 ? study.notes : [...study.notes, `${numMissing} files that the manifest names are not there`]
  return { ...study, notes, numFiles: files.length, numImages: images.length, leftOut, first }
}
