// Test support: writes tiny ONNX models, field by field after onnx.proto (IR version 8, opset 13). Hands on: bandModel, BandModelPlan.
// The model labels by intensity alone: the class whose centre is nearest, as a 1 x 1 convolution: |x - c|² is least where 2cx - c² is largest.

type Field = Uint8Array

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  return [...bytes, rest]
}

const whole = (field: number, value: number): Field => Uint8Array.from([...varint(field * 8), ...varint(value)])
const packed = (field: number, bytes: Uint8Array): Field => Uint8Array.from([...varint(field * 8 + 2), ...varint(bytes.length), ...bytes])
const text = (field: number, value: string): Field => packed(field, new TextEncoder().encode(value))
const message = (field: number, ...fields: readonly Field[]): Field => packed(field, Buffer.concat(fields))

const [FLOAT, INT64] = [1, 7] // TensorProto.DataType
const [INT, INTS] = [2, 7] // AttributeProto.AttributeType

function floats(name: string, shape: readonly number[], values: readonly number[]): Field {
  const raw = new Uint8Array(Float32Array.from(values).buffer)
  return message(5, ...shape.map((size) => whole(1, size)), whole(2, FLOAT), text(8, name), packed(9, raw))
}

function value(field: number, name: string, type: number, shape: readonly (number | string)[]): Field {
  const axes = shape.map((size) => message(1, typeof size === 'number' ? whole(1, size) : text(2, size)))
  return message(field, text(1, name), message(2, message(1, whole(1, type), message(2, ...axes))))
}

const ints = (name: string, values: readonly number[]): Field =>
  message(5, text(1, name), ...values.map((one) => whole(8, one)), whole(20, INTS))
const int = (name: string, one: number): Field => message(5, text(1, name), whole(3, one), whole(20, INT))
const node = (operator: string, from: readonly string[], to: string, ...attributes: readonly Field[]): Field =>
  message(1, ...from.map((name) => text(1, name)), text(2, to), text(4, operator), ...attributes)

export type BandModelPlan = {
  /** Intensity in the middle of each class. */
  centres: readonly number[]
  inputLayout: 'BCYX' | 'BYXC'
  outputLayout: 'BCYX' | 'BYXC' | 'BYX'
  /** Sizes the file states; a word leaves an axis open. */
  batch: number | string
  rows: number | string
  columns: number | string
}

/** An ONNX file with input `image` and output `answer`. */
export function bandModel(plan: BandModelPlan): Uint8Array {
  const { centres, inputLayout, outputLayout, batch, rows, columns } = plan
  const numClasses = centres.length
  const sizes = (channels: number) => ({ B: batch, C: channels, Y: rows, X: columns })
  const axes = (layout: string, channels: number) => [...layout].map((axis) => sizes(channels)[axis as 'B' | 'C' | 'Y' | 'X'])
  const nodes = [
    ...(inputLayout === 'BCYX' ? [] : [node('Transpose', ['image'], 'image_BCYX', ints('perm', [0, 3, 1, 2]))]),
    node('Conv', [inputLayout === 'BCYX' ? 'image' : 'image_BCYX', 'weight', 'bias'], outputLayout === 'BCYX' ? 'answer' : 'scores'),
    ...(outputLayout === 'BYXC' ? [node('Transpose', ['scores'], 'answer', ints('perm', [0, 2, 3, 1]))] : []),
    ...(outputLayout === 'BYX' ? [node('ArgMax', ['scores'], 'answer', int('axis', 1), int('keepdims', 0))] : []),
  ]
  const graph = message(
    7,
    ...nodes,
    text(2, 'bands'),
    floats(
      'weight',
      [numClasses, 1, 1, 1],
      centres.map((centre) => 2 * centre),
    ),
    floats(
      'bias',
      [numClasses],
      centres.map((centre) => -centre * centre),
    ),
    value(11, 'image', FLOAT, axes(inputLayout, 1)),
    value(12, 'answer', outputLayout === 'BYX' ? INT64 : FLOAT, axes(outputLayout, numClasses)),
  )
  return Buffer.concat([whole(1, 8), graph, message(8, text(1, ''), whole(2, 13))])
}
