// Fits the segmenter to one study: each channel's mean and spread, as the study's own slices give them, are brought towards the range that
// stacks of simulated people span. Pictures of a scanner that training did not foresee then look, inside the network, like those it knows.
// Hands on: createReference, fitTo, fittedMix, Reference, Fit. Nothing of the weights changes, so one network serves many studies.
//
// Source: batch norm with statistics of the data in use (Li 2016, AdaBN, arXiv 1603.04779); here once a study, and only beyond a range.
import * as torch from '@cinelead/torch'
import { type Mix, type SegmenterNetwork, type Unit } from './segmenter-network.ts'

/** Mean and logarithm of the spread of each channel of a unit's convolution, before the rectifier. Shape [C] each. */
type ChannelStatistics = { mean_C: Float32Array; logSpread_C: Float32Array }

/** Middle of both over studies, and how far studies lie from it (standard deviations). */
export type ChannelRange = ChannelStatistics & { meanApart_C: Float32Array; logSpreadApart_C: Float32Array }

/** Ranges by the unit's name. */
export type Reference = ReadonlyMap<string, ChannelRange>

/** What a study's channels are multiplied by and moved by. */
export type Fit = ReadonlyMap<Unit, { scale_C: Float32Array; shift_C: Float32Array }>

/** How a fit goes: how many standard deviations of studies about the middle are left alone, and how much of what lies beyond is taken back. */
export type FitSettings = { apart: number; strength: number }

const LEAST_SPREAD = 1e-6
const MOST_LOG_SCALE = Math.log(4) // a channel that hardly moves in a study is not blown up further

function statisticsOf(mixed_BCYX: torch.Tensor): ChannelStatistics {
  const mean_C = mixed_BCYX.mean([0, 2, 3])
  const variance_C = mixed_BCYX.mul(mixed_BCYX).mean([0, 2, 3]).sub(mean_C.mul(mean_C))
  return {
    mean_C: mean_C.toArray() as Float32Array,
    logSpread_C: (variance_C.toArray() as Float32Array).map((variance) =>
      Math.log(Math.max(LEAST_SPREAD, Math.sqrt(Math.max(0, variance)))),
    ),
  }
}

function observe(network: SegmenterNetwork, pictures_BCYX: torch.Tensor, mix: Mix): void {
  torch.noGrad(() => torch.scope(() => void network.forward(pictures_BCYX, mix)))
}

function namesOf(network: SegmenterNetwork): ReadonlyMap<Unit, string> {
  return new Map([...network.units()].map(([name, unit]) => [unit, name]))
}

/** Mean and standard deviation over studies of each channel's value. */
function middleOf(rows: readonly Float32Array[]): { middle_C: Float32Array; apart_C: Float32Array } {
  const middle_C = rows[0].map((_, c) => rows.reduce((sum, row) => sum + row[c], 0) / rows.length)
  const apart_C = middle_C.map((middle, c) => Math.sqrt(rows.reduce((sum, row) => sum + (row[c] - middle) ** 2, 0) / rows.length))
  return { middle_C, apart_C }
}

/**
 * What every unit's channels look like over studies.
 *
 * @param network  Folded, in evaluation mode.
 * @param studies  Each the pictures of one study on the working grid. Shape [B, 1, Y, X].
 */
export function createReference(network: SegmenterNetwork, studies: readonly torch.Tensor[]): Reference {
  const names = namesOf(network)
  const seen = new Map<string, ChannelStatistics[]>()
  for (const pictures_BCYX of studies)
    observe(network, pictures_BCYX, (unit, input_BCYX) => {
      const mixed_BCYX = unit.convolution.forward(input_BCYX)
      const name = names.get(unit) as string
      seen.set(name, [...(seen.get(name) ?? []), statisticsOf(mixed_BCYX)])
      return mixed_BCYX
    })
  const ranges = [...seen].map(([name, all]) => {
    const mean = middleOf(all.map(({ mean_C }) => mean_C))
    const spread = middleOf(all.map(({ logSpread_C }) => logSpread_C))
    const range = { mean_C: mean.middle_C, meanApart_C: mean.apart_C, logSpread_C: spread.middle_C, logSpreadApart_C: spread.apart_C }
    return [name, range] as const
  })
  return new Map(ranges)
}

const clampAbout = (value: number, middle: number, reach: number) => Math.min(middle + reach, Math.max(middle - reach, value))

/** Fits a network to the pictures of a study, layer after layer. */
export function fitTo(network: SegmenterNetwork, reference: Reference, pictures_BCYX: torch.Tensor, settings: FitSettings): Fit {
  const { apart, strength } = settings
  const names = namesOf(network)
  const fit = new Map<Unit, { scale_C: Float32Array; shift_C: Float32Array }>()
  observe(network, pictures_BCYX, (unit, input_BCYX) => {
    const mixed_BCYX = unit.convolution.forward(input_BCYX)
    const range = reference.get(names.get(unit) as string)
    if (range === undefined) return mixed_BCYX
    const { mean_C, logSpread_C } = statisticsOf(mixed_BCYX)
    const scale_C = logSpread_C.map((log, c) => {
      const wanted = clampAbout(log, range.logSpread_C[c], apart * range.logSpreadApart_C[c])
      return Math.exp(clampAbout(strength * (wanted - log), 0, MOST_LOG_SCALE))
    })
    const shift_C = mean_C.map((mean, c) => {
      const wanted = clampAbout(mean, range.mean_C[c], apart * range.meanApart_C[c])
      return mean + strength * (wanted - mean) - scale_C[c] * mean
    })
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
const PARTS = ['mean_C', 'meanApart_C', 'logSpread_C', 'logSpreadApart_C'] as const

/** The reference as tensors of a weights file, beside the weights. */
export function referenceState(reference: Reference): Record<string, torch.Tensor> {
  const tensors = [...reference].flatMap(([name, range]) =>
    PARTS.map((part) => [`${PREFIX}${name}.${part}`, torch.fromArray(range[part], [range[part].length])] as const),
  )
  return Object.fromEntries(tensors)
}

/** Weights and reference of a file apart; files of older trainings have no reference. */
export function splitState(state: Record<string, torch.Tensor>): {
  weights: Record<string, torch.Tensor>
  reference: Reference | undefined
} {
  const weights = Object.fromEntries(Object.entries(state).filter(([name]) => !name.startsWith(PREFIX)))
  const units = Object.keys(state).filter((name) => name.startsWith(PREFIX) && name.endsWith(`.${PARTS[0]}`))
  const read = (unit: string, part: string) => state[`${unit}.${part}`]?.toArray() as Float32Array
  const reference = units.map((name) => {
    const unit = name.slice(0, -PARTS[0].length - 1)
    return [unit.slice(PREFIX.length), Object.fromEntries(PARTS.map((part) => [part, read(unit, part)])) as ChannelRange] as const
  })
  return { weights, reference: units.length > 0 ? new Map(reference) : undefined }
}
