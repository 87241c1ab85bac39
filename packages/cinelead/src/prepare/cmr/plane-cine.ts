// Frames -> cines of one plane each: same series, same place, frames in time order, each moment once.
// Hands on: groupPlanes, PlaneCine.
import type { DicomImage } from '../../formats/dicom.ts'
import { cross, type Vector } from './vector.ts'

/** All frames of one series at one place. */
export type PlaneCine = {
  seriesUid: string
  seriesNumber: number
  /** Planes of two frames of reference have no place to one another (the person was moved). */
  frameOfReferenceUid: string
  description: string
  normal: Vector
  positionMm: Vector
  /** In time order. */
  images: DicomImage[]
  /** Frames that came twice for one moment and were left out. */
  numRepeated: number
}

type PlacedImage = DicomImage & Required<Pick<DicomImage, 'positionMm' | 'orientation' | 'pixelSpacingMm'>>

export function isPlaced(image: DicomImage): image is PlacedImage {
  return image.positionMm !== undefined && image.orientation !== undefined && image.pixelSpacingMm !== undefined
}

export function normalOf(orientation: NonNullable<DicomImage['orientation']>): Vector {
  const [rowX, rowY, rowZ, columnX, columnY, columnZ] = orientation
  return cross([rowX, rowY, rowZ], [columnX, columnY, columnZ])
}

/** One key a place: 0.1 mm and a thousandth of a direction cosine, far below what a scanner can tell apart. */
function planeKey(image: PlacedImage): string {
  const place = image.positionMm.map((value) => Math.round(value * 10))
  const turn = image.orientation.map((value) => Math.round(value * 1000) + 0)
  return [image.seriesUid, image.numRows, image.numColumns, ...place, ...turn].join('|')
}

const LONGEST_BEAT_MS = 2500 // 24 beats a minute: no heart at rest is slower
const MIN_SCAN_FRAMES = 5 // as many as a cine must have
const MAX_BREATH_HOLD_SEC = 40 // a plane whose moments are told by the wall clock alone over more than a breath hold is no cine

/** The clock that tells frames apart: trigger time, else the counted moment, acquisition time or instance number, whichever tells most. */
function frameClock(images: readonly DicomImage[]): (image: DicomImage) => number {
  const clocks = [
    (image: DicomImage) => image.triggerMs,
    (image: DicomImage) => image.temporalPosition,
    (image: DicomImage) => image.acquisitionSec,
    (image: DicomImage) => image.instanceNumber,
  ]
  const numDistinct = clocks.map((clock) => {
    const values = images.map(clock)
    return values.includes(undefined) ? 0 : new Set(values).size
  })
  // A trigger time that runs on is the heart's own clock, and frames that share one are repeats (up to four acquisitions).
  const best = numDistinct[0] > 1 && numDistinct[0] * 4 >= images.length ? 0 : numDistinct.indexOf(Math.max(...numDistinct))
  return (image) => clocks[best](image) ?? 0
}

/** Of a place scanned again in the same series the last scan: as instances are counted, trigger times run through the beat once a scan. */
function lastScan(all: readonly DicomImage[]): readonly DicomImage[] {
  if (all.some(({ triggerMs, instanceNumber }) => triggerMs === undefined || instanceNumber === undefined)) return all
  const counted = [...all].sort((a, b) => (a.instanceNumber as number) - (b.instanceNumber as number))
  const triggers = counted.map(({ triggerMs }) => triggerMs as number)
  const starts = triggers.flatMap((time, index) => (index === 0 || time < triggers[index - 1] ? [index] : []))
  const ends = [...starts.slice(1), counted.length]
  const [first, last] = [Math.min(...triggers), Math.max(...triggers)]
  const isBeat = (start: number, end: number) =>
    end - start >= MIN_SCAN_FRAMES && triggers[end - 1] - triggers[start] > 0.5 * (last - first)
  return starts.every((start, scan) => isBeat(start, ends[scan])) ? counted.slice(starts.at(-1)) : all
}

function inTimeOrder(all: readonly DicomImage[]): { images: DicomImage[]; numRepeated: number } {
  const images = lastScan(all)
  const clock = frameClock(images)
  const sorted = images
    .map((image, order) => ({ image, time: clock(image), instance: image.instanceNumber ?? order, order }))
    .sort((a, b) => a.time - b.time || a.instance - b.instance || a.order - b.order)
  const kept = sorted.filter((one, index) => sorted[index + 1]?.time !== one.time)
  return { images: kept.map(({ image }) => image), numRepeated: all.length - kept.length }
}

/**
 * Groups frames by series and place, sorts each group by time and keeps the last of frames that share a moment.
 *
 * @param images  Frames with a place (`isPlaced`); others are ignored here.
 * @returns       Cines in the order in which their series came.
 */
export function groupPlanes(images: readonly DicomImage[]): PlaneCine[] {
  const groups = new Map<string, PlacedImage[]>()
  for (const image of images) {
    if (!isPlaced(image)) continue
    const key = planeKey(image)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [image])
    else group.push(image)
  }
  return [...groups.values()].map((group) => {
    const [first] = group
    return {
      seriesUid: first.seriesUid,
      seriesNumber: first.seriesNumber ?? 0,
      frameOfReferenceUid: first.frameOfReferenceUid ?? '',
      description: first.seriesDescription ?? '',
      normal: normalOf(first.orientation),
      positionMm: first.positionMm,
      ...inTimeOrder(group),
    }
  })
}

/** Whether a plane follows one thing over many beats, as perfusion does: its frames share their time after the R wave, or it runs on. */
export function isOverManyBeats({ images }: PlaneCine): boolean {
  const span = (values: readonly (number | undefined)[]) =>
    values.includes(undefined) ? undefined : Math.max(...(values as number[])) - Math.min(...(values as number[]))
  const triggers = images.map(({ triggerMs }) => triggerMs)
  const triggerSpanMs = span(triggers)
  if (triggerSpanMs !== undefined && triggerSpanMs > LONGEST_BEAT_MS) return true
  const isOneMoment = triggerSpanMs === undefined || new Set(triggers).size * 4 < images.length
  return isOneMoment && (span(images.map(({ acquisitionSec }) => acquisitionSec)) ?? 0) > MAX_BREATH_HOLD_SEC
}
