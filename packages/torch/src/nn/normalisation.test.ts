// Truth: torch.nn.BatchNorm, which refuses one value a channel in training and takes it in evaluation.

import { describe, expect, it } from 'vitest'
import * as torch from '../index.ts'

const { nn } = torch

describe('BatchNorm', () => {
  it('refuses one value a channel in training and leaves its statistics alone', () => {
    const norm = new nn.BatchNorm1d(3)
    expect(() => norm.forward(torch.ones([1, 3]))).toThrow(
      /torch\/shape batchNorm: expected more than one value a channel .* shape \[1, 3\]/,
    )
    expect(() => new nn.BatchNorm2d(3, { trackRunningStats: false }).eval().forward(torch.ones([1, 3, 1, 1]))).toThrow(
      /more than one value/,
    )
    const functional = () => nn.functional.batchNorm(torch.ones([1, 3]), norm.runningMean, norm.runningVar, undefined, undefined, true)
    expect(functional).toThrow(/more than one value/)
    expect(norm.runningVar?.tolist()).toEqual([1, 1, 1])
    expect(norm.numBatchesTracked?.item()).toBe(0)
  })

  it('takes one value a channel in evaluation, and one sample of several places in training', () => {
    expect(new nn.BatchNorm1d(3).eval().forward(torch.ones([1, 3])).shape).toEqual([1, 3])
    expect(new nn.BatchNorm1d(3).forward(torch.ones([1, 3, 2])).shape).toEqual([1, 3, 2])
  })
})
