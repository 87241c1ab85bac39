// The bytes of each frame in a DICOM object's pixel data, plain or in fragments. Hands on: framesOf.
// Source: DICOM PS3.5 section 8.2 and annex A.4 (fragments, the basic offset table).
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import type { DicomElements, Fragment } from './dicom-elements.ts'
import { isEncapsulated, type PixelFormat } from './dicom-pixels.ts'

const PIXEL_DATA = 0x7fe00010

function frameFault(what: string, expected: string, received: string) {
  const hint = 'The object is damaged or cut short: fetch it again.'
  return fault({ code: `formats/dicom-${what}`, where: 'readDicom', expected, received, hint })
}

/** Whether a JPEG stream closes here: end of image, perhaps one byte of padding behind it. */
function closesStream(bytes: Uint8Array): boolean {
  const endsAt = (end: number) => end >= 2 && bytes[end - 2] === 0xff && bytes[end - 1] === 0xd9
  return endsAt(bytes.length) || (bytes.at(-1) === 0 && endsAt(bytes.length - 1))
}

/** Which fragments open a frame: those the offset table names, else those behind the end of a stream. */
function openings(table: Uint8Array, fragments: readonly Fragment[]): number[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength)
  const offsets = new Set(Array.from({ length: table.length >> 2 }, (_, index) => view.getUint32(4 * index, true)))
  return fragments.flatMap(({ offset }, index) => {
    const isOpening = offsets.size > 0 ? offsets.has(offset) : index === 0 || closesStream(fragments[index - 1].bytes)
    return isOpening ? [index] : []
  })
}

function encapsulatedFrames(elements: DicomElements, numFrames: number): Uint8Array[] {
  const [table, ...fragments] = elements.fragments(PIXEL_DATA)
  if (fragments.length < numFrames) throw frameFault('missing', `at least ${numFrames} pixel fragments`, `${fragments.length}`)
  const joined = (from: number, to: number) =>
    to - from === 1 ? fragments[from].bytes : new Uint8Array(Buffer.concat(fragments.slice(from, to).map(({ bytes }) => bytes)))
  if (numFrames === 1) return [joined(0, fragments.length)]
  if (fragments.length === numFrames) return fragments.map(({ bytes }) => bytes)
  const starts = openings(table.bytes, fragments)
  if (starts.length !== numFrames) throw frameFault('decode', `${numFrames} frames among the fragments`, `${starts.length}`)
  return starts.map((from, index) => joined(from, starts[index + 1] ?? fragments.length))
}

/**
 * The bytes of every frame, in the file's own memory wherever a frame lies in one piece.
 *
 * @throws  formats/dicom-length, formats/dicom-missing, formats/dicom-decode.
 */
export function framesOf(elements: DicomElements, uid: string, format: PixelFormat, numFrames: number): Uint8Array[] {
  if (isEncapsulated(uid)) return encapsulatedFrames(elements, numFrames)
  const frameBytes = (format.numRows * format.numColumns * format.bitsAllocated) / 8
  const bytes = elements.bytes(PIXEL_DATA)
  if (bytes === undefined || bytes.length < frameBytes * numFrames)
    throw frameFault('length', `${inBytes(frameBytes * numFrames)} of pixels`, inBytes(bytes?.length ?? 0))
  return Array.from({ length: numFrames }, (_, index) => bytes.subarray(index * frameBytes, (index + 1) * frameBytes))
}
