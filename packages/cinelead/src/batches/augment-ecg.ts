// Random changes of an ECG that leave the heart as it is: another stretch of time, another gain, noise, a lead that fell off.
// All draws come from libtorch's generator, which the loop seeds anew for every step; a run therefore repeats.
//
// Source: crop 2500 of 5000, jitter, rescaling and noise on the phases of the spectrum in Turgut 2025, arXiv 2308.05764, and its code. There
// jitter is a share of each sample, one gain is drawn for a whole recording, and every phase is turned forward, by up to a tenth of a turn.
import * as torch from '@cinelead/torch'

export type EcgAugmentation = {
  /** Samples kept; the encoder's length. */
  cropSamples: number
  /** Standard deviation of white noise added, in z units. */
  jitter: number
  /** Standard deviation of the whole recording's gain around 1; none when left out. */
  gain?: number
  /** Standard deviation of each lead's gain around 1: changes how leads compare. */
  rescale: number
  /** Chance of each lead to be silenced. */
  leadDropout: number
  /** Standard deviation of the noise on each frequency's phase, radians, the same in all leads; none when left out. */
  phaseNoiseRad?: number
}

/** A stretch of each recording that starts at its own random sample. [B, L, T] to [B, L, cropSamples]. */
export function cropInTime(ecg_BLT: torch.Tensor, cropSamples: number): torch.Tensor {
  const [numBatch, , numSamples] = ecg_BLT.shape
  if (numSamples === cropSamples) return ecg_BLT
  const { device } = ecg_BLT
  const starts_B = torch
    .rand([numBatch], { device })
    .mul(numSamples - cropSamples + 1)
    .floor()
    .long()
  // every stretch as a view, of which one a recording is copied
  const stretches_BSLT = (torch.call('aten::unfold', ecg_BLT, 2, cropSamples, 1) as torch.Tensor).transpose(1, 2)
  return torch.call('aten::index.Tensor', stretches_BSLT, [torch.arange(numBatch, { dtype: 'int64', device }), starts_B]) as torch.Tensor
}

/**
 * Turns the phase of every frequency by a random angle, the same in all leads, so that leads stay in step. Same shape.
 *
 * A constant and the fastest alternation have no phase: turned, they would shrink.
 */
function turnPhases(ecg_BLT: torch.Tensor, phaseNoiseRad: number): torch.Tensor {
  const [numBatch, , numSamples] = ecg_BLT.shape
  const spectrum_BLK2 = torch.call('aten::view_as_real', torch.fftRfft(ecg_BLT)) as torch.Tensor
  const angle_B1K = torch.randn([numBatch, 1, spectrum_BLK2.shape[2]], { device: ecg_BLT.device }).mul(phaseNoiseRad)
  angle_B1K.select(2, 0).fill_(0)
  if (numSamples % 2 === 0) angle_B1K.select(2, numSamples / 2).fill_(0)
  const [real_BLK, imaginary_BLK] = [spectrum_BLK2.select(3, 0), spectrum_BLK2.select(3, 1)]
  const [cos_B1K, sin_B1K] = [angle_B1K.cos(), angle_B1K.sin()]
  const turned_BLK2 = torch.stack(
    [real_BLK.mul(cos_B1K).sub(imaginary_BLK.mul(sin_B1K)), real_BLK.mul(sin_B1K).add(imaginary_BLK.mul(cos_B1K))],
    3,
  )
  return torch.call('aten::fft_irfft', torch.call('aten::view_as_complex', turned_BLK2.contiguous()), numSamples) as torch.Tensor
}

/**
 * Crops and changes a batch of prepared ECGs.
 *
 * @param ecg_BLT  Group-normalised. Shape [B, L, T].
 * @returns        Shape [B, L, cropSamples], same unit.
 */
export function augmentEcg(ecg_BLT: torch.Tensor, settings: EcgAugmentation): torch.Tensor {
  return torch.scope(() => {
    const cropped_BLT = cropInTime(ecg_BLT, settings.cropSamples)
    const [numBatch, numLeads] = cropped_BLT.shape
    const options = { device: ecg_BLT.device }
    const { phaseNoiseRad, gain, rescale, jitter, leadDropout } = settings
    // a copy of our own in any case, changed in place from here on
    const changed_BLT = phaseNoiseRad ? turnPhases(cropped_BLT, phaseNoiseRad) : cropped_BLT === ecg_BLT ? ecg_BLT.clone() : cropped_BLT
    if (gain) changed_BLT.mul_(torch.randn([numBatch, 1, 1], options).mul_(gain).add_(1))
    if (rescale > 0) changed_BLT.mul_(torch.randn([numBatch, numLeads, 1], options).mul_(rescale).add_(1))
    if (jitter > 0) changed_BLT.add_(torch.randn(changed_BLT.shape, options), { alpha: jitter })
    if (leadDropout > 0) changed_BLT.mul_(torch.rand([numBatch, numLeads, 1], options).ge(leadDropout).to('float32'))
    return changed_BLT
  })
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
