// A frozen ECG encoder over a whole cohort: what probes, validation and prediction take. No chance is involved.
import type * as torch from '@cinelead/torch'
import { evenCrops } from './augment-ecg.ts'
import type { Held } from './held.ts'
import { overStretches } from './stretches.ts'

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
  return overStretches(rows, (some) => {
    const scale_BC = held.scale(some)
    const features = evenCrops(held.ecg(some), cropSamples).map((ecg_BLT) => encode(ecg_BLT, scale_BC))
    return features.reduce((sum, one) => sum.add(one)).div(features.length)
  })
}
