// Truth: geometry. An oblique slice is, pixel by pixel, the flat slice at that pixel's height; one through the base plane shows the
// ventricle on its deep side alone; where the heart is there is something to see.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { cardiacLabels } from '../formats/volume.ts'
import { cardiacCycle } from './cardiac-cycle.ts'
import type { PicturePlane } from './cine.ts'
import { heartShape, heartStateAt } from './heart-shape.ts'
import { drawPerson } from './person.ts'
import { contrasts, scannerProfiles } from './scanner.ts'
import { createSlicePainter } from './slice-painter.ts'

const SIZE = 65
const MIDDLE = 32
const PIXEL_MM = 2
const { demo } = scannerProfiles
const scanner = { ...demo, numRows: SIZE, numColumns: SIZE, pixelMm: PIXEL_MM }
const person = drawPerson('oblique', 0)
const shape = heartShape(person)
const atEnd = heartStateAt(shape, cardiacCycle(person), 0)
const axes: PicturePlane['axes'] = { lateral: [1, 0, 0], inferior: [0, 1, 0], apical: [0, 0, 1] }
const plane: PicturePlane = { turnRad: 0, axes, right: axes.lateral, down: axes.inferior, centreMm: [0, 0] }

/** One slice at end-diastole with its labels. Shape [SIZE, SIZE] both. */
function paintAt(heightMm: number, tilt?: readonly [number, number]): { voxels_YX: Uint16Array; labels_YX: Uint8Array } {
  const random = createRandom('paint')
  const painter = createSlicePainter(person, shape, plane, scanner, contrasts[0], { noise: 0, random })
  const voxels_YX = new Uint16Array(SIZE * SIZE)
  const labels_YX = new Uint8Array(SIZE * SIZE)
  painter(heightMm, [0, 0], tilt)(atEnd, voxels_YX, labels_YX)
  return { voxels_YX, labels_YX }
}

const labelsAt = (heightMm: number, tilt?: readonly [number, number]) => paintAt(heightMm, tilt).labels_YX

describe('an oblique slice', () => {
  it('is everywhere the flat slice at that height', () => {
    const slope = 0.4
    const oblique_YX = labelsAt(35, [slope, 0])
    const stepMm = scanner.sliceThicknessMm / 3
    for (const column of [12, 20, MIDDLE, 40, 50]) {
      const higherMm = stepMm * Math.round((slope * (column - MIDDLE) * PIXEL_MM) / stepMm)
      const flat_YX = labelsAt(35 + higherMm)
      for (let row = 0; row < SIZE; row++) expect(oblique_YX[row * SIZE + column]).toBe(flat_YX[row * SIZE + column])
    }
  })

  it('through the base plane shows the left ventricle on its deep side alone', () => {
    const labels_YX = labelsAt(0, [0, 0.4])
    const rows = [...labels_YX.keys()].filter((at) => labels_YX[at] === cardiacLabels.lvCavity).map((at) => Math.floor(at / SIZE))
    expect(rows.length).toBeGreaterThan(100)
    expect(Math.min(...rows)).toBeGreaterThanOrEqual(MIDDLE - 1)
  })
})

describe('a slice about the tip', () => {
  it('has a signal in every pixel of the heart, wherever in the slice cavity and wall end', () => {
    for (let belowMm = -6; belowMm <= 10; belowMm++) {
      const { voxels_YX, labels_YX } = paintAt(atEnd.apexMm + belowMm)
      const heart = [...labels_YX.keys()].filter((at) => labels_YX[at] !== cardiacLabels.background)
      expect(heart.filter((at) => voxels_YX[at] === 0)).toEqual([])
      if (belowMm < 0) expect(heart.length).toBeGreaterThan(10)
    }
  })
})
