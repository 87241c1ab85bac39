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
  const index = (places: readonly number[]) => torch.tensor([...places], { dtype: 'int64', device: blocks[0].device })
  return {
    pick: (rows, cut) =>
      torch.scope(() => {
        const from = (block: torch.Tensor, places: readonly number[]) => cutBlock(block, cut).indexSelect(0, index(places))
        const arrive = (picked: torch.Tensor) => picked.to({ device }).float()
        if (blocks.length === 1) return arrive(from(blocks[0], rows))
        const places = blocks.map((block, b) => {
          const end = starts[b] + block.shape[0]
          return rows.flatMap((row, place) => (row >= starts[b] && row < end ? [place] : []))
        })
        const parts = blocks.flatMap((block, b) =>
          places[b].length === 0
            ? []
            : [
                from(
                  block,
                  places[b].map((place) => rows[place] - starts[b]),
                ),
              ],
        )
        const order = new Array<number>(rows.length)
        places.flat().forEach((place, at) => {
          order[place] = at
        })
        return arrive(torch.cat(parts, 0).indexSelect(0, index(order)))
      }),
    free() {
      for (const block of blocks) block.free()
    },
  }
}

/** A view of some places of each row. */
function cutBlock(block: torch.Tensor, cut: Cut | undefined): torch.Tensor {
  if (cut === undefined || cut.count === block.shape[1]) return block
  const { start, step, count } = cut
  return torch.call('aten::slice.Tensor', block, 1, start, start + step * count, step) as torch.Tensor
}
