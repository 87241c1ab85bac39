// One array of all subjects as consecutive blocks of rows: the shards of a store mapped as they lie on disk, or one block in memory.
// Where the blocks lie on another device than batches are made on, only picked rows travel, in the precision they are stored in.
import * as torch from '@cinelead/torch'
import type { Cut } from './arms.ts'

/** Rows of an array, wherever they lie. */
export type Blocks = {
  /**
   * Rows in the order asked for, as float32.
   *
   * @param cut  Of each row's first axis only these places, before anything is copied. Shape [rows, …].
   */
  pick(rows: readonly number[], cut?: Cut): torch.Tensor
  /** The first half of `pick`: these rows side by side. Where they are to travel still as they are stored, in page-locked memory. */
  gather(rows: readonly number[], cut?: Cut): torch.Tensor
  /** The second half: gathered rows where batches are made; the same tensor where they need not travel. */
  arrive(gathered: torch.Tensor): torch.Tensor
  free(): void
}

/**
 * Makes blocks addressable by row.
 *
 * @param blocks  Tensors of one row shape, first axis rows, in order; kept until `free`. Half precision stays so until it is picked.
 * @param device  Where picked rows go; where the blocks are, when left out.
 */
export function createBlocks(blocks: readonly torch.Tensor[], device = blocks[0].device): Blocks {
  const starts: number[] = []
  let numRows = 0
  for (const block of blocks) {
    starts.push(numRows)
    numRows += block.shape[0]
  }
  const travels = blocks[0].device === 'cpu' && device !== 'cpu'
  const rowsOf = (block: torch.Tensor, places: readonly number[]) =>
    block.indexSelect(0, torch.tensor([...places], { dtype: 'int64', device: block.device }))
  const together = travels ? rowsInPinnedMemory : (block: torch.Tensor, places: readonly number[]) => rowsOf(block, places).float()
  const gather = (rows: readonly number[], cut?: Cut): torch.Tensor =>
    torch.scope(() => {
      if (blocks.length === 1) return together(cutBlock(blocks[0], cut), rows)
      const places = blocks.map((block, b) => {
        const end = starts[b] + block.shape[0]
        return rows.flatMap((row, place) => (row >= starts[b] && row < end ? [place] : []))
      })
      const parts = blocks.flatMap((block, b) => {
        const own = places[b].map((place) => rows[place] - starts[b])
        return own.length === 0 ? [] : [rowsOf(cutBlock(block, cut), own)]
      })
      const order = new Array<number>(rows.length)
      places.flat().forEach((place, at) => {
        order[place] = at
      })
      return together(torch.cat(parts, 0), order)
    })
  const arrive = (gathered: torch.Tensor) => (travels ? torch.scope(() => gathered.to({ device, nonBlocking: true }).float()) : gathered)
  return {
    gather,
    arrive,
    pick: (rows, cut) => torch.scope(() => arrive(gather(rows, cut))),
    free() {
      for (const block of blocks) block.free()
    },
  }
}

/** Rows of a block of the CPU in page-locked memory: from there a copy to the GPU holds nobody up. libtorch keeps it until the copy is done. */
function rowsInPinnedMemory(block: torch.Tensor, rows: readonly number[]): torch.Tensor {
  const { dtype, shape } = block
  const pinned = torch.call(
    'aten::empty.memory_format',
    [rows.length, ...shape.slice(1)],
    dtype,
    undefined,
    undefined,
    true,
  ) as torch.Tensor
  return torch.call('aten::index_select.out', block, 0, torch.tensor([...rows], { dtype: 'int64' }), pinned) as torch.Tensor
}

/** A view of some places of each row. */
function cutBlock(block: torch.Tensor, cut: Cut | undefined): torch.Tensor {
  if (cut === undefined || cut.count === block.shape[1]) return block
  const { start, step, count } = cut
  return torch.call('aten::slice.Tensor', block, 1, start, start + step * count, step) as torch.Tensor
}
