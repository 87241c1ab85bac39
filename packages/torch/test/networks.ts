// The networks that parity tests and benchmarks train, written twice: here and, name for name, in networks.py.
// Hands on: MaskedAutoencoder, ResNet, TwoTower, infoNce.

import * as torch from '../src/index.ts'

const { nn } = torch
const F = nn.functional

/** Sizes of a transformer over tokens. */
export type VitSizes = { numTokens: number; patchWidth: number; width: number; depth: number; numHeads: number }

function blocks(width: number, depth: number, numHeads: number) {
  return Array.from(
    { length: depth },
    () => new nn.TransformerEncoderLayer(width, numHeads, { dimFeedforward: 4 * width, dropout: 0, activation: 'gelu', normFirst: true }),
  )
}

function throughAll(layers: { forward(x: torch.Tensor): torch.Tensor }[], input: torch.Tensor): torch.Tensor {
  return torch.scope(() => layers.reduce((x, layer) => layer.forward(x), input))
}

/** Tokens [B, N, P] to features [B, D]. */
export class Vit extends nn.Module {
  readonly patch: torch.nn.Linear
  readonly position: torch.nn.Parameter
  readonly blocks: torch.nn.TransformerEncoderLayer[]
  readonly norm: torch.nn.LayerNorm

  constructor(sizes: VitSizes) {
    super()
    this.patch = new nn.Linear(sizes.patchWidth, sizes.width)
    this.position = new nn.Parameter(torch.normal(0, 0.02, [1, sizes.numTokens, sizes.width]))
    this.blocks = blocks(sizes.width, sizes.depth, sizes.numHeads)
    this.norm = new nn.LayerNorm(sizes.width)
  }

  forward(tokens_BNP: torch.Tensor): torch.Tensor {
    return torch.scope(() => this.norm.forward(throughAll(this.blocks, this.embed(tokens_BNP))).mean(1))
  }

  embed(tokens_BNP: torch.Tensor): torch.Tensor {
    return torch.scope(() => this.patch.forward(tokens_BNP).add(this.position))
  }
}

/** Sees a quarter of the tokens and rebuilds the rest; the loss counts what was hidden. */
export class MaskedAutoencoder extends nn.Module {
  readonly encoder: Vit
  readonly decoderEmbed: torch.nn.Linear
  readonly maskToken: torch.nn.Parameter
  readonly decoderPosition: torch.nn.Parameter
  readonly decoderBlocks: torch.nn.TransformerEncoderLayer[]
  readonly head: torch.nn.Linear

  constructor(sizes: VitSizes) {
    super()
    const width = sizes.width / 2
    this.encoder = new Vit(sizes)
    this.decoderEmbed = new nn.Linear(sizes.width, width)
    this.maskToken = new nn.Parameter(torch.normal(0, 0.02, [1, 1, width]))
    this.decoderPosition = new nn.Parameter(torch.normal(0, 0.02, [1, sizes.numTokens, width]))
    this.decoderBlocks = blocks(width, 1, 2)
    this.head = new nn.Linear(width, sizes.patchWidth)
  }

  /** `noise_BN` decides by its order which tokens are seen. */
  forward(tokens_BNP: torch.Tensor, noise_BN: torch.Tensor): torch.Tensor {
    return torch.scope(() => {
      const [numBatch, numTokens] = noise_BN.shape
      const numSeen = numTokens / 4
      const order_BN = noise_BN.argsort(1)
      const back_BN = order_BN.argsort(1)
      const pick = (x: torch.Tensor, index_BN: torch.Tensor) => x.gather(1, index_BN.unsqueeze(-1).expand([-1, -1, x.size(-1)]))
      const seen = pick(this.encoder.embed(tokens_BNP), order_BN.narrow(1, 0, numSeen))
      const encoded = this.decoderEmbed.forward(this.encoder.norm.forward(throughAll(this.encoder.blocks, seen)))
      const hidden = this.maskToken.expand([numBatch, numTokens - numSeen, -1])
      const all = pick(torch.cat([encoded, hidden], 1), back_BN).add(this.decoderPosition)
      const rebuilt_BNP = this.head.forward(throughAll(this.decoderBlocks, all))
      const isHidden_BN = back_BN.ge(numSeen).float()
      const error_BN = rebuilt_BNP.sub(tokens_BNP).square().mean(-1)
      return error_BN.mul(isHidden_BN).sum().div(isHidden_BN.sum())
    })
  }
}

/** Two convolutions with batch statistics and a shortcut. */
class Residual extends nn.Module {
  readonly conv1: torch.nn.Conv2d
  readonly norm1: torch.nn.BatchNorm2d
  readonly conv2: torch.nn.Conv2d
  readonly norm2: torch.nn.BatchNorm2d
  readonly shortcut: torch.nn.Conv2d

  constructor(axes: 2 | 3, from: number, to: number) {
    super()
    const [Conv, Norm] = axes === 2 ? [nn.Conv2d, nn.BatchNorm2d] : [nn.Conv3d, nn.BatchNorm3d]
    this.conv1 = new Conv(from, to, 3, { stride: 2, padding: 1, bias: false })
    this.norm1 = new Norm(to)
    this.conv2 = new Conv(to, to, 3, { padding: 1, bias: false })
    this.norm2 = new Norm(to)
    this.shortcut = new Conv(from, to, 1, { stride: 2, bias: false })
  }

  forward(x: torch.Tensor): torch.Tensor {
    return torch.scope(() => {
      const y = F.relu(this.norm1.forward(this.conv1.forward(x)))
      return F.relu(this.norm2.forward(this.conv2.forward(y)).add(this.shortcut.forward(x)))
    })
  }
}

/** Images [B, C, Y, X] or volumes [B, C, Z, Y, X] to features [B, D]. */
export class ResNet extends nn.Module {
  readonly stem: torch.nn.Conv2d
  readonly norm: torch.nn.BatchNorm2d
  readonly stages: Residual[]
  readonly head: torch.nn.Linear

  constructor(axes: 2 | 3, inChannels: number, widths: readonly number[], numOut: number) {
    super()
    const [Conv, Norm] = axes === 2 ? [nn.Conv2d, nn.BatchNorm2d] : [nn.Conv3d, nn.BatchNorm3d]
    this.stem = new Conv(inChannels, widths[0], 3, { stride: axes === 2 ? 2 : [1, 2, 2], padding: 1, bias: false })
    this.norm = new Norm(widths[0])
    this.stages = widths.slice(1).map((width, index) => new Residual(axes, widths[index], width))
    this.head = new nn.Linear(widths[widths.length - 1], numOut)
  }

  forward(x: torch.Tensor): torch.Tensor {
    return torch.scope(() => {
      const y = throughAll(this.stages, F.relu(this.norm.forward(this.stem.forward(x))))
      return this.head.forward(y.flatten(2).mean(2))
    })
  }
}

/** An encoder of tokens and one or two of images, each to embeddings [B, E] of unit length. */
export class TwoTower extends nn.Module {
  readonly ecg: Vit
  readonly project: torch.nn.Linear
  readonly images: ResNet[]

  constructor(sizes: VitSizes, images: ResNet[], numOut: number) {
    super()
    this.ecg = new Vit(sizes)
    this.project = new nn.Linear(sizes.width, numOut)
    this.images = images
  }

  forward(tokens_BNP: torch.Tensor, views: torch.Tensor[]): torch.Tensor {
    return torch.scope(() => {
      const ecg_BE = F.normalize(this.project.forward(this.ecg.forward(tokens_BNP)), 2, -1)
      const losses = views.map((view, index) => infoNce(ecg_BE, F.normalize(this.images[index].forward(view), 2, -1)))
      return losses.reduce((a, b) => a.add(b)).div(losses.length)
    })
  }
}

/** Cross-entropy of each row and column finding its partner, temperature 0.1. */
export function infoNce(a_BE: torch.Tensor, b_BE: torch.Tensor): torch.Tensor {
  return torch.scope(() => {
    const logits_BB = a_BE.matmul(b_BE.t()).div(0.1)
    const target_B = torch.arange(a_BE.size(0), { device: a_BE.device })
    return F.crossEntropy(logits_BB, target_B).add(F.crossEntropy(logits_BB.t(), target_B)).div(2)
  })
}
