// The recipes by name: all that the command line can be asked for.
import { demo } from './demo.ts'
import { paper } from './paper.ts'

export const recipes = { demo, paper } as const
