// The network that labels heart slices: a small U-shaped one that works at half the picture's resolution and adds the fine edges last.
// slices_BCYX (one channel) -> logits_BCYX (four classes)
//
// Source: the shape is that of U-Net (Ronneberger 2015, arXiv 1505.04597) with the picture's 2 x 2 blocks as channels at the entry and the
// way out (Shi 2016, arXiv 1609.05158), which costs a quarter on a processor. Why not field.md's shape: docs/decisions.
import * as torch from '@cinelead/torch'

export type SegmenterConfig = {
  /** Channels at 1/2, 1/4, 1/8 … of the picture's resolution. */
  channels: readonly number[]
  /** Units that stay at their resolution, at each of the two lowest ones: the first plain, the others added to what they get. */
  numDeep: number
  /** Channels of the last layers at full resolution, and of the path that brings the picture there directly. */
  headChannels: number
  fineChannels: number
  numClasses: number
  /** True for the shipped weights: each batch norm is folded into the convolution before it. */
  isFolded: boolean
}

export const segmenterConfig: SegmenterConfig = {
  channels: [24, 48, 96, 128],
  numDeep: 3,
  headChannels: 12,
  fineChannels: 8,
  numClasses: 4,
  isFolded: false,
}

/** That of long axes (`train-segmenter`). */
export const longAxisConfig: SegmenterConfig = { ...segmenterConfig, channels: [16, 32, 64, 96], numDeep: 2 }

const EPS = 1e-5 // PyTorch's batch norm

const CHANNELS_LAST = 2 // c10/core/MemoryFormat.h

/** The same values with the channels of a pixel side by side: convolutions of few channels take a quarter less time so. */
function channelsLast(input_BCYX: torch.Tensor): torch.Tensor {
  return torch.call('aten::contiguous', input_BCYX, CHANNELS_LAST) as torch.Tensor
}

/** How a unit's convolution is worked out; other than by itself where statistics are gathered or moved. */
export type Mix = (unit: Unit, input_BCYX: torch.Tensor) => torch.Tensor

const plainMix: Mix = (unit, input_BCYX) => unit.convolution.forward(input_BCYX)

/** Convolution, batch norm (unless folded), rectifier. */
export class Unit extends torch.nn.Module {
  readonly convolution: torch.nn.Conv2d
  readonly norm: torch.nn.BatchNorm2d | undefined

  constructor(from: number, to: number, stride: number, isFolded: boolean) {
    super()
    this.convolution = new torch.nn.Conv2d(from, to, [3, 3], { stride: [stride, stride], padding: [1, 1], bias: isFolded })
    this.norm = isFolded ? undefined : new torch.nn.BatchNorm2d(to)
  }

  forward(input_BCYX: torch.Tensor, mix: Mix = plainMix): torch.Tensor {
    const mixed_BCYX = mix(this, input_BCYX)
    return torch.relu(this.norm === undefined ? mixed_BCYX : this.norm.forward(mixed_BCYX))
  }
}

/** The segmentation network; rows and columns must divide by 2 to the number of levels. */
export class SegmenterNetwork extends torch.nn.Module {
  readonly config: SegmenterConfig
  readonly stem: Unit
  readonly stemMix: Unit
  readonly fine: Unit
  readonly down: torch.nn.ModuleList<Unit>
  readonly downMix: torch.nn.ModuleList<Unit>
  /** Those of the second lowest level, then those of the lowest. */
  readonly deep: torch.nn.ModuleList<Unit>
  readonly up: torch.nn.ModuleList<Unit>
  readonly spread: torch.nn.Conv2d
  readonly head: Unit
  readonly classify: torch.nn.Conv2d

  constructor(config: SegmenterConfig = segmenterConfig) {
    super()
    this.config = config
    const { channels, numDeep, headChannels, fineChannels, numClasses, isFolded } = config
    const steps = channels.slice(1).map((to, index) => [channels[index], to] as const)
    this.stem = new Unit(4, channels[0], 1, isFolded)
    this.stemMix = new Unit(channels[0], channels[0], 1, isFolded)
    this.fine = new Unit(1, fineChannels, 1, isFolded)
    this.down = new torch.nn.ModuleList(steps.map(([from, to]) => new Unit(from, to, 2, isFolded)))
    this.downMix = new torch.nn.ModuleList(steps.map(([, to]) => new Unit(to, to, 1, isFolded)))
    const added = Array.from({ length: numDeep - 1 })
    this.deep = new torch.nn.ModuleList(channels.slice(-2).flatMap((width) => added.map(() => new Unit(width, width, 1, isFolded))))
    this.up = new torch.nn.ModuleList([...steps].reverse().map(([from, to]) => new Unit(to + from, from, 1, isFolded)))
    this.spread = new torch.nn.Conv2d(channels[0], headChannels * 4, [1, 1])
    this.head = new Unit(headChannels + fineChannels, headChannels, 1, isFolded)
    this.classify = new torch.nn.Conv2d(headChannels, numClasses, [1, 1])
  }

  /** All units by name. */
  units(): Map<string, Unit> {
    return new Map([...this.namedModules()].filter((named): named is [string, Unit] => named[1] instanceof Unit))
  }

  forward(slices_BCYX: torch.Tensor, mix: Mix = plainMix): torch.Tensor {
    let half_BCYX = this.stemMix.forward(this.stem.forward(channelsLast(torch.pixelUnshuffle(slices_BCYX, 2)), mix), mix)
    const passed: torch.Tensor[] = []
    const [downs, mixes, deep] = [[...this.down], [...this.downMix], [...this.deep]]
    for (const [index, unit] of downs.entries()) {
      passed.push(half_BCYX)
      half_BCYX = mixes[index].forward(unit.forward(half_BCYX, mix), mix)
      if (index < downs.length - 2) continue
      const added = deep.splice(0, this.config.numDeep - 1)
      for (const one of added) half_BCYX = half_BCYX.add(one.forward(half_BCYX, mix))
    }
    for (const unit of this.up) {
      const beside = passed.pop() as torch.Tensor
      const wide_BCYX = torch.nn.functional.interpolate(half_BCYX, { scaleFactor: 2 })
      half_BCYX = unit.forward(torch.cat([wide_BCYX, beside], 1), mix)
    }
    const spread_BCYX = channelsLast(torch.pixelShuffle(this.spread.forward(half_BCYX), 2))
    return this.classify.forward(this.head.forward(torch.cat([spread_BCYX, this.fine.forward(slices_BCYX, mix)], 1), mix))
  }

  /** A copy for use alone, whose convolutions have taken in the batch norms' running statistics. */
  folded(): SegmenterNetwork {
    const copy = new SegmenterNetwork({ ...this.config, isFolded: true })
    const own = new Map<string, torch.Tensor>([...this.namedParameters(), ...this.namedBuffers()])
    torch.noGrad(() =>
      torch.scope(() => {
        for (const [name, parameter] of copy.namedParameters()) {
          const unit = name.replace(/\.convolution\.(weight|bias)$/, '')
          const [weight, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
            own.get(`${unit}.norm.${part}`),
          )
          if (weight === undefined || bias === undefined || mean === undefined || variance === undefined) {
            parameter.copy_(own.get(name) as torch.Tensor)
            continue
          }
          const factor = weight.div(variance.add(EPS).sqrt())
          if (name.endsWith('bias')) parameter.copy_(bias.sub(mean.mul(factor)))
          else parameter.copy_((own.get(name) as torch.Tensor).mul(factor.reshape([-1, 1, 1, 1])))
        }
      }),
    )
    copy.eval()
    return copy
  }
}
