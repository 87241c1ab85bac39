// DICOM image objects -> one record a frame: where it lies, when in the heart beat it was taken, and its stored pixels.
// Hands on: readDicom, readDicomFrames, DicomImage. Names, birth dates and patient identifiers are never read.
// Source: DICOM PS3.3 (MR Image, Enhanced MR Image and their functional groups), PS3.5, PS3.10.
import { type CineLeadError, fault } from '../base/errors.ts'
import { type DicomElements, readDicomElements } from './dicom-elements.ts'
import { framesOf } from './dicom-frames.ts'
import { readFrameHeader, readSharedHeader } from './dicom-header.ts'
import { decodePixels, expectTransferSyntax, type PixelFormat, type StoredPixels } from './dicom-pixels.ts'

/** One image frame. What the file does not say is absent. */
export type DicomImage = {
  sopInstanceUid: string
  studyUid?: string
  seriesUid: string
  frameOfReferenceUid?: string
  seriesNumber?: number
  seriesDescription?: string
  instanceNumber?: number
  modality?: string
  imageTypes: readonly string[]
  manufacturer?: string
  /** Time after the R wave. */
  triggerMs?: number
  /** Place in a series of moments, from 1, where the file counts them. */
  temporalPosition?: number
  /** Length of the heart beat that the scanner assumed. */
  nominalIntervalMs?: number
  heartRateBpm?: number
  cardiacNumberOfImages?: number
  /** Day of the scan, `YYYY-MM-DD`. */
  acquiredOn?: string
  /** Acquisition time, seconds after midnight. */
  acquisitionSec?: number
  /** Centre of the first pixel, patient coordinates (LPS). */
  positionMm?: readonly [number, number, number]
  /** Direction cosines along a row (to the next column), then down a column. */
  orientation?: readonly [number, number, number, number, number, number]
  /** Distance of rows, distance of columns. */
  pixelSpacingMm?: readonly [number, number]
  sliceThicknessMm?: number
  spacingBetweenSlicesMm?: number
  rescaleSlope: number
  rescaleIntercept: number
  transferSyntax: string
  numRows: number
  numColumns: number
  bitsStored: number
  /** Stored integers, not rescaled, bright where there is signal; they may share the memory of the file they were read from. Shape [Y, X]. */
  pixels_YX: StoredPixels
}

const PADDING = 0x00280120
const PADDING_LIMIT = 0x00280121

const MAX_PIXELS = 1 << 26 // a frame of 8192 x 8192: far beyond any cine, small enough for every machine
const MAX_FRAMES = 100_000

function dicomFault(what: string, expected: string, received: string, hint: string): CineLeadError {
  return fault({ code: `formats/dicom-${what}`, where: 'readDicom', expected, received, hint })
}

function readPixelFormat(elements: DicomElements): PixelFormat & { numFrames: number } {
  const wanted = { Rows: 0x00280010, Columns: 0x00280011, BitsAllocated: 0x00280100, PixelData: 0x7fe00010 }
  const missing = Object.entries(wanted).filter(([, tag]) => !elements.has(tag))
  if (missing.length > 0)
    throw dicomFault('missing', 'an image', `none: no ${missing.map(([name]) => name).join(', ')}`, 'Leave out reports and waveforms.')
  const bitsAllocated = elements.uint16(0x00280100) ?? 0
  const bitsStored = elements.uint16(0x00280101) ?? bitsAllocated
  const format = {
    numRows: elements.uint16(0x00280010) ?? 0,
    numColumns: elements.uint16(0x00280011) ?? 0,
    bitsAllocated,
    bitsStored,
    highBit: elements.uint16(0x00280102) ?? bitsStored - 1,
    isSigned: elements.uint16(0x00280103) === 1,
    numFrames: elements.numbers(0x00280008)?.[0] ?? 1,
  }
  const { numRows, numColumns, highBit, numFrames } = format
  const numSamples = elements.uint16(0x00280002) ?? 1
  const hint = 'Grey MR images of 8 or 16 bits are read; screen captures and colour maps are not.'
  if (numSamples !== 1) throw dicomFault('colour', 'one sample a pixel', `${numSamples}`, hint)
  if (bitsAllocated !== 8 && bitsAllocated !== 16) throw dicomFault('bits', '8 or 16 bits allocated', `${bitsAllocated}`, hint)
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit < bitsStored - 1 || highBit >= bitsAllocated)
    throw dicomFault('bits', `stored bits within ${bitsAllocated}`, `${bitsStored} with high bit ${highBit}`, hint)
  if (numRows * numColumns < 1 || numRows * numColumns > MAX_PIXELS)
    throw dicomFault('size', `1 to ${MAX_PIXELS} pixels`, `${numRows} x ${numColumns}`, hint)
  if (!(Number.isInteger(numFrames) && numFrames >= 1 && numFrames <= MAX_FRAMES))
    throw dicomFault('size', `1 to ${MAX_FRAMES} frames`, `${numFrames}`, hint)
  return format
}

/** Bright where there is signal: MONOCHROME1 turned over, and what stands for no picture (padding) as dark as the darkest pixel. */
function asSeen(stored_YX: StoredPixels, elements: DicomElements, { bitsStored, isSigned }: PixelFormat): StoredPixels {
  const isInverted = elements.text(0x00280004) === 'MONOCHROME1'
  const bounds = [PADDING, PADDING_LIMIT]
    .flatMap((tag) => elements.uint16(tag) ?? [])
    .map((bound) => (isSigned ? (bound << 16) >> 16 : bound))
  if (!isInverted && bounds.length === 0) return stored_YX
  const [from, to] = [Math.min(...bounds), Math.max(...bounds)]
  const isPadding = (value: number) => value >= from && value <= to
  const sum = isSigned ? -1 : 2 ** bitsStored - 1
  const seen_YX = isInverted ? stored_YX.map((value) => sum - value) : stored_YX.slice()
  let darkest = Number.POSITIVE_INFINITY
  for (let at = 0; at < seen_YX.length; at++) if (!isPadding(stored_YX[at]) && seen_YX[at] < darkest) darkest = seen_YX[at]
  if (Number.isFinite(darkest)) for (let at = 0; at < seen_YX.length; at++) if (isPadding(stored_YX[at])) seen_YX[at] = darkest
  return seen_YX
}

/**
 * Reads every frame of a DICOM object: one for a classic image, many for enhanced and other multi-frame objects.
 *
 * @param bytes  A file of PS3.10, with or without its preamble.
 * @returns      A record a frame, in the file's order.
 * @throws       formats/dicom-* : prefix, parse, transfer-syntax, missing, colour, bits, size, length, decode, frame.
 */
export async function readDicomFrames(bytes: Uint8Array): Promise<DicomImage[]> {
  const { transferSyntax, elements } = readDicomElements(bytes)
  expectTransferSyntax(transferSyntax)
  const { numFrames, ...format } = readPixelFormat(elements)
  const isBigEndian = transferSyntax === '1.2.840.10008.1.2.2'
  const swapBytes = isBigEndian && (format.bitsAllocated === 16 || elements.vr(0x7fe00010) === 'OW')
  const shared = readSharedHeader(elements)
  const { numRows, numColumns, bitsStored } = format
  const images: DicomImage[] = []
  for (const [index, packed] of framesOf(elements, transferSyntax, format, numFrames).entries()) {
    const pixels_YX = asSeen(await decodePixels(transferSyntax, packed, format, swapBytes), elements, format)
    const own = readFrameHeader(elements, index, numFrames)
    images.push({ ...shared, ...own, transferSyntax, numRows, numColumns, bitsStored, pixels_YX })
  }
  return images
}

/**
 * Reads a DICOM object of one frame.
 *
 * @throws  What `readDicomFrames` throws, and formats/dicom-frames for an object of several.
 */
export async function readDicom(bytes: Uint8Array): Promise<DicomImage> {
  const images = await readDicomFrames(bytes)
  if (images.length !== 1) throw dicomFault('frames', 'an object of one frame', `${images.length}`, 'Use readDicomFrames.')
  return images[0]
}
