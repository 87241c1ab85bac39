// Tensors in safetensors files: written atomically, read by mapping the file without a copy. A checksum of the numbers goes with them.
// Hands on: saveSafetensors, loadSafetensors, readSafetensorsMetadata.

import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
import { crc32 } from 'node:zlib'
import type { Dtype } from './dtype.ts'
import { fault } from './errors.ts'
import { native } from './native.ts'
import { operator } from './operator.ts'
import {
  encodeSafetensorsHeader,
  expectChecksum,
  parseSafetensorsHeader,
  safetensorsChecksum,
  type SafetensorsDtype,
  type SafetensorsHeader,
  safetensorsItemBytes,
} from './safetensors-header.ts'
import { scope } from './scope.ts'
import { describeValue, handleOf, type Tensor } from './tensor.ts'

const TO_FILE: Record<Dtype, SafetensorsDtype> = {
  float64: 'F64',
  float32: 'F32',
  bfloat16: 'BF16',
  float16: 'F16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
}
const FROM_FILE = new Map<SafetensorsDtype, Dtype>(Object.entries(TO_FILE).map(([dtype, name]) => [name, dtype as Dtype]))
const MAX_WRITE_BYTES = 1 << 28 // bytes per write: Node refuses single writes of 2 GiB and more
const READ_BYTES = 1 << 22 // of a file at a time, for its checksum

const mapFile = operator('aten::from_file', 'filename shared size dtype')
const narrowOp = operator('aten::narrow', 'self dim start length')
const viewDtypeOp = operator('aten::view.dtype', 'self dtype')
const reshapeOp = operator('aten::reshape', 'self shape')
const cloneOp = operator('aten::clone', 'self')
const contiguousOp = operator('aten::contiguous', 'self')
const toOp = operator('aten::to.dtype_layout', 'self device')
const resolveNegOp = operator('aten::resolve_neg', 'self') // what conj().imag leaves to be turned round when it is read

/**
 * Writes tensors to a safetensors file; the file is there whole or not at all.
 *
 * @param path      Where; a temporary file stands beside it while writing.
 * @param tensors   By name. Wide dtypes come first in the file so that all are aligned. Tensors on other devices are copied to the CPU.
 * @param metadata  Free text by key; `crc32` is this package's own, the checksum of the numbers.
 * @throws          torch/safetensors for a dtype the format has no word for; the file system's own error when writing fails.
 */
export function saveSafetensors(
  path: string,
  tensors: Record<string, Tensor> | Map<string, Tensor>,
  metadata: Record<string, string> = {},
): void {
  const entries = [...(tensors instanceof Map ? tensors : Object.entries(tensors))].map(([name, tensor]) => {
    handleOf(tensor, 'saveSafetensors')
    const dtype = TO_FILE[tensor.dtype]
    if (dtype === undefined) throw fileFault('saveSafetensors', `a dtype of the format for ${name}`, tensor.dtype, DTYPE_HINT)
    return { name, dtype, shape: tensor.shape, tensor }
  })
  entries.sort((a, b) => safetensorsItemBytes(b.dtype) - safetensorsItemBytes(a.dtype) || (a.name < b.name ? -1 : 1))
  const temporary = `${path}.${process.pid}-${threadId}.tmp`
  try {
    const file = openSync(temporary, 'w')
    try {
      const headOf = (crc: number) => encodeSafetensorsHeader(entries, { ...metadata, crc32: safetensorsChecksum(crc) })
      let crc = 0
      writeAll(file, headOf(crc))
      for (const { tensor } of entries) {
        scope(() => {
          const plain: Tensor = contiguousOp(resolveNegOp(toOp(tensor, 'cpu')))
          if (plain.numel > 0) crc = writeAll(file, bytesOf(plain), crc)
        })
      }
      writeSync(file, headOf(crc), 0, undefined, 0) // as long as the first
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/**
 * Opens a safetensors file: its tensors lie on the mapped file, are read from disk when touched, and writing to them does not change the file.
 *
 * A file with a checksum (`crc32` in its metadata, as `saveSafetensors` writes it) is read once and compared.
 *
 * @param path  A file by this package, by Python's safetensors or by any other writer of the format.
 * @returns     Tensors by name, in file order.
 * @throws      torch/safetensors when it is no such file, is cut short or goes on after its tensors, holds a dtype libtorch has not, or
 *              other numbers than were written.
 */
export function loadSafetensors(path: string): Record<string, Tensor> {
  const { metadata, tensors, dataStart } = readHeader(path, 'loadSafetensors')
  return scope(() => {
    const size = statSync(path).size
    const bytes: Tensor = mapFile(path, false, size, 'uint8') // private to this process: writing to it never reaches the file
    const end = dataStart + (tensors.at(-1)?.end ?? 0)
    if (size !== end)
      throw fileFault('loadSafetensors', `a file of ${end.toLocaleString('en-US')} bytes`, `${size.toLocaleString('en-US')} bytes`)
    expectChecksum(metadata, piecesOf(path, dataStart))
    const result: Record<string, Tensor> = Object.create(null)
    for (const entry of tensors) {
      const dtype = FROM_FILE.get(entry.dtype)
      if (dtype === undefined) throw fileFault('loadSafetensors', `a dtype of libtorch for ${entry.name}`, entry.dtype, DTYPE_HINT)
      const begin = dataStart + entry.begin
      let part: Tensor = narrowOp(bytes, 0, begin, entry.end - entry.begin)
      if (begin % safetensorsItemBytes(entry.dtype) !== 0) part = cloneOp(part) // elements must stand on their own size
      result[entry.name] = reshapeOp(viewDtypeOp(part, dtype), entry.shape)
    }
    return result
  })
}

/** The free text of a safetensors file, without the checksum. */
export function readSafetensorsMetadata(path: string): Record<string, string> {
  const { crc32: _, ...metadata } = readHeader(path, 'readSafetensorsMetadata').metadata
  return metadata
}

/** What follows a file's head, piece by piece. */
function* piecesOf(path: string, start: number): Generator<Uint8Array> {
  const file = openSync(path, 'r')
  try {
    const piece = new Uint8Array(READ_BYTES)
    for (let at = start, count = 1; count > 0; at += count) {
      count = readSync(file, piece, 0, piece.length, at)
      yield piece.subarray(0, count)
    }
  } finally {
    closeSync(file)
  }
}

function readHeader(path: string, where: string): SafetensorsHeader {
  const file = openSync(path, 'r')
  try {
    const length = new Uint8Array(8)
    if (readSync(file, length, 0, 8, 0) < 8) throw fileFault(where, 'at least 8 bytes', 'fewer')
    const numJsonBytes = Number(new DataView(length.buffer).getBigUint64(0, true))
    const head = new Uint8Array(8 + Math.min(numJsonBytes, 100_000_000))
    const numRead = readSync(file, head, 0, head.length, 0)
    return parseSafetensorsHeader(head.subarray(0, numRead))
  } finally {
    closeSync(file)
  }
}

/** Writes on, and gives the checksum of what was written so far. */
function writeAll(file: number, bytes: Uint8Array, crc = 0): number {
  let sum = crc
  for (let done = 0; done < bytes.length; ) {
    const count = writeSync(file, bytes, done, Math.min(bytes.length - done, MAX_WRITE_BYTES))
    sum = crc32(bytes.subarray(done, done + count), sum)
    done += count
  }
  return sum
}

function bytesOf(plain: Tensor): Uint8Array {
  try {
    return new Uint8Array(native.shareArrayBuffer(plain.handle))
  } catch (cause) {
    const hint = 'Make a plain copy first: clone(), or torch.call("to_dense", x).'
    throw fileFault('saveSafetensors', 'tensors that lie in memory element by element', describeValue(plain), hint, cause)
  }
}

const FILE_HINT = 'The file is cut short, damaged or of another kind: write it again.'
const DTYPE_HINT = 'Convert it to another dtype before it is written.'

function fileFault(where: string, expected: string, received: string, hint = FILE_HINT, cause?: unknown) {
  return fault({ code: 'torch/safetensors', where, expected, received, hint, cause })
}
