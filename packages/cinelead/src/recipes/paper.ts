// The recipe at the abstract's scale: the networks and numbers of the group's published code and of the works it builds on, for one or
// more GPUs and tens of thousands of pairs. Where the published recipe is known to harm, the remedy is named beside the number.
import { abstractArms } from './abstract-arms.ts'
import type { Recipe } from './recipe.ts'

/** ResNet-50. Source: He 2016, arXiv 1512.03385, table 1. */
const resnet50 = {
  rank: 2,
  norm: 'batch',
  block: 'bottleneck',
  stem: { channels: 64, kernel: [7, 7], stride: [2, 2], pool: { kernel: [3, 3], stride: [2, 2] } },
  stages: [
    { channels: 256, numBlocks: 3, kernel: [3, 3], stride: [1, 1] },
    { channels: 512, numBlocks: 4, kernel: [3, 3], stride: [2, 2] },
    { channels: 1024, numBlocks: 6, kernel: [3, 3], stride: [2, 2] },
    { channels: 2048, numBlocks: 3, kernel: [3, 3], stride: [2, 2] },
  ],
} as const

/** The slow path of SlowFast with ResNet-50. Source: Feichtenhofer 2019, arXiv 1812.03982, table 1 (slow pathway); no stride along slices. */
const slowR50 = {
  rank: 3,
  norm: 'batch',
  block: 'bottleneck',
  stem: { channels: 64, kernel: [1, 7, 7], stride: [1, 2, 2], pool: { kernel: [1, 3, 3], stride: [1, 2, 2] } },
  stages: [
    { channels: 256, numBlocks: 3, kernel: [1, 3, 3], stride: [1, 1, 1] },
    { channels: 512, numBlocks: 4, kernel: [1, 3, 3], stride: [1, 2, 2] },
    { channels: 1024, numBlocks: 6, kernel: [1, 3, 3], stride: [1, 2, 2], firstKernel: [3, 1, 1] },
    { channels: 2048, numBlocks: 3, kernel: [1, 3, 3], stride: [1, 2, 2], firstKernel: [3, 1, 1] },
  ],
} as const

export const paper = {
  name: 'paper',
  seeds: [1, 2, 3],
  ecgInput: 'normalised',
  precision: 'bfloat16',
  labelFraction: 0.1, // labels are dear; ours
  selection: { labelFraction: 0.1, numDraws: 4 }, // near the label budget of the comparison
  pretrain: {
    model: {
      encoder: {
        numLeads: 12,
        numSamples: 5000,
        patch: [1, 100], // deep_risk, mae: patch (1, 100) on 12 x 5000, 600 tokens
        width: 576, // mae `mediumDeep`: 576 wide, 12 deep, 8 heads: 47.8 M parameters
        depth: 12,
        numHeads: 8,
        mlpRatio: 4,
        pooling: 'mean',
        numScales: 3, // ours: what group normalisation takes away
        dropout: 0,
      },
      maskedFraction: 0.7, // run_mae.sh; field practice 0.7 to 0.8
      decoder: { width: 256, depth: 2, numHeads: 8, mlpRatio: 4 }, // deep_risk, ECGEncoder.py
    },
    augmentation: { cropSamples: 5000, jitter: 0, rescale: 0, leadDropout: 0 },
    loop: {
      batchSize: 64, // run_mae.sh
      numEpochs: 250, // run_mae.sh
      learningRate: 1e-4, // run_mae.sh
      weightDecay: 1e-4, // run_mae.sh
      betas: [0.9, 0.95], // He 2022, arXiv 2111.06377, appendix A
      schedule: { warmupFraction: 0.05, finalFraction: 0 }, // a share of the epochs that are run, not a count that early stopping never reaches
      clipNorm: 1,
      validateEvery: 5,
      patience: 15, // validations, so 75 epochs; run_mae.sh counts 15 epochs, of the loss
    },
  },
  cmr: {
    encoders: {
      slice: { kind: '2d', trunk: resnet50, width: 768 }, // latent 768 in the group's code
      cine: { kind: '2dt', trunk: resnet50, width: 768 },
      volume: { kind: '3d', trunk: slowR50, numSlices: 6, width: 768 },
    },
    augmentation: { rotationRad: 0.26, scaleFraction: 0.05, shiftFraction: 0.05, intensityFraction: 0.2 }, // ours; no mirror: it would swap the ventricles
    loop: {
      batchSize: 96, // run_CMR_pretrain.sh
      numEpochs: 400, // run_CMR_pretrain_3D_labels.sh
      learningRate: 1e-4, // run_CMR_pretrain.sh
      weightDecay: 1e-5, // run_CMR_pretrain.sh
      betas: [0.9, 0.999],
      schedule: { warmupFraction: 0.05, finalFraction: 0 },
      clipNorm: 1,
      validateEvery: 2,
      patience: 15, // as below
    },
  },
  contrast: {
    projector: { hiddenWidth: 768, embeddingWidth: 128 }, // models_cl.py: 768 -> 768 -> 128
    temperature: { kind: 'fixed', start: 0.07 }, // clip_loss.py
    pairLoss: 'info-nce',
    isCmrFrozen: true, // the group's flag `contrastive_learning`
    ecgAugmentation: {
      cropSamples: 5000,
      jitter: 0.25, // Turgut 2025, there times 0.6 of each sample; in z units here
      gain: 0.5, // Turgut 2025
      rescale: 0,
      leadDropout: 0.05, // ours
      phaseNoiseRad: 0.18, // Turgut 2025: forward by up to a tenth of a turn, which has this deviation; either way here
    },
    cmrAugmentation: { rotationRad: 0.26, scaleFraction: 0.05, shiftFraction: 0.05, intensityFraction: 0.2 },
    loop: {
      batchSize: 256, // Turgut 2025; 64 in the group's runs, where one GPU's memory was the limit
      numEpochs: 200, // run_cl_triple.sh
      learningRate: 1e-4, // best of the group's grid for single arms, 1e-5 for the dual one; one rate for all here
      weightDecay: 1e-4, // Turgut 2025; within the group's grid
      betas: [0.9, 0.95], // train_cl.py
      schedule: { warmupFraction: 0.05, finalFraction: 0 },
      clipNorm: 1,
      validateEvery: 2,
      patience: 15, // validations, so 30 epochs; train_cl.py counts 15 epochs, of the loss, and stopped within its warm-up
    },
  },
  arms: abstractArms,
} as const satisfies Recipe
