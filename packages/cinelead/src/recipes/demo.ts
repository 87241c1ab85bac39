// The recipe of `npm start`: networks that two CPU cores train in minutes on a few hundred simulated subjects.
// Sizes without a source are ours, chosen on simulated cohorts of other seeds than the demo's, on their validation splits.
import { abstractArms } from './abstract-arms.ts'
import type { Recipe } from './recipe.ts'

const trunk2d = {
  rank: 2,
  norm: 'batch',
  block: 'basic',
  stem: { channels: 24, kernel: [7, 7], stride: [4, 4] },
  stages: [
    { channels: 32, numBlocks: 1, kernel: [3, 3], stride: [2, 2] },
    { channels: 64, numBlocks: 1, kernel: [3, 3], stride: [2, 2] },
  ],
} as const

/** Lighter: it sees sixteen frames of each subject. */
const trunkOfFrames = {
  ...trunk2d,
  stem: { channels: 16, kernel: [7, 7], stride: [4, 4] },
  stages: [
    { channels: 24, numBlocks: 1, kernel: [3, 3], stride: [2, 2] },
    { channels: 48, numBlocks: 1, kernel: [3, 3], stride: [2, 2] },
  ],
} as const

const trunk3d = {
  rank: 3,
  norm: 'batch',
  block: 'basic',
  stem: { channels: 24, kernel: [1, 7, 7], stride: [1, 4, 4] },
  stages: [
    { channels: 32, numBlocks: 1, kernel: [1, 3, 3], stride: [1, 2, 2] },
    { channels: 64, numBlocks: 1, kernel: [3, 3, 3], stride: [1, 2, 2] },
  ],
} as const

export const demo = {
  name: 'demo',
  seeds: [1, 2, 3], // `npm start` takes the first alone
  ecgInput: 'normalised',
  precision: 'float32',
  labelFraction: 0.25, // labels are dear; ours
  selection: { labelFraction: 0.15, numDraws: 8 }, // near the label budget of the comparison
  pretrain: {
    model: {
      encoder: {
        numLeads: 12,
        numSamples: 2500, // half a recording, as in Turgut 2025
        patch: [12, 100],
        width: 96,
        depth: 3,
        numHeads: 4,
        mlpRatio: 2,
        pooling: 'mean',
        numScales: 3,
        dropout: 0,
      },
      maskedFraction: 0.7, // field practice: 0.7 to 0.8
      decoder: { width: 48, depth: 1, numHeads: 4, mlpRatio: 2 },
    },
    augmentation: { cropSamples: 2500, jitter: 0, rescale: 0, leadDropout: 0 },
    loop: {
      batchSize: 16, // many small steps leave the plateau of predicting the mean sooner
      numEpochs: 60,
      learningRate: 2e-3,
      weightDecay: 1e-2,
      betas: [0.9, 0.95], // as in the group's runs
      schedule: { warmupFraction: 0.1, finalFraction: 0.01 },
      clipNorm: 1,
      validateEvery: 20,
    },
  },
  cmr: {
    encoders: {
      slice: { kind: '2d', trunk: trunk2d, width: 64 },
      cine: { kind: '2dt', trunk: trunkOfFrames, width: 64 },
      volume: { kind: '3d', trunk: trunk3d, numSlices: 6, width: 64 },
    },
    augmentation: { rotationRad: 0.15, scaleFraction: 0, shiftFraction: 0.04, intensityFraction: 0.1 },
    loop: {
      batchSize: 32,
      numEpochs: 20,
      learningRate: 2e-3,
      weightDecay: 1e-2,
      betas: [0.9, 0.99],
      schedule: { warmupFraction: 0.1, finalFraction: 0.01 },
      clipNorm: 1,
      validateEvery: 2,
    },
  },
  contrast: {
    projector: { hiddenWidth: 128, embeddingWidth: 64 },
    temperature: { kind: 'fixed', start: 0.07 }, // as in the group's published loss
    pairLoss: 'info-nce',
    isCmrFrozen: true,
    ecgAugmentation: { cropSamples: 2500, jitter: 0.05, rescale: 0.05, leadDropout: 0 },
    cmrAugmentation: { rotationRad: 0.15, scaleFraction: 0, shiftFraction: 0.04, intensityFraction: 0.1 },
    loop: {
      batchSize: 64, // as in the group's runs
      numEpochs: 30,
      learningRate: 1e-3,
      weightDecay: 5e-2,
      betas: [0.9, 0.95], // as in the group's runs
      schedule: { warmupFraction: 0.1, finalFraction: 0.01 },
      clipNorm: 1,
      validateEvery: 5,
    },
  },
  arms: abstractArms,
} as const satisfies Recipe
