// The left ventricle's wall, piece by piece: thickness of the 16 segments and what it and the mid-wall ring do from ED to ES.
// Hands on: measureWall, WallMeasures.
// Source: the segments of Cerqueira et al., Circulation 2002;105:539 (17 segments, the apical cap left out). The strains are estimates from
// outlines, not from tracked tissue: radial from thickness, circumferential from the length of the ring half way through the wall.
import { cardiacLabels, type Volume } from '../../formats/volume.ts'
import { cross, dot, minus, times, unit, type Vector } from './vector.ts'

/** Thickness in mm and strains as fractions; NaN where a segment is not in the stack. */
export type WallMeasures = {
  /** Segments 1 to 16, end-diastole. Shape [16]. */
  thicknessMm_K: number[]
  globalThicknessMm: number
  /** Change of mid-wall circumference over its length at end-diastole: negative when the heart contracts. */
  circumferentialStrain: number
  /** Change of thickness over thickness at end-diastole. */
  radialStrain: number
}

const NUM_RAYS = 72
const STEP_MM = 0.25
const REACH_MM = 90

type Ring = { endoMm_K: Float64Array; epiMm_K: Float64Array; rvRad: number | undefined }

type Slice = { labels_YX: Uint8Array; numRows: number; numColumns: number; rowMm: number; columnMm: number }

function centreOf({ labels_YX, numColumns }: Slice, label: number): { row: number; column: number; count: number } {
  let count = 0
  let row = 0
  let column = 0
  for (let at = 0; at < labels_YX.length; at++) {
    if (labels_YX[at] !== label) continue
    count++
    row += Math.floor(at / numColumns)
    column += at % numColumns
  }
  return { row: row / count, column: column / count, count }
}

/** Radii of the wall's inner and outer edge on rays from the cavity's centre; undefined where the slice has no ring. */
function ringOf(slice: Slice): Ring | undefined {
  const cavity = centreOf(slice, cardiacLabels.lvCavity)
  if (cavity.count * slice.rowMm * slice.columnMm < 50) return undefined
  const rv = centreOf(slice, cardiacLabels.rvCavity)
  const endoMm_K = new Float64Array(NUM_RAYS).fill(Number.NaN)
  const epiMm_K = new Float64Array(NUM_RAYS).fill(Number.NaN)
  for (let ray = 0; ray < NUM_RAYS; ray++) {
    const angle = (2 * Math.PI * ray) / NUM_RAYS
    let first = Number.NaN
    let last = Number.NaN
    for (let mm = 0; mm < REACH_MM; mm += STEP_MM) {
      const row = Math.round(cavity.row + (mm * Math.sin(angle)) / slice.rowMm)
      const column = Math.round(cavity.column + (mm * Math.cos(angle)) / slice.columnMm)
      if (row < 0 || column < 0 || row >= slice.numRows || column >= slice.numColumns) break
      const label = slice.labels_YX[row * slice.numColumns + column]
      if (label === cardiacLabels.myocardium) {
        if (Number.isNaN(first)) first = mm
        last = mm
      } else if (!Number.isNaN(first) && label !== cardiacLabels.lvCavity) break
    }
    endoMm_K[ray] = first
    epiMm_K[ray] = last + STEP_MM
  }
  const rvRad = rv.count === 0 ? undefined : Math.atan2((rv.row - cavity.row) * slice.rowMm, (rv.column - cavity.column) * slice.columnMm)
  return { endoMm_K, epiMm_K, rvRad }
}

function meanOf(values: Iterable<number>): number {
  let sum = 0
  let count = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    sum += value
    count++
  }
  return count === 0 ? Number.NaN : sum / count
}

const thickness = (ring: Ring, ray: number) => ring.epiMm_K[ray] - ring.endoMm_K[ray]

/** +1 when angles grow from septum to anterior wall, as seen with rows down; told by the scanner's geometry, else the usual picture's. */
function turnOf(volume: Volume, rvRad: number): 1 | -1 {
  const column = (index: number): Vector => [volume.affine[index], volume.affine[4 + index], volume.affine[8 + index]]
  const [along, down] = [column(0), column(1)]
  if (dot(along, along) === 0 || dot(down, down) === 0) return 1
  const [right, below] = [unit(along), unit(down)]
  const normal = unit(cross(right, below))
  // Front and head, as far as the slice shows them: where the anterior wall is.
  const front: Vector = [0, -Math.SQRT1_2, Math.SQRT1_2]
  const inPlane = minus(front, times(normal, dot(front, normal)))
  const frontRad = Math.atan2(dot(inPlane, below), dot(inPlane, right))
  return Math.sin(frontRad - rvRad) >= 0 ? 1 : -1
}

/** Which of `numSegments` a ray belongs to, zero-based from the anterior wall over the septum (Cerqueira 2002, figure 4). */
function segmentOf(ray: number, rvRad: number, turn: 1 | -1, numSegments: 6 | 4): number {
  const angle = (2 * Math.PI * ray) / NUM_RAYS
  // Degrees from the middle of the septum towards the anterior wall.
  const awayDeg = ((((turn * (angle - rvRad) * 180) / Math.PI) % 360) + 360) % 360
  if (numSegments === 4) return [1, 0, 3, 2][Math.floor(((awayDeg + 45) % 360) / 90)]
  return [1, 0, 5, 4, 3, 2][Math.floor(awayDeg / 60)]
}

/**
 * Wall thickness at end-diastole and strain estimates from end-diastole to end-systole.
 *
 * Slices that show a ring are cut into thirds from base to apex: six, six and four segments.
 *
 * @param volume  For its geometry: slices base to apex.
 * @param ed_ZYX  Labels at end-diastole. Shape [Z, Y, X].
 * @param es_ZYX  Labels at end-systole. Shape [Z, Y, X].
 */
export function measureWall(volume: Volume, ed_ZYX: Uint8Array, es_ZYX: Uint8Array): WallMeasures {
  const [, numSlices, numRows, numColumns] = volume.shape
  const [, rowMm, columnMm] = volume.spacingMm
  const size = numRows * numColumns
  const ringsOf = (labels_ZYX: Uint8Array) =>
    Array.from({ length: numSlices }, (_, z) =>
      ringOf({ labels_YX: labels_ZYX.subarray(z * size, (z + 1) * size), numRows, numColumns, rowMm, columnMm }),
    )
  const edRings = ringsOf(ed_ZYX)
  const esRings = ringsOf(es_ZYX)
  const shown = edRings.flatMap((ring, z) => (ring === undefined ? [] : [z]))
  const rvRad = meanAngle(shown.flatMap((z) => edRings[z]?.rvRad ?? []))
  const samples: number[][] = Array.from({ length: 16 }, () => [])
  if (rvRad !== undefined) {
    const turn = turnOf(volume, rvRad)
    for (const [order, z] of shown.entries()) {
      const third = Math.min(2, Math.floor((3 * order) / shown.length))
      const numSegments = third === 2 ? 4 : 6
      for (let ray = 0; ray < NUM_RAYS; ray++)
        samples[6 * third + segmentOf(ray, rvRad, turn, numSegments)].push(thickness(edRings[z] as Ring, ray))
    }
  }
  const all = (rings: readonly (Ring | undefined)[], value: (ring: Ring, ray: number) => number) =>
    meanOf(
      shown.flatMap((z) => (edRings[z] && esRings[z] ? Array.from({ length: NUM_RAYS }, (_, ray) => value(rings[z] as Ring, ray)) : [])),
    )
  const middle = (ring: Ring, ray: number) => (ring.endoMm_K[ray] + ring.epiMm_K[ray]) / 2
  return {
    thicknessMm_K: samples.map(meanOf),
    globalThicknessMm: meanOf(shown.flatMap((z) => Array.from({ length: NUM_RAYS }, (_, ray) => thickness(edRings[z] as Ring, ray)))),
    circumferentialStrain: all(esRings, middle) / all(edRings, middle) - 1,
    radialStrain: all(esRings, thickness) / all(edRings, thickness) - 1,
  }
}

function meanAngle(angles: readonly number[]): number | undefined {
  if (angles.length === 0) return undefined
  return Math.atan2(meanOf(angles.map(Math.sin)), meanOf(angles.map(Math.cos)))
}
