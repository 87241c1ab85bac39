// Truth: closed forms (ln B, zero, one), invariants (symmetry, permutation), a plain loop, and finite differences in float64.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../base/seed.ts'
import { alignment } from './alignment.ts'
import { chanceOf } from './catalogue.ts'
import { contrastive } from './contrastive.ts'
import { gradientError } from './gradient-check.ts'
import { asymmetricInfoNce, infoNce } from './info-nce.ts'
import { marginTriplet } from './margin-triplet.ts'
import { maskedReconstruction } from './masked-reconstruction.ts'
import { regression } from './regression.ts'

const SCALE = 1 / 0.07

function unitRows(seed: string, numRows: number, width: number): Float64Array {
  const random = createRandom(seed)
  const values = Float64Array.from({ length: numRows * width }, () => random.normal())
  for (let row = 0; row < numRows; row++) {
    const part = values.subarray(row * width, (row + 1) * width)
    const length = Math.hypot(...part)
    for (let i = 0; i < width; i++) part[i] /= length
  }
  return values
}

const embedding = (seed: string, numRows = 6, width = 4) => torch.fromArray(unitRows(seed, numRows, width), [numRows, width])

/** InfoNCE written out with loops: the slow twin. */
function plainInfoNce(left: Float64Array, right: Float64Array, numRows: number, width: number, same?: number[][]): number {
  const logit = (i: number, j: number) => {
    let sum = 0
    for (let e = 0; e < width; e++) sum += left[i * width + e] * right[j * width + e]
    return sum * SCALE
  }
  let total = 0
  for (let i = 0; i < numRows; i++) {
    let [across, down] = [0, 0]
    for (let j = 0; j < numRows; j++) {
      if (i !== j && same?.[i][j] === 1) continue
      across += Math.exp(logit(i, j))
      down += Math.exp(logit(j, i))
    }
    total += 0.5 * (Math.log(across) + Math.log(down)) - logit(i, i)
  }
  return total / numRows
}

describe('infoNce', () => {
  it('is the plain double loop', () => {
    const [left, right] = [unitRows('a', 6, 4), unitRows('b', 6, 4)]
    const loss = infoNce(torch.fromArray(left, [6, 4]), torch.fromArray(right, [6, 4]), { scale: SCALE }).item()
    expect(loss).toBeCloseTo(plainInfoNce(left, right, 6, 4), 12)
  })

  it('gives ln B when every embedding is the same', () => {
    const same = torch.ones([8, 1], { dtype: 'float64' })
    expect(infoNce(same, same, { scale: SCALE }).item()).toBeCloseTo(Math.log(8), 12)
  })

  it('gives about ln B for random embeddings of many dimensions', () => {
    // cosines have deviation 1/sqrt(E) = 0.016, so logits 0.22: the loss is ln B + 0.22²/2 within sampling error
    const loss = infoNce(embedding('a', 64, 4096), embedding('b', 64, 4096), { scale: SCALE }).item()
    expect(Math.abs(loss - Math.log(64))).toBeLessThan(0.1)
  })

  it('is symmetric in its two modalities', () => {
    const [left, right] = [embedding('a'), embedding('b')]
    expect(infoNce(left, right, { scale: SCALE }).item()).toBeCloseTo(infoNce(right, left, { scale: SCALE }).item(), 12)
  })

  it('does not change when subjects are permuted in both, and does when in one', () => {
    const [left, right] = [embedding('a'), embedding('b')]
    const order = torch.tensor([3, 1, 5, 0, 4, 2], { dtype: 'int64' })
    const loss = infoNce(left, right, { scale: SCALE }).item()
    expect(infoNce(left.indexSelect(0, order), right.indexSelect(0, order), { scale: SCALE }).item()).toBeCloseTo(loss, 12)
    expect(infoNce(left.indexSelect(0, order), right, { scale: SCALE }).item()).not.toBeCloseTo(loss, 3)
  })

  it('does not take another row of the same subject for a negative', () => {
    const [left, right] = [unitRows('a', 4, 3), unitRows('b', 4, 3)]
    const same = [
      [1, 0, 0, 1],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [1, 0, 0, 1],
    ]
    const loss = infoNce(torch.fromArray(left, [4, 3]), torch.fromArray(right, [4, 3]), {
      scale: SCALE,
      sameSubject_BB: torch.tensor(same, { dtype: 'float64' }),
    }).item()
    expect(loss).toBeCloseTo(plainInfoNce(left, right, 4, 3, same), 12)
    expect(Math.abs(loss - plainInfoNce(left, right, 4, 3))).toBeGreaterThan(1e-6)
  })

  it('has the gradient of finite differences, in both modalities and in the temperature', () => {
    const other = embedding('b')
    expect(gradientError(unitRows('a', 6, 4), [6, 4], (x) => infoNce(x, other, { scale: SCALE }))).toBeLessThan(1e-7)
    expect(gradientError(unitRows('a', 6, 4), [6, 4], (x) => infoNce(other, x, { scale: SCALE }))).toBeLessThan(1e-7)
    expect(gradientError(Float64Array.of(2.5), [], (x) => infoNce(embedding('a'), other, { scale: x.exp() }))).toBeLessThan(1e-7)
  })

  it('refuses embeddings of different shape', () => {
    expect(() => infoNce(embedding('a', 6), embedding('b', 5), { scale: 1 })).toThrow(/losses\/shape infoNce: expected two embeddings/)
  })
})

describe('asymmetricInfoNce', () => {
  it('is one direction of the symmetric loss, and the two directions make it up', () => {
    const [left, right] = [embedding('a'), embedding('b')]
    const [there, back] = [asymmetricInfoNce(left, right, { scale: SCALE }).item(), asymmetricInfoNce(right, left, { scale: SCALE }).item()]
    expect((there + back) / 2).toBeCloseTo(infoNce(left, right, { scale: SCALE }).item(), 12)
    expect(there).not.toBeCloseTo(back, 3)
  })
})

describe('marginTriplet', () => {
  it('is zero when every negative keeps its distance', () => {
    const axes = torch.eye(4, 4, { dtype: 'float64' })
    expect(marginTriplet(axes, axes, { scale: 1, margin: 0.9 }).item()).toBe(0)
  })

  it('is the margin when all embeddings are one', () => {
    const same = torch.ones([5, 1], { dtype: 'float64' })
    expect(marginTriplet(same, same, { scale: 1, margin: 0.3 }).item()).toBeCloseTo(0.3, 12)
    expect(chanceOf('margin-triplet', 4, 0.3)).toBe(0.3)
  })

  it('is symmetric and has the gradient of finite differences', () => {
    const [left, right] = [embedding('a'), embedding('b')]
    const terms = { scale: 1, margin: 0.5 }
    expect(marginTriplet(left, right, terms).item()).toBeCloseTo(marginTriplet(right, left, terms).item(), 12)
    expect(gradientError(unitRows('a', 6, 4), [6, 4], (x) => marginTriplet(x, right, terms))).toBeLessThan(1e-7)
  })
})

describe('contrastive', () => {
  const terms = [
    { left: 'ecg', right: 'ed', weight: 1 / 3 },
    { left: 'ecg', right: 'es', weight: 1 / 3 },
    { left: 'ed', right: 'es', weight: 1 / 3 },
  ]
  const three = () => ({ ecg: embedding('ecg'), ed: embedding('ed'), es: embedding('es') })

  it('is the mean of the three InfoNCE terms', () => {
    const { ecg, ed, es } = three()
    const { loss, parts } = contrastive({ ecg, ed, es }, terms, infoNce, { scale: SCALE })
    const each = [infoNce(ecg, ed, { scale: SCALE }), infoNce(ecg, es, { scale: SCALE }), infoNce(ed, es, { scale: SCALE })].map((x) =>
      x.item(),
    )
    expect([parts['ecg-ed'].item(), parts['ecg-es'].item(), parts['ed-es'].item()]).toEqual(each)
    expect(loss.item()).toBeCloseTo((each[0] + each[1] + each[2]) / 3, 12)
  })

  it('weighs terms by their names, whatever the order of terms or embeddings', () => {
    const { ecg, ed, es } = three()
    const weighed = terms.map((term, i) => ({ ...term, weight: [5, 2, 1][i] }))
    const loss = contrastive({ ecg, ed, es }, weighed, infoNce, { scale: SCALE }).loss.item()
    const turned = contrastive({ es, ed, ecg }, [...weighed].reverse(), infoNce, { scale: SCALE }).loss.item()
    expect(turned).toBeCloseTo(loss, 12)
    const expected =
      (5 * infoNce(ecg, ed, { scale: SCALE }).item() +
        2 * infoNce(ecg, es, { scale: SCALE }).item() +
        infoNce(ed, es, { scale: SCALE }).item()) /
      8
    expect(loss).toBeCloseTo(expected, 12)
  })

  it('refuses a term whose embedding is not there, and weights that add up to nothing', () => {
    const { ecg, ed } = three()
    expect(() => contrastive({ ecg, ed }, terms, infoNce, { scale: 1 })).toThrow(/losses\/term/)
    expect(() =>
      contrastive(
        three(),
        terms.map((term) => ({ ...term, weight: 0 })),
        infoNce,
        { scale: 1 },
      ),
    ).toThrow(/losses\/term/)
  })
})

describe('maskedReconstruction', () => {
  it('counts masked patches only', () => {
    const target = torch.zeros([1, 3, 2], { dtype: 'float64' })
    const predicted = torch.tensor(
      [
        [
          [9, 9],
          [1, 2],
          [3, 0],
        ],
      ],
      { dtype: 'float64' },
    )
    const masked = torch.tensor([[0, 1, 1]], { dtype: 'float64' })
    expect(maskedReconstruction(predicted, target, masked).item()).toBeCloseTo((1 + 4 + 9 + 0) / 4, 12)
  })

  it('has the gradient of finite differences, zero on visible patches', () => {
    const target = torch.zeros([1, 3, 2], { dtype: 'float64' })
    const masked = torch.tensor([[0, 1, 1]], { dtype: 'float64' })
    expect(gradientError(Float64Array.of(9, 9, 1, 2, 3, 0), [1, 3, 2], (x) => maskedReconstruction(x, target, masked))).toBeLessThan(1e-7)
  })
})

describe('regression', () => {
  it('leaves unknown values out of the mean and of the gradient', () => {
    const target = torch.tensor(
      [
        [1, Number.NaN],
        [0, 2],
      ],
      { dtype: 'float64' },
    )
    const predicted = Float64Array.of(3, 100, 0, 1)
    expect(regression(torch.fromArray(predicted, [2, 2]), target).item()).toBeCloseTo((4 + 0 + 1) / 3, 12)
    expect(gradientError(predicted, [2, 2], (x) => regression(x, target))).toBeLessThan(1e-6)
  })
})

describe('alignment', () => {
  it('finds partners that are there, and no gap between equal embeddings', () => {
    const left = embedding('a', 20, 16)
    const found = alignment(left, left)
    expect(found.leftToRight).toEqual({ r1: 1, r5: 1, r10: 1 })
    expect(found.modalityGap).toBeCloseTo(0, 12)
    expect(found.meanCosine).toBeCloseTo(1, 12)
  })

  it('gives k / B when partners are shifted by random embeddings', () => {
    const shifted = embedding('a', 200, 64).roll(7, 0)
    const { leftToRight } = alignment(embedding('a', 200, 64), shifted)
    expect(leftToRight.r1).toBeLessThan(0.02)
    expect(leftToRight.r10).toBeLessThan(0.12) // chance 0.05, deviation sqrt(0.05 * 0.95 / 200) = 0.015
  })

  it('sees the gap between opposite modalities', () => {
    const one = torch.ones([3, 1], { dtype: 'float64' })
    expect(alignment(one, one.neg()).modalityGap).toBeCloseTo(2, 12)
  })
})
