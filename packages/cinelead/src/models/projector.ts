// From an encoder's features to the shared space of all modalities: two layers, then unit length.
//
// Source: Chen 2020 (SimCLR), arXiv 2002.05709, section 2.1 (a nonlinear projection head); unit length as its NT-Xent assumes.
import * as torch from '@cinelead/torch'

const SHORTEST = 1e-6 // keeps a zero vector from becoming NaN; far below any real length

/** Two linear layers with GELU between. D · H + H + H · E + E parameters. */
export class Projector extends torch.nn.Module {
  readonly hidden: torch.nn.Linear
  readonly out: torch.nn.Linear

  constructor(width: number, hiddenWidth: number, embeddingWidth: number) {
    super()
    this.hidden = new torch.nn.Linear(width, hiddenWidth)
    this.out = new torch.nn.Linear(hiddenWidth, embeddingWidth)
  }

  /** @param features_BD  Shape [B, D]. @returns Unit-length embeddings. Shape [B, E]. */
  forward(features_BD: torch.Tensor): torch.Tensor {
    // float32 also under autocast: a length in bfloat16 is off by half a percent
    const embedding_BE = this.out.forward(torch.nn.functional.gelu(this.hidden.forward(features_BD))).float()
    const length_B1 = embedding_BE.square().sum([1], true).sqrt().clamp(SHORTEST)
    return embedding_BE.div(length_B1)
  }
}
