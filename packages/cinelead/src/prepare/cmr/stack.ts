// Cines of parallel planes -> one volume over time, base to apex. Hands on: stackPlanes.
// Source: DICOM PS3.3 C.7.6.2.1.1 for the affine; the frames of slices with other counts are taken by nearest phase of the beat.
import type { Verdict } from '../../base/verdict.ts'
import type { DicomImage } from '../../formats/dicom.ts'
import type { View, Volume } from '../../formats/volume.ts'
import type { PlaneCine } from './plane-cine.ts'
import { dot, minus, norm, times, unit, type Vector } from './vector.ts'
import { apexDirection } from './view.ts'

const MAX_GAP_RATIO = 1.5 // widest over median slice distance: beyond it, a slice is missing (project's own choice)
const MAX_SHEAR_MM = 5 // sideways step of neighbouring slices (project's own choice: half a usual slice distance)

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0][0]
}

/** The number in a UK Biobank series name, `CINE_segmented_SAX_b3` -> 3. */
function slotNumber(description: string): number | undefined {
  const match = /_b(\d{1,2})$/i.exec(description.trim())
  return match === null ? undefined : Number(match[1])
}

/** Orders slices base to apex: by the numbers in their names where all have one, else towards the usual apex. */
function baseToApex(planes: readonly PlaneCine[]): { planes: PlaneCine[]; note: string } {
  const normal = planes[0].normal
  const towardsApex = dot(normal, apexDirection) >= 0 ? 1 : -1
  const along = (plane: PlaneCine) => dot(plane.positionMm, normal) * towardsApex
  const byPlace = [...planes].sort((a, b) => along(a) - along(b))
  const slots = byPlace.map((plane) => slotNumber(plane.description))
  if (planes.length === 1 || slots.includes(undefined))
    return { planes: byPlace, note: 'base to apex told by the direction of the usual apex' }
  const rises = (slots as number[]).every((slot, index, all) => index === 0 || slot > all[index - 1])
  if (rises) return { planes: byPlace, note: 'base to apex told by series names, in agreement with the usual apex' }
  const falls = (slots as number[]).every((slot, index, all) => index === 0 || slot < all[index - 1])
  if (falls) return { planes: byPlace.reverse(), note: 'base to apex told by series names, against the direction of the usual apex' }
  return { planes: byPlace, note: 'series names do not rise with place: base to apex told by the direction of the usual apex' }
}

/** For each frame of the stack, which image of this plane stands for it. */
function framesFor(plane: PlaneCine, numFrames: number): DicomImage[] {
  const { images } = plane
  if (images.length === numFrames) return images
  const beatMs = images.find((image) => image.nominalIntervalMs !== undefined)?.nominalIntervalMs
  const phase = (image: DicomImage, index: number) =>
    image.triggerMs !== undefined && beatMs !== undefined && beatMs > 0 ? image.triggerMs / beatMs : index / images.length
  return Array.from({ length: numFrames }, (_, frame) => {
    const distances = images.map((image, index) => Math.abs(phase(image, index) - frame / numFrames))
    return images[distances.indexOf(Math.min(...distances))]
  })
}

function frameTimes(planes: readonly PlaneCine[], numFrames: number): Float64Array {
  const whole = planes.filter((plane) => plane.images.length === numFrames && plane.images.every((image) => image.triggerMs !== undefined))
  const triggersMs = Array.from({ length: numFrames }, (_, frame) => median(whole.map((plane) => plane.images[frame].triggerMs as number)))
  const rises = triggersMs.every((time, frame) => frame === 0 || time > triggersMs[frame - 1])
  if (whole.length > 0 && rises) return Float64Array.from(triggersMs)
  const beatMs = beatOf(planes)
  return Float64Array.from({ length: numFrames }, (_, frame) => (beatMs === undefined ? Number.NaN : (frame * beatMs) / numFrames))
}

function beatOf(planes: readonly PlaneCine[]): number | undefined {
  const beatsMs = planes.flatMap((plane) => plane.images[0].nominalIntervalMs ?? []).filter((beat) => beat > 0)
  return beatsMs.length === 0 ? undefined : median(beatsMs)
}

function heartRate(planes: readonly PlaneCine[], frameMs_F: Float64Array): number | undefined {
  const beatMs = beatOf(planes)
  if (beatMs !== undefined) return 60_000 / beatMs
  const noted = planes.flatMap((plane) => plane.images[0].heartRateBpm ?? []).filter((rate) => rate > 0)
  if (noted.length > 0) return median(noted)
  const numFrames = frameMs_F.length
  const stepMs = (frameMs_F[numFrames - 1] - frameMs_F[0]) / (numFrames - 1)
  return stepMs > 0 ? 60_000 / (numFrames * stepMs) : undefined
}

function fillVoxels(frames_ZF: readonly DicomImage[][], numFrames: number): Volume['voxels_FZYX'] {
  const [first] = frames_ZF[0]
  const all = frames_ZF.flat()
  const isPlain = all.every((image) => image.rescaleSlope === 1 && image.rescaleIntercept === 0)
  const isUnsigned = all.every((image) => image.pixels_YX instanceof Uint16Array || image.pixels_YX instanceof Uint8Array)
  const isFlat = all.every((image) => !(image.pixels_YX instanceof Uint16Array))
  const numPixels = first.numRows * first.numColumns
  const length = numFrames * frames_ZF.length * numPixels
  const voxels = isPlain && isUnsigned ? new Uint16Array(length) : isPlain && isFlat ? new Int16Array(length) : new Float32Array(length)
  for (let frame = 0; frame < numFrames; frame++) {
    for (let z = 0; z < frames_ZF.length; z++) {
      const { pixels_YX, rescaleSlope, rescaleIntercept } = frames_ZF[z][frame]
      const start = (frame * frames_ZF.length + z) * numPixels
      if (isPlain) voxels.set(pixels_YX, start)
      else for (let i = 0; i < numPixels; i++) voxels[start + i] = pixels_YX[i] * rescaleSlope + rescaleIntercept
    }
  }
  return voxels
}

/** Row-major 4 x 4 from voxel index [x, y, z, 1] to LPS mm. */
function affineOf(first: DicomImage, positionMm: Vector, stepMm: Vector): Float64Array {
  const orientation = first.orientation as NonNullable<DicomImage['orientation']>
  const [rowMm, columnMm] = first.pixelSpacingMm as readonly [number, number]
  const affine = new Float64Array(16)
  for (let axis = 0; axis < 3; axis++) {
    affine[axis * 4] = orientation[axis] * columnMm
    affine[axis * 4 + 1] = orientation[axis + 3] * rowMm
    affine[axis * 4 + 2] = stepMm[axis]
    affine[axis * 4 + 3] = positionMm[axis]
  }
  affine[15] = 1
  return affine
}

/**
 * Stacks parallel cines, base to apex, into one volume over time.
 *
 * A plane with missing or additional frames is taken by nearest phase, and the verdict `frame-count` tells it.
 *
 * @param planes  Cines of one orientation and matrix, each place once; at least one.
 * @param view    What they show.
 */
export function stackPlanes(planes: readonly PlaneCine[], view: View): { volume: Volume; verdicts: Verdict[]; note: string } {
  const ordered = baseToApex(planes)
  const { images } = ordered.planes[0]
  const [first] = images
  const numFrames = mostFrequent(ordered.planes.map((plane) => plane.images.length))
  const positions = ordered.planes.map((plane) => plane.positionMm)
  const numSlices = positions.length
  const normal = unit(planes[0].normal)
  const steps = positions.slice(1).map((position, index) => minus(position, positions[index]))
  const gapsMm = steps.map((step) => Math.abs(dot(step, normal)))
  const shearMm = steps.map((step) => norm(minus(step, times(normal, dot(step, normal)))))
  const gapMm = numSlices > 1 ? median(gapsMm) : (first.spacingBetweenSlicesMm ?? first.sliceThicknessMm ?? 1)
  const stepMm: Vector = numSlices > 1 ? times(minus(positions[numSlices - 1], positions[0]), 1 / (numSlices - 1)) : times(normal, gapMm)
  const frameMs_F = frameTimes(ordered.planes, numFrames)
  const [rowMm, columnMm] = first.pixelSpacingMm as readonly [number, number]
  const volume: Volume = {
    view,
    shape: [numFrames, numSlices, first.numRows, first.numColumns],
    voxels_FZYX: fillVoxels(
      ordered.planes.map((plane) => framesFor(plane, numFrames)),
      numFrames,
    ),
    spacingMm: [gapMm, rowMm, columnMm],
    sliceThicknessMm: first.sliceThicknessMm,
    frameMs_F,
    affine: affineOf(first, positions[0], stepMm),
    heartRateBpm: heartRate(ordered.planes, frameMs_F),
    acquiredOn: first.acquiredOn,
    description: first.seriesDescription,
  }
  const odd = ordered.planes.filter((plane) => {
    const declared = plane.images[0].cardiacNumberOfImages
    return plane.images.length !== numFrames || (declared !== undefined && declared !== plane.images.length)
  })
  const verdicts: Verdict[] = [
    { criterion: 'frame-count', place: view, value: odd.length, threshold: 0, ok: odd.length === 0, onFail: 'flag' },
  ]
  if (numSlices > 2) {
    const gapRatio = Math.max(...gapsMm) / gapMm
    const shear = Math.max(...shearMm)
    verdicts.push({
      criterion: 'slice-gap',
      place: view,
      value: gapRatio,
      threshold: MAX_GAP_RATIO,
      ok: gapRatio <= MAX_GAP_RATIO,
      onFail: 'drop',
    })
    verdicts.push({
      criterion: 'slice-shear',
      place: view,
      value: shear,
      threshold: MAX_SHEAR_MM,
      ok: shear <= MAX_SHEAR_MM,
      onFail: 'flag',
    })
  }
  return { volume, verdicts, note: ordered.note }
}
