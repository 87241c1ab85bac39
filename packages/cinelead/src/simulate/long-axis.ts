// One person's long-axis cines: planes that hold the left ventricle's axis, as the 2-, 3- and 4-chamber views do.
// Hands on: renderLongAxis, longAxisViews. Rows of the picture lie at one height of the heart each, apex up.
import { createRandom } from '../base/seed.ts'
import type { Volume } from '../formats/volume.ts'
import { cardiacCycle } from './cardiac-cycle.ts'
import { combine, heartAxes, type Vector3 } from './heart-axes.ts'
import { epicardialFat, inkLine, raggedEdge } from './heart-decor.ts'
import { emptyWalls, heartShape, heartStateAt, numAngles, wallsAt } from './heart-shape.ts'
import { createHeartTissue } from './heart-tissue.ts'
import type { Person } from './person.ts'
import { contrasts, type ScannerProfile, scannerProfiles } from './scanner.ts'
import { coilShading, createNoise, drawCoils } from './signal.ts'
import { tissueAt, torso } from './torso.ts'

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
  const body = torso(person, contrast)
  const shape = heartShape(person)
  const cycle = cardiacCycle(person)
  const frameMs_F = Float64Array.from({ length: numPhases }, (_, f) => (f * cycle.rrMs) / numPhases)
  const states = [...frameMs_F].map((ms) => heartStateAt(shape, cycle, ms))
  const coils = drawCoils(random.stream('coils'))
  const noise = createNoise(random, scanner.noiseFraction, contrast.gain, numColumns)
  const tissue = createHeartTissue(
    person,
    contrast,
    pixelMm,
    body.lattice,
    raggedEdge(random, 3),
    epicardialFat(person, raggedEdge(random, 2)),
    inkLine(random.stream('ink')),
  )
  const numPixels = numRows * numColumns
  const rowWalls = emptyWalls()
  const levels = new Float64Array(1)
  return longAxisViews.map(({ name, view, rightDeg }) => {
    const rightRad = ((rightDeg + 3 * random.normal()) * Math.PI) / 180
    const right = combine([Math.cos(rightRad), axes.lateral], [Math.sin(rightRad), axes.inferior])
    const down: Vector3 = [-axes.apical[0], -axes.apical[1], -axes.apical[2]]
    const voxels_FZYX = new Uint16Array(numPhases * numPixels)
    const labels_FZYX = new Uint8Array(numPhases * numPixels)
    const background_YX = new Float32Array(numPixels)
    const shading_YX = new Float32Array(numPixels)
    const signal_YX = new Float32Array(numPixels)
    const across = (x: number): number => -12 + (x - (numColumns - 1) / 2) * pixelMm
    const height = (y: number): number => 0.36 * person.pump.lvLengthMm - (y - (numRows - 1) / 2) * pixelMm
    for (let y = 0; y < numRows; y++) {
      for (let x = 0; x < numColumns; x++) {
        const place = combine([1, person.chest.heartMm], [across(x), right], [height(y) - person.pump.lvLengthMm / 2, axes.apical])
        background_YX[y * numColumns + x] = tissueAt(body, place[0], place[1], place[2])
        shading_YX[y * numColumns + x] = coilShading(person, contrast, coils, ...place)
      }
    }
    const sides = [rightRad, rightRad + Math.PI].map((angle) => {
      const turn = ((angle / (2 * Math.PI)) % 1) * numAngles
      return turn < 0 ? turn + numAngles : turn
    })
    states.forEach((state, f) => {
      const frameLabels = labels_FZYX.subarray(f * numPixels, (f + 1) * numPixels)
      for (let y = 0; y < numRows; y++) {
        const heightMm = height(y)
        levels[0] = wallsAt(shape, state, heightMm, rowWalls).level
        tissue.setMoment([rowWalls], levels, state, 0, [])
        for (let x = 0; x < numColumns; x++) {
          const at = y * numColumns + x
          const offset = across(x)
          const position = sides[offset >= 0 ? 0 : 1]
          const low = Math.min(numAngles - 1, position | 0)
          const reachMm = Math.max(rowWalls.right_K[low], rowWalls.atrium_K[low], rowWalls.epi_K[low]) + 18
          let signal = background_YX[at]
          if (Math.abs(offset) < reachMm && reachMm > 18) {
            const u = offset * Math.cos(rightRad)
            const v = offset * Math.sin(rightRad)
            signal = tissue.signalAt(u, v, heightMm, Math.abs(offset), low, position - low, signal)
            frameLabels[at] = tissue.label
            // The closed or half-open mitral valve: a thin grey line across the base.
            const fromBaseMm = heightMm - state.basePlaneMm
            if (Math.abs(fromBaseMm) < 1.4 && Math.abs(offset) < rowWalls.endo_K[low]) signal *= 0.7
          }
          signal_YX[at] = signal * shading_YX[at]
        }
      }
      noise(signal_YX, voxels_FZYX.subarray(f * numPixels, (f + 1) * numPixels))
    })
    const corner = combine([1, person.chest.heartMm], [across(0), right], [height(0) - person.pump.lvLengthMm / 2, axes.apical])
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
