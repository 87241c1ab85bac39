// A NIfTI image as a stack: frame times from its header, its slice order told from its place in the patient. Hands on: volumeOfNifti.
import { fault } from '../../base/errors.ts'
import type { NiftiImage } from '../../formats/nifti.ts'
import type { Volume } from '../../formats/volume.ts'
import { dot, norm, type Vector } from './vector.ts'
import { apexDirection, isAlongHeart } from './view.ts'

const BEAT_MS = [250, 2000] as const // 30 to 240 beats a minute: outside it the header's time step is no frame of one beat
const MIN_STACK_SLICES = 2
const SLICE_PITCH = 2.5 // by so much slices lie further apart than the pixels in one (project's own choice)

/**
 * Takes a NIfTI image as a short-axis stack, voxel for voxel in its own order.
 *
 * A cine of unknown timing keeps NaN times and no heart rate. Slices are not turned round: labels must fit the file they came from.
 *
 * @returns  The volume, and what was decided in sentences without any identifier.
 * @throws   prepare/cmr-axes when the slices plainly lie along another axis than the third.
 */
export function volumeOfNifti(image: NiftiImage): { volume: Volume; notes: string[] } {
  expectSlicesLast(image)
  const [numFrames, numSlices] = image.shape
  const notes: string[] = []
  const stepMs = image.frameStepMs
  const beatMs = stepMs === undefined ? undefined : stepMs * numFrames
  const isTimed = beatMs !== undefined && beatMs >= BEAT_MS[0] && beatMs <= BEAT_MS[1]
  if (numFrames > 1 && !isTimed) notes.push('the time between frames is not noted: no heart rate, no cardiac output')
  const slice: Vector = [image.affine[2], image.affine[6], image.affine[10]]
  if (image.hasOrientation && norm(slice) > 0 && isAlongHeart(slice))
    notes.push(dot(slice, apexDirection) > 0 ? 'slices run from base to apex' : 'slices run from apex to base')
  else notes.push('the header does not tell base from apex: slices are taken to run from base to apex')
  return {
    volume: {
      view: numSlices >= MIN_STACK_SLICES ? 'sax' : 'other',
      shape: image.shape,
      voxels_FZYX: image.voxels_FZYX instanceof Uint8Array ? Uint16Array.from(image.voxels_FZYX) : image.voxels_FZYX,
      spacingMm: image.spacingMm,
      frameMs_F: Float64Array.from({ length: numFrames }, (_, frame) => (isTimed && stepMs !== undefined ? frame * stepMs : Number.NaN)),
      affine: image.affine,
      heartRateBpm: isTimed && beatMs !== undefined ? 60_000 / beatMs : undefined,
    },
    notes,
  }
}

/** Tools that turn an image to its nearest patient axes put the slices of a short axis second or first; pixels are then as far apart as slices. */
function expectSlicesLast({ spacingMm: [sliceMm, rowMm, columnMm] }: NiftiImage): void {
  const least = Math.min(rowMm, columnMm)
  const most = Math.max(rowMm, columnMm)
  if (most < SLICE_PITCH * least || most < SLICE_PITCH * sliceMm) return
  throw fault({
    code: 'prepare/cmr-axes',
    where: 'volumeOfNifti',
    expected: 'slices along the third axis, the pixels of a slice along the first two',
    received: `steps of ${[columnMm, rowMm, sliceMm].map((mm) => mm.toFixed(2)).join(', ')} mm along the three axes`,
    hint: 'Put the axis with the largest step third, as the scanner stored it; the affine goes along.',
  })
}
