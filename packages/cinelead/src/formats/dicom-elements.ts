// The data elements of a DICOM object: where each value lies, and its value when it is asked for. Hands on: readDicomElements, DicomElements.
// The patient's group (0010) is passed over: no name, number or birth date can be asked for.
// Source: DICOM PS3.5 section 7 (elements, sequences) and annex A (transfer syntaxes), PS3.10 section 7 (file meta information).
// Why not a package: docs/decisions/0030-own-dicom-elements.md
import { inflateRawSync } from 'node:zlib'
import { type CineLeadError, fault } from '../base/errors.ts'

const ITEM = 0xfffee000
const ITEM_END = 0xfffee00d
const SEQUENCE_END = 0xfffee0dd
const UNDEFINED = 0xffffffff
const PIXEL_DATA = 0x7fe00010
const PATIENT_GROUP = 0x0010
/** GEMS_PARM_01, "raw data type". */
export const GE_RAW_DATA_TYPE = 0x0043102f
const LONG_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']) // PS3.5 table 7.1-1
const MAX_DEPTH = 32 // enhanced objects nest four deep
const MAX_PARTS = 65_536 // elements of a data set, items of a sequence: an enhanced object has an item for each frame
const MAX_INFLATED_BYTES = 1 << 30

const SPACE = 0x20 // values are padded with it, or with zero
const NOT_ASCII = /[\x80-\xff]/

const IMPLICIT_LITTLE = '1.2.840.10008.1.2'
const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1'
const DEFLATED = '1.2.840.10008.1.2.1.99'
const EXPLICIT_BIG = '1.2.840.10008.1.2.2'

type Source = { bytes: Uint8Array; text: Buffer; view: DataView; isLittle: boolean }
/** A piece of encapsulated pixel data and its place behind the first one. */
export type Fragment = { offset: number; bytes: Uint8Array }

type Head = { vr: string; start: number; sizeBytes: number }

function parseFault(received: string, cause?: unknown): CineLeadError {
  return fault({
    code: 'formats/dicom-parse',
    where: 'readDicom',
    expected: 'a sound sequence of data elements',
    received,
    hint: 'Is this a DICOM object? Other files of the folder can be left out.',
    cause,
  })
}

const tagAt = ({ view, isLittle }: Source, at: number) => view.getUint16(at, isLittle) * 0x10000 + view.getUint16(at + 2, isLittle)
const isCapital = (byte: number) => byte >= 0x41 && byte <= 0x5a

/** An element's head; one without two capitals where its VR would stand is implicit, whatever the transfer syntax says. */
function headAt({ bytes, view, isLittle }: Source, at: number, end: number): Head {
  if (!isCapital(bytes[at + 4]) || !isCapital(bytes[at + 5])) return { vr: '', start: at + 8, sizeBytes: view.getUint32(at + 4, isLittle) }
  const vr = String.fromCharCode(bytes[at + 4], bytes[at + 5])
  if (!LONG_VRS.has(vr)) return { vr, start: at + 8, sizeBytes: view.getUint16(at + 6, isLittle) }
  if (at + 12 > end) throw parseFault('a file that breaks off within an element')
  return { vr, start: at + 12, sizeBytes: view.getUint32(at + 8, isLittle) }
}

function passItems(source: Source, from: number, end: number, depth: number, onItem?: (start: number, end: number) => void): number {
  if (depth > MAX_DEPTH) throw parseFault(`sequences more than ${MAX_DEPTH} deep`)
  let at = from
  for (let count = 1; at + 8 <= end; count++) {
    const tag = tagAt(source, at)
    if (tag === SEQUENCE_END) return at + 8
    if (count > MAX_PARTS) throw parseFault(`more than ${MAX_PARTS} items in a sequence`)
    if (tag !== ITEM) throw parseFault('a sequence with something else than items')
    const sizeBytes = source.view.getUint32(at + 4, source.isLittle)
    const start = at + 8
    at = sizeBytes === UNDEFINED ? passElements(source, start, end, depth + 1) : start + sizeBytes
    if (at > end) throw parseFault('an item that reaches beyond its sequence')
    onItem?.(start, at)
  }
  return at
}

function passElements(source: Source, from: number, end: number, depth: number, onElement?: (tag: number, at: number) => boolean): number {
  let at = from
  for (let count = 1; at + 8 <= end; count++) {
    const tag = tagAt(source, at)
    if (tag === ITEM_END) return at + 8
    if (count > MAX_PARTS) throw parseFault(`more than ${MAX_PARTS} elements in a data set`)
    if (onElement?.(tag, at) === true) return at
    const { start, sizeBytes } = headAt(source, at, end)
    at = sizeBytes === UNDEFINED ? passItems(source, start, end, depth + 1) : start + sizeBytes
    if (at > end) throw parseFault('an element that reaches beyond the file')
  }
  if (source.bytes.subarray(at, end).some((byte) => byte !== 0)) throw parseFault('a file that breaks off within an element')
  return at
}

/** Neither the patient's group nor a vendor's private ones, which are odd, but for the one that tells GE's phase images. */
function isListed(tag: number): boolean {
  if (tag === GE_RAW_DATA_TYPE) return true
  const group = tag >>> 16
  return group !== PATIENT_GROUP && group % 2 === 0
}

/** The elements of an object or of one item of a sequence. Values are decoded when asked for; absent or empty ones are undefined. */
export class DicomElements {
  readonly #source: Source
  readonly #end: number
  readonly #tags: number[] = []
  readonly #places: number[] = []
  readonly #items = new Map<number, readonly DicomElements[]>()

  /** What stands behind the pixel data of an object is not listed. */
  constructor(source: Source, from: number, end: number) {
    this.#source = source
    this.#end = end
    passElements(source, from, end, 0, (tag, at) => {
      if (isListed(tag)) {
        this.#tags.push(tag)
        this.#places.push(at)
      }
      return tag === PIXEL_DATA
    })
  }

  has(tag: number): boolean {
    return this.#tags.includes(tag)
  }

  #head(tag: number): Head | undefined {
    const index = this.#tags.indexOf(tag)
    return index < 0 ? undefined : headAt(this.#source, this.#places[index], this.#end)
  }

  /** Value representation, as far as the file says. */
  vr(tag: number): string | undefined {
    return this.#head(tag)?.vr || undefined
  }

  /** The value's bytes, in the file's own memory; those that the file still has where it is cut short. */
  bytes(tag: number): Uint8Array | undefined {
    const head = this.#head(tag)
    return head === undefined || head.sizeBytes === UNDEFINED ? undefined : this.#source.bytes.subarray(head.start, this.#stop(head))
  }

  #stop({ start, sizeBytes }: Head): number {
    return Math.min(start + sizeBytes, this.#end)
  }

  /** Text without the padding around it; Latin letters where the bytes are no UTF-8. */
  text(tag: number): string | undefined {
    const text = this.#letters(tag, 'latin1')
    if (text === undefined || !NOT_ASCII.test(text)) return text
    const utf8 = this.#letters(tag, 'utf8')
    return utf8?.includes('\uFFFD') ? text : utf8
  }

  /** Numbers written as text and parted by backslashes; undefined unless every part is one. */
  numbers(tag: number): number[] | undefined {
    const text = this.#letters(tag, 'latin1')
    const values = text?.split('\\').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
    return values?.every(Number.isFinite) ? values : undefined
  }

  #letters(tag: number, encoding: 'latin1' | 'utf8'): string | undefined {
    const head = this.#head(tag)
    if (head === undefined || head.sizeBytes === UNDEFINED) return undefined
    const { bytes, text } = this.#source
    let [start, stop] = [head.start, this.#stop(head)]
    while (stop > start && bytes[stop - 1] <= SPACE) stop--
    while (start < stop && bytes[start] <= SPACE) start++
    return start === stop ? undefined : text.toString(encoding, start, stop)
  }

  #binary(tag: number, sizeBytes: number): number | undefined {
    const head = this.#head(tag)
    return head !== undefined && head.sizeBytes >= sizeBytes && head.start + sizeBytes <= this.#end ? head.start : undefined
  }

  uint16(tag: number): number | undefined {
    const at = this.#binary(tag, 2)
    return at === undefined ? undefined : this.#source.view.getUint16(at, this.#source.isLittle)
  }

  uint32(tag: number): number | undefined {
    const at = this.#binary(tag, 4)
    return at === undefined ? undefined : this.#source.view.getUint32(at, this.#source.isLittle)
  }

  float64(tag: number): number | undefined {
    const at = this.#binary(tag, 8)
    return at === undefined ? undefined : this.#source.view.getFloat64(at, this.#source.isLittle)
  }

  /** Items of a sequence; none where there is no sequence. */
  items(tag: number): readonly DicomElements[] {
    const known = this.#items.get(tag)
    if (known !== undefined) return known
    const head = this.#head(tag)
    const items: DicomElements[] = []
    if (head !== undefined) {
      passItems(this.#source, head.start, this.#stop(head), 0, (start, stop) => items.push(new DicomElements(this.#source, start, stop)))
    }
    this.#items.set(tag, items)
    return items
  }

  /** Fragments of encapsulated pixel data (PS3.5 A.4), the offset table first, each with its place behind the table. */
  fragments(tag: number): Fragment[] {
    const head = this.#head(tag)
    const fragments: Fragment[] = []
    if (head === undefined || head.sizeBytes !== UNDEFINED) return fragments
    let first: number | undefined
    passItems(this.#source, head.start, this.#end, 0, (start, stop) => {
      if (fragments.length === 1) first = start
      fragments.push({ offset: start - (first ?? start), bytes: this.#source.bytes.subarray(start, stop) })
    })
    return fragments
  }
}

function hasPrefix(bytes: Uint8Array): boolean {
  return bytes.length > 132 && bytes[128] === 0x44 && bytes[129] === 0x49 && bytes[130] === 0x43 && bytes[131] === 0x4d
}

/** An object without the 128-byte preamble still starts with a tag of group 0002 or 0008, low byte first. */
function looksBare(bytes: Uint8Array): boolean {
  return bytes.length > 8 && (bytes[0] === 8 || bytes[0] === 2) && bytes[1] === 0
}

/** A Buffer's `slice` shares memory where a Uint8Array's copies: only the latter is handed on. */
const asBytes = (bytes: Uint8Array) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function sourceOf(bytes: Uint8Array, isLittle: boolean): Source {
  const { buffer, byteOffset, byteLength } = bytes
  return { bytes, text: Buffer.from(buffer, byteOffset, byteLength), view: new DataView(buffer, byteOffset, byteLength), isLittle }
}

function inflate(bytes: Uint8Array, at: number): Uint8Array {
  try {
    return asBytes(inflateRawSync(bytes.subarray(at), { maxOutputLength: MAX_INFLATED_BYTES }))
  } catch (error) {
    throw parseFault('a deflated data set that is cut short or too large', error)
  }
}

/**
 * Lists the elements of a DICOM file, with or without its preamble.
 *
 * @returns  The transfer syntax that the file names (else the one its bytes look like) and the data set's elements.
 * @throws   formats/dicom-prefix, formats/dicom-parse.
 */
export function readDicomElements(file: Uint8Array): { transferSyntax: string; elements: DicomElements } {
  if (!hasPrefix(file) && !looksBare(file))
    throw fault({
      code: 'formats/dicom-prefix',
      where: 'readDicom',
      expected: 'DICM at byte 128',
      received: 'none',
      hint: 'Is this a DICOM object? Other files of the folder can be left out.',
    })
  let bytes = asBytes(file)
  const meta = sourceOf(bytes, true)
  const start = hasPrefix(file) ? 132 : 0
  let uid: string | undefined
  let at = passElements(meta, start, bytes.length, 0, (tag, place) => {
    if (tag >>> 16 !== 2) return true
    if (tag === 0x00020010) {
      const { start: from, sizeBytes } = headAt(meta, place, bytes.length)
      uid = meta.text.toString('latin1', from, from + Math.min(sizeBytes, 64)).replace(/[\0\s]+$/, '')
    }
    return false
  })
  if (uid === DEFLATED) {
    bytes = inflate(bytes, at)
    at = 0
  }
  const isExplicit = isCapital(bytes[at + 4]) && isCapital(bytes[at + 5])
  const transferSyntax = uid ?? (isExplicit ? EXPLICIT_LITTLE : IMPLICIT_LITTLE)
  return { transferSyntax, elements: new DicomElements(sourceOf(bytes, uid !== EXPLICIT_BIG), at, bytes.length) }
}
