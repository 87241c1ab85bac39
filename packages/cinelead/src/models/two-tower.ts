// An arm's network: the ECG encoder with its projector on one side, one projector (and, where it is trained, one encoder) for each
// CMR view on the other, and the temperature between them. Embeddings leave it by name.
import * as torch from '@cinelead/torch'
import { fault } from '../base/errors.ts'
import { createCmrEncoder } from './catalogue.ts'
import type { CmrEncoder, CmrEncoderConfig } from './catalogue.ts'
import { EcgEncoder } from './ecg-encoder.ts'
import type { EcgEncoderConfig } from './ecg-encoder.ts'
import { Projector } from './projector.ts'

export type TwoTowerConfig = {
  ecg: EcgEncoderConfig
  /** The arm's CMR views by name: `slice`, `cine`, or `ed` and `es`. */
  views: Readonly<Record<string, CmrEncoderConfig>>
  /** False: the views' encoders are frozen and stay outside; only their features come in. */
  hasEncoders: boolean
  projector: { hiddenWidth: number; embeddingWidth: number }
  /** `fixed`: stays as it is. `learned`: starts there and is bounded as in CLIP. */
  temperature: { kind: 'fixed' | 'learned'; start: number }
}

const LARGEST_SCALE = 100 // Radford 2021 (CLIP), arXiv 2103.00020, section 2.5: the learned scale is clipped at 100

/** Two or three towers. Encoders of frozen views can be left out by handing their kept features to `project`. */
export class TwoTower extends torch.nn.Module {
  readonly config: TwoTowerConfig
  readonly ecg: EcgEncoder
  readonly ecgProjector: Projector
  readonly encoders: torch.nn.ModuleDict<CmrEncoder>
  readonly projectors: torch.nn.ModuleDict<Projector>
  readonly logScale: torch.nn.Parameter | undefined

  constructor(config: TwoTowerConfig) {
    super()
    const { hiddenWidth, embeddingWidth } = config.projector
    this.config = config
    this.ecg = new EcgEncoder(config.ecg)
    this.ecgProjector = new Projector(config.ecg.width, hiddenWidth, embeddingWidth)
    const views = Object.entries(config.views)
    this.encoders = new torch.nn.ModuleDict(
      Object.fromEntries(config.hasEncoders ? views.map(([name, view]) => [name, createCmrEncoder(view)]) : []),
    )
    this.projectors = new torch.nn.ModuleDict(
      Object.fromEntries(views.map(([name, view]) => [name, new Projector(view.width, hiddenWidth, embeddingWidth)])),
    )
    const startScale = Math.log(1 / config.temperature.start)
    this.logScale = config.temperature.kind === 'learned' ? new torch.nn.Parameter(torch.tensor(startScale)) : undefined
  }

  /** 1 / temperature. Where it is learned a step may carry it over the bound: it is set back here, so that at the bound it still has a gradient. */
  scale(): number | torch.Tensor {
    const { logScale } = this
    if (logScale === undefined) return 1 / this.config.temperature.start
    torch.noGrad(() => torch.scope(() => void logScale.clamp_(undefined, Math.log(LARGEST_SCALE))))
    return logScale.exp()
  }

  /**
   * The CMR encoders' features of a batch, before projection.
   *
   * @param inputs  The views' arrays by name: [B, Y, X], [B, F, Y, X] or [B, Z, Y, X].
   * @returns       By the same names. Shapes [B, D].
   * @throws        models/view when an arm's view is missing.
   */
  viewFeatures(inputs: Readonly<Record<string, torch.Tensor>>): Record<string, torch.Tensor> {
    return this.perView(inputs, (name, input) => this.encoders.get(name).forward(input))
  }

  /**
   * Unit-length embeddings by name: `ecg` and each view.
   *
   * @param ecg_BD    Features of `ecg.forward`. Shape [B, D].
   * @param features  The views' features by name, from `viewFeatures` or kept from before. Shapes [B, D].
   * @throws          models/view when an arm's view is missing.
   */
  project(ecg_BD: torch.Tensor, features: Readonly<Record<string, torch.Tensor>>): Record<string, torch.Tensor> {
    return {
      ecg: this.ecgProjector.forward(ecg_BD),
      ...this.perView(features, (name, view_BD) => this.projectors.get(name).forward(view_BD)),
    }
  }

  private perView(
    given: Readonly<Record<string, torch.Tensor>>,
    run: (name: string, tensor: torch.Tensor) => torch.Tensor,
  ): Record<string, torch.Tensor> {
    const names = Object.keys(this.config.views)
    const missing = names.filter((name) => given[name] === undefined)
    if (missing.length > 0) {
      throw fault({
        code: 'models/view',
        where: 'TwoTower',
        expected: `the views ${names.join(', ')}`,
        received: Object.keys(given).join(', ') || 'none',
        hint: `Add ${missing.join(', ')} to the batch: the arm's recipe names it.`,
      })
    }
    return Object.fromEntries(names.map((name) => [name, run(name, given[name])]))
  }
}
