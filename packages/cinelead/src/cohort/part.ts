// One subject's prepared arrays on their way into the store: written whole the moment they are ready, so that a killed ingest
// loses one subject at most. Hands on: writePart, writeDropped, readPartHead, listParts, recordSpecs.
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { encodeSafetensorsHeader, parseSafetensorsHeader, safetensorsItemBytes, type SafetensorsHeader } from '@cinelead/torch/safetensors'
import { fault, faultAt } from '../base/errors.ts'
import type { PreparedCine } from '../prepare/cmr/prepared-cine.ts'
import type { PreparedEcg } from '../prepare/ecg/prepared-ecg.ts'
import { makeFolder, openWhole, writeWhole } from './atomic.ts'
import { toHalf } from './half.ts'
import { nanAsText, textAsNan } from './nan-json.ts'
import {
  partName,
  type RecordSpec,
  type SourceFile,
  type SourceLine,
  type StoredDtype,
  type SubjectFacts,
  type TensorName,
  tensorNames,
} from './store-layout.ts'

/** What a part carries beside its arrays. */
export type PartHead = { subject: string; digest: string; files: readonly SourceFile[]; facts: SubjectFacts }

/** A subject's prepared arrays; one of the two modalities may be missing, its records are then NaN and 0. */
export type PreparedSubject = { head: PartHead; ecg?: PreparedEcg; cine?: PreparedCine }

/** Shapes of one subject's records; the same for a whole store. */
export type RecordShapes = {
  numLeads: number
  numSamples: number
  numFrames: number
  numSlices: number
  numRows: number
  numColumns: number
}

/** The record of each array for the given shapes. */
export function recordSpecs({ numLeads, numSamples, numFrames, numSlices, numRows, numColumns }: RecordShapes): RecordSpec[] {
  const shapes: Record<TensorName, readonly number[]> = {
    ecg_SLT: [numLeads, numSamples],
    ecgMv_SLT: [numLeads, numSamples],
    cine_SFYX: [numFrames, numRows, numColumns],
    ed_SZYX: [numSlices, numRows, numColumns],
    es_SZYX: [numSlices, numRows, numColumns],
    edLabels_SZYX: [numSlices, numRows, numColumns],
    esLabels_SZYX: [numSlices, numRows, numColumns],
  }
  return tensorNames.map((name) => {
    const dtype: StoredDtype = name.includes('Labels') ? 'U8' : 'F16'
    const numValues = shapes[name].reduce((product, size) => product * size, 1)
    return { name, dtype, shape: shapes[name], numValues, sizeBytes: numValues * safetensorsItemBytes(dtype) }
  })
}

/** Where parts wait to be merged. */
export function partsFolder(storeDir: string): string {
  return join(storeDir, 'parts')
}

/** Makes the store's folders. */
export function createPartsFolder(storeDir: string): void {
  makeFolder(partsFolder(storeDir), 'createPartsFolder', 'the store')
}

/**
 * Writes one subject's part; it appears only when it is whole.
 *
 * @throws  cohort/part-shape when an array has not the store's shape or holds NaN; cohort/disk-full, cohort/no-permission, cohort/write.
 */
export function writePart(storeDir: string, prepared: PreparedSubject, shapes: RecordShapes): void {
  const { head, ecg, cine } = prepared
  const specs = recordSpecs(shapes)
  const records = specs.map((spec) => recordBytes(spec, arrayOf(spec.name, ecg, cine), head.subject))
  writeRecords(storeDir, head, specs, records)
}

/** Writes a part from bytes that are stored already: how a store's rows become parts again. */
export function writeRecords(storeDir: string, head: PartHead, specs: readonly RecordSpec[], records: readonly Uint8Array[]): void {
  const entries = specs.map(({ name, dtype, shape }) => ({ name: partName(name), dtype, shape }))
  const header = encodeSafetensorsHeader(entries, { cinelead: JSON.stringify(head, nanAsText) })
  const file = openWhole(partPath(storeDir, head.subject), { what: `the part of ${head.subject}` })
  file.write(header)
  for (const record of records) file.write(record)
  file.finish()
  rmSync(droppedPath(storeDir, head.subject), { force: true })
}

/** Records that a subject was taken out, at which step and why, so that the next run need not try again. */
export function writeDropped(storeDir: string, line: SourceLine): void {
  writeWhole(droppedPath(storeDir, line.subject), `${JSON.stringify(line, nanAsText)}\n`, { what: `the note on ${line.subject}` })
  rmSync(partPath(storeDir, line.subject), { force: true })
}

/** A part that lies on disk. */
export type Part = PartHead & { path: string; layout: SafetensorsHeader }

/**
 * Reads a part's head.
 *
 * @returns  The head, or `undefined` when there is no such part or the file is not whole (a disk that lied, a copy cut short).
 */
export function readPart(storeDir: string, subject: string): Part | undefined {
  const path = partPath(storeDir, subject)
  if (!existsSync(path)) return undefined
  const descriptor = openSync(path, 'r')
  try {
    const layout = readLayout(descriptor)
    const last = layout.tensors.at(-1)?.end ?? 0
    if (fstatSync(descriptor).size !== layout.dataStart + last) return undefined
    const head = JSON.parse(layout.metadata.cinelead, textAsNan) as PartHead
    return { ...head, path, layout }
  } catch (error) {
    const code = (error as { code?: string }).code
    if (error instanceof SyntaxError || code === 'torch/safetensors') return undefined
    throw faultAt(error, subject)
  } finally {
    closeSync(descriptor)
  }
}

/** The note on a dropped subject, or `undefined`. */
export function readDropped(storeDir: string, subject: string): SourceLine | undefined {
  const path = droppedPath(storeDir, subject)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8'), textAsNan) as SourceLine) : undefined
}

/** Subjects with a part or a note, in the order of their keys. */
export function listParts(storeDir: string): { parts: string[]; dropped: string[] } {
  const names = existsSync(partsFolder(storeDir)) ? readdirSync(partsFolder(storeDir)).sort() : []
  const endingIn = (end: string) => names.filter((name) => name.endsWith(end)).map((name) => name.slice(0, -end.length))
  return { parts: endingIn('.safetensors'), dropped: endingIn('.dropped.json') }
}

/** The head of an open safetensors file. */
export function readLayout(descriptor: number): SafetensorsHeader {
  const length = Buffer.alloc(8)
  readSync(descriptor, length, 0, 8, 0)
  const numBytes = Number(length.readBigUInt64LE())
  const size = fstatSync(descriptor).size
  const head = Buffer.alloc(Math.min(size, 8 + numBytes))
  readSync(descriptor, head, 0, head.length, 0)
  return parseSafetensorsHeader(head)
}

function partPath(storeDir: string, subject: string): string {
  return join(partsFolder(storeDir), `${subject}.safetensors`)
}

function droppedPath(storeDir: string, subject: string): string {
  return join(partsFolder(storeDir), `${subject}.dropped.json`)
}

function arrayOf(name: TensorName, ecg: PreparedEcg | undefined, cine: PreparedCine | undefined): Float32Array | Uint8Array | undefined {
  const arrays: Record<TensorName, Float32Array | Uint8Array | undefined> = {
    ecg_SLT: ecg?.ecg_LT,
    ecgMv_SLT: ecg?.filteredMv_LT,
    cine_SFYX: cine?.cine_FYX,
    ed_SZYX: cine?.ed_ZYX,
    es_SZYX: cine?.es_ZYX,
    edLabels_SZYX: cine?.edLabels_ZYX,
    esLabels_SZYX: cine?.esLabels_ZYX,
  }
  return arrays[name]
}

/** Index of the first NaN or infinity, or -1; by its bits, since a quarter of a million values a subject are asked. */
function firstNotFinite(values: Float32Array | Uint8Array): number {
  if (values instanceof Uint8Array) return -1
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < words.length; i++) if ((words[i] & 0x7f800000) === 0x7f800000) return i
  return -1
}

/** A record's bytes, little endian as the format says and every machine that libtorch runs on has it. */
function recordBytes(
  { name, dtype, shape, numValues, sizeBytes }: RecordSpec,
  values: Float32Array | Uint8Array | undefined,
  subject: string,
): Uint8Array {
  if (values === undefined) {
    const missing = Buffer.alloc(sizeBytes)
    if (dtype === 'F16') new Uint16Array(missing.buffer, missing.byteOffset, numValues).fill(0x7e00) // binary16's quiet NaN: nobody can use it unawares
    return missing
  }
  const firstBad = firstNotFinite(values)
  if (values.length !== numValues || firstBad >= 0) {
    throw fault({
      code: 'cohort/part-shape',
      where: 'writePart',
      expected: `${partName(name)} of ${numValues} finite values, shape [${shape.join(', ')}]`,
      received: values.length !== numValues ? `${values.length} values` : `${values[firstBad]} at ${firstBad}`,
      at: subject,
      hint: 'All subjects of a store have one shape and no missing samples: this is a defect of preparation, please report it.',
    })
  }
  if (values instanceof Uint8Array) return values
  const halves = toHalf(values)
  return new Uint8Array(halves.buffer, halves.byteOffset, halves.byteLength)
}
