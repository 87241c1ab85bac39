// How a tensor looks as text: values, shape, dtype, device; long axes are cut in the middle.
// Hands on: print.

import { operator } from './operator.ts'
import { scope } from './scope.ts'
import { readArray } from './read-array.ts'
import { describeShape, handleOf, type Tensor } from './tensor.ts'

const EDGE = 3 // PyTorch's edgeitems
const MAX_ELEMENTS = 1000 // PyTorch's threshold
const DIGITS = 4 // PyTorch's precision

const toOp = operator('aten::to.dtype_layout', 'self dtype device')
const contiguousOp = operator('aten::contiguous', 'self')
const selectOp = operator('aten::index_select', 'self dim index')
const arangeOp = operator('aten::arange.start', 'start end')
const catOp = operator('aten::cat', 'tensors dim')
const detachOp = operator('aten::detach', 'self')

/** The text of a tensor; a freed one says so. */
export function print(tensor: Tensor): string {
  if (tensor.handle < 0) return 'Tensor(freed)'
  handleOf(tensor, 'print')
  const tail = `${describeShape(tensor.shape)} ${tensor.dtype} ${tensor.device}${tensor.requiresGrad ? ' requiresGrad' : ''}`
  return scope(() => {
    const cut = tensor.numel > MAX_ELEMENTS
    let shown = detachOp(tensor)
    const shape = tensor.shape
    if (cut) {
      for (const [dim, size] of shape.entries()) {
        if (size <= 2 * EDGE) continue
        const ends = catOp([arangeOp(0, EDGE), arangeOp(size - EDGE, size)], 0)
        shown = selectOp(shown, dim, shown.device === 'cpu' ? ends : toOp(ends, undefined, shown.device))
      }
    }
    const isWhole = /int|bool/.test(tensor.dtype)
    const values = Array.from(readArray(contiguousOp(toOp(shown, isWhole ? 4 : 7, 'cpu'))) as Float64Array, Number)
    const texts = formatAll(values, isWhole, tensor.dtype === 'bool')
    return `Tensor(${nest(texts, shown.shape, shape, cut)}, ${tail})`
  })
}

function formatAll(values: number[], isWhole: boolean, isBool: boolean): string[] {
  if (isBool) return values.map((value) => (value === 0 ? 'false' : 'true'))
  const finite = values.filter(Number.isFinite).map(Math.abs)
  const most = finite.reduce((a, b) => Math.max(a, b), 0)
  const least = finite.reduce((a, b) => (b > 0 ? Math.min(a, b) : a), Number.POSITIVE_INFINITY)
  const isWide = most >= 1e8 || least < 1e-4 // PyTorch's rule for scientific notation
  const one = (value: number) => {
    if (isWhole || !Number.isFinite(value)) return String(value)
    return isWide ? value.toExponential(DIGITS) : value.toFixed(DIGITS)
  }
  const texts = values.map(one)
  const width = texts.reduce((a, text) => Math.max(a, text.length), 0)
  return texts.map((text) => text.padStart(width))
}

function nest(texts: string[], shown: number[], shape: number[], cut: boolean): string {
  let position = 0
  const level = (depth: number): string => {
    if (depth === shown.length) return texts[position++]
    const parts = Array.from({ length: shown[depth] }, () => level(depth + 1))
    if (cut && shape[depth] > 2 * EDGE) parts.splice(EDGE, 0, '…')
    const isLast = depth === shown.length - 1
    return `[${parts.join(isLast ? ', ' : `,\n${' '.repeat(depth + 8)}`)}]`
  }
  return level(0)
}
