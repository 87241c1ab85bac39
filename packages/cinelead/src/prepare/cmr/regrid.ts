// A plane whose matrix or field differs from its parallel neighbours' -> the same picture on their pixels. Hands on: regridPlane.
import type { DicomImage } from '../../formats/dicom.ts'
import type { PlaneCine } from './plane-cine.ts'
import { dot, minus, times, type Vector } from './vector.ts'

type Axes = { row: Vector; column: Vector; rowMm: number; columnMm: number }

function axesOf({ orientation, pixelSpacingMm }: DicomImage): Axes {
  const [rowX, rowY, rowZ, columnX, columnY, columnZ] = orientation as NonNullable<DicomImage['orientation']>
  const [rowMm, columnMm] = pixelSpacingMm as readonly [number, number]
  return { row: [rowX, rowY, rowZ], column: [columnX, columnY, columnZ], rowMm, columnMm }
}

/** Where the neighbours' first pixel falls in this plane, mm along its rows and columns, and where it lies in the patient. */
function cornerOf(plane: PlaneCine, reference: PlaneCine, { row, column }: Axes): { overMm: number; downMm: number; cornerMm: Vector } {
  const away = minus(reference.positionMm, plane.positionMm)
  const [overMm, downMm] = [dot(away, row), dot(away, column)]
  const beside = [times(row, overMm), times(column, downMm)]
  const cornerMm = plane.positionMm.map((value, axis) => value + beside[0][axis] + beside[1][axis]) as unknown as Vector
  return { overMm, downMm, cornerMm }
}

/**
 * Samples every frame of a plane on the pixels of a parallel one, bilinear; zero where the plane does not reach.
 *
 * @param plane      Parallel to the reference, of any matrix, spacing and turn within the plane.
 * @param reference  Whose rows, columns, spacing and corner are taken; the plane keeps its own place along the normal.
 */
export function regridPlane(plane: PlaneCine, reference: PlaneCine): PlaneCine {
  const own = axesOf(plane.images[0])
  const wanted = axesOf(reference.images[0])
  const { overMm, downMm, cornerMm } = cornerOf(plane, reference, own)
  const { numRows, numColumns, orientation, pixelSpacingMm } = reference.images[0]
  const steps = {
    over: [dot(wanted.row, own.row) * wanted.columnMm, dot(wanted.column, own.row) * wanted.rowMm],
    down: [dot(wanted.row, own.column) * wanted.columnMm, dot(wanted.column, own.column) * wanted.rowMm],
  }
  const images = plane.images.map((image) => {
    const { pixels_YX: from_YX, numRows: rows, numColumns: columns } = image
    const pixels_YX = new (from_YX.constructor as { new (length: number): typeof from_YX })(numRows * numColumns)
    for (let y = 0; y < numRows; y++)
      for (let x = 0; x < numColumns; x++) {
        const column = (overMm + x * steps.over[0] + y * steps.over[1]) / own.columnMm
        const row = (downMm + x * steps.down[0] + y * steps.down[1]) / own.rowMm
        if (!(row > -0.5 && row < rows - 0.5 && column > -0.5 && column < columns - 0.5)) continue
        const top = Math.min(Math.max(Math.floor(row), 0), Math.max(0, rows - 2))
        const left = Math.min(Math.max(Math.floor(column), 0), Math.max(0, columns - 2))
        const [down, over] = [Math.min(1, Math.max(0, row - top)), Math.min(1, Math.max(0, column - left))]
        const [below, right] = [Math.min(top + 1, rows - 1), Math.min(left + 1, columns - 1)]
        const upper = from_YX[top * columns + left] * (1 - over) + from_YX[top * columns + right] * over
        const lower = from_YX[below * columns + left] * (1 - over) + from_YX[below * columns + right] * over
        pixels_YX[y * numColumns + x] = Math.round(upper * (1 - down) + lower * down)
      }
    return { ...image, numRows, numColumns, orientation, pixelSpacingMm, positionMm: cornerMm, pixels_YX }
  })
  return { ...plane, normal: reference.normal, positionMm: cornerMm, images }
}
