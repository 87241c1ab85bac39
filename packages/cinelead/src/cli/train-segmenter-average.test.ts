// Truth: closed forms, the mean of weights that were set by hand and the mean of batches' own means and variances.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { SegmenterNetwork, segmenterConfig } from '../models/segmenter-network.ts'
import { createWeightAverage, settleNorms } from './train-segmenter-average.ts'

const small = { ...segmenterConfig, channels: [2, 3], numDeep: 1, headChannels: 2, fineChannels: 2 }

describe('createWeightAverage', () => {
  it('puts the mean of the counted weights in their place', () => {
    const network = new SegmenterNetwork(small)
    const average = createWeightAverage(network)
    for (const value of [1, 2, 6]) {
      torch.noGrad(() => network.parameters().forEach((weight) => void weight.fill_(value)))
      average.add()
    }
    torch.noGrad(() => network.parameters().forEach((weight) => void weight.fill_(100)))
    average.apply()
    for (const weight of network.parameters())
      for (const value of weight.detach().reshape([-1]).toArray()) expect(Number(value)).toBeCloseTo(3, 5)
  })

  it('leaves the weights where none was counted', () => {
    const network = new SegmenterNetwork(small)
    torch.noGrad(() => network.classify.weight.fill_(5))
    createWeightAverage(network).apply()
    expect(Number(network.classify.weight.detach().sum().item())).toBeCloseTo(5 * 4 * 2, 4)
  })
})

describe('settleNorms', () => {
  it('gives each norm the plain mean of its batches, and its momentum back', () => {
    torch.manualSeed(3)
    const network = new SegmenterNetwork(small)
    const batches = [0, 1, 2].map((k) =>
      torch
        .randn([2, 1, 8, 8])
        .mul(k + 1)
        .add(k),
    )
    settleNorms(network, batches)
    const { convolution, norm } = network.fine
    const means_KC = batches.map((batch) => [...(convolution.forward(batch).detach().mean([0, 2, 3]).toArray() as Float32Array)])
    const wanted = [0, 1].map((c) => means_KC.reduce((sum, mean_C) => sum + mean_C[c], 0) / 3)
    const found = [...((norm?.runningMean as torch.Tensor).toArray() as Float32Array)]
    found.forEach((value, c) => expect(value).toBeCloseTo(wanted[c], 4))
    expect(norm?.momentum).toBe(0.1)
  })
})
