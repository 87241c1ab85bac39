// Truth: a cohort with a link that we planted, and what is taken out of it here.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { plantedSource } from '../batches/planted-source.ts'
import { rowsOf, type Source } from '../batches/source.ts'
import { createSelection } from './train-selection.ts'

const config = { labelFraction: 0.5, numDraws: 2 }
const source = plantedSource(3, { numSubjects: 60, numSamples: 100, numFrames: 2, numSlices: 2, numRows: 8 })

/** The same people with one phenotype unknown for some rows. */
const without = (id: keyof Source['measured'], isLost: (row: number) => boolean): Source => ({
  ...source,
  measured: { ...source.measured, [id]: Array.from(source.measured[id], (value, row) => (isLost(row) ? Number.NaN : value)) },
})

/** R² of a probe on features that are the phenotypes themselves. */
function scoreOf(cohort: Source): number {
  const { rows, meanR2 } = createSelection(cohort, config)
  return torch.scope(() => meanR2(torch.tensor(rows.map((row) => [source.measured.lvedv[row], source.measured.lvef[row]]))))
}

describe('createSelection', () => {
  it('goes on without a phenotype that nobody has, in one split or in both', () => {
    expect(scoreOf(source)).toBeGreaterThan(0.2)
    expect(scoreOf(without('lvco', () => true))).toBeGreaterThan(0.2)
    const held = new Set(rowsOf(source, 'validation'))
    expect(scoreOf(without('lvco', (row) => held.has(row)))).toBeGreaterThan(0.2)
  })

  it('keeps a phenotype that a few lack, and leaves these people out of the fit', () => {
    const [lost] = rowsOf(source, 'train')
    expect(
      createSelection(
        without('lvco', (row) => row === lost),
        { labelFraction: 1, numDraws: 1 },
      ).rows,
    ).not.toContain(lost)
  })

  it('says before any training when there are too few people to pick checkpoints by', () => {
    const few: Source = {
      ...source,
      split: source.split.map((name, row) => (name === 'validation' && row !== rowsOf(source, 'validation')[0] ? 'test' : name)),
    }
    expect(() => createSelection(few, config)).toThrow(/train\/selection .*5 people or more for training and 2 for validation.*received/)
    expect(() => createSelection({ ...source, split: source.split.map(() => 'train' as const) }, config)).toThrow(/train\/selection/)
  })
})
