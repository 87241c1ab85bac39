// What a visit's images are: slices, phases, spacing, views. Hands on: describeStudy, studyAsText.
import type { Verdict } from '../base/verdict.ts'
import { supportedTransferSyntaxes } from '../formats/dicom-pixels.ts'
import type { Volume } from '../formats/volume.ts'
import type { FirstImage, LeftOut, LoadedStudy } from './load-study.ts'
import { verdictLine } from './verdict-line.ts'

/** One volume in the words `inspect --json` prints. */
export type VolumeFacts = {
  view: Volume['view']
  slices: number
  phases: number
  rows: number
  columns: number
  /** Between slice centres (null for a single slice), rows, columns. */
  spacingMm: [slice: number | null, row: number, column: number]
  sliceThicknessMm: number | null
  /** First to last frame, and the mean step between frames. */
  firstFrameMs: number | null
  frameStepMs: number | null
  heartRateBpm: number | null
  description: string | null
}

export type StudyFacts = {
  kind: 'study'
  files: number
  images: number
  leftOut: LeftOut[]
  volumes: VolumeFacts[]
  /** Only where no volume came of the images. */
  firstImage?: FirstImage
  verdicts: Verdict[]
  notes: string[]
}

const viewNames: Record<Volume['view'], string> = {
  sax: 'short axis',
  '2ch': '2-chamber',
  '3ch': '3-chamber',
  '4ch': '4-chamber',
  other: 'other view',
}

const rounded = (value: number, digits = 3) => Number(value.toFixed(digits))
const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? rounded(value) : null)

function describeVolume(volume: Volume): VolumeFacts {
  const [phases, slices, rows, columns] = volume.shape
  const times = volume.frameMs_F
  const [sliceMm, rowMm, columnMm] = volume.spacingMm
  return {
    view: volume.view,
    slices,
    phases,
    rows,
    columns,
    spacingMm: [slices > 1 ? rounded(sliceMm) : null, rounded(rowMm, 5), rounded(columnMm, 5)],
    sliceThicknessMm: finite(volume.sliceThicknessMm),
    firstFrameMs: finite(times[0]),
    frameStepMs: phases > 1 ? finite((times[phases - 1] - times[0]) / (phases - 1)) : null,
    heartRateBpm: volume.heartRateBpm === undefined ? null : rounded(volume.heartRateBpm, 1),
    description: volume.description ?? null,
  }
}

/** The facts of a loaded study. */
export function describeStudy(study: LoadedStudy): StudyFacts {
  const { numFiles, numImages, leftOut, volumes, verdicts, notes, first } = study
  const firstImage = volumes.length === 0 ? first : undefined
  return { kind: 'study', files: numFiles, images: numImages, leftOut, volumes: volumes.map(describeVolume), firstImage, verdicts, notes }
}

function volumeLine(facts: VolumeFacts): string {
  const [sliceMm, rowMm, columnMm] = facts.spacingMm
  const slices = facts.slices === 1 ? '1 slice' : `${facts.slices} slices ${sliceMm} mm apart`
  const parts = [
    slices,
    `${facts.phases} phases${facts.frameStepMs === null ? '' : ` every ${facts.frameStepMs.toFixed(1)} ms`}`,
    `${facts.rows} x ${facts.columns} at ${rowMm} x ${columnMm} mm`,
    facts.sliceThicknessMm === null ? undefined : `${facts.sliceThicknessMm} mm thick`,
    facts.heartRateBpm === null ? undefined : `${facts.heartRateBpm} beats/min at the scanner`,
  ]
  return `  ${viewNames[facts.view].padEnd(11)} ${parts.filter(Boolean).join(', ')}`
}

function firstImageLine(image: FirstImage): string {
  const { modality, numRows, numColumns, pixelSpacingMm, sliceThicknessMm, seriesDescription, transferSyntax } = image
  const parts = [
    modality,
    `${numRows} x ${numColumns}${pixelSpacingMm === undefined ? '' : ` at ${pixelSpacingMm.join(' x ')} mm`}`,
    sliceThicknessMm === undefined ? undefined : `${sliceThicknessMm} mm thick`,
    seriesDescription,
    supportedTransferSyntaxes[transferSyntax],
  ]
  return `  first image ${parts.filter(Boolean).join(', ')}`
}

/** The facts as lines for a person. */
export function studyAsText(facts: StudyFacts): string {
  const failed = facts.verdicts.filter(({ ok }) => !ok)
  return [
    `study: ${facts.images} images in ${facts.files} files, ${facts.volumes.length} volumes`,
    ...facts.volumes.map(volumeLine),
    ...(facts.firstImage === undefined ? [] : [firstImageLine(facts.firstImage)]),
    ...facts.leftOut.map(({ code, numFiles }) => `  left out: ${numFiles} files (${code})`),
    ...facts.notes.map((note) => `  note: ${note}`),
    ...(failed.length === 0 ? [`  quality: all ${facts.verdicts.length} criteria met`] : failed.map(verdictLine)),
  ].join('\n')
}
