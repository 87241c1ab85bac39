// The `paper` recipe with ECG encoders of every published size, `paper-ecg-SIZE`.
//
// Source: models_mae.py of the group's `mae` (widths, depths and heads by these names); parameters in millions beside each.
import { paper } from './paper.ts'
import type { Recipe } from './recipe.ts'

type EcgSize = Pick<Recipe['pretrain']['model']['encoder'], 'width' | 'depth' | 'numHeads'>

export const ecgSizes = {
  'tiny-deep': { width: 192, depth: 12, numHeads: 3 }, // 5.3
  'small-deep': { width: 384, depth: 12, numHeads: 6 }, // 21.3
  'medium-deep': { width: 576, depth: 12, numHeads: 8 }, // 47.8: what `paper` itself has
  base: { width: 768, depth: 12, numHeads: 12 }, // 85.1
  pluto: { width: 256, depth: 2, numHeads: 8 }, // 1.6
  tiny: { width: 384, depth: 3, numHeads: 6 }, // 5.4
  small: { width: 512, depth: 4, numHeads: 8 }, // 12.7
  medium: { width: 640, depth: 5, numHeads: 10 }, // 24.7
  large: { width: 864, depth: 6, numHeads: 12 }, // 53.9
} as const satisfies Readonly<Record<string, EcgSize>>

export const paperEcgSizes: readonly Recipe[] = Object.entries(ecgSizes).map(([size, own]) => {
  const { model } = paper.pretrain
  return {
    ...paper,
    name: `paper-ecg-${size}`,
    pretrain: { ...paper.pretrain, model: { ...model, encoder: { ...model.encoder, ...own } } },
  }
})
