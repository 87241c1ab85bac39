// Random changes of an ECG that leave the heart as it is: another stretch of time, another gain, noise, a lead that fell off.
// All draws come from libtorch's generator, which the loop seeds anew for every step; a run therefore repeats.
//
// Source: crop 2500 of 5000, jitter and rescaling as in Turgut 2025, arXiv 2308.05764.
import * as torch from '@cinelead/torch'

export type EcgAugmentation = {
  /** Samples kept; the encoder's length. */
  cropSamples: number
  /** Standard deviation of white noise added, in z units. */
  jitter: number
  /** Standard deviation of each lead's gain around 1. */
  rescale: number
  /** Chance of each lead to be silenced. */
  leadDropout: number
}

/** A stretch of each recording that starts at its own random sample. [B, L, T] to [B, L, cropSamples]. */
export function cropInTime(ecg_BLT: torch.Tensor, cropSamples: number): torch.Tensor {
  const [numBatch, numLeads, numSamples] = ecg_BLT.shape
  if (numSamples === cropSamples) return ecg_BLT
  const options = { device: ecg_BLT.device }
  const starts_B = torch
    .rand([numBatch], options)
    .mul(numSamples - cropSamples + 1)
    .floor()
  const index_BT = starts_B
    .unsqueeze(1)
    .add(torch.arange(cropSamples, { dtype: 'float32', ...options }))
    .long()
  return ecg_BLT.gather(2, index_BT.unsqueeze(1).expand([numBatch, numLeads, cropSamples]))
}

/**
 * Crops and changes a batch of prepared ECGs.
 *
 * @param ecg_BLT  Group-normalised. Shape [B, L, T].
 * @returns        Shape [B, L, cropSamples], same unit.
 */
export function augmentEcg(ecg_BLT: torch.Tensor, settings: EcgAugmentation): torch.Tensor {
  let changed_BLT = cropInTime(ecg_BLT, settings.cropSamples)
  const [numBatch, numLeads] = changed_BLT.shape
  const options = { device: ecg_BLT.device }
  if (settings.rescale > 0) changed_BLT = changed_BLT.mul(torch.randn([numBatch, numLeads, 1], options).mul(settings.rescale).add(1))
  if (settings.jitter > 0) changed_BLT = changed_BLT.add(torch.randn(changed_BLT.shape, options).mul(settings.jitter))
  if (settings.leadDropout > 0) {
    changed_BLT = changed_BLT.mul(torch.rand([numBatch, numLeads, 1], options).ge(settings.leadDropout).to('float32'))
  }
  return changed_BLT
}

/**
 * Stretches of a recording for evaluation, without chance: evenly spaced from the first sample to the last.
 *
 * @param ecg_BLT      Shape [B, L, T].
 * @param cropSamples  Length of each stretch.
 * @returns            As few stretches as cover the recording. Shapes [B, L, cropSamples].
 */
export function evenCrops(ecg_BLT: torch.Tensor, cropSamples: number): torch.Tensor[] {
  const numSamples = ecg_BLT.shape[2]
  const numCrops = Math.ceil(numSamples / cropSamples)
  const spare = numSamples - cropSamples
  return Array.from({ length: numCrops }, (_, crop) =>
    ecg_BLT.narrow(2, numCrops === 1 ? 0 : Math.round((spare * crop) / (numCrops - 1)), cropSamples),
  )
}
