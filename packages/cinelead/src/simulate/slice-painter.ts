// Paints one short-axis slice at one moment: the chest once a slice, the heart anew each frame, coil shading, noise, labels.
// Hands on: createSlicePainter.
import type { Random } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import type { PicturePlane } from './cine.ts'
import { papillaryHeads, papillaryMuscles } from './heart-decor.ts'
import { anglePlace } from './heart-grid.ts'
import { emptyWalls, type HeartShape, type HeartState, numAngles, type Walls, wallsAt } from './heart-shape.ts'
import { createHeartTissue } from './heart-tissue.ts'
import type { Person } from './person.ts'
import type { Contrast, ScannerProfile } from './scanner.ts'
import { bandingAt, coilShading, createNoise, drawBanding, drawCoils, drawEdges, fillSmoothly, renderEdges } from './signal.ts'
import { tissueAt, torso } from './torso.ts'

const numSubPlanes = 3
/** Beyond the right ventricle's cavity: wall, fat and a margin. */
const marginMm = 18
/** About the axis, where the walls of an oblique slice are worked out: larger hearts keep its height at that distance. */
const obliqueReachMm = 75

/** Paints into `voxels_YX` (and `labels_YX`). */
export type PaintFrame = (state: HeartState, voxels_YX: Uint16Array, labels_YX: Uint8Array | undefined) => void

/**
 * How a slice is made ready: its height along the long axis and its shift by the breath-hold, mm. A slice oblique to the axis gains
 * height across the picture: `tilt` is by how much along u and along v, mm/mm (the tangents of its angle).
 */
export type SlicePainter = (heightMm: number, shiftMm: readonly [number, number], tilt?: readonly [number, number]) => PaintFrame

/** Makes the painter of one person's stack; its slices share texture, contrast and noise. */
export function createSlicePainter(
  person: Person,
  shape: HeartShape,
  plane: PicturePlane,
  scanner: ScannerProfile,
  contrast: Contrast,
  options: { noise: number; random: Random },
): SlicePainter {
  const { numRows, numColumns, pixelMm, sliceThicknessMm, measuredFraction } = scanner
  const { random } = options
  const body = torso(person, contrast)
  const edges = measuredFraction && drawEdges(random.stream('edges'), measuredFraction)
  const noise = createNoise(random, scanner.noiseFraction * options.noise, contrast.gain, numColumns, edges)
  const reach_K = new Float64Array(numAngles)
  const tissue = createHeartTissue(person, contrast, pixelMm, body.lattice, random)
  const cos = Math.cos(plane.turnRad)
  const sin = Math.sin(plane.turnRad)
  const { axes, centreMm } = plane
  const heads = papillaryHeads(person)
  const coils = drawCoils(random.stream('coils'))
  const banding = drawBanding(random.stream('banding'), scanner.bandingFraction)
  const background_YX = new Float32Array(numRows * numColumns)
  const shading_YX = new Float32Array(numRows * numColumns)
  const still_YX = new Float32Array(numRows * numColumns)
  const signal_YX = new Float32Array(numRows * numColumns)
  const scratch_YX = new Float32Array(edges === undefined ? 0 : numRows * numColumns)
  const isKnown_YX = new Uint8Array(numRows * numColumns)
  const place = new Float64Array(3)
  const [heartX, heartY, heartZ] = person.chest.heartMm
  const { lateral, inferior, apical } = axes
  /** A place of the slice in the chest: across and down from the heart's axis, and along it, mm. */
  const setPlace = (u: number, v: number, along: number): void => {
    place[0] = heartX + u * lateral[0] + v * inferior[0] + along * apical[0]
    place[1] = heartY + u * lateral[1] + v * inferior[1] + along * apical[1]
    place[2] = heartZ + u * lateral[2] + v * inferior[2] + along * apical[2]
  }
  const { solidTo_K } = tissue
  const fromA = centreMm[0] - ((numColumns - 1) / 2) * pixelMm
  const fromB = centreMm[1] - ((numRows - 1) / 2) * pixelMm
  const subPlaneMm = sliceThicknessMm / numSubPlanes
  return (heightMm, shiftMm, tilt = [0, 0]) => {
    // An oblique slice's sub-planes lie one above the other like all others'; each pixel takes those about its own height.
    const numBeyond = Math.ceil((obliqueReachMm * Math.hypot(tilt[0], tilt[1])) / subPlaneMm)
    const numPlanes = numSubPlanes + 2 * numBeyond
    const middle = numPlanes >> 1
    const walls = Array.from({ length: numPlanes }, emptyWalls)
    const levels = new Float64Array(numPlanes)
    const axisMm = heightMm - person.pump.lvLengthMm / 2
    fillSmoothly(shading_YX, numRows, numColumns, (x, y) => {
      const a = fromA + x * pixelMm
      const b = fromB + y * pixelMm
      const u = a * cos - b * sin
      const v = a * sin + b * cos
      setPlace(u, v, axisMm + tilt[0] * u + tilt[1] * v)
      return coilShading(person, contrast, coils, place[0], place[1], place[2])
    })
    for (let at = 0; banding !== undefined && at < shading_YX.length; at++) {
      const a = fromA + (at % numColumns) * pixelMm
      const b = fromB + Math.floor(at / numColumns) * pixelMm
      shading_YX[at] *= bandingAt(banding, a * cos - b * sin, a * sin + b * cos)
    }
    // What lies around is worked out where a frame first shows it: not under the heart.
    isKnown_YX.fill(0)
    let unseen = { fromX: 0, toX: numColumns - 1, fromY: 0, toY: numRows - 1 }
    const look = (x: number, y: number, at: number): void => {
      const a = fromA + x * pixelMm
      const b = fromB + y * pixelMm
      const u = a * cos - b * sin
      const v = a * sin + b * cos
      setPlace(u, v, axisMm + tilt[0] * u + tilt[1] * v)
      background_YX[at] = tissueAt(body, place[0], place[1], place[2])
      signal_YX[at] = still_YX[at] = background_YX[at] * shading_YX[at]
      isKnown_YX[at] = 1
    }
    return (state, voxels_YX, labels_YX) => {
      for (let k = 0; k < numPlanes; k++) {
        const w = heightMm + sliceThicknessMm * ((k - numBeyond + 0.5) / numSubPlanes - 0.5)
        levels[k] = wallsAt(shape, state, w, walls[k]).level
      }
      const twistRad = (person.pump.torsionDeg * Math.PI) / 180
      const turnRad = twistRad * state.contraction * (Math.min(1, Math.max(0, levels[middle])) - 0.3)
      const papillary = papillaryMuscles(person, heads, state, levels[middle], walls[middle], turnRad)
      tissue.setMoment(walls, levels, state, turnRad, papillary, numSubPlanes)
      // The whole heart moves a little towards the septum and down in systole.
      const moveU = shiftMm[0] - 1.2 * state.contraction
      const moveV = shiftMm[1] + 0.8 * state.contraction
      labels_YX?.fill(cardiacLabels.background)
      let next = outermost(walls, 0)
      let farMm = 0
      for (let k = numAngles - 1; k >= 0; k--) {
        const here = outermost(walls, k)
        reach_K[k] = Math.max(here, next) + tissue.rimMm_K[k]
        farMm = Math.max(farMm, reach_K[k])
        next = here
      }
      signal_YX.set(still_YX)
      const box = pixelBox(walls, moveU, moveV, cos, sin)
      for (let y = unseen.fromY; y <= unseen.toY; y++) {
        const isBeside = y < box.fromY || y > box.toY
        for (let x = unseen.fromX; x <= unseen.toX; x++) {
          const at = y * numColumns + x
          if (isKnown_YX[at] === 0 && (isBeside || x < box.fromX || x > box.toX)) look(x, y, at)
        }
      }
      unseen = box
      for (let y = box.fromY; y <= box.toY; y++) {
        for (let x = box.fromX; x <= box.toX; x++) {
          const a = fromA + x * pixelMm
          const b = fromB + y * pixelMm
          const u = a * cos - b * sin - moveU
          const v = a * sin + b * cos - moveV
          const radius = Math.sqrt(u * u + v * v)
          const at = y * numColumns + x
          if (radius > farMm) {
            if (isKnown_YX[at] === 0) look(x, y, at)
            continue
          }
          const position = anglePlace(u, v)
          const low = position | 0
          if (isKnown_YX[at] === 0 && radius > solidTo_K[low]) look(x, y, at)
          if (radius > reach_K[low]) continue
          const higherMm = tilt[0] * u + tilt[1] * v
          const first = numBeyond === 0 ? 0 : numBeyond + Math.max(-numBeyond, Math.min(numBeyond, Math.round(higherMm / subPlaneMm)))
          const signal = tissue.signalAt(u, v, heightMm + higherMm, radius, low, position - low, background_YX[at], first)
          signal_YX[at] = signal * shading_YX[at]
          if (labels_YX !== undefined) labels_YX[at] = tissue.label
        }
      }
      if (edges !== undefined) renderEdges(signal_YX, scratch_YX, numColumns, edges)
      noise(signal_YX, voxels_YX)
    }
  }

  /** Radius of the outermost cavity's or muscle's edge at an angle over all sub-planes. */
  function outermost(all: readonly Walls[], k: number): number {
    let mm = 0
    for (const { right_K, atrium_K } of all) mm = Math.max(mm, right_K[k], atrium_K[k])
    return mm
  }

  /** The pixels that the heart can reach: corners of all walls' outermost points. */
  function pixelBox(all: readonly Walls[], moveU: number, moveV: number, c: number, s: number) {
    const box = { fromX: numColumns - 1, toX: 0, fromY: numRows - 1, toY: 0 }
    for (let k = 0; k < numAngles; k += 2) {
      let farMm = 0
      for (const { right_K, atrium_K } of all) farMm = Math.max(farMm, right_K[k], atrium_K[k])
      if (farMm === 0) continue
      const u = (farMm + marginMm) * Math.cos((2 * Math.PI * k) / numAngles) + moveU
      const v = (farMm + marginMm) * Math.sin((2 * Math.PI * k) / numAngles) + moveV
      const x = (u * c + v * s - fromA) / pixelMm
      const y = (-u * s + v * c - fromB) / pixelMm
      box.fromX = Math.max(0, Math.min(box.fromX, Math.floor(x)))
      box.toX = Math.min(numColumns - 1, Math.max(box.toX, Math.ceil(x)))
      box.fromY = Math.max(0, Math.min(box.fromY, Math.floor(y)))
      box.toY = Math.min(numRows - 1, Math.max(box.toY, Math.ceil(y)))
    }
    return box
  }
}
