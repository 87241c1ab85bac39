// Truth: what a fair order is, counted.
import { describe, expect, it } from 'vitest'
import { createSampler } from './sampler.ts'

const subjects = Array.from({ length: 23 }, (_, row) => `s-${row}`)
const rows = subjects.map((_, row) => row)
const epochOf = (sampler: ReturnType<typeof createSampler>, epoch: number) =>
  Array.from({ length: sampler.stepsPerEpoch }, (_, step) => sampler.rows({ epoch, step })).flat()

describe('createSampler', () => {
  it('shows no row twice in an epoch and fills every batch', () => {
    const sampler = createSampler(rows, subjects, 5, 1)
    expect(sampler.stepsPerEpoch).toBe(4)
    const seen = epochOf(sampler, 0)
    expect(seen).toHaveLength(20)
    expect(new Set(seen).size).toBe(20)
  })

  it('gives the same rows for the same seed and place, in whatever order places are asked', () => {
    const [one, other] = [createSampler(rows, subjects, 5, 1), createSampler(rows, subjects, 5, 1)]
    const late = one.rows({ epoch: 7, step: 2 })
    epochOf(other, 0)
    epochOf(other, 8)
    expect(other.rows({ epoch: 7, step: 2 })).toEqual(late)
  })

  it('gives another order in another epoch and for another seed', () => {
    const sampler = createSampler(rows, subjects, 5, 1)
    expect(epochOf(sampler, 1)).not.toEqual(epochOf(sampler, 0))
    expect(epochOf(createSampler(rows, subjects, 5, 2), 0)).not.toEqual(epochOf(sampler, 0))
  })

  it('never puts two rows of one subject into a batch, and shows both over the epochs', () => {
    const visits = subjects.map((_, row) => `s-${row >> 1}`)
    const sampler = createSampler(rows, visits, 12, 1)
    const shown = new Set<number>()
    for (let epoch = 0; epoch < 20; epoch++) {
      const batch = sampler.rows({ epoch, step: 0 })
      expect(new Set(batch.map((row) => visits[row])).size).toBe(batch.length)
      for (const row of batch) shown.add(row)
    }
    expect(shown.size).toBe(23)
  })

  it('takes all subjects when they are fewer than a batch, and refuses a single one', () => {
    expect(createSampler([1, 2, 3], subjects, 64, 1).rows({ epoch: 0, step: 0 })).toHaveLength(3)
    expect(() => createSampler([1], subjects, 64, 1)).toThrow(/batches\/rows/)
  })
})
