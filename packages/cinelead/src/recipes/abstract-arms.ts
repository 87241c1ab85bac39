// The abstract's arms as loss terms: the same in every recipe but for ablations.
import type { Recipe } from './recipe.ts'

/** Three terms of one third each for `tcl`. Source: the abstract (ED and ES volumes) and the group's published loss (thirds). */
export const abstractArms = {
  'cl-2d': { terms: [{ left: 'ecg', right: 'slice', weight: 1 }] },
  'cl-2dt': { terms: [{ left: 'ecg', right: 'cine', weight: 1 }] },
  'cl-3d': { terms: [{ left: 'ecg', right: 'ed', weight: 1 }] },
  tcl: {
    terms: [
      { left: 'ecg', right: 'ed', weight: 1 / 3 },
      { left: 'ecg', right: 'es', weight: 1 / 3 },
      { left: 'ed', right: 'es', weight: 1 / 3 },
    ],
  },
} as const satisfies Recipe['arms']
