// Connected parts of a label image, four neighbours to a pixel. Hands on: findComponents, fillHoles.

/** `pixels` are indices into the image, in the order in which they were found. */
export type Component = { size: number; rowMean: number; columnMean: number; pixels: Int32Array }

/** One flood from `start` over pixels that hold 1 in `isIn_YX`; they are cleared and written to `queue` from `from` on. */
function flood(isIn_YX: Uint8Array, start: number, numRows: number, numColumns: number, queue: Int32Array, from: number): number {
  let tail = from
  queue[tail++] = start
  isIn_YX[start] = 0
  for (let head = from; head < tail; head++) {
    const at = queue[head]
    const column = at % numColumns
    if (column > 0 && isIn_YX[at - 1] === 1) {
      isIn_YX[at - 1] = 0
      queue[tail++] = at - 1
    }
    if (column < numColumns - 1 && isIn_YX[at + 1] === 1) {
      isIn_YX[at + 1] = 0
      queue[tail++] = at + 1
    }
    if (at >= numColumns && isIn_YX[at - numColumns] === 1) {
      isIn_YX[at - numColumns] = 0
      queue[tail++] = at - numColumns
    }
    if (at < (numRows - 1) * numColumns && isIn_YX[at + numColumns] === 1) {
      isIn_YX[at + numColumns] = 0
      queue[tail++] = at + numColumns
    }
  }
  return tail
}

/**
 * The connected parts of the pixels that hold 1, largest first.
 *
 * @param isIn_YX  1 where a pixel counts, 0 elsewhere. Shape [Y, X].
 */
export function findComponents(isIn_YX: Uint8Array, numRows: number, numColumns: number): Component[] {
  const left_YX = isIn_YX.slice()
  const queue = new Int32Array(isIn_YX.length)
  const components: Component[] = []
  let used = 0
  for (let start = 0; start < left_YX.length; start++) {
    if (left_YX[start] === 0) continue
    const end = flood(left_YX, start, numRows, numColumns, queue, used)
    const pixels = queue.subarray(used, end)
    let rowSum = 0
    let columnSum = 0
    for (const at of pixels) {
      columnSum += at % numColumns
      rowSum += Math.floor(at / numColumns)
    }
    const size = pixels.length
    components.push({ size, rowMean: rowSum / size, columnMean: columnSum / size, pixels })
    used = end
  }
  return components.sort((a, b) => b.size - a.size)
}

/**
 * The pixels that a part encloses: those that no path around it reaches from outside.
 *
 * @param part  A part as `findComponents` gives it, or any set of pixels.
 */
export function fillHoles(part: Int32Array, numColumns: number): number[] {
  let top = Infinity
  let bottom = -Infinity
  let left = Infinity
  let right = -Infinity
  for (const at of part) {
    const column = at % numColumns
    const row = Math.floor(at / numColumns)
    top = Math.min(top, row)
    bottom = Math.max(bottom, row)
    left = Math.min(left, column)
    right = Math.max(right, column)
  }
  if (part.length === 0) return []
  // A frame of one free pixel around the part's own box lets the flood from its corner reach all of the outside.
  const height = bottom - top + 3
  const width = right - left + 3
  const isFree = new Uint8Array(height * width).fill(1)
  for (const at of part) isFree[(Math.floor(at / numColumns) - top + 1) * width + (at % numColumns) - left + 1] = 0
  flood(isFree, 0, height, width, new Int32Array(height * width), 0)
  const holes: number[] = []
  for (let i = 0; i < isFree.length; i++)
    if (isFree[i] === 1) holes.push((Math.floor(i / width) - 1 + top) * numColumns + (i % width) - 1 + left)
  return holes
}

/** The corners of the smallest convex outline around pixels, as [row, column], in order (Andrew's monotone chain, 1979). */
function convexOutline(part: Int32Array, numColumns: number): [number, number][] {
  // Only the first and last pixel of each row can be corners.
  const ends = new Map<number, [number, number]>()
  for (const at of part) {
    const row = Math.floor(at / numColumns)
    const column = at % numColumns
    const held = ends.get(row)
    if (held === undefined) ends.set(row, [column, column])
    else ends.set(row, [Math.min(held[0], column), Math.max(held[1], column)])
  }
  const points = [...ends]
    .sort((a, b) => a[0] - b[0])
    .flatMap(([row, [left, right]]): [number, number][] =>
      left === right
        ? [[row, left]]
        : [
            [row, left],
            [row, right],
          ],
    )
  const half = (ordered: readonly [number, number][]) => {
    const chain: [number, number][] = []
    for (const point of ordered) {
      while (chain.length > 1) {
        const [a, b] = [chain[chain.length - 2], chain[chain.length - 1]]
        if ((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]) > 0) break
        chain.pop()
      }
      chain.push(point)
    }
    return chain.slice(0, -1)
  }
  return [...half(points), ...half(points.reverse())]
}

/** The pixels whose centres lie in the smallest convex outline around a part. */
export function convexFill(part: Int32Array, numColumns: number): number[] {
  const outline = convexOutline(part, numColumns)
  if (outline.length < 3) return [...part]
  const rows = outline.map(([row]) => row)
  const filled: number[] = []
  for (let row = Math.min(...rows); row <= Math.max(...rows); row++) {
    let left = Infinity
    let right = -Infinity
    for (const [index, [fromRow, fromColumn]] of outline.entries()) {
      const [toRow, toColumn] = outline[(index + 1) % outline.length]
      if (row < Math.min(fromRow, toRow) || row > Math.max(fromRow, toRow)) continue
      const crossings =
        fromRow === toRow ? [fromColumn, toColumn] : [fromColumn + ((row - fromRow) / (toRow - fromRow)) * (toColumn - fromColumn)]
      left = Math.min(left, ...crossings)
      right = Math.max(right, ...crossings)
    }
    for (let column = Math.ceil(left - 1e-9); column <= Math.floor(right + 1e-9); column++) filled.push(row * numColumns + column)
  }
  return filled
}
