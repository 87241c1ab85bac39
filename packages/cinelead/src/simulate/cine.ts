// One person's short-axis cine: both ventricles sliced at real spacing, with partial volume, inside the chest, seen by a scanner.
// Hands on: renderCine, RenderedCine, CineOptions.

import type { PhenotypeValues } from '../base/phenotypes.ts'
import { createRandom, type Random } from '../base/seed.ts'
import { cardiacLabels, type Volume } from '../formats/volume.ts'
import { cardiacCycle } from './cardiac-cycle.ts'
import { combine, type HeartAxes, heartAxes, type Vector3 } from './heart-axes.ts'
import { heartShape, heartStateAt } from './heart-shape.ts'
import type { Person } from './person.ts'
import { truePhenotypes } from './phenotype-truth.ts'
import { type Contrast, contrasts, type ScannerProfile, scannerProfiles } from './scanner.ts'
import { createSlicePainter } from './slice-painter.ts'

export type CineOptions = {
  /** Also make the label maps; default true. */
  withLabels?: boolean
  /** Only these frames, for speed; default all. */
  frames?: readonly number[]
  /** Contrast to use instead of a drawn one. */
  contrast?: Contrast
  /** Visit, to draw another day's noise; default 2. */
  visit?: number
  noise?: number
}

export type RenderedCine = {
  /** Stack from base to apex. Voxels are unsigned 16-bit, as a scanner stores them. */
  volume: Volume & { voxels_FZYX: Uint16Array }
  /** `cardiacLabels` of each voxel, papillary muscles counted as cavity. Shape [F, Z, Y, X]. */
  labels_FZYX: Uint8Array
  /** The person's true values, and what summing the labels' discs gives of them at the frames of largest and smallest volume. */
  truth: PhenotypeValues
  labelled: { lvedvMl: number; lvesvMl: number; lvmG: number; rvedvMl: number; rvesvMl: number }
  edFrame: number
  /** The frame of least volume in the beats that were seen: in atrial fibrillation the mean of the slices' own, on the logarithm of their lengths. */
  esFrame: number
}

/** The picture's frame: heart axes turned in plane as the operator planned it. */
export type PicturePlane = { axes: HeartAxes; right: Vector3; down: Vector3; turnRad: number; centreMm: readonly [number, number] }

/** Places the slices as an operator would: parallel to the base, the heart near the middle of the picture. */
export function planSlices(person: Person, scanner: ScannerProfile, visit: number): { plane: PicturePlane; heightsMm: number[] } {
  const random = createRandom(`${person.seed}/plan/${person.index}/${visit}`)
  const axes = heartAxes(person.chest)
  const turnRad = -0.2 + 0.2 * random.normal() // operators turn pictures about as they like; by eye
  const right = combine([Math.cos(turnRad), axes.lateral], [Math.sin(turnRad), axes.inferior])
  const down = combine([-Math.sin(turnRad), axes.lateral], [Math.cos(turnRad), axes.inferior])
  const first = scanner.sliceSpacingMm * random.between(scanner.firstSlice[0], scanner.firstSlice[1])
  const numSlices = Math.max(6, Math.ceil((person.pump.lvLengthMm + 3 - first) / scanner.sliceSpacingMm))
  return {
    plane: { axes, right, down, turnRad, centreMm: [-14 + 10 * random.normal(), 4 + 10 * random.normal()] },
    heightsMm: Array.from({ length: numSlices }, (_, z) => first + z * scanner.sliceSpacingMm),
  }
}

/**
 * Renders the short-axis cine of a person.
 *
 * @param profile  Matrix, spacing, phases; one of `scannerProfiles` or another.
 * @returns        Stack, labels and truth; frame 0 is end-diastole.
 * @example        renderCine(drawPerson(1, 0), scannerProfiles.demo)
 */
export function renderCine(person: Person, profile: ScannerProfile = scannerProfiles.demo, options: CineOptions = {}): RenderedCine {
  const visit = options.visit ?? 2
  const field = createRandom(`${person.seed}/field/${person.index}/${visit}`)
  const scanner = { ...profile, pixelMm: profile.pixelMm * Math.exp(profile.fieldSpread * field.normal()) }
  const empty = cutCorners(scanner, field)
  const { plane, heightsMm } = planSlices(person, scanner, visit)
  const random = createRandom(`${person.seed}/cine/${person.index}/${visit}`)
  const contrast = options.contrast ?? contrasts[random.integer(contrasts.length)]
  const cycle = cardiacCycle(person)
  const shape = heartShape(person)
  const { numRows, numColumns, pixelMm } = scanner
  const frames = options.frames ?? Array.from({ length: scanner.numPhases }, (_, f) => f)
  const frameMs_F = Float64Array.from(frames, (f) => (f * cycle.rrMs) / scanner.numPhases)
  const states = [...frameMs_F].map((ms) => heartStateAt(shape, cycle, ms))
  const numPixels = numRows * numColumns
  const numSlices = heightsMm.length
  const voxels_FZYX = new Uint16Array(frames.length * numSlices * numPixels)
  const labels_FZYX = new Uint8Array(options.withLabels === false ? 0 : frames.length * numSlices * numPixels)
  const painter = createSlicePainter(person, shape, plane, scanner, contrast, { noise: options.noise ?? 1, random: random.stream('paint') })
  let logStretches = 0
  for (let z = 0; z < numSlices; z++) {
    const shift = random.stream(`breath-hold ${z}`)
    const paint = painter(heightsMm[z] + scanner.breathHoldMm * 0.6 * shift.normal(), [
      scanner.breathHoldMm * shift.normal(),
      scanner.breathHoldMm * shift.normal(),
    ])
    // In atrial fibrillation each breath-hold has other beats: the same trigger time meets another moment of contraction.
    const stretch = person.rhythm === 'af' ? Math.exp(0.09 * shift.normal()) : 1
    logStretches += Math.log(stretch)
    for (let f = 0; f < frames.length; f++) {
      const state = stretch === 1 ? states[f] : heartStateAt(shape, cycle, Math.min(frameMs_F[f] * stretch, cycle.rrMs - 1))
      const at = (f * numSlices + z) * numPixels
      const voxels_YX = voxels_FZYX.subarray(at, at + numPixels)
      paint(state, voxels_YX, labels_FZYX.length > 0 ? labels_FZYX.subarray(at, at + numPixels) : undefined)
      for (const pixel of empty) voxels_YX[pixel] = 0
    }
  }
  const seen = [...frameMs_F].map((ms) => heartStateAt(shape, cycle, Math.min(ms * Math.exp(logStretches / numSlices), cycle.rrMs - 1)))
  const esFrame = seen.reduce((least, { lvMl }, f) => (lvMl < seen[least].lvMl ? f : least), 0)
  const volume = {
    view: 'sax' as const,
    shape: [frames.length, numSlices, numRows, numColumns] as const,
    voxels_FZYX,
    spacingMm: [scanner.sliceSpacingMm, pixelMm, pixelMm] as const,
    sliceThicknessMm: scanner.sliceThicknessMm,
    frameMs_F,
    affine: stackAffine(person, plane, scanner, heightsMm[0]),
    heartRateBpm: person.scanHeartRateBpm,
    acquiredOn: person.visitOn,
    description: 'CINE_segmented_SAX',
  }
  const labelled =
    labels_FZYX.length > 0
      ? discVolumes(labels_FZYX, volume, 0, esFrame)
      : { lvedvMl: NaN, lvesvMl: NaN, lvmG: NaN, rvedvMl: NaN, rvesvMl: NaN }
  return { volume, labels_FZYX, truth: truePhenotypes(person), labelled, edFrame: 0, esFrame }
}

/** Pixels that a study's scanner leaves empty: outside a circle, as correction of the gradients' warp does. */
function cutCorners({ numRows, numColumns, cutCornersFraction }: ScannerProfile, random: Random): number[] {
  const isCut = random.chance(cutCornersFraction)
  const reach = (Math.max(numRows, numColumns) / 2) * random.between(0.85, 1.2)
  if (!isCut) return []
  return Array.from({ length: numRows * numColumns }, (_, at) => at).filter(
    (at) => Math.hypot((at % numColumns) - numColumns / 2, Math.floor(at / numColumns) - numRows / 2) > reach,
  )
}

/** Voxel index to patient coordinates (LPS), row-major 4 x 4; slices go from base to apex. */
export function stackAffine(person: Person, plane: PicturePlane, scanner: ScannerProfile, firstHeightMm: number): Float64Array {
  const { right, down, axes, centreMm } = plane
  const { pixelMm, sliceSpacingMm, numColumns, numRows } = scanner
  const corner = combine(
    [1, person.chest.heartMm],
    [firstHeightMm - person.pump.lvLengthMm / 2, axes.apical],
    [centreMm[0] - ((numColumns - 1) / 2) * pixelMm, right],
    [centreMm[1] - ((numRows - 1) / 2) * pixelMm, down],
  )
  const affine = new Float64Array(16)
  for (let i = 0; i < 3; i++) {
    affine[i * 4] = right[i] * pixelMm
    affine[i * 4 + 1] = down[i] * pixelMm
    affine[i * 4 + 2] = axes.apical[i] * sliceSpacingMm
    affine[i * 4 + 3] = corner[i]
  }
  affine[15] = 1
  return affine
}

/** Volumes from labels by summing discs: area times slice spacing. */
function discVolumes(labels_FZYX: Uint8Array, volume: Volume, edFrame: number, esFrame: number): RenderedCine['labelled'] {
  const [, numSlices, numRows, numColumns] = volume.shape
  const perFrame = numSlices * numRows * numColumns
  const voxelMl = (volume.spacingMm[0] * volume.spacingMm[1] * volume.spacingMm[2]) / 1000
  const count = (frame: number, label: number): number => {
    let sum = 0
    for (let i = frame * perFrame; i < (frame + 1) * perFrame; i++) if (labels_FZYX[i] === label) sum++
    return sum * voxelMl
  }
  return {
    lvedvMl: count(edFrame, cardiacLabels.lvCavity),
    lvesvMl: count(esFrame, cardiacLabels.lvCavity),
    lvmG: count(edFrame, cardiacLabels.myocardium) * 1.05,
    rvedvMl: count(edFrame, cardiacLabels.rvCavity),
    rvesvMl: count(esFrame, cardiacLabels.rvCavity),
  }
}
