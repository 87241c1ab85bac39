// DICOM image objects -> one record a frame: where it lies, when in the heart beat it was taken, and its stored pixels.
// Hands on: readDicom, readDicomFrames, DicomImage. Names, birth dates and patient identifiers are never read.
// Source: DICOM PS3.3 (MR Image, Enhanced MR Image and their functional groups), PS3.5, PS3.10; the parser is dicom-parser.
import { inflateRawSync } from 'node:zlib'
import dicomParser, { type DataSet, type Element } from 'dicom-parser'
import { CineLeadError, fault } from '../base/errors.ts'
import { readFrameHeader, readSharedHeader } from './dicom-header.ts'
import { decodePixels, expectTransferSyntax, isEncapsulated, type PixelFormat, type StoredPixels } from './dicom-pixels.ts'

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
  /** Stored integers, not rescaled. Shape [Y, X]. */
  pixels_YX: StoredPixels
}

const MAX_PIXELS = 1 << 26 // a frame of 8192 x 8192: far beyond any cine, small enough for every machine
const MAX_FRAMES = 100_000
const MAX_INFLATED_BYTES = 1 << 30

function dicomFault(what: string, expected: string, received: string, hint: string, cause?: unknown): CineLeadError {
  return fault({ code: `formats/dicom-${what}`, where: 'readDicom', expected, received, hint, cause })
}

/** An object without the 128-byte preamble still starts with a tag of group 0002 or 0008, low byte first. */
function looksBare(bytes: Uint8Array): boolean {
  return bytes.length > 8 && (bytes[0] === 8 || bytes[0] === 2) && bytes[1] === 0
}

function hasPrefix(bytes: Uint8Array): boolean {
  return bytes.length > 132 && bytes[128] === 0x44 && bytes[129] === 0x49 && bytes[130] === 0x43 && bytes[131] === 0x4d
}

function inflate(bytes: Uint8Array, position: number): Uint8Array {
  const plain = inflateRawSync(bytes.subarray(position), { maxOutputLength: MAX_INFLATED_BYTES })
  const whole = new Uint8Array(position + plain.length)
  whole.set(bytes.subarray(0, position))
  whole.set(plain, position)
  return whole
}

function parse(bytes: Uint8Array): DataSet {
  const hint = 'Is this a DICOM object? Other files of the folder can be left out.'
  if (!hasPrefix(bytes) && !looksBare(bytes)) throw dicomFault('prefix', 'DICM at byte 128', 'none', hint)
  try {
    const isBareDataSet = !hasPrefix(bytes) && bytes[0] === 8
    // A second byte of the first length that spells a VR tells explicit from implicit.
    const isExplicit = bytes[4] >= 0x41 && bytes[4] <= 0x5a && bytes[5] >= 0x41 && bytes[5] <= 0x5a
    const bare = isExplicit ? '1.2.840.10008.1.2.1' : '1.2.840.10008.1.2'
    const options = { inflater: inflate, ...(isBareDataSet ? { TransferSyntaxUID: bare } : {}) }
    return dicomParser.parseDicom(bytes, options as unknown as Parameters<typeof dicomParser.parseDicom>[1])
  } catch (error) {
    const received = error instanceof Error ? 'a file that breaks off or lies about lengths' : 'a malformed element'
    throw dicomFault('parse', 'a sound sequence of data elements', received, hint, error)
  }
}

function readPixelFormat(dataSet: DataSet): PixelFormat & { numFrames: number } {
  const wanted = { Rows: 'x00280010', Columns: 'x00280011', BitsAllocated: 'x00280100', PixelData: 'x7fe00010' }
  const missing = Object.entries(wanted).filter(([, tag]) => dataSet.elements[tag] === undefined)
  if (missing.length > 0)
    throw dicomFault('missing', 'an image', `none: no ${missing.map(([name]) => name).join(', ')}`, 'Leave out reports and waveforms.')
  const bitsAllocated = dataSet.uint16('x00280100') ?? 0
  const bitsStored = dataSet.uint16('x00280101') ?? bitsAllocated
  const format = {
    numRows: dataSet.uint16('x00280010') ?? 0,
    numColumns: dataSet.uint16('x00280011') ?? 0,
    bitsAllocated,
    bitsStored,
    highBit: dataSet.uint16('x00280102') ?? bitsStored - 1,
    isSigned: dataSet.uint16('x00280103') === 1,
    numFrames: dataSet.intString('x00280008') ?? 1,
  }
  const { numRows, numColumns, highBit, numFrames } = format
  const numSamples = dataSet.uint16('x00280002') ?? 1
  const hint = 'Grey MR images of 8 or 16 bits are read; screen captures and colour maps are not.'
  if (numSamples !== 1) throw dicomFault('colour', 'one sample a pixel', `${numSamples}`, hint)
  if (bitsAllocated !== 8 && bitsAllocated !== 16) throw dicomFault('bits', '8 or 16 bits allocated', `${bitsAllocated}`, hint)
  if (bitsStored < 1 || bitsStored > bitsAllocated || highBit < bitsStored - 1 || highBit >= bitsAllocated)
    throw dicomFault('bits', `stored bits within ${bitsAllocated}`, `${bitsStored} with high bit ${highBit}`, hint)
  if (numRows * numColumns < 1 || numRows * numColumns > MAX_PIXELS)
    throw dicomFault('size', `1 to ${MAX_PIXELS} pixels`, `${numRows} x ${numColumns}`, hint)
  if (!(numFrames >= 1 && numFrames <= MAX_FRAMES)) throw dicomFault('size', `1 to ${MAX_FRAMES} frames`, `${numFrames}`, hint)
  return format
}

function framesOf(dataSet: DataSet, element: Element, uid: string, format: PixelFormat & { numFrames: number }): Uint8Array[] {
  const { numFrames, numRows, numColumns, bitsAllocated } = format
  const indices = Array.from({ length: numFrames }, (_, index) => index)
  const bytes = dataSet.byteArray
  if (!isEncapsulated(uid)) {
    const frameBytes = (numRows * numColumns * bitsAllocated) / 8
    if (element.length < frameBytes * numFrames || element.dataOffset + frameBytes * numFrames > bytes.length)
      throw dicomFault(
        'length',
        `${frameBytes * numFrames} bytes of pixels`,
        `${element.length}`,
        'The object is cut short: fetch it again.',
      )
    return indices.map((index) => bytes.subarray(element.dataOffset + index * frameBytes, element.dataOffset + (index + 1) * frameBytes))
  }
  const fragments = element.fragments
  if (fragments === undefined || fragments.length < numFrames)
    throw dicomFault(
      'missing',
      `at least ${numFrames} pixel fragments`,
      `${fragments?.length ?? 0}`,
      'The object is damaged: fetch it again.',
    )
  try {
    if (numFrames === 1) return [dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, element, 0, fragments.length)]
    if (fragments.length === numFrames)
      return indices.map((index) => dicomParser.readEncapsulatedPixelDataFromFragments(dataSet, element, index))
    const hasTable = (element.basicOffsetTable?.length ?? 0) > 0
    const table = hasTable ? element.basicOffsetTable : dicomParser.createJPEGBasicOffsetTable(dataSet, element)
    return indices.map((index) => dicomParser.readEncapsulatedImageFrame(dataSet, element, index, table))
  } catch (error) {
    throw dicomFault('decode', 'fragments that lie inside the file', 'others', 'The object is damaged: fetch it again.', error)
  }
}

function readHeaders(dataSet: DataSet, numFrames: number) {
  try {
    const shared = readSharedHeader(dataSet)
    return Array.from({ length: numFrames }, (_, index) => ({ ...shared, ...readFrameHeader(dataSet, index, numFrames) }))
  } catch (error) {
    throw dicomFault('parse', 'values that lie inside the file', 'others', 'The object is damaged: fetch it again.', error)
  }
}

/**
 * Reads every frame of a DICOM object: one for a classic image, many for enhanced and other multi-frame objects.
 *
 * @param bytes  A file of PS3.10, with or without its preamble.
 * @returns      A record a frame, in the file's order.
 * @throws       formats/dicom-* : prefix, parse, transfer-syntax, missing, colour, bits, size, length, decode, frame.
 */
export async function readDicomFrames(bytes: Uint8Array): Promise<DicomImage[]> {
  // A Buffer's `slice` shares memory where a Uint8Array's copies: work on the latter alone.
  const dataSet = parse(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const transferSyntax = dataSet.string('x00020010') ?? '1.2.840.10008.1.2'
  expectTransferSyntax(transferSyntax)
  const format = readPixelFormat(dataSet)
  const element = dataSet.elements.x7fe00010
  const isBigEndian = transferSyntax === '1.2.840.10008.1.2.2'
  const swapBytes = isBigEndian && (format.bitsAllocated === 16 || element.vr === 'OW')
  const headers = readHeaders(dataSet, format.numFrames)
  const images: DicomImage[] = []
  for (const [index, packed] of framesOf(dataSet, element, transferSyntax, format).entries()) {
    const pixels_YX = await decodePixels(transferSyntax, packed, format, swapBytes)
    const { numRows, numColumns, bitsStored } = format
    images.push({ ...headers[index], transferSyntax, numRows, numColumns, bitsStored, pixels_YX })
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
