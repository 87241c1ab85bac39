// One array of all subjects as consecutive blocks of rows: the shards of a store mapped as they lie on disk, or one block in memory.
import * as torch from '@cinelead/torch'

/** Rows of an array, wherever they lie. */
export type Blocks = {
  /** Rows in the order asked for, as float32. Shape [rows, …]. */
  pick(rows: readonly number[]): torch.Tensor
  free(): void
}

/**
 * Makes blocks addressable by row.
 *
 * @param blocks  Tensors of one row shape, first axis rows, in order; kept until `free`. Half precision stays so until it is picked.
 */
export function createBlocks(blocks: readonly torch.Tensor[]): Blocks {
  const starts: number[] = []
  let numRows = 0
  for (const block of blocks) {
    starts.push(numRows)
    numRows += block.shape[0]
  }
  const { device } = blocks[0]
  const index = (places: readonly number[]) => torch.tensor([...places], { dtype: 'int64', device })
  return {
    pick: (rows) =>
      torch.scope(() => {
        if (blocks.length === 1) return blocks[0].indexSelect(0, index(rows)).float()
        const places = blocks.map((block, b) => {
          const end = starts[b] + block.shape[0]
          return rows.flatMap((row, place) => (row >= starts[b] && row < end ? [place] : []))
        })
        const parts = blocks.flatMap((block, b) =>
          places[b].length === 0 ? [] : [block.indexSelect(0, index(places[b].map((place) => rows[place] - starts[b])))],
        )
        const order = new Array<number>(rows.length)
        places.flat().forEach((place, at) => {
          order[place] = at
        })
        return torch.cat(parts, 0).indexSelect(0, index(order)).float()
      }),
    free() {
      for (const block of blocks) block.free()
    },
  }
}
