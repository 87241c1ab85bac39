// The mean of a network's weights over the last part of its training: flatter minima, which hold better on pictures of another kind than those
// of training. Hands on: createWeightAverage, settleNorms.
// Source: stochastic weight averaging (Izmailov 2018, arXiv 1803.05407), taken at every step (Cha 2021, SWAD, arXiv 2102.08604).
import * as torch from '@cinelead/torch'
import type { SegmenterNetwork } from '../models/segmenter-network.ts'

/** Running mean of all weights. */
export type WeightAverage = {
  /** Counts the weights as they are now. */
  add(): void
  /** Puts the mean in the weights' place; nothing where none was counted. */
  apply(): void
}

export function createWeightAverage(network: torch.nn.Module): WeightAverage {
  const weights = network.parameters()
  const means = torch.noGrad(() => weights.map((weight) => weight.detach().clone()))
  let count = 0
  return {
    add() {
      count++
      torch.noGrad(() => torch.scope(() => means.forEach((mean, i) => void mean.lerp_(weights[i].detach(), 1 / count))))
    },
    apply() {
      if (count === 0) return
      torch.noGrad(() => torch.scope(() => means.forEach((mean, i) => void weights[i].copy_(mean))))
    },
  }
}

/**
 * Sets the statistics of every batch norm to the plain mean over batches: those gathered on the way belong to other weights.
 *
 * @param batches_BCYX  Pictures as in training.
 */
export function settleNorms(network: SegmenterNetwork, batches_BCYX: Iterable<torch.Tensor>): void {
  const norms = network.modules().filter((module) => module instanceof torch.nn.BatchNorm2d)
  const momenta = norms.map((norm) => norm.momentum)
  network.train()
  let count = 0
  for (const batch_BCYX of batches_BCYX) {
    count++
    for (const norm of norms) norm.momentum = 1 / count
    torch.noGrad(() => torch.scope(() => void network.forward(batch_BCYX)))
  }
  norms.forEach((norm, i) => {
    norm.momentum = momenta[i]
  })
}
