// Pictures of one palette -> an animated PNG that plays without end; a viewer that knows no animation shows the first. Hands on: animatedPng.
// Source: Portable Network Graphics, third edition (W3C Recommendation 2025), which took in the animation chunks acTL, fcTL and fdAT.
import { crc32, deflateSync } from 'node:zlib'
import { fault } from '../base/errors.ts'
import type { IndexedPicture } from './slice-picture.ts'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const INDEXED = 3 // colour type: indices into PLTE
const MAX_DELAY_MS = 65_535 // a 16-bit count of milliseconds

const long = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
const short = (value: number) => [(value >>> 8) & 255, value & 255]

function chunk(kind: string, content: ArrayLike<number>): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), Uint8Array.from(content)])
  return Buffer.concat([Uint8Array.from(long(content.length)), body, Uint8Array.from(long(crc32(body)))])
}

/** Lines of indices, each behind a zero: no filter, as the standard advises for palettes. */
function packed({ width, height, indices }: IndexedPicture): Buffer {
  const lines = new Uint8Array((width + 1) * height)
  for (let y = 0; y < height; y++) lines.set(indices.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  return deflateSync(lines, { level: 9 })
}

/**
 * Writes an animation.
 *
 * @param frames   Pictures of one size, at least one.
 * @param palette  At most 256 colours.
 * @param stepMs_F How long each frame is shown. Shape [F].
 * @throws         report/animation.
 */
export function animatedPng(
  frames: readonly IndexedPicture[],
  palette: readonly (readonly [number, number, number])[],
  stepMs_F: ArrayLike<number>,
): Uint8Array {
  const [first] = frames
  if (
    first === undefined ||
    stepMs_F.length !== frames.length ||
    frames.some((one) => one.width !== first.width || one.height !== first.height)
  )
    throw fault({
      code: 'report/animation',
      where: 'animatedPng',
      expected: 'pictures of one size with a duration each',
      received: `${frames.length} pictures, ${stepMs_F.length} durations`,
      hint: 'Paint every frame with the same options.',
    })
  const { width, height } = first
  let sequence = 0
  const pieces = [
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', [...long(width), ...long(height), 8, INDEXED, 0, 0, 0]),
    chunk('acTL', [...long(frames.length), ...long(0)]),
    chunk('PLTE', palette.flat()),
  ]
  for (const [index, frame] of frames.entries()) {
    const delayMs = Math.min(MAX_DELAY_MS, Math.max(1, Math.round(stepMs_F[index])))
    const place = [...long(width), ...long(height), ...long(0), ...long(0)]
    pieces.push(chunk('fcTL', [...long(sequence++), ...place, ...short(delayMs), ...short(1000), 0, 0]))
    const data = packed(frame)
    pieces.push(index === 0 ? chunk('IDAT', data) : chunk('fdAT', Buffer.concat([Uint8Array.from(long(sequence++)), data])))
  }
  return new Uint8Array(Buffer.concat([...pieces, chunk('IEND', [])]))
}
