// The CMR tower of `cl-3d` and both towers of `tcl`: one volume at one phase. volume_BZYX -> features_BD
// A 3-D trunk that keeps the slices apart, an average over each slice, a learned weighing of the slices, a linear layer.
//
// Source: the shape of the group's published encoder (slow_r50 trunk, pooling to one number a slice, a linear layer over the slices).
import * as torch from '@cinelead/torch'
import { ResidualNetwork } from './residual.ts'
import type { ResidualConfig } from './residual.ts'

export type CmrEncoder3dConfig = { kind: '3d'; trunk: ResidualConfig; numSlices: number; width: number }

/** A 3-D residual network with slice weighing. slow_r50 to 768 numbers: 33.2 M parameters. */
export class CmrEncoder3d extends torch.nn.Module {
  readonly width: number
  readonly trunk: ResidualNetwork
  readonly sliceWeights: torch.nn.Linear
  readonly head: torch.nn.Linear

  /** The trunk's stride along the slices must be 1 throughout, so that each slice keeps its place. */
  constructor(config: CmrEncoder3dConfig) {
    super()
    this.width = config.width
    this.trunk = new ResidualNetwork(config.trunk)
    this.sliceWeights = new torch.nn.Linear(config.numSlices, 1)
    this.head = new torch.nn.Linear(this.trunk.numChannels, config.width)
  }

  /** @param volume_BZYX  Intensities 0..1, base to apex. Shape [B, Z, Y, X]. @returns Shape [B, D]. */
  forward(volume_BZYX: torch.Tensor): torch.Tensor {
    const features_BCZ = this.trunk.forward(volume_BZYX.unsqueeze(1)).mean([3, 4])
    return this.head.forward(this.sliceWeights.forward(features_BCZ).squeeze(2))
  }
}
