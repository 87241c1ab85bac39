// The CMR tower of `cl-2d`: one mid-ventricular end-diastolic slice. slice_BYX -> features_BD
import * as torch from '@cinelead/torch'
import { ResidualNetwork } from './residual.ts'
import type { ResidualConfig } from './residual.ts'

export type CmrEncoder2dConfig = { kind: '2d'; trunk: ResidualConfig; width: number }

/** A residual network, averaged over the slice, and one linear layer. ResNet-50 to 768 numbers: 25.1 M parameters. */
export class CmrEncoder2d extends torch.nn.Module {
  readonly width: number
  readonly trunk: ResidualNetwork
  readonly head: torch.nn.Linear

  constructor(config: CmrEncoder2dConfig) {
    super()
    this.width = config.width
    this.trunk = new ResidualNetwork(config.trunk)
    this.head = new torch.nn.Linear(this.trunk.numChannels, config.width)
  }

  /** @param slice_BYX  Intensities 0..1. Shape [B, Y, X]. @returns Shape [B, D]. */
  forward(slice_BYX: torch.Tensor): torch.Tensor {
    return this.head.forward(this.trunk.forward(slice_BYX.unsqueeze(1)).mean([2, 3]))
  }
}
