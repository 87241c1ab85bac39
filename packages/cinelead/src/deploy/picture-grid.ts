// Slices of any scanner onto the picture a model was made for, and its answer back onto the slice's pixels. The middles of both lie on each other.
// Hands on: pictureGrid, toPicture, scaleIntensities, labelsFromScores, labelsFromNumbers.
import type { IntensityScale, SegmenterDeclaration } from './segmenter-declaration.ts'

/** Size of slice and picture, and how many of the slice's pixels one of the picture's is, down and across. */
export type PictureGrid = {
  numRows: number
  numColumns: number
  pictureRows: number
  pictureColumns: number
  step: readonly [number, number]
}

export function pictureGrid(
  { size, spacingMm }: SegmenterDeclaration['input'],
  [numRows, numColumns]: readonly [number, number],
  sliceMm: readonly [number, number],
): PictureGrid {
  const step = [(spacingMm?.[0] ?? sliceMm[0]) / sliceMm[0], (spacingMm?.[1] ?? sliceMm[1]) / sliceMm[1]] as const
  const fill = (count: number, by: number) => ('multipleOf' in size ? Math.ceil(count / by / size.multipleOf - 1e-9) * size.multipleOf : 0)
  const [pictureRows, pictureColumns] = 'multipleOf' in size ? [fill(numRows, step[0]), fill(numColumns, step[1])] : size
  return { numRows, numColumns, pictureRows, pictureColumns, step }
}

/** Where index `to` of `countTo` lies among `countFrom`, whose middles meet. */
const place = (to: number, countTo: number, step: number, countFrom: number) => (countFrom - 1) / 2 + (to - (countTo - 1) / 2) * step

/** The two neighbours of a place and the weight of the second; undefined more than half a pixel outside. */
function between(at: number, count: number): { low: number; high: number; weight: number } | undefined {
  if (!(at > -0.5 && at < count - 0.5)) return undefined
  const inside = Math.min(Math.max(at, 0), count - 1)
  const low = Math.min(Math.floor(inside), Math.max(0, count - 2))
  return { low, high: Math.min(low + 1, count - 1), weight: inside - low }
}

const COARSE_STEP = 1.2 // above it one point a picture's pixel skips pixels of the slice: four are averaged
const QUARTERS = [-0.25, 0.25]

/** One slice as the model's picture, bilinear; zero outside the slice. Shape [pictureRows, pictureColumns]. */
export function toPicture(slice_YX: Float32Array, grid: PictureGrid): Float32Array {
  const { numRows, numColumns, pictureRows, pictureColumns, step } = grid
  const shifts = Math.max(...step) > COARSE_STEP ? QUARTERS : [0]
  const share = 1 / shifts.length ** 2
  const picture_YX = new Float32Array(pictureRows * pictureColumns)
  for (const down of shifts)
    for (const over of shifts) {
      const columns = Array.from({ length: pictureColumns }, (_, x) =>
        between(place(x + over, pictureColumns, step[1], numColumns), numColumns),
      )
      for (let y = 0; y < pictureRows; y++) {
        const row = between(place(y + down, pictureRows, step[0], numRows), numRows)
        if (row === undefined) continue
        const [top, bottom] = [row.low * numColumns, row.high * numColumns]
        for (let x = 0; x < pictureColumns; x++) {
          const column = columns[x]
          if (column === undefined) continue
          const above = slice_YX[top + column.low] * (1 - column.weight) + slice_YX[top + column.high] * column.weight
          const below = slice_YX[bottom + column.low] * (1 - column.weight) + slice_YX[bottom + column.high] * column.weight
          picture_YX[y * pictureColumns + x] += share * (above * (1 - row.weight) + below * row.weight)
        }
      }
    }
  return picture_YX
}

/** Scales a picture in place. */
export function scaleIntensities(picture_YX: Float32Array, [rows, columns]: readonly [number, number], scale: IntensityScale): void {
  if (scale.kind === 'none') return
  if (scale.kind === 'z-score') {
    const mean = picture_YX.reduce((sum, value) => sum + value, 0) / picture_YX.length
    const variance = picture_YX.reduce((sum, value) => sum + (value - mean) ** 2, 0) / picture_YX.length
    const deviation = variance > 0 ? Math.sqrt(variance) : 1
    for (let i = 0; i < picture_YX.length; i++) picture_YX[i] = (picture_YX[i] - mean) / deviation
    return
  }
  const edge = (count: number) => Math.max(0, (count - (scale.middle ?? count)) >> 1)
  const [edgeY, edgeX] = [edge(rows), edge(columns)]
  const width = columns - 2 * edgeX
  const sorted = new Float32Array((rows - 2 * edgeY) * width)
  for (let y = edgeY; y < rows - edgeY; y++)
    sorted.set(picture_YX.subarray(y * columns + edgeX, y * columns + edgeX + width), (y - edgeY) * width)
  sorted.sort()
  const low = sorted[Math.floor((scale.low / 100) * (sorted.length - 1))]
  const high = sorted[Math.floor((scale.high / 100) * (sorted.length - 1))]
  const span = high > low ? high - low : 1
  const ceiling = scale.ceiling ?? 1
  for (let i = 0; i < picture_YX.length; i++) picture_YX[i] = Math.min(ceiling, Math.max(0, (picture_YX[i] - low) / span))
}

/** For each pixel of the slice that the picture covers: its index and its place in the picture. */
function eachPixel(grid: PictureGrid, visit: (at: number, row: number, column: number) => void): void {
  const { numRows, numColumns, pictureRows, pictureColumns, step } = grid
  for (let y = 0; y < numRows; y++)
    for (let x = 0; x < numColumns; x++)
      visit(y * numColumns + x, place(y, numRows, 1 / step[0], pictureRows), place(x, numColumns, 1 / step[1], pictureColumns))
}

/**
 * The class of highest score at each pixel of the slice; scores are mixed linearly between the picture's pixels, so that edges fall between them.
 *
 * @param scoreAt  Score of a class at an index of the picture.
 * @param labels   The label of each class; label 0 outside the picture.
 */
export function labelsFromScores(
  grid: PictureGrid,
  scoreAt: (classIndex: number, at: number) => number,
  labels: Uint8Array,
  labels_YX: Uint8Array,
): void {
  const { pictureRows, pictureColumns } = grid
  eachPixel(grid, (pixel, y, x) => {
    const row = between(y, pictureRows)
    const column = between(x, pictureColumns)
    if (row === undefined || column === undefined) return
    const [top, bottom] = [row.low * pictureColumns, row.high * pictureColumns]
    let bestScore = Number.NEGATIVE_INFINITY
    for (let index = 0; index < labels.length; index++) {
      const above = scoreAt(index, top + column.low) * (1 - column.weight) + scoreAt(index, top + column.high) * column.weight
      const below = scoreAt(index, bottom + column.low) * (1 - column.weight) + scoreAt(index, bottom + column.high) * column.weight
      const score = above * (1 - row.weight) + below * row.weight
      if (score <= bestScore) continue
      bestScore = score
      labels_YX[pixel] = labels[index]
    }
  })
}

/** The class number of the nearest pixel of the picture, as a label; a number without a class is background. */
export function labelsFromNumbers(grid: PictureGrid, numberAt: (at: number) => number, labels: Uint8Array, labels_YX: Uint8Array): void {
  const { pictureRows, pictureColumns } = grid
  eachPixel(grid, (pixel, y, x) => {
    const [row, column] = [Math.round(y), Math.round(x)]
    if (row < 0 || row >= pictureRows || column < 0 || column >= pictureColumns) return
    labels_YX[pixel] = labels[numberAt(row * pictureColumns + column)] ?? 0
  })
}
