// The ECG tower: a vision transformer over patches of leads and time. Every arm has this encoder and no other.
// ecg_BLT -> patches_BNP -> tokens_BND -> pooled_BD
//
// Source: Dosovitskiy 2021, arXiv 2010.11929; patches over leads and samples as in the ECG masked autoencoders of field practice,
// (1, 100) over 12 x 5000; the pooled token feeds the projector.
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'
import { sinCosPositions } from './position.ts'
import { transformerBlocks } from './transformer-blocks.ts'

export type EcgEncoderConfig = {
  numLeads: number
  /** Samples the encoder sees at once; a longer recording is cropped by `batches`. */
  numSamples: number
  /** Leads and samples of one patch; both must divide the input. */
  patch: readonly [leads: number, samples: number]
  width: number
  depth: number
  numHeads: number
  /** Hidden width of a block's perceptron over `width`. */
  mlpRatio: number
  /** `mean` of all tokens, the extra one that belongs to no patch among them; or that one alone. */
  pooling: 'mean' | 'class-token'
  /** Numbers about the whole recording (log amplitude of each lead group) that go into the extra token; 0: none. */
  numScales: number
  /** Share dropped in each block's branches while training. */
  dropout: number
}

/**
 * A vision transformer over one 12-lead ECG.
 *
 * About depth · 12 · width² parameters plus the patch embedding: 0.48 M at 96 wide and 4 deep, 47.8 M at 576 wide and 12 deep.
 * An extra token without a place carries what group normalisation took away: the absolute amplitudes.
 */
export class EcgEncoder extends torch.nn.Module {
  readonly config: EcgEncoderConfig
  readonly numTokens: number
  readonly patchSize: number
  readonly patchEmbedding: torch.nn.Linear
  readonly scaleEmbedding: torch.nn.Linear | undefined
  readonly extraToken: torch.nn.Parameter
  readonly blocks: readonly torch.nn.TransformerEncoderLayer[]
  readonly norm: torch.nn.LayerNorm
  readonly position: torch.nn.ModuleBuffer

  /** @throws models/patch when patches do not tile the input, models/width when heads do not divide the width. */
  constructor(config: EcgEncoderConfig) {
    super()
    const { numLeads, numSamples, patch, width } = config
    if (numLeads % patch[0] !== 0 || numSamples % patch[1] !== 0) {
      throw fault({
        code: 'models/patch',
        where: 'EcgEncoder',
        expected: `patches that tile ${numLeads} leads x ${numSamples} samples`,
        received: `${patch[0]} leads x ${patch[1]} samples`,
        hint: 'Choose a patch whose sides divide the input.',
      })
    }
    this.config = config
    const [numRows, numColumns] = [numLeads / patch[0], numSamples / patch[1]]
    this.numTokens = numRows * numColumns
    this.patchSize = patch[0] * patch[1]
    this.patchEmbedding = new torch.nn.Linear(this.patchSize, width)
    this.scaleEmbedding = config.numScales > 0 ? new torch.nn.Linear(config.numScales, width) : undefined
    this.extraToken = new torch.nn.Parameter(torch.randn([1, 1, width]).mul(0.02)) // 0.02: ViT's token initialisation
    this.blocks = transformerBlocks(config)
    this.norm = new torch.nn.LayerNorm(width)
    const position_ND = torch.fromArray(sinCosPositions(numRows, numColumns, width), [this.numTokens, width])
    this.position = new torch.nn.ModuleBuffer(position_ND, { persistent: false })
  }

  /**
   * Cuts recordings into patches, lead group after lead group, in time order.
   *
   * @param ecg_BLT  Shape [B, L, T] as configured.
   * @returns        Shape [B, N, P], P = leads x samples of a patch.
   */
  patches(ecg_BLT: torch.Tensor): torch.Tensor {
    const { numLeads, numSamples, patch } = this.config
    const [numBatch, leads, samples] = ecg_BLT.shape
    if (ecg_BLT.shape.length !== 3 || leads !== numLeads || samples !== numSamples) {
      throw fault({
        code: 'models/shape',
        where: 'EcgEncoder',
        expected: `an ECG of shape [B, ${numLeads}, ${numSamples}]`,
        received: `[${ecg_BLT.shape.join(', ')}]`,
        hint: 'Crop or prepare the recording to the length this encoder was made for.',
      })
    }
    return ecg_BLT
      .reshape([numBatch, numLeads / patch[0], patch[0], numSamples / patch[1], patch[1]])
      .permute([0, 1, 3, 2, 4])
      .reshape([numBatch, this.numTokens, this.patchSize])
  }

  /** Patches to tokens that know their place. [B, N, P] to [B, N, D]. */
  embed(patches_BNP: torch.Tensor): torch.Tensor {
    return this.patchEmbedding.forward(patches_BNP).add(this.position)
  }

  /**
   * Runs the blocks over some or all tokens, with the extra token in front.
   *
   * @param tokens_BND  Any subset of the tokens of `embed`. Shape [B, N, D].
   * @param scale_BC    Standardised log amplitudes of the recording. Shape [B, C], C = `numScales`; not needed when that is 0.
   * @returns           Shape [B, N + 1, D]; the extra token is the first.
   */
  encode(tokens_BND: torch.Tensor, scale_BC?: torch.Tensor): torch.Tensor {
    const [numBatch, , width] = tokens_BND.shape
    let extra_B1D = this.extraToken.expand([numBatch, 1, width])
    if (this.scaleEmbedding !== undefined) {
      if (scale_BC === undefined) {
        throw fault({
          code: 'models/scale',
          where: 'EcgEncoder',
          expected: `the ${this.config.numScales} log amplitudes of each recording`,
          received: 'none',
          hint: 'Take them from the store together with the ECG.',
        })
      }
      extra_B1D = extra_B1D.add(this.scaleEmbedding.forward(scale_BC).unsqueeze(1))
    }
    let all_BND = torch.cat([extra_B1D, tokens_BND], 1)
    for (const block of this.blocks) all_BND = block.forward(all_BND)
    return this.norm.forward(all_BND)
  }

  /**
   * One vector for each recording: what the projector and the probes take.
   *
   * @param ecg_BLT   Prepared ECG. Shape [B, L, T].
   * @param scale_BC  See `encode`.
   * @returns         Shape [B, D].
   */
  forward(ecg_BLT: torch.Tensor, scale_BC?: torch.Tensor): torch.Tensor {
    const tokens_BND = this.encode(this.embed(this.patches(ecg_BLT)), scale_BC)
    return this.config.pooling === 'class-token' ? tokens_BND.select(1, 0) : tokens_BND.mean([1])
  }
}
