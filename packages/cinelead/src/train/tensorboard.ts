// A run's numbers as TensorBoard events: TFRecords of Event messages.
//
// Source: TFRecord framing and masked CRC-32C as in tensorflow/core/lib/io/record_writer.h; fields of event.proto and summary.proto
// (Event: wall_time 1, step 2, file_version 3, summary 5; Summary.value 1; Value: tag 1, simple_value 2).
import type { MetricLine } from './metrics.ts'

const CASTAGNOLI = 0x82f63b78 // CRC-32C's polynomial, reversed
const MASK_DELTA = 0xa282ead8 // record_writer.h: keeps a CRC of data that holds CRCs from being weak

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ CASTAGNOLI : value >>> 1
  return value
})

/** CRC-32C of some bytes, unmasked. Of the digits "123456789" it is 0xe3069283. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]
  return (crc ^ 0xffffffff) >>> 0
}

function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return [...bytes, rest]
}

const bytesField = (field: number, content: ArrayLike<number>): number[] => [
  field * 8 + 2,
  ...varint(content.length),
  ...Array.from(content),
]
const doubleField = (field: number, value: number): number[] => [field * 8 + 1, ...new Uint8Array(Float64Array.of(value).buffer)]
const floatField = (field: number, value: number): number[] => [field * 8 + 5, ...new Uint8Array(Float32Array.of(value).buffer)]
const textField = (field: number, text: string): number[] => bytesField(field, new TextEncoder().encode(text))

function record(event: readonly number[]): Uint8Array {
  const framed = new Uint8Array(event.length + 16)
  const view = new DataView(framed.buffer)
  view.setBigUint64(0, BigInt(event.length), true)
  view.setUint32(8, maskedCrc(framed.subarray(0, 8)), true)
  framed.set(event, 12)
  view.setUint32(12 + event.length, maskedCrc(framed.subarray(12, 12 + event.length)), true)
  return framed
}

/** What an event file begins with. */
export function tensorboardHeader(atSec: number): Uint8Array {
  return record([...doubleField(1, atSec), ...textField(3, 'brain.Event:2')])
}

/**
 * Event records, to be appended to a file: each number of each line under `<kind>/<name>`, at the line's step.
 *
 * @param lines  Of the record of a run, in order.
 * @param atSec  Wall time of these events, seconds since 1970.
 */
export function tensorboardEvents(lines: readonly MetricLine[], atSec: number): Uint8Array {
  const records = lines.map(({ kind, step, ...numbers }) => {
    const values = Object.entries(numbers).flatMap(([name, value]) =>
      typeof value === 'number' ? bytesField(1, [...textField(1, `${kind}/${name}`), ...floatField(2, value)]) : [],
    )
    return record([...doubleField(1, atSec), 2 * 8, ...varint(step), ...bytesField(5, values)])
  })
  return Buffer.concat(records)
}
