// Signals, images and volumes in other sizes.
// Hands on: interpolate.

import { fault } from '../errors.ts'
import * as ops from '../ops/resampling.ts'
import { describeShape, type Tensor } from '../tensor.ts'

/** 'linear', 'bilinear' and 'trilinear' are for one, two and three axes; 'nearest' for all. */
export type InterpolateMode = 'nearest' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear'

/** The size wanted, or a factor; each for all axes or per axis. */
export type InterpolateOptions = {
  size?: number | readonly number[]
  scaleFactor?: number | readonly number[]
  mode?: InterpolateMode
  alignCorners?: boolean
}

type Smooth = (input: Tensor, size: readonly number[] | undefined, alignCorners: boolean, factors?: readonly number[]) => Tensor
type Nearest = (input: Tensor, size: readonly number[] | undefined, factors?: readonly number[]) => Tensor

const NEAREST: Record<number, Nearest> = { 1: ops.upsampleNearest1d, 2: ops.upsampleNearest2d, 3: ops.upsampleNearest3d }
const SMOOTH: Record<string, { axes: number; op: Smooth }> = {
  linear: { axes: 1, op: ops.upsampleLinear1d },
  bilinear: { axes: 2, op: ops.upsampleBilinear2d },
  bicubic: { axes: 2, op: ops.upsampleBicubic2d },
  trilinear: { axes: 3, op: ops.upsampleTrilinear3d },
}

/**
 * Resamples the axes after batch and channel.
 *
 * @param input  Shape [batch, channel, ...axes] with one, two or three axes.
 * @throws       torch/argument when size and factor are both there or both missing, or the mode is for another number of axes.
 */
export function interpolate(input: Tensor, options: InterpolateOptions = {}): Tensor {
  const { size, scaleFactor, mode = 'nearest', alignCorners = false } = options
  const axes = input.ndim - 2
  const perAxis = (value: number | readonly number[] | undefined) =>
    typeof value === 'number' ? new Array<number>(axes).fill(value) : value
  if ((size === undefined) === (scaleFactor === undefined)) throw refuse('size or scaleFactor', size === undefined ? 'neither' : 'both')
  if (mode === 'nearest') {
    const op = NEAREST[axes]
    if (options.alignCorners !== undefined) throw refuse('no alignCorners for nearest, which has no corners', String(options.alignCorners))
    if (op === undefined) throw refuse('an input of 3, 4 or 5 axes', `shape ${describeShape(input.shape)}`)
    return op(input, perAxis(size), perAxis(scaleFactor))
  }
  const smooth = SMOOTH[mode]
  if (smooth === undefined) throw refuse(`a mode of nearest, ${Object.keys(SMOOTH).join(', ')}`, JSON.stringify(mode))
  if (smooth.axes !== axes) throw refuse(`an input of ${smooth.axes + 2} axes for ${mode}`, `shape ${describeShape(input.shape)}`)
  return smooth.op(input, perAxis(size), alignCorners, perAxis(scaleFactor))
}

function refuse(expected: string, received: string) {
  return fault({ code: 'torch/argument', where: 'interpolate', expected, received, hint: 'The first two axes are batch and channel.' })
}
