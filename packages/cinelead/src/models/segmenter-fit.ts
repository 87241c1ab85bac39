// Fits the segmenter to one study: moves each channel's mean and spread, as the study's own slices give them, to what drawn pictures gave.
// Pictures of a scanner that training did not foresee then look, inside the network, more like those it knows.
// Hands on: referenceStatistics, fitTo, fittedMix, Reference, Fit. Nothing of the weights changes, so one network serves many studies.
//
// Source: batch norm with statistics of the data in use (Li 2016, AdaBN, arXiv 1603.04779), here once a study and kept for all its slices.
import * as torch from '@cinelead/torch'
import { type Mix, type SegmenterNetwork, type Unit } from './segmenter-network.ts'

/** Mean and spread of each channel of a unit's convolution, before the rectifier. Shape [C] each. */
export type ChannelStatistics = { mean_C: Float32Array; spread_C: Float32Array }

/** Statistics over drawn pictures, by the unit's name. */
export type Reference = ReadonlyMap<string, ChannelStatistics>

/** What a study's channels are multiplied by and moved by. */
export type Fit = ReadonlyMap<Unit, { scale_C: Float32Array; shift_C: Float32Array }>

const LEAST_SPREAD_FRACTION = 0.25 // of the reference: a channel that hardly moves in a study is not blown up further

function statisticsOf(mixed_BCYX: torch.Tensor): ChannelStatistics {
  const mean_C = mixed_BCYX.mean([0, 2, 3])
  const variance_C = mixed_BCYX.mul(mixed_BCYX).mean([0, 2, 3]).sub(mean_C.mul(mean_C))
  return {
    mean_C: mean_C.toArray() as Float32Array,
    spread_C: (variance_C.toArray() as Float32Array).map((variance) => Math.sqrt(Math.max(0, variance))),
  }
}

function observe(network: SegmenterNetwork, pictures_BCYX: torch.Tensor, mix: Mix): void {
  torch.noGrad(() => torch.scope(() => void network.forward(pictures_BCYX, mix)))
}

/**
 * What every unit's channels look like over pictures.
 *
 * @param network        Folded, in evaluation mode.
 * @param pictures_BCYX  Drawn pictures on the working grid, one channel.
 */
export function referenceStatistics(network: SegmenterNetwork, pictures_BCYX: torch.Tensor): Reference {
  const names = new Map([...network.units()].map(([name, unit]) => [unit, name]))
  const reference = new Map<string, ChannelStatistics>()
  observe(network, pictures_BCYX, (unit, input_BCYX) => {
    const mixed_BCYX = unit.convolution.forward(input_BCYX)
    reference.set(names.get(unit) as string, statisticsOf(mixed_BCYX))
    return mixed_BCYX
  })
  return reference
}

/**
 * Fits a network to a study's pictures.
 *
 * @param strength  0: not at all; 1: means and spreads become those of the reference.
 */
export function fitTo(network: SegmenterNetwork, reference: Reference, pictures_BCYX: torch.Tensor, strength: number): Fit {
  const names = new Map([...network.units()].map(([name, unit]) => [unit, name]))
  const fit = new Map<Unit, { scale_C: Float32Array; shift_C: Float32Array }>()
  observe(network, pictures_BCYX, (unit, input_BCYX) => {
    const mixed_BCYX = unit.convolution.forward(input_BCYX)
    const wanted = reference.get(names.get(unit) as string)
    if (wanted === undefined) return mixed_BCYX
    const { mean_C, spread_C } = statisticsOf(mixed_BCYX)
    const factor = (c: number) => wanted.spread_C[c] / Math.max(spread_C[c], LEAST_SPREAD_FRACTION * wanted.spread_C[c], 1e-6)
    const scale_C = mean_C.map((_, c) => 1 + strength * (factor(c) - 1))
    const shift_C = mean_C.map((mean, c) => strength * (wanted.mean_C[c] - mean * factor(c)))
    fit.set(unit, { scale_C, shift_C })
    const count = scale_C.length
    return mixed_BCYX.mul(torch.fromArray(scale_C, [1, count, 1, 1])).add(torch.fromArray(shift_C, [1, count, 1, 1]))
  })
  return fit
}

/** Convolutions with a study's fit taken into their weights; to be called inside a scope. */
export function fittedMix(fit: Fit): Mix {
  return (unit, input_BCYX) => {
    const own = fit.get(unit)
    const { weight, bias, options } = unit.convolution
    if (own === undefined || bias === undefined) return unit.convolution.forward(input_BCYX)
    const count = own.scale_C.length
    const scale_C = torch.fromArray(own.scale_C, [count])
    const bias_C = bias.mul(scale_C).add(torch.fromArray(own.shift_C, [count]))
    return torch.nn.functional.conv2d(input_BCYX, weight.mul(scale_C.reshape([count, 1, 1, 1])), bias_C, options.stride, options.padding)
  }
}

const PREFIX = 'reference.'

/** The reference as tensors of a weights file, beside the weights. */
export function referenceState(reference: Reference): Record<string, torch.Tensor> {
  const parts = [...reference].flatMap(([name, { mean_C, spread_C }]) => [
    [`${PREFIX}${name}.mean`, torch.fromArray(mean_C, [mean_C.length])] as const,
    [`${PREFIX}${name}.spread`, torch.fromArray(spread_C, [spread_C.length])] as const,
  ])
  return Object.fromEntries(parts)
}

/** Weights and reference of a file apart; files of older trainings have no reference. */
export function splitState(state: Record<string, torch.Tensor>): {
  weights: Record<string, torch.Tensor>
  reference: Reference | undefined
} {
  const weights = Object.fromEntries(Object.entries(state).filter(([name]) => !name.startsWith(PREFIX)))
  const reference = new Map<string, ChannelStatistics>()
  for (const [name, tensor] of Object.entries(state)) {
    if (!name.startsWith(PREFIX) || !name.endsWith('.mean')) continue
    const unit = name.slice(PREFIX.length, -'.mean'.length)
    const spread = state[`${PREFIX}${unit}.spread`]
    if (spread === undefined) continue
    reference.set(unit, { mean_C: tensor.toArray() as Float32Array, spread_C: spread.toArray() as Float32Array })
  }
  return { weights, reference: reference.size > 0 ? reference : undefined }
}
