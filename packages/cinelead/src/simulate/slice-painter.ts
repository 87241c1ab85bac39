// Paints one short-axis slice at one moment: tissues by coverage of each pixel, coil shading, noise; and its label map.
// Hands on: createSlicePainter.
//
// Partial volume: through the slice by three sub-planes, in the plane by the distance of the pixel to each wall over its size.
import type { Random } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import type { PicturePlane } from './cine.ts'
import { epicardialFat, papillaryMuscles, raggedEdge } from './heart-decor.ts'
import { type HeartShape, type HeartState, numAngles, type Walls, wallsAt } from './heart-shape.ts'
import type { Person } from './person.ts'
import type { Contrast, ScannerProfile } from './scanner.ts'
import { grain, step } from './texture.ts'
import { tissueAt, torso } from './torso.ts'

const numSubPlanes = 3
const rightWallMm = 3.2
const noiseTableSize = 1 << 16

/** Paints into `voxels_YX` (and `labels_YX`). */
export type PaintFrame = (state: HeartState, frameIndex: number, voxels_YX: Uint16Array, labels_YX: Uint8Array | undefined) => void

/** How a slice is made ready: its height along the long axis and its shift by the breath-hold, mm. */
export type SlicePainter = (heightMm: number, shiftMm: readonly [number, number]) => PaintFrame

export function createSlicePainter(
  person: Person,
  shape: HeartShape,
  plane: PicturePlane,
  scanner: ScannerProfile,
  contrast: Contrast,
  options: { noise: number; random: Random },
): SlicePainter {
  const { numRows, numColumns, pixelMm, sliceThicknessMm } = scanner
  const { random } = options
  const body = torso(person, contrast)
  const noiseTable = Float32Array.from({ length: noiseTableSize }, () => random.normal())
  const walls: Walls[] = Array.from({ length: numSubPlanes }, () => ({
    endo_K: new Float64Array(numAngles),
    epi_K: new Float64Array(numAngles),
    right_K: new Float64Array(numAngles),
  }))
  const levels = new Float64Array(numSubPlanes)
  const ragged = raggedEdge(random, 3)
  const fat_K = epicardialFat(person, raggedEdge(random, 2))
  const cos = Math.cos(plane.turnRad)
  const sin = Math.sin(plane.turnRad)
  const sigma = scanner.noiseFraction * options.noise
  const { axes } = plane
  const background_YX = new Float32Array(numRows * numColumns)
  const shading_YX = new Float32Array(numRows * numColumns)
  return (heightMm, shiftMm) => {
    const along = heightMm - person.pump.lvLengthMm / 2
    for (let y = 0; y < numRows; y++) {
      for (let x = 0; x < numColumns; x++) {
        const a = plane.centreMm[0] + (x - (numColumns - 1) / 2) * pixelMm
        const b = plane.centreMm[1] + (y - (numRows - 1) / 2) * pixelMm
        const u = a * cos - b * sin
        const v = a * sin + b * cos
        const px = person.chest.heartMm[0] + u * axes.lateral[0] + v * axes.inferior[0] + along * axes.apical[0]
        const py = person.chest.heartMm[1] + u * axes.lateral[1] + v * axes.inferior[1] + along * axes.apical[1]
        const pz = person.chest.heartMm[2] + u * axes.lateral[2] + v * axes.inferior[2] + along * axes.apical[2]
        background_YX[y * numColumns + x] = tissueAt(body, px, py, pz)
        // A coil on the chest and one on the back: brightest at the skin.
        const front = (py + person.chest.halfDepthMm) / 100
        const back = (person.chest.halfDepthMm - py) / 100
        shading_YX[y * numColumns + x] =
          0.7 + contrast.shading * (1.35 * Math.exp(-1.9 * Math.max(0, front)) + 0.5 * Math.exp(-2.2 * Math.max(0, back)))
      }
    }
    return (state, frameIndex, voxels_YX, labels_YX) => {
      let farMm = 0
      for (let k = 0; k < numSubPlanes; k++) {
        const w = heightMm + sliceThicknessMm * ((k + 0.5) / numSubPlanes - 0.5)
        levels[k] = wallsAt(shape, state, w, walls[k]).level
        for (let i = 0; i < numAngles; i++) farMm = Math.max(farMm, walls[k].right_K[i])
      }
      const twist = (person.pump.torsionDeg * Math.PI) / 180
      const turn = twist * state.contraction * (Math.min(1, Math.max(0, levels[1])) - 0.3)
      const papillary = papillaryMuscles(person, state, levels[1], walls[1], turn)
      const reach = farMm + 16
      let noiseAt = Math.floor(random.uniform() * noiseTableSize)
      // The whole heart moves a little towards the septum and down in systole.
      const moveU = shiftMm[0] - 1.2 * state.contraction
      const moveV = shiftMm[1] + 0.8 * state.contraction
      for (let y = 0; y < numRows; y++) {
        const b = plane.centreMm[1] + (y - (numRows - 1) / 2) * pixelMm
        for (let x = 0; x < numColumns; x++) {
          const at = y * numColumns + x
          const a = plane.centreMm[0] + (x - (numColumns - 1) / 2) * pixelMm
          const u = a * cos - b * sin - moveU
          const v = a * sin + b * cos - moveV
          let signal = background_YX[at]
          let label: number = cardiacLabels.background
          const radius2 = u * u + v * v
          if (radius2 < reach * reach) {
            const radius = Math.sqrt(radius2)
            const turnOf = (Math.atan2(v, u) / (2 * Math.PI)) * numAngles
            const position = turnOf < 0 ? turnOf + numAngles : turnOf
            const low = Math.min(numAngles - 1, position | 0)
            const high = low + 1 === numAngles ? 0 : low + 1
            const part = position - low
            const rag = ragged[((low + (turn / (2 * Math.PI)) * numAngles) | 0) & (numAngles - 1)]
            let blood = 0
            let muscle = 0
            let right = 0
            let rightWall = 0
            let fat = 0
            let atrium = 0
            for (let k = 0; k < numSubPlanes; k++) {
              const wall = walls[k]
              const endo = wall.endo_K[low] + part * (wall.endo_K[high] - wall.endo_K[low])
              const epi = wall.epi_K[low] + part * (wall.epi_K[high] - wall.epi_K[low])
              const rv = wall.right_K[low] + part * (wall.right_K[high] - wall.right_K[low])
              const edge = 1 / pixelMm
              const inEpi = coverage((epi - radius) * edge)
              const inRight = rv > epi + 0.3 ? coverage((rv - radius) * edge) : inEpi
              const fatMm = fat_K[low] + (rv > epi + 0.3 ? 1.5 : 0)
              const inEndo = endo > 0 ? coverage((endo - radius) * edge) : 0
              if (levels[k] < 0) {
                // Above the base plane: left atrium and aorta with thin walls.
                atrium += inEndo
                rightWall += inEpi - inEndo
              } else {
                blood += inEndo
                muscle += inEpi - inEndo
              }
              right += inRight - inEpi
              const outside = rv > epi + 0.3 ? coverage((rv + rightWallMm - radius) * edge) : inEpi
              rightWall += outside - inRight
              fat += coverage((Math.max(rv + (rv > epi + 0.3 ? rightWallMm : 0), epi) + fatMm - radius) * edge) - outside
            }
            const share = 1 / numSubPlanes
            blood *= share
            muscle *= share
            right *= share
            rightWall *= share
            fat *= share
            atrium *= share
            label =
              blood >= 0.5
                ? cardiacLabels.lvCavity
                : blood + muscle >= 0.5
                  ? cardiacLabels.myocardium
                  : right >= 0.5
                    ? cardiacLabels.rvCavity
                    : 0
            // Trabeculae: strands of muscle that reach from the wall into the blood, drawn together in systole.
            let cavity = contrast.blood
            let rightBlood = contrast.blood * 0.95
            const strandMm = 4.2 * (1 - 0.25 * state.contraction)
            if (blood > 0) {
              const rim = walls[1].endo_K[low] - radius
              const reachMm = 2.5 + 9 * person.pump.trabeculation * (0.6 + 0.4 * rag)
              if (rim < reachMm) {
                const strand = grain(body.lattice, u, v, heightMm * 0.6, strandMm)
                const share = step(strand + 0.15 - 0.9 * Math.max(0, rim / reachMm), 0.3) * 0.8
                cavity += share * (contrast.muscle - cavity)
              }
              for (const disc of papillary) {
                const inside = coverage((disc.radiusMm - Math.hypot(u - disc.u, v - disc.v)) / pixelMm)
                if (inside > 0) cavity += (contrast.muscle * 1.05 - cavity) * inside * 0.9
              }
            }
            if (right > 0) {
              // The right ventricle is coarser and its blood less even.
              const strand = grain(body.lattice, u, v, heightMm * 0.6 + 90, strandMm * 1.3)
              const rim = walls[1].right_K[low] - radius
              rightBlood += step(strand - 0.25 - 0.05 * Math.max(0, rim), 0.35) * 0.65 * (contrast.muscle - rightBlood)
            }
            const rest = Math.max(0, 1 - blood - muscle - right - rightWall - fat - atrium)
            signal =
              blood * cavity +
              muscle * contrast.muscle * (1 + 0.1 * grain(body.lattice, u, v, heightMm, 9)) +
              right * rightBlood +
              rightWall * contrast.muscle * 1.15 +
              fat * contrast.fat * 0.88 +
              atrium * contrast.blood * 0.95 +
              rest * signal
            // Fat and water in one pixel cancel: the dark line around the heart.
            const border = fat > 0 || rest > 0 ? Math.min(1, 4 * Math.min(muscle + rightWall, fat + rest)) : 0
            signal *= 1 - 0.5 * border
          }
          // Magnitude of a noisy complex signal (Rice).
          noiseAt = (noiseAt + 1) & (noiseTableSize - 1)
          const real = signal * shading_YX[at] + sigma * noiseTable[noiseAt]
          const imaginary = sigma * noiseTable[(noiseAt * 7 + frameIndex) & (noiseTableSize - 1)]
          voxels_YX[at] = Math.sqrt(real * real + imaginary * imaginary) * contrast.gain + 0.5
          if (labels_YX !== undefined) labels_YX[at] = label
        }
      }
    }
  }
}

function coverage(distancePixels: number): number {
  return distancePixels <= -0.6 ? 0 : distancePixels >= 0.6 ? 1 : 0.5 + distancePixels / 1.2
}
