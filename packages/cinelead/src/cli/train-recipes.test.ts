// Every recipe of the demo's family takes a step of each training it changes. Truth: a finite loss near its chance line, published sizes.
import * as torch from '@cinelead/torch'
import { describe, expect, it } from 'vitest'
import { contrastiveArms } from '../batches/arms.ts'
import { plantedSource } from '../batches/planted-source.ts'
import { EcgEncoder } from '../models/ecg-encoder.ts'
import { PhenotypeRegressor } from '../models/phenotype-regressor.ts'
import { ablations } from '../recipes/ablations.ts'
import { recipes } from '../recipes/catalogue.ts'
import { demo } from '../recipes/demo.ts'
import { ecgSizes, paperEcgSizes } from '../recipes/ecg-sizes.ts'
import { paper } from '../recipes/paper.ts'
import type { Recipe } from '../recipes/recipe.ts'
import type { StepLoss, Task } from '../train/task.ts'
import { holdRecipe } from './hold-recipe.ts'
import { parseRecipe } from './parse-recipe.ts'
import { createArmTask } from './train-arm-task.ts'
import { createCmrTask } from './train-cmr-task.ts'
import { createSelection } from './train-selection.ts'
import { createTower } from './train-stages.ts'

const source = plantedSource(7, { numSubjects: 12, numSamples: 2500, numFrames: 16, numSlices: 6, numRows: 64 })
const rows = [0, 1, 2, 3, 4, 5]
torch.setNumThreads(1)

function firstLoss({ module, step }: Task): number {
  return torch.scope(() => {
    const { loss, backward = () => loss.backward() }: StepLoss = step(rows)
    backward()
    const value = loss.item()
    module.free()
    return value
  })
}

/** The loss of one step of every training, at the first weights. */
function firstLosses(recipe: Recipe): Record<string, number> {
  const held = holdRecipe(source, recipe, 'cpu')
  const selection = createSelection(source, recipe.selection)
  const features = torch.keep(torch.scope(() => torch.randn([12, 64])))
  const frozen = recipe.contrast.isCmrFrozen ? { slice: features, cine: features, ed: features, es: features } : undefined
  const losses = Object.fromEntries([
    ...(['cine', 'ed'] as const).map((view) => {
      torch.manualSeed(1)
      const model = torch.scope(() => new PhenotypeRegressor(recipe.cmr.encoders[view === 'ed' ? 'volume' : view], 10))
      return [view, firstLoss(createCmrTask(model, view, held, recipe, 1))]
    }),
    ...contrastiveArms.map((arm) => {
      const tower = createTower({ recipe, seed: 1 }, arm)
      return [arm, firstLoss(createArmTask({ arm, tower, frozen, held, recipe, selection, seed: 1 }))]
    }),
  ])
  held.free()
  features.free()
  return losses
}

describe('the recipes', () => {
  it('have names of their own', () => {
    expect(Object.keys(recipes)).toHaveLength(3 + ablations.length + paperEcgSizes.length)
  })

  it('are found by these names and by no other', () => {
    expect(parseRecipe('paper', 7)).toEqual({ ...paper, seeds: [7] })
    for (const name of ['nothing', 'constructor', '__proto__'])
      expect(() => parseRecipe(name)).toThrow(/cli\/recipe .*one of demo, results/)
  })

  for (const recipe of [demo, ...ablations.filter(({ name }) => name.startsWith('demo'))] as const satisfies readonly Recipe[]) {
    it(`${recipe.name} takes a step of every training`, () => {
      const losses = firstLosses(recipe)
      for (const [name, loss] of Object.entries(losses)) {
        expect(Number.isFinite(loss), name).toBe(true)
        // six rows at first weights: z-scored targets cost about 1, contrast about ln 6 (a margin loss less), both within chance
        expect(loss, name).toBeLessThan(name === 'cine' || name === 'ed' ? 3 : 3 * Math.log(6))
      }
    }, 60_000)
  }

  it('have ECG encoders of the published sizes', () => {
    const blockOf = (size: keyof typeof ecgSizes) => {
      const count = (depth: number) =>
        torch.scope(() => {
          const encoder = new EcgEncoder({ ...paper.pretrain.model.encoder, ...ecgSizes[size], depth, numScales: 0 })
          const sum = encoder.parameters().reduce((total, parameter) => total + parameter.numel, 0)
          encoder.free()
          return sum
        })
      const one = count(1)
      return (one + (ecgSizes[size].depth - 1) * (count(2) - one)) / 1e6
    }
    const published = { 'tiny-deep': 5.3, 'small-deep': 21.3, 'medium-deep': 47.8, base: 85.1, pluto: 1.61, tiny: 5.36, small: 12.66 }
    for (const [size, millions] of Object.entries({ ...published, medium: 24.68, large: 53.91 })) {
      expect(Math.abs(blockOf(size as keyof typeof ecgSizes) / millions - 1), size).toBeLessThan(0.02) // the rounding of two digits
    }
  }, 60_000)
})
