// Which of the eight ways to store one picture a stack's file has taken, and how to show it the usual way round. Hands on: usualTurn.
import type { Volume } from '../../formats/volume.ts'
import type { Segmenter } from './prepared-cine.ts'
import { cross, dot, unit, type Vector } from './vector.ts'
import { isAlongHeart } from './view.ts'

// Along rows and down columns as scanners show a short axis, the right ventricle on the left and the chest's front above: between
// one human study and simulated people.
const USUAL_ROW: Vector = [0.8, 0.4, 0.3]
const USUAL_COLUMN: Vector = [0, 0.5, -0.8]

// Rows are taken for columns where that fits better by half: a picture half-way between (hearts of 60 simulated people are turned by up to
// 59 degrees) is best left as its scanner showed it (project's own choice).
const CLEARLY_BETTER = 1.5

/** Stored slices to the usual way round, and labels back. */
export type Turn = {
  shown(...stored: Parameters<Segmenter>): Parameters<Segmenter>
  stored(labels_BYX: Uint8Array): Uint8Array
}

/**
 * The turn, mirrored or not, in which a volume's slices look as scanners show them, so that what is found in them does not hang on how a
 * file stores them. None where the volume tells no place in the patient or lies across no usual heart.
 */
export function usualTurn({ affine, shape }: Volume): Turn {
  const [, , rows, columns] = shape
  const axis = (column: number): Vector => [affine[column], affine[4 + column], affine[8 + column]]
  const [row, column] = [axis(0), axis(1)]
  const isTold = isAlongHeart(cross(row, column))
  const cosines = (over: Vector, down: Vector) => [dot(unit(over), USUAL_ROW), dot(unit(down), USUAL_COLUMN)]
  const fit = ([over, down]: readonly number[]) => Math.abs(over) + Math.abs(down)
  const [straight, swapped] = [cosines(row, column), cosines(column, row)]
  const isSwapped = isTold && fit(swapped) > CLEARLY_BETTER * fit(straight)
  const [flipsRow, flipsColumn] = (isSwapped ? swapped : straight).map((cosine) => isTold && cosine < 0)
  const [numRows, numColumns] = isSwapped ? [columns, rows] : [rows, columns]
  const size = rows * columns
  const from = Int32Array.from({ length: size }, (_, at) => {
    const [y, x] = [Math.floor(at / numColumns), at % numColumns]
    const [down, over] = [flipsColumn ? numRows - 1 - y : y, flipsRow ? numColumns - 1 - x : x]
    return isSwapped ? over * columns + down : down * columns + over
  })
  return {
    shown: (slices_BYX, [numSlices], [rowMm, columnMm]) => [
      slices_BYX.map((_, at) => slices_BYX[at - (at % size) + from[at % size]]),
      [numSlices, numRows, numColumns],
      isSwapped ? [columnMm, rowMm] : [rowMm, columnMm],
    ],
    stored: (labels_BYX) => {
      const stored_BYX = new Uint8Array(labels_BYX.length)
      for (let at = 0; at < labels_BYX.length; at++) stored_BYX[at - (at % size) + from[at % size]] = labels_BYX[at]
      return stored_BYX
    },
  }
}
