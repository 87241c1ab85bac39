// ZIP archives in memory: a reader that trusts nothing (sizes, ratios, names and checksums are checked) and a writer whose
// bytes depend on its input alone. Hands on: readZip, writeZip.
// Source: PKWARE APPNOTE.TXT 6.3.10; the directory is read by yauzl, entries are inflated by node:zlib with a hard output limit.
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'
import { Zip, ZipPassThrough } from 'fflate'
import { type Entry, fromBuffer, type ZipFile } from 'yauzl'
import { CineLeadError, fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'

/** What an archive may cost at most before it is refused. */
export type ZipLimits = {
  maxEntries: number
  /** Inflated bytes of one entry and of all together. */
  maxEntryBytes: number
  maxTotalBytes: number
  /** Inflated over packed bytes of one entry, judged above 1 MiB. */
  maxRatio: number
  maxNameBytes: number
}

/** A UK Biobank cine study has about 650 entries and 60 MB; these leave room for every known bulk field and stop bombs. */
export const defaultZipLimits: ZipLimits = {
  maxEntries: 20_000,
  maxEntryBytes: 512 * 1024 * 1024,
  maxTotalBytes: 4 * 1024 * 1024 * 1024,
  maxRatio: 1032, // DEFLATE cannot pack better than 1032 : 1 (RFC 1951: 258 bytes in 2 bits)
  maxNameBytes: 1024,
}

/** A file of an archive; `read` inflates it anew at each call and checks its CRC-32. */
export type ZipEntry = { name: string; sizeBytes: number; read(): Uint8Array }

const LOCAL_HEADER = 0x04034b50 // APPNOTE 4.3.7
const RATIO_FREE_BYTES = 1024 * 1024
// zlib leaves its fast loop when less than the longest match (258 bytes) and a little more is free: with this room behind it the whole entry
// is inflated in one go, into memory of its own size (a third faster than in pieces; bench/cmr-decode.ts).
const INFLATE_SLACK_BYTES = 320

function zipFault(what: string, expected: string, received: string, cause?: unknown): CineLeadError {
  return fault({
    code: `formats/zip-${what}`,
    where: 'readZip',
    expected,
    received,
    hint: 'Is the archive complete, and of a known origin? Fetch it again.',
    cause,
  })
}

function readDirectory(bytes: Buffer, limits: ZipLimits): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => {
      const received = error instanceof CineLeadError ? undefined : (error.message.split(/[:.]/, 1)[0] ?? 'an unknown fault')
      reject(received === undefined ? error : zipFault('directory', 'a ZIP archive with a sound directory', received, error))
    }
    const list = (zip: ZipFile) => {
      const entries: Entry[] = []
      if (zip.entryCount > limits.maxEntries)
        return refuse(zipFault('entries', `at most ${limits.maxEntries} entries`, `${zip.entryCount}`))
      zip.on('error', refuse)
      zip.on('end', () => resolve(entries))
      zip.on('entry', (entry: Entry) => {
        entries.push(entry)
        zip.readEntry()
      })
      zip.readEntry()
    }
    try {
      fromBuffer(bytes, { lazyEntries: true, strictFileNames: false }, (error, zip) => (error ? refuse(error) : list(zip)))
    } catch (error) {
      refuse(error as Error)
    }
  })
}

function expectEntry(entry: Entry, limits: ZipLimits): void {
  const { compressedSize, uncompressedSize, compressionMethod, fileNameLength } = entry
  if (fileNameLength > limits.maxNameBytes || entry.fileName.includes('\0'))
    throw zipFault('name', `entry names of at most ${limits.maxNameBytes} bytes without a zero byte`, `${fileNameLength} bytes`)
  if (entry.isEncrypted()) throw zipFault('encrypted', 'an archive without a password', 'an encrypted entry')
  if (compressionMethod !== 0 && compressionMethod !== 8)
    throw zipFault('method', 'entries stored (0) or deflated (8)', `compression method ${compressionMethod}`)
  if (uncompressedSize > limits.maxEntryBytes)
    throw zipFault('size', `entries of at most ${inBytes(limits.maxEntryBytes)}`, inBytes(uncompressedSize))
  if (uncompressedSize > RATIO_FREE_BYTES && uncompressedSize > compressedSize * limits.maxRatio)
    throw zipFault('ratio', `at most ${limits.maxRatio} bytes for one packed byte`, `${uncompressedSize} from ${compressedSize}`)
}

function readEntry(bytes: Buffer, entry: Entry): Uint8Array {
  const at = entry.relativeOffsetOfLocalHeader
  if (at + 30 > bytes.length || bytes.readUInt32LE(at) !== LOCAL_HEADER)
    throw zipFault('header', 'a local header where the directory points', 'none')
  const start = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28)
  const end = start + entry.compressedSize
  if (end > bytes.length) throw zipFault('truncated', `${entry.compressedSize} packed bytes`, `${Math.max(0, bytes.length - start)}`)
  const packed = bytes.subarray(start, end)
  let plain: Uint8Array
  if (entry.compressionMethod === 0) plain = packed
  else {
    try {
      const { uncompressedSize } = entry
      plain = inflateRawSync(packed, { chunkSize: uncompressedSize + INFLATE_SLACK_BYTES, maxOutputLength: Math.max(1, uncompressedSize) })
    } catch (error) {
      throw zipFault('inflate', 'a sound DEFLATE stream of the declared length', (error as Error).message, error)
    }
  }
  if (plain.length !== entry.uncompressedSize)
    throw zipFault('length', `${inBytes(entry.uncompressedSize)} as the directory declares`, inBytes(plain.length))
  if (crc32(plain) !== entry.crc32) throw zipFault('checksum', 'the CRC-32 of the directory', 'another')
  return plain
}

/**
 * Lists the files of a ZIP archive; each is inflated only when it is read.
 *
 * Folders are left out. Encrypted entries, methods other than store and deflate, names that leave the folder, entries over
 * the limits and wrong checksums are refused, the whole archive at once where the directory shows it.
 *
 * @param bytes   The archive.
 * @param limits  What it may cost at most; `defaultZipLimits` where left out.
 * @returns       Its files in the directory's order.
 * @throws        formats/zip-* : directory, entries, name, encrypted, method, size, ratio, header, truncated, inflate, length, checksum.
 */
export async function readZip(bytes: Uint8Array, limits: Partial<ZipLimits> = {}): Promise<ZipEntry[]> {
  const all = { ...defaultZipLimits, ...limits }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = (await readDirectory(buffer, all)).filter((entry) => !entry.fileName.endsWith('/'))
  let totalBytes = 0
  for (const entry of entries) {
    expectEntry(entry, all)
    totalBytes += entry.uncompressedSize
  }
  if (totalBytes > all.maxTotalBytes) throw zipFault('size', `at most ${inBytes(all.maxTotalBytes)} in all`, inBytes(totalBytes))
  return entries.map((entry) => ({
    name: entry.fileName,
    sizeBytes: entry.uncompressedSize,
    read: () => readEntry(buffer, entry),
  }))
}

const DEFLATE = 8 // APPNOTE 4.4.5

/** A file of the archive whose bytes node:zlib packs, several times as fast as JavaScript; fflate writes what stands around them. */
class PackedFile extends ZipPassThrough {
  readonly level: number

  constructor(name: string, level: number) {
    super(name)
    this.level = level
    this.compression = level === 0 ? 0 : DEFLATE
    this.mtime = new Date(1980, 0, 1)
  }

  protected override process(chunk: Uint8Array<ArrayBuffer>, isLast: boolean): void {
    const packed = this.level === 0 ? chunk : new Uint8Array(deflateRawSync(chunk, { level: this.level }))
    this.ondata(null, packed, isLast)
  }
}

/**
 * Packs files into a ZIP archive. The same entries give the same bytes with the same Node: every date is 1 January 1980, the format's first.
 *
 * @param entries  Names with `/` between folders, and contents.
 * @param level    DEFLATE effort 0 (store) to 9.
 */
export function writeZip(entries: readonly { name: string; bytes: Uint8Array }[], level: 0 | 1 | 3 | 6 | 9 = 6): Uint8Array {
  const seen = new Set<string>()
  const pieces: Uint8Array[] = []
  const archive = new Zip((error, piece) => {
    if (error) throw zipFault('write', 'entries that can be packed', error.message, error)
    pieces.push(piece)
  })
  for (const { name, bytes } of entries) {
    if (seen.has(name) || name === '' || name.startsWith('/') || name.split('/').includes('..'))
      throw fault({
        code: 'formats/zip-name',
        where: 'writeZip',
        expected: 'relative names, each once',
        received: seen.has(name) ? 'a name twice' : 'a name that is empty or leaves the folder',
        hint: 'Give every file of an archive a name of its own.',
      })
    seen.add(name)
    const file = new PackedFile(name, level)
    archive.add(file)
    file.push(bytes as Uint8Array<ArrayBuffer>, true)
  }
  archive.end()
  return new Uint8Array(Buffer.concat(pieces))
}
