// The CMR tower of `cl-2dt`: the middle slice over the heart's cycle. cine_BFYX -> features_BD
// Each frame through one 2-D trunk, then an LSTM over the frames, as in the group's published code.
import * as torch from '@cinelead/torch'
import { ResidualNetwork } from './residual.ts'
import type { ResidualConfig } from './residual.ts'

export type CmrEncoder2dtConfig = {
  kind: '2dt'
  trunk: ResidualConfig
  /** Frames of the cycle it is shown, evenly spaced; all that are stored, when left out. Weights do not depend on it. */
  numFrames?: number
  width: number
}

/** A 2-D trunk shared by all frames and an LSTM whose last state is the output. ResNet-50 and 768: 32.2 M parameters. */
export class CmrEncoder2dt extends torch.nn.Module {
  readonly width: number
  readonly trunk: ResidualNetwork
  readonly memory: torch.nn.LSTM

  constructor(config: CmrEncoder2dtConfig) {
    super()
    this.width = config.width
    this.trunk = new ResidualNetwork(config.trunk)
    this.memory = new torch.nn.LSTM(this.trunk.numChannels, config.width, { batchFirst: true })
  }

  /** @param cine_BFYX  Intensities 0..1. Shape [B, F, Y, X]. @returns Shape [B, D]. */
  forward(cine_BFYX: torch.Tensor): torch.Tensor {
    const [numBatch, numFrames, numRows, numColumns] = cine_BFYX.shape
    const features = this.trunk.forward(cine_BFYX.reshape([numBatch * numFrames, 1, numRows, numColumns])).mean([2, 3])
    const [states_BFD] = this.memory.forward(features.reshape([numBatch, numFrames, this.trunk.numChannels]))
    return states_BFD.select(1, numFrames - 1)
  }
}
