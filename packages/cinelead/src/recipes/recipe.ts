// What a recipe says, complete: every number of every stage of a comparison. Types only.
import type { EcgInput } from '../batches/held.ts'
import type { CmrAugmentation } from '../batches/augment-cmr.ts'
import type { EcgAugmentation } from '../batches/augment-ecg.ts'
import type { ContrastiveArm } from '../batches/arms.ts'
import type { PairLossName } from '../losses/catalogue.ts'
import type { ContrastiveTerm } from '../losses/contrastive.ts'
import type { CmrEncoderConfig } from '../models/catalogue.ts'
import type { MaskedAutoencoderConfig } from '../models/masked-autoencoder.ts'
import type { TwoTowerConfig } from '../models/two-tower.ts'
import type { LoopConfig } from '../train/config.ts'
import type { Precision } from '../train/precision.ts'

export type Recipe = {
  name: string
  /** Each seed runs the whole chain: masked autoencoder, CMR encoders, arms. */
  seeds: readonly number[]
  ecgInput: EcgInput
  /** Of the networks; losses and weights are always float32. */
  precision: Precision
  /** Share of the training subjects whose labels the probes of the comparison see, unless the command line names another. */
  labelFraction: number
  /** The probe on the validation split that picks every checkpoint: share of measured training phenotypes it is fitted on, and draws. */
  selection: { labelFraction: number; numDraws: number }
  /** The ECG encoder's pre-training; all arms of a seed start from its best weights. */
  pretrain: { model: MaskedAutoencoderConfig; augmentation: EcgAugmentation; loop: LoopConfig }
  /** The CMR encoders and their pre-training on measured phenotypes. Views that share an encoder here still have weights of their own. */
  cmr: {
    encoders: Readonly<Record<'slice' | 'cine' | 'volume', CmrEncoderConfig>>
    augmentation: CmrAugmentation
    loop: LoopConfig
  }
  /** The contrastive stage, equal for all arms but for what `arms` says. */
  contrast: {
    projector: TwoTowerConfig['projector']
    temperature: TwoTowerConfig['temperature']
    pairLoss: PairLossName
    /** Distance a negative must keep, for losses with a margin; in cosine. */
    margin?: number
    /** Frozen encoders are run once; only their projectors learn. Otherwise they are trained on, batch statistics included. */
    isCmrFrozen: boolean
    /** Dropout of the ECG encoder in this stage; that of its pre-training when left out. */
    ecgDropout?: number
    /** Rows whose graph is in memory at a time; the loss still spans the whole batch. The batch itself, when left out. */
    chunkSize?: number
    ecgAugmentation: EcgAugmentation
    cmrAugmentation: CmrAugmentation
    loop: LoopConfig
  }
  /** What differs between the arms: the loss terms (and, by `batches/arms`, the views). */
  arms: Readonly<Record<ContrastiveArm, { terms: readonly ContrastiveTerm[] }>>
}
