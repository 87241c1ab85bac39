// Slices of a heart with the contours of its labels -> one PNG: a sheet of tiles, grey, contours in colour.
// Hands on: slicePicture, cineContactSheet, paintTiles, palette, labelColours.
import { encode } from 'fast-png'
import { fault } from '../base/errors.ts'

/** Red LV cavity, green wall, blue RV, told apart by colour-blind readers too (Okabe and Ito's vermilion, bluish green, sky blue). */
export const labelColours: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [213, 94, 0],
  [0, 158, 115],
  [86, 180, 233],
]

/** One slice with what is drawn on it. */
export type Tile = {
  /** Intensities; each tile is shown from its 1st to its 99th percentile, or over `range`. Shape [Y, X]. */
  slice_YX: ArrayLike<number>
  /** Labels 0 to 3, if contours are wanted. Shape [Y, X]. */
  labels_YX?: ArrayLike<number>
}

export type PictureOptions = {
  numRows: number
  numColumns: number
  /** Screen pixels for one pixel of a slice, whole. */
  zoom: number
  /** Tiles side by side. */
  tilesAcross: number
  /** Intensities shown black and white; per tile where left out. */
  range?: readonly [number, number]
}

const GAP_PIXELS = 2
const LAST_GREY = 252 // three of a palette's 256 places are the labels'

/** Colours by index: greys from black to white, then those of the labels. */
export const palette: readonly (readonly [number, number, number])[] = [
  ...Array.from({ length: LAST_GREY + 1 }, (_, index) => {
    const grey = Math.round((255 * index) / LAST_GREY)
    return [grey, grey, grey] as const
  }),
  ...labelColours.slice(1),
]

/** A picture of palette indices. Shape [height, width]. */
export type IndexedPicture = { width: number; height: number; indices: Uint8Array<ArrayBuffer> }

function percentileRange(slice_YX: ArrayLike<number>): [number, number] {
  const sorted = Float32Array.from(slice_YX).sort()
  return [sorted[Math.floor(0.01 * (sorted.length - 1))], sorted[Math.ceil(0.99 * (sorted.length - 1))]]
}

/** Grey of the slice between pixels, bilinear, so that small slices can be enlarged without blocks. */
function greyAt(slice_YX: ArrayLike<number>, numRows: number, numColumns: number, row: number, column: number): number {
  const y = Math.min(Math.max(row, 0), numRows - 1)
  const x = Math.min(Math.max(column, 0), numColumns - 1)
  const top = Math.min(Math.floor(y), numRows - 2)
  const left = Math.min(Math.floor(x), numColumns - 2)
  const at = top * numColumns + left
  const [down, over] = [y - top, x - left]
  const above = slice_YX[at] * (1 - over) + slice_YX[at + 1] * over
  const below = slice_YX[at + numColumns] * (1 - over) + slice_YX[at + numColumns + 1] * over
  return above * (1 - down) + below * down
}

function expectTile(tile: Tile, numPixels: number): void {
  const sizes = [tile.slice_YX.length, tile.labels_YX?.length ?? numPixels]
  if (sizes.every((size) => size === numPixels)) return
  throw fault({
    code: 'report/picture-shape',
    where: 'slicePicture',
    expected: `slices and labels of ${numPixels} pixels`,
    received: sizes.join(' and '),
    hint: 'Give every tile the rows and columns of the options.',
  })
}

/**
 * Paints tiles in rows; a label's contour is the edge of its pixels towards other labels.
 *
 * @param tiles    From left to right, then down.
 * @throws         report/picture-shape.
 */
export function paintTiles(tiles: readonly Tile[], options: PictureOptions): IndexedPicture {
  const { numRows, numColumns, zoom, tilesAcross } = options
  for (const tile of tiles) expectTile(tile, numRows * numColumns)
  const tileWidth = numColumns * zoom
  const tileHeight = numRows * zoom
  const tilesDown = Math.ceil(tiles.length / tilesAcross)
  const width = tilesAcross * (tileWidth + GAP_PIXELS) - GAP_PIXELS
  const height = Math.max(1, tilesDown) * (tileHeight + GAP_PIXELS) - GAP_PIXELS
  const indices = new Uint8Array(width * height)
  const labelAt = (tile: Tile, y: number, x: number) => {
    const row = Math.floor(y / zoom)
    const column = Math.floor(x / zoom)
    return row < 0 || column < 0 || row >= numRows || column >= numColumns ? 0 : (tile.labels_YX?.[row * numColumns + column] ?? 0)
  }
  for (const [index, tile] of tiles.entries()) {
    const [low, high] = options.range ?? percentileRange(tile.slice_YX)
    const span = high > low ? high - low : 1
    const left = (index % tilesAcross) * (tileWidth + GAP_PIXELS)
    const top = Math.floor(index / tilesAcross) * (tileHeight + GAP_PIXELS)
    for (let y = 0; y < tileHeight; y++)
      for (let x = 0; x < tileWidth; x++) {
        const value = greyAt(tile.slice_YX, numRows, numColumns, (y + 0.5) / zoom - 0.5, (x + 0.5) / zoom - 0.5)
        const label = labelAt(tile, y, x)
        const isEdge =
          label > 0 &&
          (labelAt(tile, y - 1, x) !== label ||
            labelAt(tile, y + 1, x) !== label ||
            labelAt(tile, y, x - 1) !== label ||
            labelAt(tile, y, x + 1) !== label)
        const grey = Math.round(LAST_GREY * Math.min(1, Math.max(0, (value - low) / span)))
        indices[(top + y) * width + left + x] = isEdge ? LAST_GREY + label : grey
      }
  }
  return { width, height, indices }
}

/** Tiles in rows as a PNG, 8 bits a channel; the same bytes for the same tiles. See `paintTiles`. */
export function slicePicture(tiles: readonly Tile[], options: PictureOptions): Uint8Array {
  const { width, height, indices } = paintTiles(tiles, options)
  const data = new Uint8Array(3 * indices.length)
  for (let at = 0; at < indices.length; at++) data.set(palette[indices[at]], 3 * at)
  return encode({ width, height, data, channels: 3, depth: 8 })
}

/**
 * A sheet of both phases: end-diastole above, end-systole below, slices from base to apex, with contours.
 *
 * @param ed_ZYX  Intensities; labels of the same shape. Shape [Z, Y, X].
 * @param shape   [Z, Y, X].
 */
export function cineContactSheet(
  phases: { ed_ZYX: ArrayLike<number>; es_ZYX: ArrayLike<number>; edLabels_ZYX: ArrayLike<number>; esLabels_ZYX: ArrayLike<number> },
  shape: readonly [number, number, number],
  zoom = 3,
): Uint8Array {
  const [numSlices, numRows, numColumns] = shape
  const size = numRows * numColumns
  const cut = (stack: ArrayLike<number>, z: number) => Array.prototype.slice.call(stack, z * size, (z + 1) * size) as number[]
  const row = (stack: ArrayLike<number>, labels: ArrayLike<number>): Tile[] =>
    Array.from({ length: numSlices }, (_, z) => ({ slice_YX: cut(stack, z), labels_YX: cut(labels, z) }))
  const tiles = [...row(phases.ed_ZYX, phases.edLabels_ZYX), ...row(phases.es_ZYX, phases.esLabels_ZYX)]
  return slicePicture(tiles, { numRows, numColumns, zoom, tilesAcross: numSlices })
}
