// The door for ECG files: recognises a format by what is in the file and reads it.
// Adding a format: one reader file and one row here.
import { fault } from '../base/errors.ts'
import { inBytes } from '../base/in-bytes.ts'
import { readAecg } from './aecg.ts'
import { readCardiosoftXml } from './cardiosoft-xml.ts'
import { isDicomFile, readDicomWaveform } from './dicom-waveform.ts'
import { isEcgCsv, maxCsvBytes, readEcgCsv } from './ecg-csv.ts'
import { isEdfFile, readEdf } from './edf.ts'
import { readMuseXml } from './muse-xml.ts'
import { readPhilipsXml } from './philips-xml.ts'
import type { Recording } from './recording.ts'
import { isScpFile, readScp } from './scp.ts'
import { readWfdb } from './wfdb.ts'
import { maxHeaderBytes } from './wfdb-header.ts'
import { maxXmlBytes } from './xml.ts'

/** The bytes of a file that lies beside the one being read, by its plain name. */
export type Companion = (name: string) => Uint8Array

type EcgFormat = {
  id: string
  label: string
  /** Largest file of this format that a reader takes. */
  maxBytes: number
  /** `head` is the beginning of the file as text with NULs removed (so UTF-16 reads too). */
  isLike: (start: Uint8Array, head: string, name: string, sizeBytes: number) => boolean
  read: (bytes: Uint8Array, companion: Companion, name: string) => Recording
}

const MIB = 1024 * 1024

/** Largest binary file, also beside a header: three hours of twelve leads at 500 Hz in four bytes a sample. */
export const maxEcgBytes = 256 * MIB

const formats = [
  {
    id: 'cardiosoft-xml',
    label: 'GE CardioSoft XML',
    maxBytes: maxXmlBytes,
    isLike: (_bytes, head) => /<CardiologyXML[\s>]/.test(head),
    read: readCardiosoftXml,
  },
  {
    id: 'muse-xml',
    label: 'GE MUSE XML',
    maxBytes: maxXmlBytes,
    isLike: (_bytes, head) => /<RestingECG[\s>]/.test(head),
    read: readMuseXml,
  },
  {
    id: 'aecg',
    label: 'HL7 aECG',
    maxBytes: maxXmlBytes,
    isLike: (_bytes, head) => /<(\w+:)?AnnotatedECG[\s>]/.test(head),
    read: readAecg,
  },
  {
    id: 'philips-xml',
    label: 'Philips Sierra XML',
    maxBytes: maxXmlBytes,
    isLike: (_bytes, head) => /<restingecgdata[\s>]/.test(head),
    read: readPhilipsXml,
  },
  { id: 'dicom-waveform', label: 'DICOM waveform', maxBytes: maxEcgBytes, isLike: isDicomFile, read: readDicomWaveform },
  {
    id: 'scp',
    label: 'SCP-ECG',
    maxBytes: maxEcgBytes,
    isLike: (start, _head, _name, sizeBytes) => isScpFile(start, sizeBytes),
    read: readScp,
  },
  { id: 'edf', label: 'EDF, EDF+ or BDF', maxBytes: maxEcgBytes, isLike: isEdfFile, read: readEdf },
  {
    id: 'wfdb',
    label: 'WFDB header (.hea)',
    maxBytes: maxHeaderBytes,
    isLike: (_bytes, head, name) => /\.hea$/i.test(name) || /^(#.*\n)*\S+ \d+ [\d.]+.*\n\S+\.\w+ \d+/.test(head.replace(/\r/g, '')),
    read: (bytes, companion) => readWfdb(bytes, companion),
  },
  { id: 'csv', label: 'CSV with a header row of leads', maxBytes: maxCsvBytes, isLike: (_bytes, head) => isEcgCsv(head), read: readEcgCsv },
] as const satisfies readonly EcgFormat[]

export type EcgFormatId = (typeof formats)[number]['id']

/** The formats this door opens, for help texts. */
export const ecgFormats: readonly { id: EcgFormatId; label: string }[] = formats.map(({ id, label }) => ({ id, label }))

/** How much of a file tells its format. */
export const headBytes = 8192

/**
 * The format of a file, judged by how it begins (and its name's ending where that says nothing); undefined when none fits.
 *
 * @param start      The first `headBytes` of the file, or all of it.
 * @param sizeBytes  Of the whole file.
 */
export function recogniseEcg(name: string, start: Uint8Array, sizeBytes: number = start.length): EcgFormatId | undefined {
  return formatOf(name, start, sizeBytes)?.id
}

function formatOf(name: string, start: Uint8Array, sizeBytes: number): (typeof formats)[number] | undefined {
  const head = new TextDecoder('latin1').decode(start.subarray(0, headBytes)).replaceAll('\0', '')
  return formats.find((format) => format.isLike(start, head, name, sizeBytes))
}

/**
 * The format of a file that can be read, told before its bytes are: an unknown one and one too large for its format are refused.
 *
 * @throws formats/ecg-unknown, formats/ecg-size
 */
export function expectEcg(name: string, start: Uint8Array, sizeBytes: number = start.length): EcgFormat {
  const format = formatOf(name, start, sizeBytes)
  if (format === undefined) {
    throw fault({
      code: 'formats/ecg-unknown',
      where: 'readEcg',
      expected: `one of ${formats.map(({ label }) => label).join(', ')}`,
      received: sizeBytes === 0 ? 'an empty file' : `${inBytes(sizeBytes)} of another kind`,
      hint: 'See docs/formats.md for what each format looks like.',
    })
  }
  if (sizeBytes > format.maxBytes) {
    throw fault({
      code: 'formats/ecg-size',
      where: 'readEcg',
      expected: `at most ${format.maxBytes / MIB} MiB of ${format.label}`,
      received: `${Math.ceil(sizeBytes / MIB)} MiB`,
      hint: 'A 12-lead recording is far smaller: is this another kind of file?',
    })
  }
  return format
}

/**
 * A recording from a file of any known ECG format.
 *
 * @param name       The file's name, for its ending only; it enters no message.
 * @param bytes      The whole file.
 * @param companion  Gives files beside it (WFDB signal files). Without it, formats of several files are refused.
 * @throws           formats/ecg-unknown when no reader fits, formats/ecg-size, and what each reader throws.
 */
export function readEcg(name: string, bytes: Uint8Array, companion: Companion = noCompanion): Recording {
  return expectEcg(name, bytes).read(bytes, companion, name)
}

function noCompanion(): Uint8Array {
  throw fault({
    code: 'formats/ecg-companion',
    where: 'readEcg',
    expected: 'the files that lie beside this one',
    received: 'none',
    hint: 'Hand over the whole record: the header together with its signal files.',
  })
}
