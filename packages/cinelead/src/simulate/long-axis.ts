// One person's long-axis cines: planes that hold the left ventricle's axis, as the 2-, 3- and 4-chamber views do.
// Hands on: renderLongAxis, longAxisViews.
import { createRandom } from '../base/seed.ts'
import type { Volume } from '../formats/volume.ts'
import { cardiacCycle } from './cardiac-cycle.ts'
import { combine, heartAxes, type Vector3 } from './heart-axes.ts'
import { heartShape, heartStateAt } from './heart-shape.ts'
import { createLongAxisPainter } from './long-axis-painter.ts'
import type { Person } from './person.ts'
import { contrasts, type ScannerProfile, scannerProfiles } from './scanner.ts'

/** Where each plane cuts the short-axis picture: the angle of its right side, 0 lateral, 90 inferior. Sections of the 17-segment model. */
export const longAxisViews = [
  { name: '2Ch', view: '2ch', rightDeg: 275 },
  { name: '3Ch', view: '3ch', rightDeg: 40 },
  { name: '4Ch', view: '4ch', rightDeg: -8 },
] as const

export type LongAxisCine = { name: string; volume: Volume & { voxels_FZYX: Uint16Array }; labels_FZYX: Uint8Array }

/**
 * Renders the three long-axis cines of a person, one slice each.
 *
 * @returns  Volumes of one slice, the apex at the top, with labels of both ventricles; atria are background.
 */
export function renderLongAxis(person: Person, scanner: ScannerProfile = scannerProfiles.demo, visit = 2): LongAxisCine[] {
  const random = createRandom(`${person.seed}/long-axis/${person.index}/${visit}`)
  const contrast = contrasts[random.integer(contrasts.length)]
  const { numRows, numColumns, pixelMm, numPhases } = scanner
  const axes = heartAxes(person.chest)
  const shape = heartShape(person)
  const cycle = cardiacCycle(person)
  const frameMs_F = Float64Array.from({ length: numPhases }, (_, f) => (f * cycle.rrMs) / numPhases)
  const states = [...frameMs_F].map((ms) => heartStateAt(shape, cycle, ms))
  const planeAt = createLongAxisPainter(person, shape, scanner, contrast, random)
  const numPixels = numRows * numColumns
  return longAxisViews.map(({ name, view, rightDeg }) => {
    const { right, corner, paint } = planeAt(((rightDeg + 3 * random.normal()) * Math.PI) / 180)
    const down: Vector3 = [-axes.apical[0], -axes.apical[1], -axes.apical[2]]
    const voxels_FZYX = new Uint16Array(numPhases * numPixels)
    const labels_FZYX = new Uint8Array(numPhases * numPixels)
    const frameOf = <T extends Uint8Array | Uint16Array>(all: T, f: number) => all.subarray(f * numPixels, (f + 1) * numPixels) as T
    states.forEach((state, f) => paint(state, frameOf(voxels_FZYX, f), frameOf(labels_FZYX, f)))
    const normal = combine([
      1,
      [right[1] * down[2] - right[2] * down[1], right[2] * down[0] - right[0] * down[2], right[0] * down[1] - right[1] * down[0]],
    ])
    const affine = new Float64Array(16)
    for (let i = 0; i < 3; i++) {
      affine[i * 4] = right[i] * pixelMm
      affine[i * 4 + 1] = down[i] * pixelMm
      affine[i * 4 + 2] = normal[i] * scanner.sliceThicknessMm
      affine[i * 4 + 3] = corner[i]
    }
    affine[15] = 1
    const volume = {
      view,
      shape: [numPhases, 1, numRows, numColumns] as const,
      voxels_FZYX,
      spacingMm: [scanner.sliceThicknessMm, pixelMm, pixelMm] as const,
      sliceThicknessMm: scanner.sliceThicknessMm,
      frameMs_F,
      affine,
      heartRateBpm: person.scanHeartRateBpm,
      acquiredOn: person.visitOn,
      description: `CINE_segmented_LAX_${name}`,
    }
    return { name, volume, labels_FZYX }
  })
}
