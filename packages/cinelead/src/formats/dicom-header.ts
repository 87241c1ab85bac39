// The header fields of a DICOM image that a heart needs, from classic objects and from enhanced functional groups alike.
// Hands on: readSharedHeader, readFrameHeader. No field of group 0010 (the person) is ever looked at.
// Source: DICOM PS3.3 C.7.6.2 (image plane), C.7.6.16 (functional groups), C.7.6.18 (cardiac synchronisation), C.11.1 (rescale).
import type { DataSet } from 'dicom-parser'
import type { DicomImage } from './dicom.ts'

type SharedHeader = Pick<
  DicomImage,
  | 'studyUid'
  | 'seriesUid'
  | 'frameOfReferenceUid'
  | 'seriesNumber'
  | 'seriesDescription'
  | 'modality'
  | 'imageTypes'
  | 'manufacturer'
  | 'acquiredOn'
  | 'cardiacNumberOfImages'
>

type FrameHeader = Pick<
  DicomImage,
  | 'sopInstanceUid'
  | 'instanceNumber'
  | 'triggerMs'
  | 'nominalIntervalMs'
  | 'heartRateBpm'
  | 'acquisitionSec'
  | 'positionMm'
  | 'orientation'
  | 'pixelSpacingMm'
  | 'sliceThicknessMm'
  | 'spacingBetweenSlicesMm'
  | 'rescaleSlope'
  | 'rescaleIntercept'
>

function numbers(dataSet: DataSet | undefined, tag: string): number[] | undefined {
  const text = dataSet?.string(tag)
  if (text === undefined || text === '') return undefined
  const values = text.split('\\').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  return values.every(Number.isFinite) ? values : undefined
}

function oneNumber(dataSet: DataSet | undefined, tag: string): number | undefined {
  return numbers(dataSet, tag)?.[0]
}

function tuple<T>(values: number[] | undefined, length: number): T | undefined {
  return values?.length === length ? (values as T) : undefined
}

function isoDay(text: string | undefined): string | undefined {
  const match = /^(\d{4})\.?(\d{2})\.?(\d{2})/.exec(text ?? '')
  return match === null ? undefined : `${match[1]}-${match[2]}-${match[3]}`
}

/** `HHMMSS.ffffff` (PS3.5 TM; the last eight of a DT) to seconds after midnight. */
function daySec(text: string | undefined): number | undefined {
  const match = /^(\d{2}):?(\d{2}):?(\d{2}(?:\.\d+)?)/.exec(text ?? '')
  return match === null ? undefined : Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3])
}

function utf8(dataSet: DataSet, tag: string): string | undefined {
  const element = dataSet.elements[tag]
  if (element === undefined || element.length <= 0) return undefined
  const bytes = dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length)
  const text = new TextDecoder('utf-8')
    .decode(bytes)
    .replace(/[\0\s]+$/, '')
    .trim()
  return text === '' ? undefined : text
}

/** What all frames of an object share. */
export function readSharedHeader(dataSet: DataSet): SharedHeader {
  return {
    studyUid: dataSet.string('x0020000d'),
    seriesUid: dataSet.string('x0020000e') ?? '',
    frameOfReferenceUid: dataSet.string('x00200052'),
    seriesNumber: oneNumber(dataSet, 'x00200011'),
    seriesDescription: utf8(dataSet, 'x0008103e'),
    modality: dataSet.string('x00080060'),
    imageTypes: dataSet.string('x00080008')?.split('\\') ?? [],
    manufacturer: utf8(dataSet, 'x00080070'),
    acquiredOn: isoDay(
      dataSet.string('x00080022') || dataSet.string('x0008002a') || dataSet.string('x00080021') || dataSet.string('x00080020'),
    ),
    cardiacNumberOfImages: oneNumber(dataSet, 'x00181090'),
  }
}

/** A functional group's macro for one frame: the frame's own before the shared one. */
function macro(dataSet: DataSet, frameIndex: number, tag: string): DataSet | undefined {
  const own = dataSet.elements.x52009230?.items?.[frameIndex]?.dataSet
  const shared = dataSet.elements.x52009229?.items?.[0]?.dataSet
  return own?.elements[tag]?.items?.[0]?.dataSet ?? shared?.elements[tag]?.items?.[0]?.dataSet
}

function double(dataSet: DataSet | undefined, tag: string): number | undefined {
  const element = dataSet?.elements[tag]
  return element !== undefined && element.length >= 8 ? dataSet?.double(tag) : undefined
}

/** What belongs to one frame. */
export function readFrameHeader(dataSet: DataSet, frameIndex: number, numFrames: number): FrameHeader {
  const plane = macro(dataSet, frameIndex, 'x00209113') ?? dataSet
  const orientation = macro(dataSet, frameIndex, 'x00209116') ?? dataSet
  const measures = macro(dataSet, frameIndex, 'x00289110') ?? dataSet
  const transform = macro(dataSet, frameIndex, 'x00289145') ?? dataSet
  const content = macro(dataSet, frameIndex, 'x00209111')
  const cardiac = macro(dataSet, frameIndex, 'x00189118')
  const frameMs = oneNumber(dataSet, 'x00181063')
  const classicTriggerMs = oneNumber(dataSet, 'x00181060') ?? (numFrames > 1 && frameMs !== undefined ? frameIndex * frameMs : undefined)
  const uid = dataSet.string('x00080018') ?? ''
  const instance = oneNumber(dataSet, 'x00200013')
  return {
    sopInstanceUid: numFrames > 1 ? `${uid}#${frameIndex + 1}` : uid,
    instanceNumber: numFrames > 1 ? frameIndex + 1 : instance,
    triggerMs: double(cardiac, 'x00209153') ?? double(cardiac, 'x00209252') ?? classicTriggerMs,
    nominalIntervalMs: double(cardiac, 'x00209251') ?? double(dataSet, 'x00209251') ?? oneNumber(dataSet, 'x00181062'),
    heartRateBpm: oneNumber(dataSet, 'x00181088'),
    acquisitionSec: daySec(
      dataSet.string('x00080032') || (content?.string('x00189074') ?? dataSet.string('x0008002a'))?.slice(8) || dataSet.string('x00080033'),
    ),
    positionMm: tuple(numbers(plane, 'x00200032'), 3),
    orientation: tuple(numbers(orientation, 'x00200037'), 6),
    pixelSpacingMm: tuple(numbers(measures, 'x00280030'), 2),
    sliceThicknessMm: oneNumber(measures, 'x00180050'),
    spacingBetweenSlicesMm: oneNumber(measures, 'x00180088'),
    rescaleSlope: oneNumber(transform, 'x00281053') || 1,
    rescaleIntercept: oneNumber(transform, 'x00281052') ?? 0,
  }
}
