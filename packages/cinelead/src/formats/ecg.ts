// The door for ECG files: recognises a format by what is in the file and reads it.
// Adding a format: one reader file and one row here.
import { fault } from '../base/errors.ts'
import { readAecg } from './aecg.ts'
import { readCardiosoftXml } from './cardiosoft-xml.ts'
import { isDicomFile, readDicomWaveform } from './dicom-waveform.ts'
import { isEcgCsv, readEcgCsv } from './ecg-csv.ts'
import { isEdfFile, readEdf } from './edf.ts'
import { readMuseXml } from './muse-xml.ts'
import { readPhilipsXml } from './philips-xml.ts'
import type { Recording } from './recording.ts'
import { isScpFile, readScp } from './scp.ts'
import { readWfdb } from './wfdb.ts'

/** The bytes of a file that lies beside the one being read, by its plain name. */
export type Companion = (name: string) => Uint8Array

type EcgFormat = {
  id: string
  label: string
  /** `head` is the first 4 KiB as text with NULs removed (so UTF-16 reads too). */
  isLike: (bytes: Uint8Array, head: string, name: string) => boolean
  read: (bytes: Uint8Array, companion: Companion, name: string) => Recording
}

const formats = [
  {
    id: 'cardiosoft-xml',
    label: 'GE CardioSoft XML',
    isLike: (_bytes, head) => /<CardiologyXML[\s>]/.test(head),
    read: readCardiosoftXml,
  },
  { id: 'muse-xml', label: 'GE MUSE XML', isLike: (_bytes, head) => /<RestingECG[\s>]/.test(head), read: readMuseXml },
  { id: 'aecg', label: 'HL7 aECG', isLike: (_bytes, head) => /<(\w+:)?AnnotatedECG[\s>]/.test(head), read: readAecg },
  { id: 'philips-xml', label: 'Philips Sierra XML', isLike: (_bytes, head) => /<restingecgdata[\s>]/.test(head), read: readPhilipsXml },
  { id: 'dicom-waveform', label: 'DICOM waveform', isLike: isDicomFile, read: readDicomWaveform },
  { id: 'scp', label: 'SCP-ECG', isLike: isScpFile, read: readScp },
  { id: 'edf', label: 'EDF, EDF+ or BDF', isLike: isEdfFile, read: readEdf },
  {
    id: 'wfdb',
    label: 'WFDB header (.hea)',
    isLike: (_bytes, head, name) => /\.hea$/i.test(name) || /^(#.*\n)*\S+ \d+ [\d.]+.*\n\S+\.\w+ \d+/.test(head.replace(/\r/g, '')),
    read: (bytes, companion) => readWfdb(bytes, companion),
  },
  { id: 'csv', label: 'CSV with a header row of leads', isLike: (_bytes, head) => isEcgCsv(head), read: readEcgCsv },
] as const satisfies readonly EcgFormat[]

export type EcgFormatId = (typeof formats)[number]['id']

/** The formats this door opens, for help texts. */
export const ecgFormats: readonly { id: EcgFormatId; label: string }[] = formats.map(({ id, label }) => ({ id, label }))

/** Largest file the door takes; a caller checks a file's size before it reads the bytes. */
export const maxEcgBytes = 1024 * 1024 * 1024

/** The format of a file, judged by its content (and its name's ending where content says nothing); undefined when none fits. */
export function recogniseEcg(name: string, bytes: Uint8Array): EcgFormatId | undefined {
  return formatOf(name, bytes)?.id
}

function formatOf(name: string, bytes: Uint8Array): (typeof formats)[number] | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 8192)).replaceAll('\0', '')
  return formats.find((format) => format.isLike(bytes, head, name))
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
  if (bytes.length > maxEcgBytes) {
    throw fault({
      code: 'formats/ecg-size',
      where: 'readEcg',
      expected: `at most ${maxEcgBytes} bytes`,
      received: `${bytes.length} bytes`,
      hint: 'A 12-lead recording is far smaller: is this another kind of file?',
    })
  }
  const format = formatOf(name, bytes)
  if (format === undefined) {
    throw fault({
      code: 'formats/ecg-unknown',
      where: 'readEcg',
      expected: `one of ${formats.map(({ label }) => label).join(', ')}`,
      received: bytes.length === 0 ? 'an empty file' : `${bytes.length} bytes of another kind`,
      hint: 'See docs/formats.md for what each format looks like.',
    })
  }
  const { read }: EcgFormat = format
  return read(bytes, companion, name)
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
