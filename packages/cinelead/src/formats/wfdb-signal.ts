// WFDB signal files: bytes of every storage format to integers, and integers to format 16, 24 or 32.
// Source: signal(5) of the WFDB Applications Guide (Moody, PhysioNet), the paragraph of each format.
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'

/** What a storage format means. `bitsPerSample` counts the file's bits; `missing` is the integer for "no value". */
export type WfdbFormat = { bitsPerSample: number; missing: number | undefined; decode: (bytes: Uint8Array, raw_T: Int32Array) => void }

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Sign extension of the lowest bits of a number. */
function signed(value: number, bits: number): number {
  return (value << (32 - bits)) >> (32 - bits)
}

export const wfdbFormats: Readonly<Record<number, WfdbFormat>> = {
  8: {
    bitsPerSample: 8,
    missing: undefined, // first differences: the caller adds them up
    decode: (bytes, raw_T) => {
      for (let t = 0; t < raw_T.length; t++) raw_T[t] = signed(bytes[t], 8)
    },
  },
  16: {
    bitsPerSample: 16,
    missing: -32768,
    decode: (bytes, raw_T) => {
      for (let t = 0; t < raw_T.length; t++) raw_T[t] = signed(bytes[2 * t] | (bytes[2 * t + 1] << 8), 16)
    },
  },
  24: {
    bitsPerSample: 24,
    missing: -8388608,
    decode: (bytes, raw_T) => {
      for (let t = 0; t < raw_T.length; t++) raw_T[t] = signed(bytes[3 * t] | (bytes[3 * t + 1] << 8) | (bytes[3 * t + 2] << 16), 24)
    },
  },
  32: {
    bitsPerSample: 32,
    missing: -2147483648,
    decode: (bytes, raw_T) => {
      const from = view(bytes)
      for (let t = 0; t < raw_T.length; t++) raw_T[t] = from.getInt32(4 * t, true)
    },
  },
  61: {
    bitsPerSample: 16,
    missing: -32768,
    decode: (bytes, raw_T) => {
      for (let t = 0; t < raw_T.length; t++) raw_T[t] = signed((bytes[2 * t] << 8) | bytes[2 * t + 1], 16)
    },
  },
  80: {
    bitsPerSample: 8,
    missing: -128,
    decode: (bytes, raw_T) => {
      for (let t = 0; t < raw_T.length; t++) raw_T[t] = bytes[t] - 128
    },
  },
  160: {
    bitsPerSample: 16,
    missing: -32768,
    decode: (bytes, raw_T) => {
      for (let t = 0; t < raw_T.length; t++) raw_T[t] = (bytes[2 * t] | (bytes[2 * t + 1] << 8)) - 32768
    },
  },
  212: {
    bitsPerSample: 12,
    missing: -2048,
    decode: (bytes, raw_T) => {
      for (let t = 0; t < raw_T.length; t++) {
        const at = 3 * (t >> 1)
        raw_T[t] =
          t % 2 === 0 ? signed(bytes[at] | ((bytes[at + 1] & 0x0f) << 8), 12) : signed(bytes[at + 2] | ((bytes[at + 1] & 0xf0) << 4), 12)
      }
    },
  },
  310: {
    bitsPerSample: 32 / 3,
    missing: -512,
    decode: (bytes, raw_T) => {
      for (let t = 0; t < raw_T.length; t++) {
        const at = 4 * Math.floor(t / 3)
        const first = bytes[at] | (bytes[at + 1] << 8)
        const second = bytes[at + 2] | (bytes[at + 3] << 8)
        const place = t % 3
        if (place === 0) raw_T[t] = signed((first >> 1) & 0x3ff, 10)
        else if (place === 1) raw_T[t] = signed((second >> 1) & 0x3ff, 10)
        else raw_T[t] = signed((first >> 11) | ((second >> 11) << 5), 10)
      }
    },
  },
  311: {
    bitsPerSample: 32 / 3,
    missing: -512,
    decode: (bytes, raw_T) => {
      for (let t = 0; t < raw_T.length; t++) {
        const at = 4 * Math.floor(t / 3)
        const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
        raw_T[t] = signed((word >>> (10 * (t % 3))) & 0x3ff, 10)
      }
    },
  },
}

/** Bytes that so many samples fill. Packed formats end on the byte their last sample needs. */
export function wfdbBytes(format: number, numSamples: number): number {
  switch (format) {
    case 212:
      return 3 * Math.floor(numSamples / 2) + (numSamples % 2 === 0 ? 0 : 2)
    case 310:
      return 4 * Math.ceil(numSamples / 3)
    case 311:
      return 4 * Math.floor(numSamples / 3) + [0, 2, 3][numSamples % 3]
    default:
      return (numSamples * wfdbFormats[format].bitsPerSample) / 8
  }
}

/** Whole samples that so many bytes hold. */
export function wfdbSamples(format: number, numBytes: number): number {
  const guess = Math.floor((numBytes * 8) / wfdbFormats[format].bitsPerSample) + 3
  for (let numSamples = guess; numSamples > 0; numSamples--) if (wfdbBytes(format, numSamples) <= numBytes) return numSamples
  return 0
}

/**
 * The integers of a signal file, signals still interleaved.
 *
 * @throws formats/wfdb-short when the bytes end before the samples do.
 */
export function decodeWfdb(format: number, bytes: Uint8Array, numSamples: number): Int32Array {
  const needed = wfdbBytes(format, numSamples)
  if (bytes.length < needed) {
    throw fault({
      code: 'formats/wfdb-short',
      where: 'readWfdb',
      expected: `${inBytes(needed)} for ${numSamples} samples of format ${format}`,
      received: inBytes(bytes.length),
      hint: 'The signal file is cut short: copy it again.',
    })
  }
  const raw_T = new Int32Array(numSamples)
  wfdbFormats[format].decode(bytes, raw_T)
  return raw_T
}

/** Integers as bytes of format 16, 24 or 32 (little-endian two's complement). */
export function encodeWfdb(format: 16 | 24 | 32, raw_T: Int32Array): Uint8Array {
  const width = format / 8
  const bytes = new Uint8Array(raw_T.length * width)
  for (let t = 0; t < raw_T.length; t++) for (let b = 0; b < width; b++) bytes[t * width + b] = raw_T[t] >> (8 * b)
  return bytes
}

/** WFDB's checksum: the sum of the samples modulo 65536, as a signed 16-bit number. */
export function wfdbChecksum(raw_T: ArrayLike<number>): number {
  let sum = 0
  for (let t = 0; t < raw_T.length; t++) sum = (sum + raw_T[t]) | 0
  return signed(sum, 16)
}
