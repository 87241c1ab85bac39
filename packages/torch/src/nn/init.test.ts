// Truth: PyTorch 1.13 (Debian's python3-torch), to the same random draws. Made by /usr/bin/python3 of:
//   import torch; torch.manual_seed(2); i = torch.nn.init; e = torch.empty
//   for w in (i.kaiming_normal_(e(2, 3), nonlinearity="relu"), i.kaiming_uniform_(e(2, 3), 0.2, "fan_out"), i.xavier_normal_(e(2, 3), 2),
//             i.xavier_uniform_(e(2, 3)), i.trunc_normal_(e(2, 3), 1, 0.5, 0, 1.2), i.orthogonal_(e(2, 3), 3), i.orthogonal_(e(3, 2)),
//             i.kaiming_normal_(e(2, 3, 2), 0.3, "fan_out"), i.normal_(e(3), 1, 2), i.uniform_(e(3), 1, 2), i.constant_(e(2), 3.0)):
//       print([round(v, 5) for v in w.flatten().tolist()])

import { describe, expect, it } from 'vitest'
import * as torch from '../index.ts'

const { init } = torch.nn
const { empty } = torch

describe('initialisers', () => {
  it("draw PyTorch's values", () => {
    torch.manualSeed(2)
    const drawn = [
      init.kaimingNormal_(empty([2, 3]), 0, 'fanIn', 'relu'),
      init.kaimingUniform_(empty([2, 3]), 0.2, 'fanOut'),
      init.xavierNormal_(empty([2, 3]), 2),
      init.xavierUniform_(empty([2, 3])),
      init.truncNormal_(empty([2, 3]), 1, 0.5, 0, 1.2),
      init.orthogonal_(empty([2, 3]), 3),
      init.orthogonal_(empty([3, 2])),
      init.kaimingNormal_(empty([2, 3, 2]), 0.3, 'fanOut'),
      init.normal_(empty([3]), 1, 2),
      init.uniform_(empty([3]), 1, 2),
      init.constant_(empty([2]), 3),
    ]
    const expected = [
      [0.32031, -0.18254, -0.26087, -0.98391, 0.8528, -0.51703],
      [-0.37348, 1.38879, 0.11335, 0.7043, 0.71876, -1.00195],
      [-0.5089, 0.12298, -0.71878, -1.60539, 0.73231, -1.92027],
      [-0.99511, -0.71092, 0.25781, 0.72096, 0.05396, -0.50214],
      [0.97255, 0.60993, 0.6921, 0.51429, 0.64646, 0.15737],
      [-0.78963, -2.83452, -0.58477, -2.17444, 0.18098, 2.0589],
      [0.69863, -0.57769, -0.24933, 0.35644, 0.67064, 0.73432],
      [-0.50617, 0.96307, -0.4024, 0.51111, 0.3893, -0.54611, 0.43415, 0.5302, 1.10067, 0.11892, -0.57383, -0.57216],
      [-0.66935, -0.45568, -2.49798],
      [1.15801, 1.3393, 1.31729],
      [3, 3],
    ]
    for (const [index, values] of expected.entries()) {
      const own = drawn[index].flatten().tolist() as number[]
      for (const [at, value] of values.entries()) expect(own[at]).toBeCloseTo(value, 4)
    }
  })

  it('reach the tails of the normal distribution', () => {
    const far = init.truncNormal_(empty([100]), 0, 1, 6, 7) // P(x > 6) is 1e-9
    expect(far.ge(6).all().item()).toBe(1)
    expect(far.le(7).all().item()).toBe(1)
  })

  it('give orthogonal rows to the precision of the tensor', () => {
    const rows = init.orthogonal_(empty([5, 9], { dtype: 'float64' }))
    expect(torch.allclose(rows.matmul(rows.t()), torch.eye(5, { dtype: 'float64' }), 0, 1e-14)).toBe(true)
  })
})
