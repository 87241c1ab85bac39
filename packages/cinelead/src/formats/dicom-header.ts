// The header fields of a DICOM image that a heart needs, from classic objects and from enhanced functional groups alike.
// Hands on: readSharedHeader, readFrameHeader. No field of group 0010 (the person) is ever looked at.
// Source: DICOM PS3.3 C.7.6.2 (image plane), C.7.6.16 (functional groups), C.7.6.18 (cardiac synchronisation), C.11.1 (rescale).
import type { DicomImage } from './dicom.ts'
import { type DicomElements, GE_RAW_DATA_TYPE } from './dicom-elements.ts'

type SharedHeader = Pick<
  DicomImage,
  | 'studyUid'
  | 'seriesUid'
  | 'frameOfReferenceUid'
  | 'seriesNumber'
  | 'seriesDescription'
  | 'modality'
  | 'manufacturer'
  | 'acquiredOn'
  | 'cardiacNumberOfImages'
>

type FrameHeader = Pick<
  DicomImage,
  | 'imageTypes'
  | 'sopInstanceUid'
  | 'instanceNumber'
  | 'triggerMs'
  | 'temporalPosition'
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

/** What all frames of an object share. */
export function readSharedHeader(elements: DicomElements): SharedHeader {
  return {
    studyUid: elements.text(0x0020000d),
    seriesUid: elements.text(0x0020000e) ?? '',
    frameOfReferenceUid: elements.text(0x00200052),
    seriesNumber: elements.numbers(0x00200011)?.[0],
    seriesDescription: elements.text(0x0008103e),
    modality: elements.text(0x00080060),
    manufacturer: elements.text(0x00080070),
    acquiredOn: isoDay(elements.text(0x00080022) || elements.text(0x0008002a) || elements.text(0x00080021) || elements.text(0x00080020)),
    cardiacNumberOfImages: elements.numbers(0x00181090)?.[0],
  }
}

/** A functional group's macro for one frame: the frame's own before the shared one. */
function macro(elements: DicomElements, frameIndex: number, tag: number): DicomElements | undefined {
  const own = elements.items(0x52009230)[frameIndex]?.items(tag)[0]
  return own ?? elements.items(0x52009229)[0]?.items(tag)[0]
}

/** GE tells what an image shows in an element of its own alone: 0 magnitude, 1 phase, 2 real, 3 imaginary. */
function geKind(elements: DicomElements): string | undefined {
  return ['MAGNITUDE', 'PHASE', 'REAL', 'IMAGINARY'][elements.uint16(GE_RAW_DATA_TYPE) ?? -1]
}

/** What belongs to one frame. */
export function readFrameHeader(elements: DicomElements, frameIndex: number, numFrames: number): FrameHeader {
  const plane = macro(elements, frameIndex, 0x00209113) ?? elements
  const orientation = macro(elements, frameIndex, 0x00209116) ?? elements
  const measures = macro(elements, frameIndex, 0x00289110) ?? elements
  const transform = macro(elements, frameIndex, 0x00289145) ?? elements
  const content = macro(elements, frameIndex, 0x00209111)
  const cardiac = macro(elements, frameIndex, 0x00189118)
  const type = macro(elements, frameIndex, 0x00189226)
  const kinds = [elements.text(0x00080008), elements.text(0x00089208), type?.text(0x00089007), type?.text(0x00089208), geKind(elements)]
  const frameMs = elements.numbers(0x00181063)?.[0]
  const classicTriggerMs = elements.numbers(0x00181060)?.[0] ?? (numFrames > 1 && frameMs !== undefined ? frameIndex * frameMs : undefined)
  const uid = elements.text(0x00080018) ?? ''
  const instance = elements.numbers(0x00200013)?.[0]
  return {
    imageTypes: kinds.flatMap((kind) => kind?.split('\\') ?? []),
    sopInstanceUid: numFrames > 1 ? `${uid}#${frameIndex + 1}` : uid,
    instanceNumber: numFrames > 1 ? frameIndex + 1 : instance,
    triggerMs: cardiac?.float64(0x00209153) ?? cardiac?.float64(0x00209252) ?? classicTriggerMs,
    temporalPosition: content?.uint32(0x00209128) ?? elements.numbers(0x00200100)?.[0],
    nominalIntervalMs: cardiac?.float64(0x00209251) ?? elements.float64(0x00209251) ?? elements.numbers(0x00181062)?.[0],
    heartRateBpm: elements.numbers(0x00181088)?.[0],
    acquisitionSec: daySec(
      elements.text(0x00080032) || (content?.text(0x00189074) ?? elements.text(0x0008002a))?.slice(8) || elements.text(0x00080033),
    ),
    positionMm: tuple(plane.numbers(0x00200032), 3),
    orientation: tuple(orientation.numbers(0x00200037), 6),
    pixelSpacingMm: tuple(measures.numbers(0x00280030), 2),
    sliceThicknessMm: measures.numbers(0x00180050)?.[0],
    spacingBetweenSlicesMm: measures.numbers(0x00180088)?.[0],
    rescaleSlope: transform.numbers(0x00281053)?.[0] || 1,
    rescaleIntercept: transform.numbers(0x00281052)?.[0] ?? 0,
  }
}
