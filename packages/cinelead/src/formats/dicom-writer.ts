// One image frame -> a classic MR Image object in explicit VR little endian. Hands on: writeDicom.
// Source: DICOM PS3.3 A.4 (MR Image), PS3.10; the byte work is dcmjs's.
import dcmjs from 'dcmjs'
import { fault } from '../base/errors.ts'
import type { DicomImage } from './dicom.ts'

const MR_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.4' // PS3.4 B.5
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1' // PS3.5 A.2
const IMPLEMENTATION_UID = '2.25.310226416938212377183920583901465812441' // ours: a UUID-derived UID, PS3.5 B.2

/** A decimal string of at most 16 characters (PS3.5 DS). */
function decimal(value: number): string {
  const plain = String(value)
  if (plain.length <= 16) return plain
  for (let digits = 15; digits > 0; digits--) {
    const shorter = String(Number(value.toPrecision(digits)))
    if (shorter.length <= 16) return shorter
  }
  return value.toExponential(8)
}

function clock(sec: number | undefined): string | undefined {
  if (sec === undefined) return undefined
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${two(sec / 3600)}${two((sec / 60) % 60)}${two(sec % 60)}.${String(Math.floor((sec % 1) * 1e6)).padStart(6, '0')}`
}

function element(vr: string, ...values: (string | number | undefined | null)[]): { vr: string; Value: (string | number)[] } {
  return { vr, Value: values.filter((value) => value !== undefined && value !== null) }
}

function decimals(values: readonly number[] | undefined): string[] {
  return (values ?? []).map(decimal)
}

/** What of an image is written; its pixels are stored integers. */
export type WritableImage = Omit<DicomImage, 'transferSyntax'> & {
  /** What stands in (0010,0020): UK Biobank writes the participant's number there. Absent: an empty field. */
  patientId?: string
}

/**
 * Writes an image frame as a DICOM file. A person's name is never written.
 *
 * @param image  With all of `pixels_YX`, rows and columns; fields that are absent are left out, or empty where the standard wants them.
 * @returns      The file's bytes: preamble, meta header, data set; the same for the same image.
 * @throws       formats/dicom-length when `pixels_YX` does not have rows x columns values.
 */
export function writeDicom(image: WritableImage): Uint8Array {
  const { pixels_YX, numRows, numColumns, bitsStored } = image
  if (pixels_YX.length !== numRows * numColumns)
    throw fault({
      code: 'formats/dicom-length',
      where: 'writeDicom',
      expected: `${numRows} x ${numColumns} pixels`,
      received: `${pixels_YX.length}`,
      hint: 'Give all pixels of one frame.',
    })
  const isSigned = pixels_YX instanceof Int16Array || pixels_YX instanceof Int8Array
  const pixelBytes = pixels_YX.slice().buffer
  const day = image.acquiredOn?.replaceAll('-', '')
  const time = clock(image.acquisitionSec)
  const meta = {
    '00020001': { vr: 'OB', Value: [new Uint8Array([0, 1]).buffer] }, // PS3.10 table 7.1-1
    '00020002': element('UI', MR_IMAGE_STORAGE),
    '00020003': element('UI', image.sopInstanceUid),
    '00020010': element('UI', EXPLICIT_LITTLE_ENDIAN),
    '00020012': element('UI', IMPLEMENTATION_UID),
  }
  const all: Record<string, { vr: string; Value: unknown[] }> = {
    '00080008': element('CS', ...image.imageTypes),
    '00080016': element('UI', MR_IMAGE_STORAGE),
    '00080018': element('UI', image.sopInstanceUid),
    '00080020': element('DA', day),
    '00080021': element('DA', day),
    '00080022': element('DA', day),
    '00080023': element('DA', day),
    '00080030': element('TM', time),
    '00080032': element('TM', time),
    '00080033': element('TM', time),
    '00080050': element('SH'),
    '00080060': element('CS', image.modality ?? 'MR'),
    '00080070': element('LO', image.manufacturer),
    '00080090': element('PN'),
    '0008103E': element('LO', image.seriesDescription),
    '00100010': element('PN'),
    '00100020': element('LO', image.patientId),
    '00100030': element('DA'),
    '00100040': element('CS'),
    '00180020': element('CS', 'GR'),
    '00180021': element('CS', 'SK'),
    '00180022': element('CS', 'CG'),
    '00180023': element('CS', '2D'),
    '00180050': element('DS', ...decimals(image.sliceThicknessMm === undefined ? [] : [image.sliceThicknessMm])),
    '00180088': element('DS', ...decimals(image.spacingBetweenSlicesMm === undefined ? [] : [image.spacingBetweenSlicesMm])),
    '00181060': element('DS', ...decimals(image.triggerMs === undefined ? [] : [image.triggerMs])),
    '00181062': element('IS', image.nominalIntervalMs === undefined ? undefined : String(Math.round(image.nominalIntervalMs))),
    '00181088': element('IS', image.heartRateBpm === undefined ? undefined : String(Math.round(image.heartRateBpm))),
    '00181090': element('IS', image.cardiacNumberOfImages === undefined ? undefined : String(image.cardiacNumberOfImages)),
    '0020000D': element('UI', image.studyUid),
    '0020000E': element('UI', image.seriesUid),
    '00200010': element('SH'),
    '00200011': element('IS', image.seriesNumber === undefined ? undefined : String(image.seriesNumber)),
    '00200013': element('IS', image.instanceNumber === undefined ? undefined : String(image.instanceNumber)),
    '00200032': element('DS', ...decimals(image.positionMm)),
    '00200037': element('DS', ...decimals(image.orientation)),
    '00200052': element('UI', image.frameOfReferenceUid),
    '00280002': element('US', 1),
    '00280004': element('CS', 'MONOCHROME2'),
    '00280010': element('US', numRows),
    '00280011': element('US', numColumns),
    '00280030': element('DS', ...decimals(image.pixelSpacingMm)),
    '00280100': element('US', pixels_YX.BYTES_PER_ELEMENT * 8),
    '00280101': element('US', bitsStored),
    '00280102': element('US', bitsStored - 1),
    '00280103': element('US', isSigned ? 1 : 0),
    '00281052': element('DS', decimal(image.rescaleIntercept)),
    '00281053': element('DS', decimal(image.rescaleSlope)),
    '7FE00010': { vr: pixels_YX.BYTES_PER_ELEMENT === 1 ? 'OB' : 'OW', Value: [pixelBytes] },
  }
  const dictionary = new dcmjs.data.DicomDict(meta)
  dictionary.dict = all
  return new Uint8Array(dictionary.write())
}
