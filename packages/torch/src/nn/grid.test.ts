// Truth: closed forms: the identity samples every picture at its own points, a mirrored grid turns it round, half a step averages neighbours.

import { describe, expect, it } from 'vitest'
import * as torch from '../index.ts'

const F = torch.nn.functional
const picture = torch.arange(0, 6, { dtype: 'float32' }).reshape([1, 1, 2, 3])

function sampled(theta: number[][], ...rest: ['bilinear' | 'nearest', 'zeros' | 'border'] | []): unknown {
  const grid = F.affineGrid(torch.tensor([theta]), [1, 1, 2, 3], true)
  return F.gridSample(picture, grid, rest[0], rest[1], true).reshape([2, 3]).tolist()
}

describe('affineGrid and gridSample', () => {
  it('leave a picture alone under the identity and mirror its rows under −x', () => {
    const own = [
      [0, 1, 2],
      [3, 4, 5],
    ]
    const identity = [
      [1, 0, 0],
      [0, 1, 0],
    ]
    const mirrored = [
      [-1, 0, 0],
      [0, 1, 0],
    ]
    expect(sampled(identity)).toEqual(own)
    expect(sampled(mirrored, 'nearest', 'border')).toEqual(own.map((row) => row.toReversed()))
  })

  it('average neighbours half a step aside, with zeros or the border beyond the edge', () => {
    const aside = [
      [1, 0, 0.5],
      [0, 1, 0],
    ]
    expect(sampled(aside)).toEqual([
      [0.5, 1.5, 1],
      [3.5, 4.5, 2.5],
    ])
    expect(sampled(aside, 'bilinear', 'border')).toEqual([
      [0.5, 1.5, 2],
      [3.5, 4.5, 5],
    ])
  })
})
