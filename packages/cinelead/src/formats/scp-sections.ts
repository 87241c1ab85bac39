// The sections of an SCP-ECG file that hold how its samples are stored: pointers, tables, leads, beats.
// Source: EN 1064:2005 / ISO 11073-91064, clauses 5.2 (format), 5.3 (pointers), 5.5 to 5.7.
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { defaultTable, type HuffmanTable, reverseBits } from './scp-huffman.ts'

export const where = 'readScp'

/** A section's version and data, without its 16-byte head. */
export type Section = { version: number; data: DataView }

export type LeadSpan = { name: string; first: number; last: number }

export type LeadTable = { leads: LeadSpan[]; isBeatSubtracted: boolean; isSimultaneous: boolean }

/** Where the reference beat was taken away (`from` to `to`, type 0) and where full rate was kept; sample numbers from 1. */
export type BeatTable = {
  referenceMs: number
  fiducial: number
  subtracted: { type: number; from: number; fiducial: number; to: number }[]
  kept: { from: number; to: number }[]
}

const headBytes = 16
const maxSections = 64
const maxCodes = 4096 // of all Huffman tables of a file; the default one has 19

const needed = new Set([2, 3, 4, 5, 6]) // sections that hold how the samples are stored

/** The sections by number; one that the samples do without and that the pointers miss is left out. @throws formats/scp-pointers */
export function readSections(bytes: Uint8Array): Map<number, Section> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sections = new Map<number, Section>()
  if (bytes.length < 6 + headBytes + 10) throw refuse('pointers', 'a pointer section', inBytes(bytes.length))
  const pointerBytes = view.getUint32(6 + 4, true)
  const numPointers = Math.min(maxSections, Math.floor((Math.min(pointerBytes, bytes.length - 6) - headBytes) / 10))
  for (let index = 0; index < numPointers; index++) {
    const at = 6 + headBytes + index * 10
    const id = view.getUint16(at, true)
    const length = view.getUint32(at + 2, true)
    const start = view.getUint32(at + 6, true) - 1 // counted from 1
    if (length <= headBytes || id === 0) continue
    const isThere = start >= 6 && start + length <= bytes.length
    if (!needed.has(id) && !(isThere && view.getUint16(start + 2, true) === id)) continue
    if (!isThere) throw refuse('pointers', `section ${id} within ${inBytes(bytes.length)}`, `bytes ${start} to ${start + length}`)
    if (view.getUint16(start + 2, true) !== id)
      throw refuse('pointers', `section ${id} where the pointer leads`, `section ${view.getUint16(start + 2, true)}`)
    sections.set(id, {
      version: view.getUint8(start + 8),
      data: new DataView(bytes.buffer, bytes.byteOffset + start + headBytes, length - headBytes),
    })
  }
  return sections
}

/** CRC-CCITT (X.25 polynomial, start 0xFFFF) over the file behind the two bytes that hold it. */
export function fileCrcFits(bytes: Uint8Array): boolean {
  let crc = 0xffff
  const end = Math.min(bytes.length, new DataView(bytes.buffer, bytes.byteOffset, 6).getUint32(2, true))
  for (let at = 2; at < end; at++) {
    crc ^= bytes[at] << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff
  }
  return crc === (bytes[0] | (bytes[1] << 8))
}

/** Section 2: undefined means that samples are plain 16-bit integers. */
export function readTables(section: Section | undefined): HuffmanTable[] | undefined {
  if (section === undefined) return undefined
  const { data } = section
  const count = word(data, 0)
  if (count === 19999) return [defaultTable]
  if (count === 0) return undefined
  const tables: HuffmanTable[] = []
  let at = 2
  let total = 0
  for (let table = 0; table < count; table++) {
    const numCodes = word(data, at)
    at += 2
    total += numCodes
    if (at + numCodes * 9 > data.byteLength || total > maxCodes)
      throw refuse(
        'section',
        `whole Huffman tables of at most ${maxCodes} codes in section 2`,
        `${total} codes in ${inBytes(data.byteLength)}`,
      )
    tables.push(
      Array.from({ length: numCodes }, (_, index) => {
        const place = at + index * 9
        const prefixBits = data.getUint8(place)
        return {
          prefixBits,
          codeBits: data.getUint8(place + 1),
          isSwitch: data.getUint8(place + 2) === 0,
          value: data.getInt16(place + 3, true),
          prefix: reverseBits(data.getUint32(place + 5, true), Math.min(32, prefixBits)),
        }
      }),
    )
    at += numCodes * 9
  }
  return tables
}

// Lead numbers of EN 1064, clause 5.6.3, table "lead identification": the twelve, Frank's and common others.
export const scpLeadNames: Readonly<Record<number, string>> = {
  1: 'I', 2: 'II', 3: 'V1', 4: 'V2', 5: 'V3', 6: 'V4', 7: 'V5', 8: 'V6', 9: 'V7', 10: 'V2R', 11: 'V3R', 12: 'V4R', 13: 'V5R', 14: 'V6R',
  15: 'V7R', 16: 'X', 17: 'Y', 18: 'Z', 61: 'III', 62: 'aVR', 63: 'aVL', 64: 'aVF', 65: '-aVR', 66: 'V8', 67: 'V9', 68: 'V8R', 69: 'V9R',
  70: 'D', 71: 'A', 72: 'J',
} // biome-ignore format: one table

/** Section 3. @throws formats/scp-section */
export function readLeadTable(section: Section | undefined): LeadTable {
  if (section === undefined) throw refuse('section', 'section 3 (lead definition)', 'none')
  const { data } = section
  const count = byte(data, 0)
  const flags = byte(data, 1)
  if (count < 1 || 2 + count * 9 > data.byteLength)
    throw refuse('section', 'leads in section 3', `${count} leads in ${inBytes(data.byteLength)}`)
  const leads = Array.from({ length: count }, (_, index) => {
    const at = 2 + index * 9
    const id = data.getUint8(at + 8)
    return { name: scpLeadNames[id] ?? `lead ${id}`, first: data.getUint32(at, true), last: data.getUint32(at + 4, true) }
  })
  return { leads, isBeatSubtracted: (flags & 1) === 1, isSimultaneous: (flags & 4) === 4 }
}

/** Section 4. */
export function readBeatTable(section: Section | undefined): BeatTable | undefined {
  if (section === undefined) return undefined
  const { data } = section
  const count = word(data, 4)
  if (6 + count * 14 > data.byteLength) throw refuse('section', `${count} beats in section 4`, inBytes(data.byteLength))
  const subtracted = Array.from({ length: count }, (_, index) => {
    const at = 6 + index * 14
    return { type: word(data, at), from: long(data, at + 2), fiducial: long(data, at + 6), to: long(data, at + 10) }
  })
  const keptAt = 6 + count * 14
  const hasKept = keptAt + count * 8 <= data.byteLength
  const kept = hasKept
    ? Array.from({ length: count }, (_, index) => ({ from: long(data, keptAt + index * 8), to: long(data, keptAt + index * 8 + 4) }))
    : []
  return { referenceMs: word(data, 0), fiducial: word(data, 2), subtracted, kept }
}

export function byte(data: DataView, at: number): number {
  return at < data.byteLength ? data.getUint8(at) : 0
}

export function word(data: DataView, at: number): number {
  return at + 2 <= data.byteLength ? data.getUint16(at, true) : 0
}

function long(data: DataView, at: number): number {
  return at + 4 <= data.byteLength ? data.getUint32(at, true) : 0
}

export function refuse(what: string, expected: string, received: string) {
  return fault({ code: `formats/scp-${what}`, where, expected, received, hint: 'The file is damaged or not SCP-ECG: export it again.' })
}
