// The head of a safetensors file, read and written without loading libtorch: 8 bytes of length (little endian), JSON, then raw bytes.
// Hands on: parseSafetensorsHeader, encodeSafetensorsHeader, expectChecksum, safetensorsItemBytes and types; also `@cinelead/torch/safetensors`.
// Format: github.com/huggingface/safetensors, README "Format" (length limit, `__metadata__`, contiguous offsets).

import { crc32 } from 'node:zlib'
import { fault } from './errors.ts'

/** Element kinds of the format, by its own names. */
export type SafetensorsDtype =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'I64'
  | 'I32'
  | 'I16'
  | 'I8'
  | 'U8'
  | 'BOOL'
  | 'U16'
  | 'U32'
  | 'U64'
  | 'F8_E4M3'
  | 'F8_E5M2'

/** One array of a file; `begin` and `end` are bytes counted from `dataStart`, as in the file itself. */
export type SafetensorsEntry = { name: string; dtype: SafetensorsDtype; shape: number[]; begin: number; end: number }

/** The head of a file: free text by key, the arrays in file order, and the file offset where their bytes begin. */
export type SafetensorsHeader = { metadata: Record<string, string>; tensors: SafetensorsEntry[]; dataStart: number }

const ITEM_BYTES: Record<SafetensorsDtype, number> = {
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
}
const LENGTH_BYTES = 8 // format: an unsigned 64-bit little-endian count comes first
const MAX_JSON_BYTES = 100_000_000 // limit of the reference implementation against hostile files
const ALIGN_BYTES = 64 // a cache line, and what wide vector loads want; padding with spaces is the format's own way

/** Bytes of one element of a safetensors dtype. */
export function safetensorsItemBytes(dtype: SafetensorsDtype): number {
  return ITEM_BYTES[dtype]
}

/**
 * Reads the head of a safetensors file.
 *
 * Checks the length, the JSON, every dtype, shape and offset pair, and that the arrays lie one after another without holes or overlaps.
 *
 * @param bytes   The file, or its first part when that holds the whole head (8 bytes + JSON).
 * @returns       Arrays in file order; `begin` and `end` count from `dataStart`.
 * @throws        torch/safetensors when the bytes are no such head.
 */
export function parseSafetensorsHeader(bytes: Uint8Array): SafetensorsHeader {
  const refuse = (expected: string, received: string, cause?: unknown) =>
    fault({
      code: 'torch/safetensors',
      where: 'parseSafetensorsHeader',
      expected,
      received,
      hint: 'The file is cut short, damaged or no safetensors file: write it again.',
      cause,
    })
  if (!(bytes instanceof Uint8Array)) throw refuse('a Uint8Array', typeof bytes)
  if (bytes.length < LENGTH_BYTES) throw refuse('at least 8 bytes', `${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const numJsonBytes = view.getBigUint64(0, true)
  if (numJsonBytes > BigInt(MAX_JSON_BYTES)) throw refuse(`a head of at most ${MAX_JSON_BYTES} bytes`, `a length of ${numJsonBytes}`)
  const dataStart = LENGTH_BYTES + Number(numJsonBytes)
  if (bytes.length < dataStart)
    throw refuse(`the ${dataStart.toLocaleString('en-US')} bytes of the head`, `${bytes.length.toLocaleString('en-US')} bytes`)
  const tree = parseJson(bytes.subarray(LENGTH_BYTES, dataStart), refuse)
  const metadata: Record<string, string> = {}
  const tensors: SafetensorsEntry[] = []
  for (const [name, value] of Object.entries(tree)) {
    if (name === '__metadata__') {
      if (!isRecord(value)) throw refuse('__metadata__ as an object of texts', JSON.stringify(value))
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== 'string') throw refuse(`__metadata__.${key} as text`, JSON.stringify(text))
        metadata[key] = text
      }
    } else tensors.push(parseEntry(name, value, refuse))
  }
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end)
  let end = 0
  for (const entry of tensors) {
    if (entry.begin !== end) throw refuse(`array ${entry.name} to begin at byte ${end}`, `byte ${entry.begin}`)
    end = entry.end
  }
  return { metadata, tensors, dataStart }
}

/**
 * Writes the head of a safetensors file whose arrays follow in the order given, without gaps.
 *
 * @param entries   Name, dtype and shape of each array. Put wide dtypes first where all arrays must be aligned to their element.
 * @param metadata  Free text by key.
 * @returns         The head, padded with spaces so that the data begins on a 64-byte boundary: its length is `dataStart`.
 * @throws          torch/safetensors when a name comes twice, a shape is no list of whole numbers or metadata is no text.
 */
export function encodeSafetensorsHeader(
  entries: readonly { name: string; dtype: SafetensorsDtype; shape: readonly number[] }[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const tree: Record<string, unknown> = Object.create(null)
  const notText = Object.entries(metadata).find(([, text]) => typeof text !== 'string')
  if (notText !== undefined) {
    throw fault({
      code: 'torch/safetensors',
      where: 'encodeSafetensorsHeader',
      expected: `text for ${notText[0]} in the metadata`,
      received: JSON.stringify(notText[1]) ?? String(notText[1]),
      hint: 'Readers refuse a file with anything else: give String(value) or JSON.stringify(value).',
    })
  }
  if (Object.keys(metadata).length > 0) tree.__metadata__ = metadata
  let begin = 0
  for (const { name, dtype, shape } of entries) {
    if (name in tree || name === '__metadata__' || !(dtype in ITEM_BYTES) || !isShape(shape)) {
      throw fault({
        code: 'torch/safetensors',
        where: 'encodeSafetensorsHeader',
        expected: 'each array once, with a dtype of the format and a shape of whole numbers',
        received: `${name}: ${dtype} [${shape}]`,
        hint: 'Rename the array or correct its dtype and shape.',
      })
    }
    const end = begin + numBytes(dtype, shape)
    tree[name] = { dtype, shape, data_offsets: [begin, end] }
    begin = end
  }
  const json = new TextEncoder().encode(JSON.stringify(tree))
  const dataStart = Math.ceil((LENGTH_BYTES + json.length) / ALIGN_BYTES) * ALIGN_BYTES
  const bytes = new Uint8Array(dataStart).fill(0x20, LENGTH_BYTES)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataStart - LENGTH_BYTES), true)
  bytes.set(json, LENGTH_BYTES)
  return bytes
}

/** A CRC-32 as the metadata says it: always eight digits. */
export const safetensorsChecksum = (crc: number): string => crc.toString(16).padStart(8, '0')

/**
 * Compares numbers with the checksum that was written with them; files without one, such as Python's, pass unread.
 *
 * @param metadata  Of the file's head.
 * @param pieces    All that follows the head, in order.
 * @throws          torch/safetensors when they are other numbers.
 */
export function expectChecksum(metadata: Readonly<Record<string, string>>, pieces: Iterable<Uint8Array>): void {
  if (metadata.crc32 === undefined) return
  let crc = 0
  for (const piece of pieces) crc = crc32(piece, crc)
  if (safetensorsChecksum(crc) === metadata.crc32) return
  throw fault({
    code: 'torch/safetensors',
    where: 'expectChecksum',
    expected: `numbers of the checksum ${metadata.crc32}`,
    received: `others, of ${safetensorsChecksum(crc)}`,
    hint: 'The file is damaged: write it again. A program that changes the numbers on purpose leaves crc32 out of the metadata.',
  })
}

type Refuse = (expected: string, received: string, cause?: unknown) => Error

function parseJson(bytes: Uint8Array, refuse: Refuse): Record<string, unknown> {
  let tree: unknown
  try {
    tree = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw refuse('a JSON head', 'bytes that are no JSON', cause)
  }
  if (!isRecord(tree)) throw refuse('a JSON object', JSON.stringify(tree))
  return tree
}

function parseEntry(name: string, value: unknown, refuse: Refuse): SafetensorsEntry {
  if (!isRecord(value)) throw refuse(`an object for array ${name}`, JSON.stringify(value))
  const { dtype, shape, data_offsets: offsets } = value
  if (typeof dtype !== 'string' || !Object.hasOwn(ITEM_BYTES, dtype)) throw refuse(`a known dtype for array ${name}`, JSON.stringify(dtype))
  if (!isShape(shape)) throw refuse(`a shape of whole numbers for array ${name}`, JSON.stringify(shape))
  if (!isShape(offsets) || offsets.length !== 2) throw refuse(`two offsets for array ${name}`, JSON.stringify(offsets))
  const [begin, end] = offsets
  const bytes = numBytes(dtype as SafetensorsDtype, shape)
  if (end - begin !== bytes) throw refuse(`${bytes} bytes for array ${name} (${dtype} [${shape}])`, `offsets ${begin} to ${end}`)
  return { name, dtype: dtype as SafetensorsDtype, shape, begin, end }
}

function numBytes(dtype: SafetensorsDtype, shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, ITEM_BYTES[dtype])
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
