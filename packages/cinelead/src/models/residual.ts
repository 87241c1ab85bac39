// Residual networks over slices (rank 2) or volumes (rank 3), described by data: the trunk of every CMR encoder.
// images_BC… -> features_BC… (smaller places, more channels)
//
// Source: He 2016 (ResNet), arXiv 1512.03385; three axes as in Feichtenhofer 2019 (SlowFast's slow path), arXiv 1812.03982.
import * as torch from '@cinelead/torch'

export type ResidualConfig = {
  /** 2: rows and columns. 3: slices (or frames), rows and columns. Kernels and strides have that many numbers. */
  rank: 2 | 3
  norm: 'batch' | 'group'
  block: 'basic' | 'bottleneck'
  stem: {
    channels: number
    kernel: readonly number[]
    stride: readonly number[]
    pool?: { kernel: readonly number[]; stride: readonly number[] }
  }
  /** `channels` leave a stage; `firstKernel` is the bottleneck's reducing kernel, ones when left out. */
  stages: readonly {
    channels: number
    numBlocks: number
    kernel: readonly number[]
    stride: readonly number[]
    firstKernel?: readonly number[]
  }[]
}

const BOTTLENECK_RATIO = 4 // He 2016, table 1
const GROUP_CHANNELS = 8 // channels that share statistics; our choice for batches too small for batch statistics

function convolution(
  rank: 2 | 3,
  from: number,
  to: number,
  kernel: readonly number[],
  stride: readonly number[],
): torch.nn.Conv2d | torch.nn.Conv3d {
  const padding = kernel.map((size) => (size - 1) >> 1)
  const Convolution = rank === 2 ? torch.nn.Conv2d : torch.nn.Conv3d
  return new Convolution(from, to, [...kernel], { stride: [...stride], padding, bias: false })
}

function normalisation(config: ResidualConfig, channels: number): torch.nn.Module & { forward(input: torch.Tensor): torch.Tensor } {
  if (config.norm === 'group') return new torch.nn.GroupNorm(Math.max(1, channels / GROUP_CHANNELS), channels)
  return config.rank === 2 ? new torch.nn.BatchNorm2d(channels) : new torch.nn.BatchNorm3d(channels)
}

type Layer = ReturnType<typeof normalisation>

/** A convolution and its norm; the activation is the caller's, in place where it likes: no norm needs its own output for the gradient. */
class NormedConvolution extends torch.nn.Module {
  readonly convolution: torch.nn.Conv2d | torch.nn.Conv3d
  readonly norm: Layer

  constructor(config: ResidualConfig, from: number, to: number, kernel: readonly number[], stride: readonly number[]) {
    super()
    this.convolution = convolution(config.rank, from, to, kernel, stride)
    this.norm = normalisation(config, to)
  }

  forward(input: torch.Tensor): torch.Tensor {
    return this.norm.forward(this.convolution.forward(input))
  }
}

/** A chain of convolutions beside a shortcut: two of one kernel (basic) or reduce, mix, widen (bottleneck). */
class ResidualBlock extends torch.nn.Module {
  readonly chain: readonly NormedConvolution[]
  readonly shortcut: NormedConvolution | undefined

  constructor(config: ResidualConfig, from: number, stage: ResidualConfig['stages'][number], isFirst: boolean) {
    super()
    const ones = stage.kernel.map(() => 1)
    const stride = isFirst ? stage.stride : ones
    const to = stage.channels
    const inner = to / BOTTLENECK_RATIO
    this.chain =
      config.block === 'basic'
        ? [new NormedConvolution(config, from, to, stage.kernel, stride), new NormedConvolution(config, to, to, stage.kernel, ones)]
        : [
            new NormedConvolution(config, from, inner, stage.firstKernel ?? ones, ones),
            new NormedConvolution(config, inner, inner, stage.kernel, stride),
            new NormedConvolution(config, inner, to, ones, ones),
          ]
    const isSame = from === to && stride.every((step) => step === 1)
    this.shortcut = isSame ? undefined : new NormedConvolution(config, from, to, ones, stride)
  }

  forward(input: torch.Tensor): torch.Tensor {
    return torch.scope(() => {
      let output = input
      this.chain.forEach((layer, index) => {
        output = layer.forward(output)
        if (index < this.chain.length - 1) output = output.relu_()
      })
      return output.add_(this.shortcut === undefined ? input : this.shortcut.forward(input)).relu_()
    })
  }
}

/** A residual trunk. ResNet-50 (rank 2, bottleneck, 3-4-6-3 to 2048 channels) has 23.5 M parameters, slow_r50 31.6 M. */
export class ResidualNetwork extends torch.nn.Module {
  readonly config: ResidualConfig
  readonly numChannels: number
  readonly stem: NormedConvolution
  readonly blocks: readonly ResidualBlock[]

  constructor(config: ResidualConfig) {
    super()
    this.config = config
    this.stem = new NormedConvolution(config, 1, config.stem.channels, config.stem.kernel, config.stem.stride)
    const blocks: ResidualBlock[] = []
    let channels = config.stem.channels
    for (const stage of config.stages) {
      for (let block = 0; block < stage.numBlocks; block++) {
        blocks.push(new ResidualBlock(config, channels, stage, block === 0))
        channels = stage.channels
      }
    }
    this.blocks = blocks
    this.numChannels = channels
  }

  /** @param images  Shape [B, 1, Y, X] or [B, 1, Z, Y, X]. @returns Shape [B, C, …] with the strides taken. */
  forward(images: torch.Tensor): torch.Tensor {
    let features = torch.scope(() => this.stem.forward(images).relu_())
    const pool = this.config.stem.pool
    if (pool !== undefined) {
      const padding = pool.kernel.map((size) => (size - 1) >> 1)
      const maxPool = this.config.rank === 2 ? torch.nn.functional.maxPool2d : torch.nn.functional.maxPool3d
      features = maxPool(features, [...pool.kernel], [...pool.stride], padding)
    }
    for (const block of this.blocks) features = block.forward(features)
    return features
  }
}
