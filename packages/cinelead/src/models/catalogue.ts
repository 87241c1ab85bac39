// The CMR encoders a recipe may name, one line each.
import { unreachable } from '../base/errors.ts'
import { CmrEncoder2d } from './cmr-encoder-2d.ts'
import type { CmrEncoder2dConfig } from './cmr-encoder-2d.ts'
import { CmrEncoder2dt } from './cmr-encoder-2dt.ts'
import type { CmrEncoder2dtConfig } from './cmr-encoder-2dt.ts'
import { CmrEncoder3d } from './cmr-encoder-3d.ts'
import type { CmrEncoder3dConfig } from './cmr-encoder-3d.ts'

export type CmrEncoderConfig = CmrEncoder2dConfig | CmrEncoder2dtConfig | CmrEncoder3dConfig
export type CmrEncoder = CmrEncoder2d | CmrEncoder2dt | CmrEncoder3d

/** The encoder a configuration describes. */
export function createCmrEncoder(config: CmrEncoderConfig): CmrEncoder {
  switch (config.kind) {
    case '2d':
      return new CmrEncoder2d(config)
    case '2dt':
      return new CmrEncoder2dt(config)
    case '3d':
      return new CmrEncoder3d(config)
    default:
      return unreachable(config)
  }
}
