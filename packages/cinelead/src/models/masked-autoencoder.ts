// The masked autoencoder that pre-trains the ECG encoder without any label: hide most patches, rebuild them from the rest.
// ecg_BLT -> { predicted_BNP, target_BNP, masked_BN }
//
// Source: He 2022 (MAE), arXiv 2111.06377, section 3.
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'
import { EcgEncoder } from './ecg-encoder.ts'
import type { EcgEncoderConfig } from './ecg-encoder.ts'
import { sinCosPositions } from './position.ts'
import { transformerBlocks } from './transformer-blocks.ts'

export type MaskedAutoencoderConfig = {
  encoder: EcgEncoderConfig
  /** Share of patches hidden from the encoder, in (0, 1). */
  maskedFraction: number
  decoder: { width: number; depth: number; numHeads: number; mlpRatio: number }
}

/** What the loss needs: the decoder's patches, the true ones and which were hidden (1) or seen (0). */
export type Reconstruction = { predicted_BNP: torch.Tensor; target_BNP: torch.Tensor; masked_BN: torch.Tensor }

/** An `EcgEncoder` with a light decoder; only the encoder goes on to the arms. */
export class MaskedAutoencoder extends torch.nn.Module {
  readonly config: MaskedAutoencoderConfig
  readonly numVisible: number
  readonly encoder: EcgEncoder
  readonly bridge: torch.nn.Linear
  readonly maskToken: torch.nn.Parameter
  readonly decoderBlocks: readonly torch.nn.TransformerEncoderLayer[]
  readonly decoderNorm: torch.nn.LayerNorm
  readonly head: torch.nn.Linear
  readonly decoderPosition: torch.nn.ModuleBuffer

  /** @throws models/mask when the share leaves no patch seen or none hidden. */
  constructor(config: MaskedAutoencoderConfig) {
    super()
    this.config = config
    this.encoder = new EcgEncoder(config.encoder)
    const { numTokens, patchSize } = this.encoder
    this.numVisible = Math.round(numTokens * (1 - config.maskedFraction))
    if (!(this.numVisible >= 1 && this.numVisible < numTokens)) {
      throw fault({
        code: 'models/mask',
        where: 'MaskedAutoencoder',
        expected: `a masked share that hides and shows at least one of ${numTokens} patches`,
        received: String(config.maskedFraction),
        hint: 'Field practice is 0.7 to 0.8.',
      })
    }
    const { width } = config.decoder
    const { patch, numLeads, numSamples } = config.encoder
    this.bridge = new torch.nn.Linear(config.encoder.width, width)
    this.maskToken = new torch.nn.Parameter(torch.randn([1, 1, width]).mul(0.02)) // 0.02: ViT's token initialisation
    this.decoderBlocks = transformerBlocks({ ...config.decoder, dropout: 0 })
    this.decoderNorm = new torch.nn.LayerNorm(width)
    this.head = new torch.nn.Linear(width, patchSize)
    const positions = sinCosPositions(numLeads / patch[0], numSamples / patch[1], width)
    this.decoderPosition = new torch.nn.ModuleBuffer(torch.fromArray(positions, [numTokens, width]), { persistent: false })
  }

  /**
   * Hides patches at random (libtorch's generator), encodes the rest and rebuilds all.
   *
   * @param ecg_BLT   Prepared ECG. Shape [B, L, T].
   * @param scale_BC  See `EcgEncoder.encode`.
   */
  forward(ecg_BLT: torch.Tensor, scale_BC?: torch.Tensor): Reconstruction {
    const target_BNP = this.encoder.patches(ecg_BLT)
    const [numBatch, numTokens] = target_BNP.shape
    const order_BN = torch.rand([numBatch, numTokens], { device: ecg_BLT.device }).argsort(1)
    const place_BN = order_BN.argsort(1)
    const seen_BV = order_BN.narrow(1, 0, this.numVisible)
    const masked_BN = place_BN.ge(this.numVisible).to(target_BNP.dtype)

    const { width } = this.config.encoder
    const tokens_BND = this.encoder.embed(target_BNP)
    const visible_BVD = tokens_BND.gather(1, seen_BV.unsqueeze(2).expand([numBatch, this.numVisible, width]))
    const encoded_BVD = this.bridge.forward(this.encoder.encode(visible_BVD, scale_BC))

    const decoderWidth = this.config.decoder.width
    const extra_B1D = encoded_BVD.narrow(1, 0, 1)
    const hidden_BHD = this.maskToken.expand([numBatch, numTokens - this.numVisible, decoderWidth]).to(encoded_BVD.dtype)
    const shuffled_BND = torch.cat([encoded_BVD.narrow(1, 1, this.numVisible), hidden_BHD], 1)
    const ordered_BND = shuffled_BND.gather(1, place_BN.unsqueeze(2).expand([numBatch, numTokens, decoderWidth]))
    let decoded_BND = torch.cat([extra_B1D, ordered_BND.add(this.decoderPosition)], 1)
    for (const block of this.decoderBlocks) decoded_BND = block.forward(decoded_BND)
    const predicted_BNP = this.head.forward(this.decoderNorm.forward(decoded_BND.narrow(1, 1, numTokens)))
    return { predicted_BNP, target_BNP, masked_BN }
  }
}
