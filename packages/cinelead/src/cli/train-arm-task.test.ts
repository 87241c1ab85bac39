// Truth: what cannot be otherwise: phases made equal by hand are one, a frozen encoder has no weights in the tower, chance is ln B.
import * as torch from '@cinelead/torch'
import { afterAll, describe, expect, it } from 'vitest'
import { plantedSource } from '../batches/planted-source.ts'
import { demo } from '../recipes/demo.ts'
import type { Recipe } from '../recipes/recipe.ts'
import { holdRecipe } from './hold-recipe.ts'
import { createArmTask } from './train-arm-task.ts'
import { createSelection } from './train-selection.ts'
import { createTower } from './train-stages.ts'

const { model } = demo.pretrain
const recipe: Recipe = {
  ...demo,
  pretrain: {
    ...demo.pretrain,
    model: { ...model, encoder: { ...model.encoder, numSamples: 300, patch: [12, 50], width: 16, depth: 1, numHeads: 2 } },
  },
  contrast: {
    ...demo.contrast,
    ecgAugmentation: { ...demo.contrast.ecgAugmentation, cropSamples: 300 },
    loop: { ...demo.contrast.loop, batchSize: 8 },
  },
}
torch.setNumThreads(1)
const source = plantedSource(9, { numSubjects: 60, numSamples: 600, numFrames: 4, numSlices: 6, numRows: 16 })
const held = holdRecipe(source, recipe, 'cpu')
const selection = createSelection(source, recipe.selection)
torch.manualSeed(2)
const [ed, es] = [torch.randn([60, 64]), torch.randn([60, 64])]
const tower = createTower({ recipe, seed: 1 }, 'tcl')
afterAll(() => {
  held.free()
  tower.free()
})

const validated = (frozen: { ed: torch.Tensor; es: torch.Tensor }, trained = recipe) => {
  const task = createArmTask({ arm: 'tcl', tower, frozen, held, recipe: trained, selection, seed: 1 })
  tower.eval()
  return torch.noGrad(() => torch.scope(() => task.validate()))
}

describe('createArmTask', () => {
  it('validates beside the chance line, with every pair’s retrieval, gap and cosine, and no alarm where phases differ', () => {
    const { measures, alarms } = validated({ ed, es })
    expect(measures.chance).toBeCloseTo(Math.log(8), 12)
    expect(Object.keys(measures)).toEqual(
      expect.arrayContaining(
        ['ecg-ed', 'ecg-es', 'ed-es'].flatMap((pair) => [`${pair}.r1.leftToRight`, `${pair}.r10.rightToLeft`, `${pair}.modalityGap`]),
      ),
    )
    expect(alarms).toEqual([])
  })

  it('is scored by the probe on its ECG features, never by the loss', () => {
    const shapes: (readonly number[])[] = []
    const meanR2 = (features_SD: torch.Tensor) => {
      shapes.push(features_SD.shape)
      return 0.625
    }
    const probed = { ...selection, meanR2 }
    const task = createArmTask({ arm: 'tcl', tower, frozen: { ed, es }, held, recipe, selection: probed, seed: 1 })
    tower.eval()
    expect(torch.noGrad(() => torch.scope(() => task.validate())).score).toBe(0.625)
    expect(shapes).toEqual([[selection.rows.length, 16]])
  })

  it('measures ED against ES also where no term joins them, and a margin loss beside its margin', () => {
    const terms = recipe.arms.tcl.terms.filter(({ left }) => left === 'ecg')
    const without: Recipe = {
      ...recipe,
      arms: { ...recipe.arms, tcl: { ...recipe.arms.tcl, terms } },
      contrast: { ...recipe.contrast, pairLoss: 'margin-triplet', margin: 0.05 },
    }
    const { measures } = validated({ ed, es }, without)
    expect(Math.abs(measures['ed-es.meanCosine'])).toBeLessThan(1)
    expect(measures['ed-es.r1.leftToRight']).toBeUndefined()
    expect(measures.chance).toBe(0.05)
  })

  it('alarms when ED and ES have become one', () => {
    tower.projectors.get('es').loadStateDict(tower.projectors.get('ed').stateDict())
    const { measures, alarms } = validated({ ed, es: ed })
    expect(measures['ed-es.meanCosine']).toBeCloseTo(1, 5)
    expect(alarms).toEqual([expect.stringMatching(/^ED and ES embeddings have become one: mean cosine 1\.0000 is above 0\.99\./)])
  })

  it('leaves a frozen encoder outside: no weight of it in the tower, and its features as they were', () => {
    const before = Array.from(ed.toArray() as Float32Array)
    const task = createArmTask({ arm: 'tcl', tower, frozen: { ed, es }, held, recipe, selection, seed: 1 })
    torch.scope(() => task.step(task.rows({ epoch: 0, step: 0 })).loss.backward())
    expect(tower.namedParameters().filter(([name]) => name.startsWith('encoders.'))).toEqual([])
    expect(Array.from(ed.toArray() as Float32Array)).toEqual(before)
    expect(ed.requiresGrad).toBe(false)
  })
})
