// DICOM's run-length coding: each byte of the pixel, high byte first, is a PackBits segment of its own. Hands on: decodeRle.
// Source: DICOM PS3.5 annex G.
import { fault } from '../base/errors.ts'

const HEADER_BYTES = 64 // PS3.5 G.5: number of segments and fifteen offsets, 32 bits each

function rleFault(expected: string, received: string) {
  const hint = 'The object is damaged: fetch it again.'
  return fault({ code: 'formats/dicom-decode', where: 'decodeRle', expected, received, hint })
}

/**
 * Unpacks an RLE frame to little-endian words.
 *
 * @param numPixels     Pixels of the frame.
 * @param bytesPerPixel 1 or 2: the number of segments.
 * @throws              formats/dicom-decode when a segment is missing or too short.
 */
export function decodeRle(packed: Uint8Array, numPixels: number, bytesPerPixel: number): Uint8Array {
  if (packed.length < HEADER_BYTES) throw rleFault('a header of 64 bytes', `${packed.length}`)
  const header = new DataView(packed.buffer, packed.byteOffset, HEADER_BYTES)
  const numSegments = header.getUint32(0, true)
  if (numSegments !== bytesPerPixel) throw rleFault(`${bytesPerPixel} segments`, `${numSegments}`)
  const plain = new Uint8Array(numPixels * bytesPerPixel)
  for (let segment = 0; segment < numSegments; segment++) {
    const start = header.getUint32(4 + 4 * segment, true)
    const end = segment + 1 < numSegments ? header.getUint32(8 + 4 * segment, true) : packed.length
    if (start < HEADER_BYTES || end > packed.length || start > end) throw rleFault('segments inside the frame', 'an offset outside')
    unpackSegment(packed.subarray(start, end), plain, bytesPerPixel - 1 - segment, bytesPerPixel, numPixels)
  }
  return plain
}

function unpackSegment(packed: Uint8Array, plain: Uint8Array, first: number, step: number, numPixels: number): void {
  let at = 0
  let done = 0
  while (done < numPixels && at < packed.length) {
    const control = packed[at++]
    if (control === 128) continue // PS3.5 G.3.2: no operation
    const isRun = control > 128
    const count = Math.min(isRun ? 257 - control : control + 1, numPixels - done)
    if (at + (isRun ? 1 : count) > packed.length) break
    for (let i = 0; i < count; i++) plain[first + step * (done + i)] = packed[isRun ? at : at + i]
    at += isRun ? 1 : control + 1
    done += count
  }
  if (done < numPixels) throw rleFault(`${numPixels} bytes in each segment`, `${done}`)
}
