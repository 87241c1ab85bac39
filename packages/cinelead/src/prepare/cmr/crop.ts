// A box around the heart in both phases, and the resampling of stack, cine and labels onto a fixed grid about its centre.
// Hands on: heartBox, cropGrid, sampleStack, sampleLabels, sampleCine, HeartBox, CropGrid.
import type { Volume } from '../../formats/volume.ts'

/** Voxels that hold a label in either phase: first and last of slice, row, column. */
export type HeartBox = { z: readonly [number, number]; y: readonly [number, number]; x: readonly [number, number] }

/** Where the fixed grid lies in the stack: positions in voxels of the stack, possibly between them or outside. */
export type CropGrid = { z_Z: Float64Array; y_Y: Float64Array; x_X: Float64Array; spacingMm: readonly [number, number, number] }

/**
 * The smallest box that holds every labelled voxel of both phases, over all slices; undefined where nothing is labelled.
 *
 * @param phases_ZYX  Labels of the phases, one shape.
 */
export function heartBox(phases_ZYX: readonly Uint8Array[], shape: readonly [number, number, number]): HeartBox | undefined {
  const [, numRows, numColumns] = shape
  const low = [Infinity, Infinity, Infinity]
  const high = [-Infinity, -Infinity, -Infinity]
  for (const labels_ZYX of phases_ZYX) {
    for (let i = 0; i < labels_ZYX.length; i++) {
      if (labels_ZYX[i] === 0) continue
      const x = i % numColumns
      const y = Math.floor(i / numColumns) % numRows
      const z = Math.floor(i / (numColumns * numRows))
      low[0] = Math.min(low[0], z)
      low[1] = Math.min(low[1], y)
      low[2] = Math.min(low[2], x)
      high[0] = Math.max(high[0], z)
      high[1] = Math.max(high[1], y)
      high[2] = Math.max(high[2], x)
    }
  }
  if (low[0] > high[0]) return undefined
  return { z: [low[0], high[0]], y: [low[1], high[1]], x: [low[2], high[2]] }
}

/** The box's outer size with a margin on every in-plane side, mm: slice, row, column direction. */
export function boxSizeMm(box: HeartBox, spacingMm: readonly [number, number, number], marginMm: number): [number, number, number] {
  const side = ([low, high]: readonly [number, number], stepMm: number) => (high - low + 1) * stepMm
  return [side(box.z, spacingMm[0]), side(box.y, spacingMm[1]) + 2 * marginMm, side(box.x, spacingMm[2]) + 2 * marginMm]
}

function axisGrid(centre: number, count: number, step: number): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => centre + (index - (count - 1) / 2) * step)
}

/**
 * A grid of fixed physical size about a box's centre: the heart keeps its size in the pictures, whatever the scanner's pixels.
 *
 * Slices that lie within a twentieth of the wanted distance are taken as they are, others are interpolated.
 *
 * @param pixelMm  Distance of the grid's rows and columns.
 * @param sliceMm  Distance of its slices.
 */
export function cropGrid(
  box: HeartBox,
  spacingMm: readonly [number, number, number],
  size: { numSlices: number; numRows: number; numColumns: number },
  pixelMm: number,
  sliceMm: number,
): CropGrid {
  const middle = ([low, high]: readonly [number, number]) => (low + high) / 2
  const isNative = Math.abs(spacingMm[0] - sliceMm) <= sliceMm / 20
  const z_Z = axisGrid(middle(box.z), size.numSlices, isNative ? 1 : sliceMm / spacingMm[0])
  if (isNative) {
    const shift = Math.round(z_Z[0]) - z_Z[0]
    for (let z = 0; z < z_Z.length; z++) z_Z[z] += shift
  }
  return {
    z_Z,
    y_Y: axisGrid(middle(box.y), size.numRows, pixelMm / spacingMm[1]),
    x_X: axisGrid(middle(box.x), size.numColumns, pixelMm / spacingMm[2]),
    spacingMm: [isNative ? spacingMm[0] : sliceMm, pixelMm, pixelMm],
  }
}

/** How many of the grid's slices lie outside the stack by more than half a slice. */
export function slicesOutside(grid: CropGrid, numSlices: number): number {
  return grid.z_Z.filter((z) => z < -0.5 || z > numSlices - 0.5).length
}

/** Bilinear weights of one axis with edge values repeated; outside by more than half a step there is nothing. */
function axisWeights(positions: Float64Array, count: number): { low: Int32Array; weight: Float64Array; isInside: Uint8Array } {
  const low = new Int32Array(positions.length)
  const weight = new Float64Array(positions.length)
  const isInside = new Uint8Array(positions.length)
  for (const [index, position] of positions.entries()) {
    const clamped = Math.min(Math.max(position, 0), count - 1)
    low[index] = Math.min(Math.floor(clamped), Math.max(0, count - 2))
    weight[index] = clamped - low[index]
    isInside[index] = position >= -0.5 && position <= count - 0.5 ? 1 : 0
  }
  return { low, weight, isInside }
}

type Voxels = ArrayLike<number>

/** One slice of the stack onto the grid's rows and columns: bilinear, the mean of 2 x 2 points a pixel against aliasing. */
function samplePlane(voxels: Voxels, start: number, numRows: number, numColumns: number, grid: CropGrid, out_YX: Float32Array): void {
  const { y_Y, x_X } = grid
  const quarterY = y_Y.length > 1 ? (y_Y[1] - y_Y[0]) / 4 : 0
  const quarterX = x_X.length > 1 ? (x_X[1] - x_X[0]) / 4 : 0
  out_YX.fill(0)
  for (const shiftY of [-quarterY, quarterY]) {
    const rows = axisWeights(
      y_Y.map((y) => y + shiftY),
      numRows,
    )
    for (const shiftX of [-quarterX, quarterX]) {
      const columns = axisWeights(
        x_X.map((x) => x + shiftX),
        numColumns,
      )
      for (let y = 0; y < y_Y.length; y++) {
        if (rows.isInside[y] === 0) continue
        const top = start + rows.low[y] * numColumns
        const bottom = numRows > 1 ? top + numColumns : top
        const downWeight = rows.weight[y]
        for (let x = 0; x < x_X.length; x++) {
          if (columns.isInside[x] === 0) continue
          const left = columns.low[x]
          const right = numColumns > 1 ? left + 1 : left
          const weight = columns.weight[x]
          const above = voxels[top + left] * (1 - weight) + voxels[top + right] * weight
          const below = voxels[bottom + left] * (1 - weight) + voxels[bottom + right] * weight
          out_YX[y * x_X.length + x] += 0.25 * (above * (1 - downWeight) + below * downWeight)
        }
      }
    }
  }
}

/** Sampled slices of one frame on the grid; slices between two of the stack are mixed linearly. Shape [Z, Y, X]. */
export function sampleStack(volume: Volume, frame: number, grid: CropGrid): Float32Array {
  const [, numSlices, numRows, numColumns] = volume.shape
  const size = grid.y_Y.length * grid.x_X.length
  const out_ZYX = new Float32Array(grid.z_Z.length * size)
  const slices = axisWeights(grid.z_Z, numSlices)
  const plane_YX = new Float32Array(size)
  for (let z = 0; z < grid.z_Z.length; z++) {
    if (slices.isInside[z] === 0) continue
    for (const side of [0, 1]) {
      const weight = side === 0 ? 1 - slices.weight[z] : slices.weight[z]
      if (weight === 0) continue
      samplePlane(
        volume.voxels_FZYX,
        (frame * numSlices + slices.low[z] + side) * numRows * numColumns,
        numRows,
        numColumns,
        grid,
        plane_YX,
      )
      for (let i = 0; i < size; i++) out_ZYX[z * size + i] += weight * plane_YX[i]
    }
  }
  return out_ZYX
}

/** Labels on the grid, by nearest voxel. Shape [Z, Y, X]. */
export function sampleLabels(labels_ZYX: Uint8Array, shape: readonly [number, number, number], grid: CropGrid): Uint8Array {
  const [numSlices, numRows, numColumns] = shape
  const out_ZYX = new Uint8Array(grid.z_Z.length * grid.y_Y.length * grid.x_X.length)
  let at = 0
  for (const zAt of grid.z_Z) {
    const z = Math.round(zAt)
    for (const yAt of grid.y_Y) {
      const y = Math.round(yAt)
      for (const xAt of grid.x_X) {
        const x = Math.round(xAt)
        const isInside = z >= 0 && z < numSlices && y >= 0 && y < numRows && x >= 0 && x < numColumns
        out_ZYX[at++] = isInside ? labels_ZYX[(z * numRows + y) * numColumns + x] : 0
      }
    }
  }
  return out_ZYX
}

/**
 * One slice over the heart beat at evenly spaced phases from frame 0 on, mixed linearly between frames, the last running into the first.
 *
 * @param z  The grid's slice position, voxels of the stack.
 * @returns  Shape [F, Y, X].
 */
export function sampleCine(volume: Volume, z: number, numFrames: number, grid: CropGrid): Float32Array {
  const [numStackFrames] = volume.shape
  const plane: CropGrid = { ...grid, z_Z: Float64Array.of(z) }
  const size = grid.y_Y.length * grid.x_X.length
  const sampled = new Map<number, Float32Array>()
  const frameAt = (frame: number) => {
    const held = sampled.get(frame) ?? sampleStack(volume, frame, plane)
    sampled.set(frame, held)
    return held
  }
  const out_FYX = new Float32Array(numFrames * size)
  for (let frame = 0; frame < numFrames; frame++) {
    const position = (frame * numStackFrames) / numFrames
    const low = Math.floor(position)
    const weight = position - low
    const before_YX = frameAt(low % numStackFrames)
    const after_YX = weight === 0 ? before_YX : frameAt((low + 1) % numStackFrames)
    for (let i = 0; i < size; i++) out_FYX[frame * size + i] = before_YX[i] * (1 - weight) + after_YX[i] * weight
  }
  return out_FYX
}
