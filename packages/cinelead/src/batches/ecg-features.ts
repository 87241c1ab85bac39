// A frozen ECG encoder over a whole cohort: what probes, validation and prediction take. No chance is involved.
import * as torch from '@cinelead/torch'
import { evenCrops } from './augment-ecg.ts'
import type { Held } from './held.ts'

const ROWS_AT_ONCE = 64 // bounds memory; the result does not depend on it beyond rounding

/** Anything that turns ECGs of `cropSamples` into features; `models/ecg-encoder` does. */
export type EncodeEcg = (ecg_BLT: torch.Tensor, scale_BC: torch.Tensor) => torch.Tensor

/**
 * The features of each row: the mean over the evenly spaced stretches that cover its recording.
 *
 * @param rows         Of the source.
 * @param cropSamples  What the encoder takes at once.
 * @returns            Shape [rows, D]. Runs without gradient.
 */
export function ecgFeatures(encode: EncodeEcg, held: Held, rows: readonly number[], cropSamples: number): torch.Tensor {
  return torch.noGrad(() =>
    torch.scope(() => {
      const parts: torch.Tensor[] = []
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
        const some = rows.slice(from, from + ROWS_AT_ONCE)
        parts.push(
          torch.scope(() => {
            const scale_BC = held.scale(some)
            const crops = evenCrops(held.ecg(some), cropSamples)
            const features = crops.map((ecg_BLT) => encode(ecg_BLT, scale_BC))
            return features.reduce((sum, one) => sum.add(one)).div(features.length)
          }),
        )
      }
      return torch.cat(parts, 0)
    }),
  )
}
