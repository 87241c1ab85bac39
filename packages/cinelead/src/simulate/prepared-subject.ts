// A person straight at prepared size: the arrays that ingest would store, without files, scanner matrix or segmentation.
// Hands on: preparedSubject. For cohorts as large as the abstract's, and for tests of what comes after preparation.
//
// The grid is that of the preparation: fixed pixels about the centre of both ventricles, six slices, the middle one over time, values
// scaled to 0..1 between the 1st and 99th percentile of both volumes. Labels are the true ones.

import { createRandom } from '../base/seed.ts'
import type { Recording } from '../formats/recording.ts'
import { cardiacCycle } from './cardiac-cycle.ts'
import { planSlices } from './cine.ts'
import { type DiscVolumes, discVolumes } from './disc-truth.ts'
import { type EcgOptions, renderEcg } from './ecg.ts'
import { emptyWalls, type HeartShape, type HeartState, heartShape, heartStateAt, numAngles, wallsAt } from './heart-shape.ts'
import type { Person } from './person.ts'
import { contrasts, scannerProfiles } from './scanner.ts'
import { createSlicePainter } from './slice-painter.ts'

export type PreparedSize = {
  numFrames: number
  numSlices: number
  numRows: number
  numColumns: number
  pixelMm: number
  sliceMm: number
}

/** The size that ingest stores by default. */
export const preparedSize: PreparedSize = { numFrames: 16, numSlices: 6, numRows: 64, numColumns: 64, pixelMm: 2.4, sliceMm: 10 }

/** The fields of a prepared cine, and the recording that ECG preparation takes. */
export type PreparedPerson = {
  recording: Recording
  cine: {
    cine_FYX: Float32Array
    ed_ZYX: Float32Array
    es_ZYX: Float32Array
    edLabels_ZYX: Uint8Array
    esLabels_ZYX: Uint8Array
    shape: { numFrames: number; numSlices: number; numRows: number; numColumns: number }
    spacingMm: readonly [number, number, number]
    edFrame: number
    esFrame: number
    heartBoxMm: readonly [number, number, number]
    verdicts: readonly []
  }
  /** What the true outlines of a whole stack give at both moments, and that stack. */
  discs: { ed: DiscVolumes; es: DiscVolumes }
  stack: { numSlices: number }
}

/**
 * Renders a person at prepared size.
 *
 * @param size  Default `preparedSize`.
 * @returns     The same for the same person; about a hundredth of the pixels of a full cine.
 * @example     preparedSubject(drawPerson(1, 0)).cine.ed_ZYX
 */
export function preparedSubject(person: Person, size: PreparedSize = preparedSize, ecg: EcgOptions = {}): PreparedPerson {
  const { numFrames, numSlices, numRows, numColumns, pixelMm, sliceMm } = size
  const random = createRandom(`${person.seed}/prepared/${person.index}`)
  const shape = heartShape(person)
  const cycle = cardiacCycle(person)
  const ed = heartStateAt(shape, cycle, 0)
  const es = heartStateAt(shape, cycle, cycle.endSystoleMs)
  const box = heartExtent(shape, ed)
  const scanner = { ...scannerProfiles.demo, numRows, numColumns, pixelMm, sliceSpacingMm: sliceMm, sliceThicknessMm: 0.8 * sliceMm }
  const { plane, heightsMm } = planSlices(person, scanner, 2)
  const discsAt = (state: HeartState) => discVolumes(shape, state, heightsMm, sliceMm)
  const centreMm = inPicture(box.centreMm, plane.turnRad)
  const contrast = contrasts[random.integer(contrasts.length)]
  const painter = createSlicePainter(person, shape, { ...plane, centreMm }, scanner, contrast, { noise: 1, random: random.stream('paint') })
  const numPixels = numRows * numColumns
  const ed_ZYX = new Uint16Array(numSlices * numPixels)
  const es_ZYX = new Uint16Array(numSlices * numPixels)
  const cine_FYX = new Uint16Array(numFrames * numPixels)
  const edLabels_ZYX = new Uint8Array(numSlices * numPixels)
  const esLabels_ZYX = new Uint8Array(numSlices * numPixels)
  const frameMs = (f: number): number => (f * cycle.rrMs) / numFrames
  for (let z = 0; z < numSlices; z++) {
    const shift = [scanner.breathHoldMm * random.normal(), scanner.breathHoldMm * random.normal()] as const
    const paint = painter(box.heightMm + (z - (numSlices - 1) / 2) * sliceMm, shift)
    const place = (array: Uint16Array, k: number) => array.subarray(k * numPixels, (k + 1) * numPixels)
    paint(ed, place(ed_ZYX, z), edLabels_ZYX.subarray(z * numPixels, (z + 1) * numPixels))
    paint(es, place(es_ZYX, z), esLabels_ZYX.subarray(z * numPixels, (z + 1) * numPixels))
    if (z === numSlices >> 1)
      for (let f = 0; f < numFrames; f++) paint(heartStateAt(shape, cycle, frameMs(f)), place(cine_FYX, f), undefined)
  }
  const range = percentiles(ed_ZYX, es_ZYX)
  return {
    recording: renderEcg(person, ecg),
    cine: {
      cine_FYX: rescaled(cine_FYX, range),
      ed_ZYX: rescaled(ed_ZYX, range),
      es_ZYX: rescaled(es_ZYX, range),
      edLabels_ZYX,
      esLabels_ZYX,
      shape: { numFrames, numSlices, numRows, numColumns },
      spacingMm: [sliceMm, pixelMm, pixelMm],
      edFrame: 0,
      esFrame: Math.round((cycle.endSystoleMs / cycle.rrMs) * numFrames),
      heartBoxMm: box.sizeMm,
      verdicts: [],
    },
    discs: { ed: discsAt(ed), es: discsAt(es) },
    stack: { numSlices: heightsMm.length },
  }
}

/** Box around both ventricles at end-diastole, in the heart's frame: centre (u, v), height of its middle, size. */
function heartExtent(
  shape: HeartShape,
  state: HeartState,
): { centreMm: readonly [number, number]; heightMm: number; sizeMm: readonly [number, number, number] } {
  const low = [Infinity, Infinity]
  const high = [-Infinity, -Infinity]
  const fromMm = -0.12 * shape.lengthMm
  const toMm = shape.lengthMm + shape.apexWallMm
  const walls = emptyWalls()
  for (let w = fromMm; w < toMm; w += 8) {
    const { right_K } = wallsAt(shape, state, w, walls)
    for (let k = 0; k < numAngles; k++) {
      const angle = (2 * Math.PI * k) / numAngles
      const place = [right_K[k] * Math.cos(angle), right_K[k] * Math.sin(angle)]
      for (let axis = 0; axis < 2; axis++) {
        low[axis] = Math.min(low[axis], place[axis])
        high[axis] = Math.max(high[axis], place[axis])
      }
    }
  }
  return {
    centreMm: [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2],
    heightMm: (fromMm + toMm) / 2,
    sizeMm: [toMm - fromMm, high[1] - low[1], high[0] - low[0]],
  }
}

function inPicture([u, v]: readonly [number, number], turnRad: number): readonly [number, number] {
  return [u * Math.cos(turnRad) + v * Math.sin(turnRad), -u * Math.sin(turnRad) + v * Math.cos(turnRad)]
}

function percentiles(a: Uint16Array, b: Uint16Array): readonly [number, number] {
  const counts = new Uint32Array(65536)
  for (const value of a) counts[value]++
  for (const value of b) counts[value]++
  const total = a.length + b.length
  const at = (rank: number): number => {
    let seen = 0
    for (let value = 0; value < counts.length; value++) {
      seen += counts[value]
      if (seen > rank) return value
    }
    return counts.length - 1
  }
  return [at(Math.floor(0.01 * (total - 1))), at(Math.ceil(0.99 * (total - 1)))]
}

function rescaled(values: Uint16Array, [low, high]: readonly [number, number]): Float32Array {
  const span = Math.max(1, high - low)
  const scaled = new Float32Array(values.length)
  for (let i = 0; i < values.length; i++) scaled[i] = Math.min(1, Math.max(0, (values[i] - low) / span))
  return scaled
}
