// One visit's images from disk: a zip, a folder of DICOM files (any depth) or one DICOM file -> volumes by view.
// Hands on: loadStudy. A file that is no image is counted with the reason and left out; a study without any image is an error.
import { readFileSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import { CineLeadError, fault } from '../base/errors.ts'
import { type DicomImage, readDicomFrames } from '../formats/dicom.ts'
import { isUkbManifest } from '../formats/ukb-manifest.ts'
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
      expected: `a zip of at most ${MAX_ZIP_BYTES} bytes`,
      received: `${stat.size} bytes`,
      hint: 'Is this one visit of one subject? Unpack it and name the folder.',
    })
  }
  return readZip(readFileSync(path))
}

/**
 * Reads every image under `path` and assembles them into volumes.
 *
 * @param path       A zip, a folder or a DICOM file.
 * @param onAdvance  Told after each file how many are done of how many.
 * @throws           cli/no-images when nothing under the path is an image; formats/zip-* for a broken archive.
 */
export async function loadStudy(path: string, onAdvance: (numDone: number, numTotal: number) => void = () => {}): Promise<LoadedStudy> {
  const files = (await imageFiles(path)).filter(({ name }) => mayBeImage(name))
  const images: DicomImage[] = []
  const refusals = new Map<string, number>()
  for (const [index, file] of files.entries()) {
    try {
      images.push(...(await readDicomFrames(file.read())))
    } catch (error) {
      if (!(error instanceof CineLeadError)) throw error
      refusals.set(error.code, (refusals.get(error.code) ?? 0) + 1)
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
  return { ...assembleStudy(images), numFiles: files.length, numImages: images.length, leftOut, first }
}
