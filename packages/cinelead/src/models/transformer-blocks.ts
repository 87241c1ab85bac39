// The pre-norm transformer blocks that encoder and decoder are made of.
//
// Source: Dosovitskiy 2021 (ViT), arXiv 2010.11929, equations 2 and 3; GELU as there.
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'

/** How many blocks of which size: `mlpRatio` is the perceptron's hidden width over `width`. */
export type BlocksConfig = { width: number; depth: number; numHeads: number; mlpRatio: number; dropout: number }

/**
 * Blocks of self-attention and a two-layer perceptron, each behind a LayerNorm and beside a shortcut.
 *
 * 12 D² + 13 D parameters a block at ratio 4.
 *
 * @throws  models/width when heads do not divide the width.
 */
export function transformerBlocks({ width, depth, numHeads, mlpRatio, dropout }: BlocksConfig): torch.nn.TransformerEncoderLayer[] {
  if (width % numHeads !== 0) {
    throw fault({
      code: 'models/width',
      where: 'transformerBlocks',
      expected: `a width that is a multiple of ${numHeads} heads`,
      received: String(width),
      hint: 'Choose another width or number of heads in the recipe.',
    })
  }
  const options = { dimFeedforward: Math.round(mlpRatio * width), dropout, activation: 'gelu', normFirst: true } as const
  return Array.from({ length: depth }, () => new torch.nn.TransformerEncoderLayer(width, numHeads, options))
}
