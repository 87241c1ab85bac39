// SCP-ECG's Huffman coding: the standard's default table, tables a file brings, switching between them.
// Source: EN 1064:2005 / ISO 11073-91064, clause 5.5 and annex C (codes are stored with their first bit lowest).
import { fault } from '../base/errors.ts'

/** One code: `prefixBits` are compared, the rest up to `codeBits` is a signed number added to `value`. */
export type HuffmanCode = { prefixBits: number; codeBits: number; isSwitch: boolean; value: number; prefix: number }

export type HuffmanTable = readonly HuffmanCode[]

const longestPrefix = 24 // of any code: the standard's own longest is 10

/** The default table (number of tables 19999): values -8 to 8, then 8 and 16 plain bits. */
export const defaultTable: HuffmanTable = buildDefault()

function buildDefault(): HuffmanTable {
  const codes: HuffmanCode[] = [{ prefixBits: 1, codeBits: 1, isSwitch: false, value: 0, prefix: 0 }]
  for (let size = 1; size <= 8; size++) {
    // `size` ones, a zero, a sign bit: shorter numbers have shorter codes.
    const ones = (2 ** size - 1) * 4
    codes.push({ prefixBits: size + 2, codeBits: size + 2, isSwitch: false, value: size, prefix: ones })
    codes.push({ prefixBits: size + 2, codeBits: size + 2, isSwitch: false, value: -size, prefix: ones + 1 })
  }
  codes.push({ prefixBits: 10, codeBits: 18, isSwitch: false, value: 0, prefix: 0b1111111110 })
  codes.push({ prefixBits: 10, codeBits: 26, isSwitch: false, value: 0, prefix: 0b1111111111 })
  return codes
}

/** A stored code word, whose first bit is the lowest, with its first bit on top. */
export function reverseBits(code: number, bits: number): number {
  let reversed = 0
  for (let bit = 0; bit < bits; bit++) reversed = reversed * 2 + (Math.floor(code / 2 ** bit) % 2)
  return reversed
}

/** Codes by length and prefix, so that a bit costs one look-up. */
type Lookup = Map<number, HuffmanCode>[]

function lookupOf(table: HuffmanTable, where: string): Lookup {
  const lookup: Lookup = []
  for (const code of table) {
    const isSane =
      code.prefixBits >= 1 && code.prefixBits <= longestPrefix && code.codeBits >= code.prefixBits && code.codeBits - code.prefixBits <= 32
    if (!isSane) throw refuse(where, `a code of ${code.prefixBits} prefix bits and ${code.codeBits} bits`)
    lookup[code.prefixBits] ??= new Map()
    if (!lookup[code.prefixBits].has(code.prefix)) lookup[code.prefixBits].set(code.prefix, code)
  }
  return lookup
}

/**
 * Numbers of a Huffman-coded stretch.
 *
 * @param tables      The file's tables, or the default one.
 * @param maxSamples  Reading stops after so many; bits of padding behind them are left.
 * @returns           Up to maxSamples numbers; fewer where the bits end.
 * @throws            formats/scp-huffman at bits no code begins with.
 */
export function decodeHuffman(tables: readonly HuffmanTable[], bytes: Uint8Array, maxSamples: number, where: string): Int32Array {
  const lookups = tables.map((table) => lookupOf(table, where))
  const numBits = bytes.length * 8
  const values_T = new Int32Array(Math.min(maxSamples, numBits)) // a code takes a bit at least
  const bitAt = (position: number): number => (bytes[position >> 3] >> (7 - (position & 7))) & 1
  let position = 0
  let count = 0
  let lookup = lookups[0]
  let switches = 0
  while (count < values_T.length && position < numBits) {
    let prefix = 0
    let code: HuffmanCode | undefined
    let bits = 0
    while (code === undefined && bits < longestPrefix && position + bits < numBits) {
      prefix = prefix * 2 + bitAt(position + bits)
      bits++
      code = lookup[bits]?.get(prefix)
    }
    if (code === undefined) {
      if (position + bits >= numBits) break // padding at the end
      throw refuse(where, 'bits no code begins with')
    }
    if (position + code.codeBits > numBits) break
    if (code.isSwitch) {
      lookup = lookups[code.value - 1]
      if (lookup === undefined || ++switches > numBits) throw refuse(where, `a switch to table ${code.value}`)
      position += code.codeBits
      continue
    }
    let extra = 0
    for (let bit = code.prefixBits; bit < code.codeBits; bit++) {
      const one = bitAt(position + bit)
      extra = bit === code.prefixBits ? -one : extra * 2 + one
    }
    values_T[count++] = code.value + extra
    position += code.codeBits
  }
  return values_T.subarray(0, count)
}

/** Undoes first or second differences in place; the first one or two values are samples. */
export function undoDifferences(values_T: Int32Array, order: number): Int32Array {
  if (order === 1) for (let t = 1; t < values_T.length; t++) values_T[t] += values_T[t - 1]
  if (order === 2) for (let t = 2; t < values_T.length; t++) values_T[t] += 2 * values_T[t - 1] - values_T[t - 2]
  return values_T
}

function refuse(where: string, received: string) {
  return fault({
    code: 'formats/scp-huffman',
    where,
    expected: 'Huffman codes of the file’s tables',
    received,
    hint: 'The file is damaged: export it again.',
  })
}
