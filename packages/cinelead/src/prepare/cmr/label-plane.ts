// Small tools for one slice of labels: its pixels' size, parts kept and erased, surroundings. Hands on: Plane, Place and the tools.
import type { Component } from './components.ts'

/** Size of a slice and its pixels. */
export type Plane = { numRows: number; numColumns: number; rowMm: number; columnMm: number }

/** A point of a slice, in pixels. */
export type Place = { row: number; column: number }

/** How many pixels hold a label. */
export function countLabel(labels: Uint8Array, wanted: number): number {
  let count = 0
  for (let i = 0; i < labels.length; i++) if (labels[i] === wanted) count++
  return count
}

/** 1 where a pixel holds one of two labels. */
export function only(labels_YX: Uint8Array, first: number, second = first): Uint8Array {
  const isIn_YX = new Uint8Array(labels_YX.length)
  for (let i = 0; i < labels_YX.length; i++) if (labels_YX[i] === first || labels_YX[i] === second) isIn_YX[i] = 1
  return isIn_YX
}

export function distanceMm(component: Component, place: Place, plane: Plane): number {
  return Math.hypot((component.rowMean - place.row) * plane.rowMm, (component.columnMean - place.column) * plane.columnMm)
}

/** Erases a label, then paints it on one part again. */
export function keepPart(labels_YX: Uint8Array, label: number, part: Int32Array | undefined): void {
  for (let i = 0; i < labels_YX.length; i++) if (labels_YX[i] === label) labels_YX[i] = 0
  if (part !== undefined) for (const at of part) labels_YX[at] = label
}

/** The pixels of a label and those within a reach of it, a rectangle wide. */
export function surroundings(labels_YX: Uint8Array, label: number, reachMm: number, plane: Plane): Uint8Array {
  const { numRows, numColumns } = plane
  const reachRows = Math.round(reachMm / plane.rowMm)
  const reachColumns = Math.round(reachMm / plane.columnMm)
  const wide_YX = new Uint8Array(labels_YX.length)
  for (let at = 0; at < labels_YX.length; at++) {
    if (labels_YX[at] !== label) continue
    const column = at % numColumns
    wide_YX.fill(1, at - Math.min(reachColumns, column), at + Math.min(reachColumns, numColumns - 1 - column) + 1)
  }
  const near_YX = wide_YX.slice()
  for (let row = 0; row < numRows; row++) {
    const isEmpty = !wide_YX.subarray(row * numColumns, (row + 1) * numColumns).includes(1)
    if (isEmpty) continue
    for (let other = Math.max(0, row - reachRows); other <= Math.min(numRows - 1, row + reachRows); other++)
      for (let column = 0; column < numColumns; column++) near_YX[other * numColumns + column] |= wide_YX[row * numColumns + column]
  }
  return near_YX
}
