// Several processes, one training: what differs between them and what must be the same. With one process all of this is nothing.
// Every rank draws the same batch and takes its share of the rows; losses span all ranks; gradients are averaged; rank 0 validates,
// decides and writes.
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'

const { distributed } = torch

/** This process among those of a training; 0 of 1 when it is alone. */
export type Ranks = { rank: number; size: number }

export function currentRanks(): Ranks {
  return distributed.isInitialized() ? { rank: distributed.rank(), size: distributed.worldSize() } : { rank: 0, size: 1 }
}

/** This rank's share of a batch: equal parts in rank order, as gathering asks; rows that do not divide are left out on all ranks. */
export function shareOf(rows: readonly number[], { rank, size }: Ranks): readonly number[] {
  const count = Math.floor(rows.length / size)
  return size === 1 ? rows : rows.slice(rank * count, (rank + 1) * count)
}

/**
 * Refuses more ranks than a batch has rows: each would train on nothing.
 *
 * @throws  train/ranks
 */
export function expectShares(numRows: number, { size }: Ranks): void {
  if (numRows >= size) return
  throw fault({
    code: 'train/ranks',
    where: 'trainLoop',
    expected: `batches of a row or more for each of the ${size} ranks`,
    received: `batches of ${numRows}`,
    hint: 'Start fewer ranks, or take more people or a recipe with larger batches.',
  })
}

/** Embeddings, predictions or targets of the whole batch from each rank's share, with gradient. Shapes [B / ranks, …] to [B, …]. */
export function gatherRanks<Name extends string>(shares: Readonly<Record<Name, torch.Tensor>>): Record<Name, torch.Tensor> {
  const isAlone = currentRanks().size === 1
  return Object.fromEntries(
    Object.entries<torch.Tensor>(shares).map(([name, part]) => [name, isAlone ? part : distributed.allGather(part.contiguous())]),
  ) as Record<Name, torch.Tensor>
}

/** The loss of the whole batch from each rank's share, with gradient, where every row weighs the same. */
export function meanOverRanks(loss: torch.Tensor): torch.Tensor {
  const { size } = currentRanks()
  return size === 1 ? loss : distributed.sumOverRanks(loss).div(size)
}

/** Carries gradients back and averages them over the ranks. */
export type RankBackward = (loss: torch.Tensor, ownBackward?: () => void) => void

/**
 * The backward pass of a module's training, for one process or many. Gives every rank the weights of rank 0, and batch norm the
 * statistics of the whole batch.
 *
 * A plain `loss.backward()` travels while it still runs; a task's own backward (chunks) is averaged at its end.
 */
export function createRankBackward(module: torch.nn.Module): RankBackward {
  if (currentRanks().size === 1) return (loss, ownBackward = () => loss.backward()) => ownBackward()
  torch.nn.SyncBatchNorm.convert(module)
  const reducer = new distributed.GradientReducer(module.parameters())
  return (loss, ownBackward) => {
    if (ownBackward === undefined) return reducer.backward(loss)
    ownBackward()
    reducer.average()
  }
}

/** A number of rank 0 on every rank. */
export function fromFirstRank(value: number, device = 'cpu'): number {
  if (currentRanks().size === 1) return value
  return torch.scope(() => distributed.broadcast(torch.tensor([value], { dtype: 'float64', device })).item())
}

/** Returns when every rank is here: what rank 0 wrote before is then there for all. */
export function waitForRanks(): void {
  if (currentRanks().size > 1) distributed.barrier()
}
