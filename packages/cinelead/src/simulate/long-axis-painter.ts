// Paints one long-axis plane at one moment: the chest once, the heart anew each frame, coil shading, noise, labels of both ventricles.
// Hands on: createLongAxisPainter. Rows of the picture lie at one height of the heart each, apex up.
import type { Random } from '../base/seed.ts'
import { combine, heartAxes, type Vector3 } from './heart-axes.ts'
import { emptyWalls, type HeartShape, numAngles, wallsAt } from './heart-shape.ts'
import { createHeartTissue } from './heart-tissue.ts'
import type { Person } from './person.ts'
import type { Contrast, ScannerProfile } from './scanner.ts'
import { coilShading, createNoise, drawCoils } from './signal.ts'
import type { PaintFrame } from './slice-painter.ts'
import { tissueAt, torso } from './torso.ts'

/** A plane that holds the axis: its right-hand direction, how it paints, and how far its middle lies above that of the heart, mm. */
export type LongAxisPlane = { right: Vector3; corner: Vector3; paint: PaintFrame; middle: readonly [number, number] }

const AXIS_AT_MM = -12 // the picture's middle lies so far from the axis, to where the right ventricle is not

/**
 * Makes the painter of one person's planes, which share texture, contrast and noise.
 *
 * @returns  From the angle of a plane's right side in the short-axis picture (0 lateral, 90 inferior) its painter.
 */
export function createLongAxisPainter(
  person: Person,
  shape: HeartShape,
  scanner: ScannerProfile,
  contrast: Contrast,
  random: Random,
): (rightRad: number) => LongAxisPlane {
  const { numRows, numColumns, pixelMm } = scanner
  const axes = heartAxes(person.chest)
  const body = torso(person, contrast)
  const coils = drawCoils(random.stream('coils'))
  const noise = createNoise(random, scanner.noiseFraction, contrast.gain, numColumns)
  const tissue = createHeartTissue(person, contrast, pixelMm, body.lattice, random)
  const rowWalls = emptyWalls()
  const levels = new Float64Array(1)
  const across = (x: number): number => AXIS_AT_MM + (x - (numColumns - 1) / 2) * pixelMm
  const height = (y: number): number => 0.36 * person.pump.lvLengthMm - (y - (numRows - 1) / 2) * pixelMm
  return (rightRad) => {
    const right = combine([Math.cos(rightRad), axes.lateral], [Math.sin(rightRad), axes.inferior])
    const placeOf = (x: number, y: number) =>
      combine([1, person.chest.heartMm], [across(x), right], [height(y) - person.pump.lvLengthMm / 2, axes.apical])
    const background_YX = new Float32Array(numRows * numColumns)
    const shading_YX = new Float32Array(numRows * numColumns)
    const signal_YX = new Float32Array(numRows * numColumns)
    for (let y = 0; y < numRows; y++) {
      for (let x = 0; x < numColumns; x++) {
        const place = placeOf(x, y)
        background_YX[y * numColumns + x] = tissueAt(body, place[0], place[1], place[2])
        shading_YX[y * numColumns + x] = coilShading(person, contrast, coils, ...place)
      }
    }
    const sides = [rightRad, rightRad + Math.PI].map((angle) => {
      const turn = ((angle / (2 * Math.PI)) % 1) * numAngles
      return turn < 0 ? turn + numAngles : turn
    })
    const paint: PaintFrame = (state, voxels_YX, labels_YX) => {
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
            if (labels_YX !== undefined) labels_YX[at] = tissue.label
            // The closed or half-open mitral valve: a thin grey line across the base.
            const fromBaseMm = heightMm - state.basePlaneMm
            if (Math.abs(fromBaseMm) < 1.4 && Math.abs(offset) < rowWalls.endo_K[low]) signal *= 0.7
          }
          signal_YX[at] = signal * shading_YX[at]
        }
      }
      noise(signal_YX, voxels_YX)
    }
    return { right, corner: placeOf(0, 0), paint, middle: [AXIS_AT_MM, 0.36 * person.pump.lvLengthMm] }
  }
}
