// Starting values in place, by PyTorch's formulas and in its order of random draws.
// Hands on: uniform_, normal_, constant_, kaimingUniform_, kaimingNormal_, xavierUniform_, xavierNormal_, truncNormal_, orthogonal_, fanOf.
// Sources: He et al. 2015 (kaiming), Glorot & Bengio 2010 (xavier), Saxe et al. 2013 (orthogonal).

import { noGrad } from '../autograd.ts'
import { empty, tensor } from '../creation.ts'
import { fault } from '../errors.ts'
import { operator } from '../operator.ts'
import { erf } from '../ops/elementwise.ts'
import { linalgQr } from '../ops/linear.ts'
import { scope } from '../scope.ts'
import { describeShape, type Tensor } from '../tensor.ts'

/** The function that follows a layer; decides the gain. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu'

const erfinv_ = operator('aten::erfinv_', 'self')

/** Connections into and out of one unit: sizes of axis 1 and 0, each times the kernel's. */
export function fanOf(tensor: Tensor): { fanIn: number; fanOut: number } {
  const shape = tensor.shape
  if (shape.length < 2) {
    throw fault({
      code: 'torch/shape',
      where: 'fanOf',
      expected: 'a weight of at least two axes',
      received: describeShape(shape),
      hint: 'Biases and scales start with constant_ or uniform_.',
    })
  }
  const kernel = shape.slice(2).reduce((product, size) => product * size, 1)
  return { fanIn: shape[1] * kernel, fanOut: shape[0] * kernel }
}

/** The factor PyTorch puts before the deviation. */
export function gainOf(nonlinearity: Nonlinearity, slope = 0.01): number {
  if (nonlinearity === 'tanh') return 5 / 3
  if (nonlinearity === 'relu') return Math.SQRT2
  if (nonlinearity === 'leakyRelu') return Math.sqrt(2 / (1 + slope * slope))
  return nonlinearity === 'selu' ? 3 / 4 : 1
}

export function uniform_<T extends Tensor>(tensor: T, from = 0, to = 1): T {
  noGrad(() => tensor.uniform_(from, to))
  return tensor
}

export function normal_<T extends Tensor>(tensor: T, mean = 0, std = 1): T {
  noGrad(() => tensor.normal_(mean, std))
  return tensor
}

export function constant_<T extends Tensor>(tensor: T, value: number): T {
  noGrad(() => tensor.fill_(value))
  return tensor
}

/** Uniform of variance gain²/fan. */
export function kaimingUniform_<T extends Tensor>(
  tensor: T,
  slope = 0,
  mode: 'fanIn' | 'fanOut' = 'fanIn',
  after: Nonlinearity = 'leakyRelu',
): T {
  const bound = (gainOf(after, slope) / Math.sqrt(fanOf(tensor)[mode])) * Math.sqrt(3)
  return uniform_(tensor, -bound, bound)
}

/** Normal of variance gain²/fan. */
export function kaimingNormal_<T extends Tensor>(
  tensor: T,
  slope = 0,
  mode: 'fanIn' | 'fanOut' = 'fanIn',
  after: Nonlinearity = 'leakyRelu',
): T {
  return normal_(tensor, 0, gainOf(after, slope) / Math.sqrt(fanOf(tensor)[mode]))
}

/** Uniform of variance 2·gain²/(fanIn + fanOut). */
export function xavierUniform_<T extends Tensor>(tensor: T, gain = 1): T {
  const { fanIn, fanOut } = fanOf(tensor)
  const bound = gain * Math.sqrt(6 / (fanIn + fanOut))
  return uniform_(tensor, -bound, bound)
}

/** Normal of variance 2·gain²/(fanIn + fanOut). */
export function xavierNormal_<T extends Tensor>(tensor: T, gain = 1): T {
  const { fanIn, fanOut } = fanOf(tensor)
  return normal_(tensor, 0, gain * Math.sqrt(2 / (fanIn + fanOut)))
}

/** Normal with what lies outside [a, b] drawn back inside, by the inverse of the distribution function. */
export function truncNormal_<T extends Tensor>(tensor: T, mean = 0, std = 1, a = -2, b = 2): T {
  const below = (x: number) => 2 * normalCdf((x - mean) / std) - 1
  noGrad(() => {
    erfinv_(tensor.uniform_(below(a), below(b)))
    tensor
      .mul_(std * Math.SQRT2)
      .add_(mean)
      .clamp_(a, b)
  })
  return tensor
}

/** Rows or columns of unit length at right angles. */
export function orthogonal_<T extends Tensor>(tensor: T, gain = 1): T {
  const [rows, ...rest] = tensor.shape
  const columns = rest.reduce((product, size) => product * size, 1)
  noGrad(() =>
    scope(() => {
      const dtype = tensor.dtype === 'float64' ? 'float64' : 'float32' // the decomposition knows no narrower ones
      const flat = empty([rows, columns], { dtype }).normal_()
      const [q, r] = linalgQr(rows < columns ? flat.t() : flat)
      const signed = q.mul(r.diag().sign())
      tensor.copy_((rows < columns ? signed.t() : signed).reshape(tensor.shape).mul(gain))
    }),
  )
  return tensor
}

function normalCdf(x: number): number {
  return (1 + scope(() => erf(tensor(x / Math.SQRT2, { dtype: 'float64' })).item())) / 2
}
