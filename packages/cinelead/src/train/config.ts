// How a network is trained, whatever it is: the numbers of one loop.
import type { LearningRateSchedule } from './schedule.ts'

export type LoopConfig = {
  batchSize: number
  numEpochs: number
  /** AdamW's rates. */
  learningRate: number
  weightDecay: number
  betas: readonly [number, number]
  /** Warm-up as a share of the epochs that are really run, then a half cosine to `finalFraction` of the rate. */
  schedule: LearningRateSchedule
  /** Largest length of the whole gradient; longer ones are shortened to it. */
  clipNorm: number
  /** Epochs between validations, checkpoints with them; the last epoch always has one. */
  validateEvery: number
  /** Stop after so many validations without a better score; never, when left out. */
  patience?: number
}
