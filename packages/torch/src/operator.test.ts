// Truth: the sentences, and the values of the tensors that were named.

import { describe, expect, it } from 'vitest'
import * as torch from './index.ts'

const numbers = [0, 1] as unknown as torch.Tensor[]

describe('a list of tensors', () => {
  it('takes no numbers, which would be read as handles of whatever tensors have them', () => {
    const ten = torch.arange(10)
    expect(() => torch.stack(numbers)).toThrow(/torch\/argument stack: expected a list of tensors for tensors but received \[0, 1\]/)
    expect(() => torch.cat([ten, 3 as unknown as torch.Tensor], 0)).toThrow(/received \[int64 \[10\], 3\].*torch\.tensor\(0\)/)
    expect(() => ten.index(numbers)).toThrow(/expected a list of tensors or nulls for indices but received \[0, 1\]/)
    expect(() => torch.call('aten::index.Tensor', ten, numbers)).toThrow(/torch\/argument index/)
  })

  it('takes tensors, and gaps where the schema has them', () => {
    const table = torch.arange(6).reshape([2, 3])
    expect(torch.stack([table, table]).shape).toEqual([2, 2, 3])
    expect(table.index([undefined, torch.tensor([2], { dtype: 'int64' })]).tolist()).toEqual([[2], [5]])
    expect(() => torch.cat([table, null as unknown as torch.Tensor], 0)).toThrow(/a list of tensors for tensors/)
  })
})

describe('a tensor where numbers belong', () => {
  it('is refused and not taken by its handle', () => {
    const x = torch.ones([2, 3])
    const zero = torch.zeros([], { dtype: 'int64' }) as unknown as number
    expect(() => x.unsqueeze(zero)).toThrow(/torch\/argument unsqueeze: expected a whole number for dim but received int64 \[\]/)
    expect(() => x.sum([zero])).toThrow(/torch\/argument sum: expected a list of whole numbers for dim/)
  })
})
