// Long lists of numbers in text files, read from bytes without making a string of each number.
// Hands on: parseNumberRun. CardioSoft, aECG and CSV use it.
import { fault } from '../base/errors.ts'

const largest = 2 ** 31 // bounds integer fields: no recorder counts further than 32 bits

/**
 * Numbers separated by commas, semicolons or white space, from ASCII bytes.
 *
 * Plain integers take a fast path; decimals and exponents are read as JavaScript reads them. One trailing separator is allowed,
 * an empty place between two commas is not.
 *
 * @param bytes  The text of the list.
 * @param where  The reader that asks, for the error's sentence.
 * @returns      The numbers. Shape [T].
 * @throws       formats/number-run when a token is not a number or lies beyond 32 bits.
 */
export function parseNumberRun(bytes: Uint8Array, where: string): Float64Array {
  const values_T = new Float64Array((bytes.length >> 1) + 1)
  let count = 0
  let position = 0
  let hasComma = true
  const size = bytes.length
  while (position < size) {
    const byte = bytes[position]
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      position++
      continue
    }
    if (byte === 0x2c || byte === 0x3b) {
      if (hasComma) throw refuse(where, 'an empty place', count)
      hasComma = true
      position++
      continue
    }
    const start = position
    let isNegative = false
    if (byte === 0x2d) {
      isNegative = true
      position++
    } else if (byte === 0x2b) position++
    let value = 0
    const firstDigit = position
    let digit = bytes[position] - 48
    while (digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      digit = bytes[++position] - 48
    }
    const next = position < size ? bytes[position] : 0x20
    if (position > firstDigit && isSeparator(next)) values_T[count] = isNegative ? -value : value
    else {
      while (position < size && !isSeparator(bytes[position])) position++
      const text = String.fromCharCode(...bytes.subarray(start, Math.min(position, start + 40)))
      if (position - start > 40 || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) throw refuse(where, 'a word', count)
      values_T[count] = Number(text)
    }
    if (!(Math.abs(values_T[count]) <= largest)) throw refuse(where, 'a number beyond 32 bits', count)
    count++
    hasComma = false
  }
  return values_T.subarray(0, count)
}

function isSeparator(byte: number): boolean {
  return byte === 0x2c || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x3b
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
