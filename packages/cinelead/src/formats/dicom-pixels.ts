// Pixel data of a DICOM object -> stored integers, for each transfer syntax that something on npm decodes without loss.
// Hands on: decodePixels, PixelFormat, supportedTransferSyntaxes.
// Source: DICOM PS3.5 section 8 and annexes A and G. JPEG-LS by CharLS and JPEG 2000 by OpenJPEG (both WebAssembly), JPEG
// lossless by jpeg-lossless-decoder-js; RLE is our own.
import createCharls from '@cornerstonejs/codec-charls/decodewasmjs'
import createOpenJpeg from '@cornerstonejs/codec-openjpeg/decodewasmjs'
import { Decoder as JpegLosslessDecoder } from 'jpeg-lossless-decoder-js'
import { CineLeadError, fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { decodeRle } from './dicom-rle.ts'

/** How the stored integers lie in memory: (0028,0010), (0028,0011), (0028,0100) to (0028,0103). */
export type PixelFormat = {
  numRows: number
  numColumns: number
  bitsAllocated: number
  bitsStored: number
  highBit: number
  isSigned: boolean
}

/** Stored values of one frame, before rescaling. Shape [Y, X]. */
export type StoredPixels = Uint8Array | Int8Array | Uint16Array | Int16Array

const names: Record<string, string> = {
  '1.2.840.10008.1.2': 'implicit little endian',
  '1.2.840.10008.1.2.1': 'explicit little endian',
  '1.2.840.10008.1.2.1.99': 'deflated explicit little endian',
  '1.2.840.10008.1.2.2': 'explicit big endian',
  '1.2.840.10008.1.2.5': 'RLE',
  '1.2.840.10008.1.2.4.57': 'JPEG lossless, process 14',
  '1.2.840.10008.1.2.4.70': 'JPEG lossless, selection value 1',
  '1.2.840.10008.1.2.4.80': 'JPEG-LS lossless',
  '1.2.840.10008.1.2.4.81': 'JPEG-LS near-lossless',
  '1.2.840.10008.1.2.4.90': 'JPEG 2000 lossless',
  '1.2.840.10008.1.2.4.91': 'JPEG 2000',
}

export const supportedTransferSyntaxes: Readonly<Record<string, string>> = names

type WasmFrameInfo = { width: number; height: number; bitsPerSample: number; componentCount: number; isSigned?: boolean }
type WasmDecoder = {
  getEncodedBuffer(sizeBytes: number): Uint8Array
  getDecodedBuffer(): Uint8Array
  decode(): void
  getFrameInfo(): WasmFrameInfo
  delete(): void
}
type WasmCodec = { create(): WasmDecoder }

const silent = { print: () => {}, printErr: () => {} }
let charls: Promise<WasmCodec> | undefined
let openJpeg: Promise<WasmCodec> | undefined

function loadCharls(): Promise<WasmCodec> {
  charls ??= createCharls(silent).then((module) => ({ create: () => new module.JpegLSDecoder() }))
  return charls
}

function loadOpenJpeg(): Promise<WasmCodec> {
  openJpeg ??= createOpenJpeg(silent).then((module) => ({ create: () => new module.J2KDecoder() }))
  return openJpeg
}

function pixelFault(what: string, expected: string, received: string, cause?: unknown): CineLeadError {
  const hint = 'The object is damaged, or its writer broke the standard: fetch it again or convert it with dcmtk.'
  return fault({ code: `formats/dicom-${what}`, where: 'readDicom', expected, received, hint, cause })
}

/** Refuses a transfer syntax that nothing here decodes, by name. */
export function expectTransferSyntax(uid: string): void {
  if (names[uid] !== undefined) return
  throw fault({
    code: 'formats/dicom-transfer-syntax',
    where: 'readDicom',
    expected: `one of ${Object.values(names).join(', ')}`,
    received: /^[0-9.]{1,64}$/.test(uid) ? uid : 'no valid identifier',
    hint: 'Decompress it first, for instance with dcmdjpeg or gdcmconv --raw.',
  })
}

/** Whether pixels come in fragments (PS3.5 A.4) rather than as plain words. */
export function isEncapsulated(uid: string): boolean {
  return uid === '1.2.840.10008.1.2.5' || uid.startsWith('1.2.840.10008.1.2.4.')
}

async function runWasm(codec: WasmCodec, packed: Uint8Array, format: PixelFormat): Promise<Uint8Array> {
  const decoder = codec.create()
  try {
    decoder.getEncodedBuffer(packed.length).set(packed)
    decoder.decode()
    const info = decoder.getFrameInfo()
    expectFrame(info.width, info.height, info.componentCount, info.bitsPerSample > 8 ? 16 : 8, format)
    return decoder.getDecodedBuffer().slice()
  } finally {
    decoder.delete()
  }
}

function expectFrame(width: number, height: number, components: number, bits: number, format: PixelFormat): void {
  const { numRows, numColumns, bitsAllocated } = format
  if (width === numColumns && height === numRows && components === 1 && bits <= bitsAllocated) return
  const expected = `a frame of ${numRows} x ${numColumns}, one component, at most ${bitsAllocated} bits, as the header says`
  throw pixelFault('frame', expected, `${height} x ${width}, ${components} components, ${bits} bits`)
}

function runJpegLossless(packed: Uint8Array, format: PixelFormat): Uint8Array {
  const decoder = new JpegLosslessDecoder()
  const plain = decoder.decompress(packed.slice().buffer, 0, packed.length)
  const { dimX, dimY, numComp, precision } = decoder.frame
  expectFrame(dimX, dimY, numComp, precision > 8 ? 16 : 8, format)
  return new Uint8Array(plain)
}

async function unpack(uid: string, packed: Uint8Array, format: PixelFormat): Promise<Uint8Array> {
  if (!isEncapsulated(uid)) return packed
  try {
    if (uid.endsWith('.2.5')) return decodeRle(packed, format.numRows * format.numColumns, format.bitsAllocated / 8)
    if (uid.endsWith('.57') || uid.endsWith('.70')) return runJpegLossless(packed, format)
    return await runWasm(await (uid.endsWith('.80') || uid.endsWith('.81') ? loadCharls() : loadOpenJpeg()), packed, format)
  } catch (error) {
    if (error instanceof CineLeadError) throw error
    // Emscripten throws the address of a C++ exception, a bare number: it says nothing more.
    const received = error instanceof Error ? error.message.split('\n', 1)[0].slice(0, 80) : 'a decoder fault'
    throw pixelFault('decode', `a sound ${names[uid]} stream`, received, error)
  }
}

/** Widens 8 bits in a decoder's bytes to the 16 that the header allocates. */
function widen(plain: Uint8Array, numPixels: number, bitsAllocated: number): Uint8Array {
  if (bitsAllocated === 16 && plain.length === numPixels) return new Uint8Array(Uint16Array.from(plain).buffer)
  return plain
}

/** The bits that are set in any of the 16-bit words, two words at a time where they lie so: this looks at every pixel of a study. */
function bitsUsed({ buffer, byteOffset, byteLength }: StoredPixels): number {
  const isEven = byteOffset % 4 === 0
  const pairs = new Uint32Array(buffer, isEven ? byteOffset : byteOffset + 2, (byteLength - (isEven ? 0 : 2)) >> 2)
  const numFours = pairs.length & ~3
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let i = 0; i < numFours; i += 4) {
    a |= pairs[i]
    b |= pairs[i + 1]
    c |= pairs[i + 2]
    d |= pairs[i + 3]
  }
  for (let i = numFours; i < pairs.length; i++) a |= pairs[i]
  const words = new Uint16Array(buffer, byteOffset, byteLength >> 1)
  const bits = a | b | c | d | words[0] | words[words.length - 1]
  return (bits | (bits >>> 16)) & 0xffff
}

/** Whether every word is already the stored value: no bit set above it, and none that would be its sign. */
function isSettled(values_YX: StoredPixels, { bitsAllocated, bitsStored, highBit, isSigned }: PixelFormat): boolean {
  if (bitsStored === bitsAllocated) return true
  if (bitsAllocated !== 16 || highBit !== bitsStored - 1) return false
  return bitsUsed(values_YX) >>> (isSigned ? highBit : bitsStored) === 0
}

/** Moves the stored bits down and clears or extends what lies above them (overlays of old scanners). */
function settleBits(values_YX: StoredPixels, { bitsStored, highBit, isSigned }: PixelFormat): void {
  const left = 31 - highBit
  const right = 32 - bitsStored
  for (let i = 0; i < values_YX.length; i++) {
    const moved = values_YX[i] << left
    values_YX[i] = isSigned ? moved >> right : moved >>> right
  }
}

/** The bytes as words, in place where they lie on a word's boundary. */
function asWords(plain: Uint8Array, numPixels: number, { bitsAllocated, isSigned }: PixelFormat): StoredPixels {
  const isPlaced = bitsAllocated === 8 || plain.byteOffset % 2 === 0
  const { buffer, byteOffset } = isPlaced ? plain : Uint8Array.from(plain)
  if (bitsAllocated === 8) return isSigned ? new Int8Array(buffer, byteOffset, numPixels) : new Uint8Array(buffer, byteOffset, numPixels)
  return isSigned ? new Int16Array(buffer, byteOffset, numPixels) : new Uint16Array(buffer, byteOffset, numPixels)
}

/**
 * Decodes one frame to the integers the scanner stored.
 *
 * @param uid       Transfer syntax, one of `supportedTransferSyntaxes`.
 * @param packed    The frame's bytes: plain words, or the joined fragments. Left as they are.
 * @param swapBytes True where words lie big endian.
 * @returns         Stored values, sign extended; plain words that need no change share the memory of `packed`. Shape [Y, X].
 * @throws          formats/dicom-decode, formats/dicom-frame, formats/dicom-length.
 */
export async function decodePixels(uid: string, packed: Uint8Array, format: PixelFormat, swapBytes: boolean): Promise<StoredPixels> {
  const numPixels = format.numRows * format.numColumns
  const sizeBytes = numPixels * (format.bitsAllocated / 8)
  let plain = widen(await unpack(uid, packed, format), numPixels, format.bitsAllocated)
  if (plain.length < sizeBytes) throw pixelFault('length', `${inBytes(sizeBytes)} of pixels`, inBytes(plain.length))
  if (swapBytes) {
    plain = Uint8Array.from(plain.subarray(0, sizeBytes + (sizeBytes % 2)))
    Buffer.from(plain.buffer).swap16()
  }
  const values_YX = asWords(plain, numPixels, format)
  if (isSettled(values_YX, format)) return values_YX
  const settled_YX = values_YX.slice()
  settleBits(settled_YX, format)
  return settled_YX
}
