// Slices of any scanner onto the segmenter's own grid and its answer back onto theirs. Plain numbers, no tensors.
// Hands on: workingGrid, toWorkingGrid, normaliseSlice, middleOfPicture, labelsOnSlice, WORKING_SIZE, WORKING_MM, MIDDLE_SIZE.

/** Rows and columns of the segmenter's picture, and their distance: 256 mm about the middle of the scanner's picture. */
export const WORKING_SIZE = 128
export const WORKING_MM = 2

const SMALL_FIELD_MM = 100 // a field below it shows an animal smaller than any child: the whole field is then the picture
/** Pixels across the part that sets the grey scale: 192 mm, the field of a training picture. */
export const MIDDLE_SIZE = 96
const LOW = 0.01
const HIGH = 0.98 // bright fat of the chest wall lies above it
const CLIP = 1.5

/** How the picture lies on the scanner's: distance of its pixels in rows and columns of the scanner's. */
export type WorkingGrid = { pixelMm: number; rowStep: number; columnStep: number }

export function workingGrid(numRows: number, numColumns: number, spacingMm: readonly [number, number]): WorkingGrid {
  const fieldMm = Math.max(numRows * spacingMm[0], numColumns * spacingMm[1])
  const pixelMm = fieldMm < SMALL_FIELD_MM ? fieldMm / WORKING_SIZE : WORKING_MM
  return { pixelMm, rowStep: pixelMm / spacingMm[0], columnStep: pixelMm / spacingMm[1] }
}

type Axis = { low: Int32Array; weight: Float32Array; isInside: Uint8Array }

/** Bilinear places of the working pixels along one axis, moved by a part of a working pixel. */
function axis(count: number, step: number, shift: number): Axis {
  const low = new Int32Array(WORKING_SIZE)
  const weight = new Float32Array(WORKING_SIZE)
  const isInside = new Uint8Array(WORKING_SIZE)
  for (let i = 0; i < WORKING_SIZE; i++) {
    const place = (count - 1) / 2 + (i + shift - (WORKING_SIZE - 1) / 2) * step
    const clamped = Math.min(Math.max(place, 0), count - 1)
    low[i] = Math.min(Math.floor(clamped), Math.max(0, count - 2))
    weight[i] = clamped - low[i]
    isInside[i] = place > -0.5 && place < count - 0.5 ? 1 : 0
  }
  return { low, weight, isInside }
}

/**
 * One slice on the working grid: bilinear, the mean of points within each working pixel where the scanner's pixels are finer.
 *
 * @param slice_YX  Intensities. Shape [Y, X] of the scanner.
 * @returns         Shape [WORKING_SIZE, WORKING_SIZE]; zero outside the scanner's picture.
 */
export function toWorkingGrid(slice_YX: Float32Array, numRows: number, numColumns: number, grid: WorkingGrid): Float32Array {
  const shifts = Math.max(grid.rowStep, grid.columnStep) > 1.2 ? [-0.25, 0.25] : [0]
  const share = 1 / shifts.length ** 2
  const picture_YX = new Float32Array(WORKING_SIZE * WORKING_SIZE)
  for (const shiftY of shifts) {
    const rows = axis(numRows, grid.rowStep, shiftY)
    for (const shiftX of shifts) {
      const columns = axis(numColumns, grid.columnStep, shiftX)
      for (let y = 0; y < WORKING_SIZE; y++) {
        if (rows.isInside[y] === 0) continue
        const top = rows.low[y] * numColumns
        const bottom = numRows > 1 ? top + numColumns : top
        const down = rows.weight[y]
        for (let x = 0; x < WORKING_SIZE; x++) {
          if (columns.isInside[x] === 0) continue
          const left = columns.low[x]
          const right = numColumns > 1 ? left + 1 : left
          const over = columns.weight[x]
          const above = slice_YX[top + left] * (1 - over) + slice_YX[top + right] * over
          const below = slice_YX[bottom + left] * (1 - over) + slice_YX[bottom + right] * over
          picture_YX[y * WORKING_SIZE + x] += share * (above * (1 - down) + below * down)
        }
      }
    }
  }
  return picture_YX
}

/** The part of a working picture that sets its grey scale. Shape [MIDDLE_SIZE, MIDDLE_SIZE]. */
export function middleOfPicture(picture_YX: Float32Array): Float32Array {
  const edge = (WORKING_SIZE - MIDDLE_SIZE) / 2
  const middle_YX = new Float32Array(MIDDLE_SIZE ** 2)
  for (let y = 0; y < MIDDLE_SIZE; y++) {
    const from = (edge + y) * WORKING_SIZE + edge
    middle_YX.set(picture_YX.subarray(from, from + MIDDLE_SIZE), y * MIDDLE_SIZE)
  }
  return middle_YX
}

/**
 * Scales a picture in place so that the 1st and 98th percentile of its middle become 0 and 1, and cuts what lies far above.
 *
 * @param picture_YX  Square; pictures no larger than the middle count whole, as those of training do.
 */
export function normaliseSlice(picture_YX: Float32Array): void {
  const size = Math.round(Math.sqrt(picture_YX.length))
  const edge = Math.max(0, (size - MIDDLE_SIZE) >> 1)
  const side = size - 2 * edge
  const sorted = new Float32Array(side * side)
  for (let y = 0; y < side; y++) sorted.set(picture_YX.subarray((edge + y) * size + edge, (edge + y) * size + edge + side), y * side)
  sorted.sort()
  const low = sorted[Math.floor(LOW * (sorted.length - 1))]
  const high = sorted[Math.floor(HIGH * (sorted.length - 1))]
  const span = high > low ? high - low : 1
  for (let i = 0; i < picture_YX.length; i++) picture_YX[i] = Math.min(CLIP, Math.max(0, (picture_YX[i] - low) / span))
}

/**
 * Labels on the scanner's grid from logits on the working grid: logits are mixed linearly between working pixels, so that edges
 * fall between them.
 *
 * @param logits_CYX  Four classes. Shape [C, WORKING_SIZE, WORKING_SIZE].
 * @param labels_YX   Written to. Shape [Y, X] of the scanner.
 */
export function labelsOnSlice(
  logits_CYX: Float32Array,
  labels_YX: Uint8Array,
  numRows: number,
  numColumns: number,
  grid: WorkingGrid,
): void {
  const size = WORKING_SIZE * WORKING_SIZE
  const numClasses = logits_CYX.length / size
  // Where a working pixel and its neighbours are all background, so is everything between them.
  const isHeart = new Uint8Array(size)
  for (let at = 0; at < size; at++) {
    for (let label = 1; label < numClasses; label++) if (logits_CYX[label * size + at] > logits_CYX[at]) isHeart[at] = 1
  }
  const place = (index: number, count: number, step: number) => (index - (count - 1) / 2) / step + (WORKING_SIZE - 1) / 2
  for (let y = 0; y < numRows; y++) {
    const wy = place(y, numRows, grid.rowStep)
    const top = Math.floor(wy)
    if (top < 0 || top > WORKING_SIZE - 2) continue
    const down = wy - top
    for (let x = 0; x < numColumns; x++) {
      const wx = place(x, numColumns, grid.columnStep)
      const left = Math.floor(wx)
      if (left < 0 || left > WORKING_SIZE - 2) continue
      const at = top * WORKING_SIZE + left
      if (isHeart[at] + isHeart[at + 1] + isHeart[at + WORKING_SIZE] + isHeart[at + WORKING_SIZE + 1] === 0) continue
      const over = wx - left
      let best = 0
      let bestLogit = Number.NEGATIVE_INFINITY
      for (let label = 0; label < numClasses; label++) {
        const from = label * size + at
        const above = logits_CYX[from] * (1 - over) + logits_CYX[from + 1] * over
        const below = logits_CYX[from + WORKING_SIZE] * (1 - over) + logits_CYX[from + WORKING_SIZE + 1] * over
        const logit = above * (1 - down) + below * down
        if (logit > bestLogit) {
          bestLogit = logit
          best = label
        }
      }
      labels_YX[y * numColumns + x] = best
    }
  }
}
