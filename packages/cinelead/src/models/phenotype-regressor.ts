// Pre-training of a CMR encoder: predict the phenotypes measured from the study's own masks. No label is spent.
// view -> { features_BD, predicted_BK }
import * as torch from '@cinelead/torch'
import { createCmrEncoder } from './catalogue.ts'
import type { CmrEncoder, CmrEncoderConfig } from './catalogue.ts'

/** A CMR encoder with one linear layer to K z-scored phenotypes; only the encoder goes on to the arm. */
export class PhenotypeRegressor extends torch.nn.Module {
  readonly encoder: CmrEncoder
  readonly head: torch.nn.Linear

  constructor(config: CmrEncoderConfig, numPhenotypes: number) {
    super()
    this.encoder = createCmrEncoder(config)
    this.head = new torch.nn.Linear(config.width, numPhenotypes)
  }

  /** @param view  What the encoder takes. @returns Features [B, D] and predictions in z units [B, K]. */
  forward(view: torch.Tensor): { features_BD: torch.Tensor; predicted_BK: torch.Tensor } {
    const features_BD = this.encoder.forward(view)
    return { features_BD, predicted_BK: this.head.forward(features_BD) }
  }
}
