// The exact contrastive step over a batch that does not fit in memory: embeddings first, then gradients chunk by chunk.
//
// Source: Gao 2021 (GradCache), arXiv 2101.06983, section 3.2.
import * as torch from '@cinelead/torch'
import type { StepLoss } from './task.ts'

export type ChunkedStep<Chunk> = {
  chunks: readonly Chunk[]
  /** Embeddings of one chunk by name. Called twice with libtorch's generator in the same state. Shapes [chunk, E]. */
  embed(chunk: Chunk): Record<string, torch.Tensor>
  /** The loss over the embeddings of the whole batch. Shapes [B, E]. */
  lossOf(embeddings: Record<string, torch.Tensor>): StepLoss
}

/**
 * A step whose loss spans all chunks while only one chunk's graph is in memory at a time.
 *
 * The embeddings are computed without a graph, the loss gives its gradient on them, and each chunk is run again to carry its part of that
 * gradient to the weights. Equal to the plain step but for rounding, unless a layer mixes rows (batch statistics are those of a chunk).
 *
 * @returns  Loss and parts as of the plain step; its `backward` does the second pass.
 */
export function chunkedStep<Chunk>({ chunks, embed, lossOf }: ChunkedStep<Chunk>): StepLoss {
  const seeds = chunks.map(() => torch.scope(() => torch.randint(0, 2 ** 31 - 1, [1]).item()))
  const run = (index: number): Record<string, torch.Tensor> => {
    torch.manualSeed(seeds[index])
    return embed(chunks[index])
  }
  const kept = torch.noGrad(() => chunks.map((_, index) => torch.scope(() => run(index))))
  const leaves = Object.fromEntries(
    Object.keys(kept[0]).map((name) => [
      name,
      torch
        .cat(
          kept.map((embeddings) => embeddings[name]),
          0,
        )
        .detach()
        .requiresGrad_(),
    ]),
  )
  const { loss, parts } = lossOf(leaves)
  return {
    loss,
    parts,
    backward() {
      loss.backward()
      let from = 0
      for (const index of chunks.keys()) {
        torch.scope(() => {
          const again = run(index)
          const named = Object.entries(again).filter(([name, tensor]) => tensor.requiresGrad && leaves[name].grad !== undefined)
          const numRows = Object.values(again)[0].shape[0]
          const gradients = named.map(([name]) => (leaves[name].grad as torch.Tensor).narrow(0, from, numRows))
          torch.backward(
            named.map(([, tensor]) => tensor),
            gradients,
          )
          from += numRows
        })
      }
    },
  }
}

/** Rows in chunks of a size; the last may be smaller. */
export function chunksOf(rows: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, chunk) => rows.slice(chunk * size, (chunk + 1) * size))
}
