// Long lists of numbers in text files, read from bytes without making a string of each number.
// Hands on: parseNumberRun. CardioSoft, aECG and CSV use it.
import { fault } from '../base/errors.ts'

const largest = 2 ** 31 // bounds integer fields: no recorder counts further than 32 bits

/**
 * Numbers separated by commas, semicolons or white space, from ASCII bytes.
 *
 * Plain integers take a fast path (parseIntegers); decimals and exponents are read as JavaScript reads them. One trailing separator is
 * allowed, an empty place between two commas is not.
 *
 * @param bytes  The text of the list.
 * @param where  The reader that asks, for the error's sentence.
 * @returns      The numbers. Shape [T].
 * @throws       formats/number-run when a token is not a number or lies beyond 32 bits.
 */
export function parseNumberRun(bytes: Uint8Array, where: string): Int32Array | Float64Array {
  return parseIntegers(bytes) ?? parseNumbers(bytes, where)
}

/** A list of integers of at most nine digits with commas or white space between; undefined where it holds anything else, wrong or not. */
function parseIntegers(bytes: Uint8Array): Int32Array | undefined {
  const values_T = scratchOf((bytes.length >> 1) + 1)
  let end = bytes.length
  while (end > 0 && bytes[end - 1] !== 0x2c && !isBlank(bytes[end - 1])) end--
  // The last token may have nothing behind it; it gets a separator, so that the loop need not ask for the end at every byte.
  const last = bytes.subarray(end)
  if (last.length > 10) return undefined
  let count = readIntegers(bytes, end, values_T, 0)
  if (count >= 0 && last.length > 0) count = readIntegers(Uint8Array.of(...last, 0x2c), last.length, values_T, count)
  return count < 0 ? undefined : values_T.slice(0, count)
}

/**
 * Token by token, the first three digits written out: recordings are long and their numbers short, and this is most of what reading costs.
 *
 * @param end  No token goes further: a separator stands before it or at it.
 * @returns    How many values there are now, or -1 where a token is no integer.
 */
function readIntegers(bytes: Uint8Array, end: number, values_T: Int32Array, from: number): number {
  let count = from
  let position = 0
  while (position < end) {
    let byte = bytes[position]
    const isNegative = byte === 0x2d
    if (isNegative) byte = bytes[++position]
    let value = byte - 0x30
    if (value >>> 0 > 9) {
      if (isNegative || !isBlank(byte)) return -1
      position++
      continue
    }
    let digit = bytes[++position] - 0x30
    if (digit >>> 0 <= 9) {
      value = value * 10 + digit
      digit = bytes[++position] - 0x30
      if (digit >>> 0 <= 9) {
        value = value * 10 + digit
        const tenth = position + 7
        while ((digit = bytes[++position] - 0x30) >>> 0 <= 9) value = (value * 10 + digit) | 0
        if (position > tenth) return -1
      }
    }
    const behind = bytes[position++]
    if (behind !== 0x2c && !isBlank(behind)) return -1
    values_T[count++] = isNegative ? -value : value
  }
  return count
}

let scratch = new Int32Array(16384)
const largestScratch = 1_048_576 // larger lists get memory of their own that is given back

/** Memory for the integers of one list; kept from call to call, because nothing of it leaves. */
function scratchOf(size: number): Int32Array {
  if (size > largestScratch) return new Int32Array(size)
  if (size > scratch.length) scratch = new Int32Array(size)
  return scratch
}

/** Any list of numbers, token by token; the judge of what is wrong with one. */
export function parseNumbers(bytes: Uint8Array, where: string): Float64Array {
  const values_T = new Float64Array((bytes.length >> 1) + 1)
  const size = bytes.length
  let count = 0
  let start = 0 // of the token being read
  let value = 0
  let digits = 0
  let sign = 1
  let isAfterComma = true
  // One byte behind the end stands in for a separator, so that the last token ends like any other.
  for (let position = 0; position <= size; position++) {
    const byte = position < size ? bytes[position] : 0x20
    const digit = byte - 0x30
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      digits++
      continue
    }
    if (isSeparator(byte)) {
      if (position > start) {
        if (digits === 0) throw refuse(where, 'a word', count)
        if (value > largest) throw refuse(where, 'a number beyond 32 bits', count)
        values_T[count++] = sign * value
        isAfterComma = false
        value = 0
        digits = 0
        sign = 1
      }
      start = position + 1
      if (byte === 0x2c || byte === 0x3b) {
        if (isAfterComma) throw refuse(where, 'an empty place', count)
        isAfterComma = true
      }
      continue
    }
    if (position === start && (byte === 0x2d || byte === 0x2b)) {
      sign = byte === 0x2d ? -1 : 1
      continue
    }
    // Anything else: a decimal, or no number at all.
    let end = position
    while (end < size && !isSeparator(bytes[end])) end++
    value = parseDecimal(bytes.subarray(start, end), where, count)
    sign = value < 0 ? -1 : 1
    value = Math.abs(value)
    digits = 1
    position = end - 1
  }
  return values_T.slice(0, count)
}

/** A token that is no plain integer. */
function parseDecimal(token: Uint8Array, where: string, index: number): number {
  const text = String.fromCharCode(...token.subarray(0, 41))
  if (token.length > 40 || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw refuse(where, 'a word', index)
  return Number(text)
}

function isSeparator(byte: number): boolean {
  return byte === 0x2c || byte === 0x3b || isBlank(byte)
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function refuse(where: string, what: string, index: number) {
  return fault({
    code: 'formats/number-run',
    where,
    expected: 'a list of numbers of at most 32 bits',
    received: `${what} at place ${index}`,
    hint: 'The file is damaged or not what its name says: export it again.',
  })
}
